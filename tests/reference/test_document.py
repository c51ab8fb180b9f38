"""The printed page is what the code says, and the code says something of everything."""

import re
import tomllib
from pathlib import Path

import pytest

from config.load import SHIPPED
from config.settings import PREFIX
from tests.reference.document import OF_THE_PROCFILE, document
from tests.reference.environment import (
    NAME,
    Variable,
    connection_variables,
    intake_variables,
    known_names,
    process_variables,
    procfile_variables,
    secret_variables,
)
from tests.reference.setup_file import option_forms, read_sections

_ROOT = Path(__file__).parents[2]
_VARIABLES = (*process_variables(), *connection_variables(), *intake_variables(), *secret_variables())
_NAMED = re.compile(rf"\b{PREFIX}[A-Z<][A-Z_<>]*[A-Z]\b")


def test_the_page_under_docs_is_what_the_code_says() -> None:
    assert (_ROOT / "docs" / "configuration.md").read_text() == document(), "make docs prints it again"


@pytest.mark.parametrize("variable", _VARIABLES, ids=lambda variable: variable.name)
def test_every_variable_says_what_it_is(variable: Variable) -> None:
    assert variable.what.endswith((".", "printed.")), f"{variable.name} has no text below it in config/"
    assert variable.form


def test_every_variable_of_the_procfile_says_what_it_is() -> None:
    assert set(procfile_variables()) == set(OF_THE_PROCFILE)


@pytest.mark.parametrize(("path", "form"), list(option_forms()))
def test_every_option_says_what_it_is_and_names_all_its_choices(path: str, form: str) -> None:
    said = [section.what(path) for section in read_sections() if path in section.paths]
    assert len(said) == 1, "it stands in config/bookforce.toml once"
    assert said[0], "it has a comment there"
    if path.endswith((".object", ".enabled")) and "[]" in path:
        return
    choices = re.findall(r"`([a-z_]+)`", form) if "`true`" not in form else []
    assert [choice for choice in choices if not re.search(rf"\b{choice}\b", said[0])] == []


def test_every_option_of_the_shipped_file_is_on_the_page() -> None:
    page = document()
    tables = tomllib.loads(SHIPPED.read_text())
    assert [name for name in tables if f"| `{name}" not in page] == []


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{path.name}" for path in (_ROOT / "docs").glob("*.md"))])
def test_every_variable_that_a_page_names_exists(page: str) -> None:
    names = set(known_names())
    # EMEA is the connection of all our examples.
    told = {name.replace("_EMEA_", f"_{NAME}_") for name in _NAMED.findall((_ROOT / page).read_text())}
    assert sorted(told - names) == []
