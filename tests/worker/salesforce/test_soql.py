"""SOQL text: no value can end its literal, and no query reads a whole table."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.salesforce.soql import literal, select

# https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
_MEANINGS = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\b": "\b", "\\f": "\f", "\\'": "'", '\\"': '"', "\\\\": "\\"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

LITERALS = [
    ("lea@acme.example", "'lea@acme.example'", "plain"),
    ("", "''", "empty"),
    ("O'Hara", r"'O\'Hara'", "apostrophe"),
    ("a\\b", r"'a\\b'", "backslash"),
    ("\\'", r"'\\\''", "backslash before an apostrophe"),
    ("a\nb\r\tc", r"'a\nb\r\tc'", "white space"),
    ("\b\f", r"'\b\f'", "control characters"),
    ('say "x"', "'say \"x\"'", "double quotes"),
    ("x') OR Name != ('", r"'x\') OR Name != (\''", "a query"),
    ("50%_", "'50%_'", "wild cards, which count in LIKE alone"),
    ("Zoë 🎉", "'Zoë 🎉'", "other alphabets"),
]


@pytest.mark.parametrize(("text", "written"), [row[:2] for row in LITERALS], ids=[row[2] for row in LITERALS])
def test_a_literal_is_the_text_in_quotes_with_its_signs_escaped(text: str, written: str) -> None:
    assert literal(text) == written


@given(st.text(st.sampled_from("'\\\"nrtbfu \n\r\t\b\f") | st.characters()))
def test_a_literal_says_the_text_again(text: str) -> None:
    assert read(literal(text)) == text


@given(st.text(st.sampled_from("'\\ab\n")), st.text(st.sampled_from("'\\ab\n")))
def test_a_text_never_ends_its_literal(one: str, other: str) -> None:
    written = f"({literal(one)},{literal(other)})"
    assert re.findall(r"'((?:[^'\\]|\\.)*)'", written, re.DOTALL) == [literal(one)[1:-1], literal(other)[1:-1]]


@given(st.text())
def test_a_literal_stands_on_one_line(text: str) -> None:
    assert not set("\n\r\t\b\f") & set(literal(text))


SELECTS: list[tuple[dict[str, set[str]], str, str]] = [
    ({"Email": {"b@x.co", "a@x.co"}}, "Email IN ('a@x.co','b@x.co')", "values in a fixed order"),
    ({"Id": {"1"}, "Email": {"a@x.co"}}, "Id IN ('1') OR Email IN ('a@x.co')", "two fields"),
    ({"Id": set(), "Email": {"a@x.co"}}, "Email IN ('a@x.co')", "a field without values"),
    ({"Name": {"O'Hara"}}, r"Name IN ('O\'Hara')", "a value with an apostrophe"),
]


@pytest.mark.parametrize(("any_of", "condition"), [row[:2] for row in SELECTS], ids=[row[2] for row in SELECTS])
def test_a_query_asks_for_records_with_one_of_the_values(any_of: dict[str, set[str]], condition: str) -> None:
    assert select(["Id", "Email"], "Lead", any_of).split(" WHERE ") == ["SELECT Id,Email FROM Lead", condition]


@pytest.mark.parametrize("any_of", [{}, {"Email": []}, {"Id": [], "Email": []}], ids=["no field", "no value", "none"])
def test_a_query_without_a_value_is_a_mistake(any_of: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="Lead needs at least one value"):
        select(["Id"], "Lead", any_of)


def test_nothing_is_limited_because_a_hidden_record_would_be_taken_for_none() -> None:
    assert "LIMIT" not in select(["Id"], "Lead", {"Email": {"a@x.co"}})


def read(written: str) -> str:
    """The text that Salesforce reads from a literal."""
    assert written[0] == written[-1] == "'"
    return _ESCAPE.sub(lambda match: _MEANINGS[match[0]], written[1:-1])
