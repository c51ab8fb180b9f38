import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.lengths import fitting, units

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
ACCENT = "\N{COMBINING ACUTE ACCENT}"


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("Lea", 3), ("L\u00e9a", 3), ("\N{GRINNING FACE}", 2), (FAMILY, 8)]
)
def test_length_is_that_of_utf_16(text: str, length: int) -> None:
    assert units(text) == length == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        pytest.param("Lea", 3, "Lea", id="all"),
        pytest.param("Lea", 2, "Le", id="letters"),
        pytest.param("a\N{GRINNING FACE}", 2, "a", id="no half of an emoji"),
        pytest.param(f"ae{ACCENT}b", 2, "a", id="no letter without its accent"),
        pytest.param(f"a{FAMILY}b", 8, "a", id="no family torn apart"),
        pytest.param(
            "a\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}", 4, "a", id="no hand without its tone"
        ),
        pytest.param(ACCENT * 3, 2, ACCENT * 2, id="nothing but accents"),
        pytest.param("Lea", 0, "", id="no room"),
    ],
)
def test_a_text_is_cut_between_what_people_see_as_characters(text: str, most: int, kept: str) -> None:
    assert fitting(text, most) == kept


@given(st.text(), st.integers(0, 40))
def test_what_is_kept_fits_and_begins_the_text(text: str, most: int) -> None:
    kept = fitting(text, most)
    assert units(kept) <= most
    assert text.startswith(kept)
