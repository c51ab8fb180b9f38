"""The table of faults names tests that exist."""

from collections.abc import Iterator
from pathlib import Path

from tests.test_behaviours import NAMED, names_in

_PAGE = Path(__file__).parents[1] / "docs" / "chaos.md"


def rows() -> Iterator[list[str]]:
    """The cells of each fault: fault, promise, what holds, test, what was measured."""
    lines = iter(_PAGE.read_text().splitlines())
    for line in lines:
        if line.startswith("| fault |"):
            break
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def test_the_table_is_found_and_every_row_is_whole() -> None:
    assert len(list(rows())) > 20
    assert [row for row in rows() if len(row) != 5 or not all(row)] == []


def test_every_fault_has_a_test_that_exists() -> None:
    assert [row[0] for row in rows() if not NAMED.search(row[3])] == []
    named = [(path, name) for row in rows() for path, name in NAMED.findall(row[3])]
    assert [(path, name) for path, name in named if name and name not in names_in(path)] == []
    assert [path for path, _ in named if not any(name.startswith("test_") for name in names_in(path))] == []
