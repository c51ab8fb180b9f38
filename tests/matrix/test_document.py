"""The printed page is what the cells say."""

from pathlib import Path

import pytest

from tests.matrix.cells import DUPLICATES, ROWS
from tests.matrix.document import document
from tests.matrix.precedence import SIGNS, Sign

PAGE = Path(__file__).parents[2] / "docs" / "creation-rules.md"


def test_the_page_under_docs_is_what_the_cells_say() -> None:
    assert PAGE.read_text() == document(), "make docs prints it again"


@pytest.mark.parametrize("sign", SIGNS[1:], ids=[sign.sign for sign in SIGNS[1:]])
def test_every_sign_has_cells_that_show_where_it_counts(sign: Sign) -> None:
    assert sign.cells
    assert {row.situation for row in ROWS} >= set(sign.cells)


def test_every_situation_is_on_the_page() -> None:
    page = document()
    assert not [row.situation for row in (*ROWS, *DUPLICATES) if row.situation not in page]
