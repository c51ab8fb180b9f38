"""The table of behaviours names tests that exist, or says why there is none."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[1]
_TESTS = _ROOT / "tests"
NAMED = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")
_REASONS = ("no test: ", "not yet: ", "to come: ")


def rows() -> Iterator[tuple[str, str, str]]:
    """Behaviour, source and test of every row."""
    lines = (_ROOT / "docs" / "behaviours.md").read_text().splitlines()
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells and cells[0] not in {"behaviour", "option", "---"}:
            behaviour, source, test = cells
            yield behaviour, source, test


@cache
def names_in(path: str) -> frozenset[str]:
    """The test functions of a module of tests."""
    module = ast.parse((_TESTS / path).read_text())
    return frozenset(node.name for node in module.body if isinstance(node, ast.FunctionDef))


def test_every_row_is_whole() -> None:
    assert [row for row in rows() if not all(row)] == []


def test_every_behaviour_has_a_test_or_a_reason() -> None:
    lacking = [row for row in rows() if not NAMED.search(row[2]) and not row[2].startswith(_REASONS)]
    assert lacking == []


@pytest.mark.parametrize("path", sorted({path for row in rows() for path, _ in NAMED.findall(row[2])}))
def test_every_test_that_is_named_exists(path: str) -> None:
    named = {name for row in rows() for module, name in NAMED.findall(row[2]) if module == path and name}
    assert sorted(named - names_in(path)) == []


def test_every_test_of_the_seed_documents_stands_in_the_table() -> None:
    modules = ("integration/test_seed_creation_rules.py", "integration/test_seed_person_accounts.py")
    written = {name for path in modules for name in names_in(path) if name.startswith("test_")}
    named = {name for row in rows() for path, name in NAMED.findall(row[2]) if path in modules}
    assert written == named


def test_every_option_of_the_setup_file_stands_in_the_table() -> None:
    shipped = tomllib.loads((_ROOT / "config" / "bookforce.toml").read_text())
    assert set(_options(shipped)) == {row[0].strip("`") for row in rows() if row[0].startswith("`")}


def _options(tables: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The paths of all options; a table that is empty as shipped is an option itself."""
    for name, value in tables.items():
        if isinstance(value, dict) and value:
            yield from _options(value, f"{path}{name}.")
        else:
            yield f"{path}{name}"
