"""Files of bookings: where each document starts, and what is not one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import BookingEvent
from producers.refusal import Refused
from tests.producers.bodies import a_webhook, a_wire_event
from tests.producers.webhooks import a_calcom, a_calendly
from worker.documents import Document, read_event, split_documents

A, B, C = '{"n": 1}', '{"n": 2}', '{"n": 3}'
PRETTY = json.dumps([{"n": 1}, {"n": 2}, {"n": 3}], indent=2)

WHOLE: list[tuple[str, list[tuple[int, str]], str]] = [
    ("", [], "empty file"),
    ("\n \r\n\t\n", [], "blank file"),
    (A, [(1, A)], "one document"),
    (f"\n\n{A}\n", [(3, A)], "one document behind blank lines"),
    ('{\n  "n": 1\n}\n', [(1, '{\n  "n": 1\n}')], "one document over lines"),
    (f"{A}\n{B}\n{C}", [(1, A), (2, B), (3, C)], "lines"),
    (f"{A}\n\n  \n{B}\n", [(1, A), (4, B)], "lines with blank ones"),
    (f"{A}\r\n{B}\r\n", [(1, A), (2, B)], "lines of Windows"),
    (f"\ufeff{A}\n{B}\n", [(1, A), (2, B)], "lines behind a byte order mark"),
    (f"\ufeff{A}", [(1, A)], "one document behind a byte order mark"),
    (f"\ufeff[{A}]", [(1, A)], "array behind a byte order mark"),
    ("[]", [], "empty array"),
    (" [ \n ] ", [], "empty array over lines"),
    (f"[{A},{B}, {C}]", [(1, A), (1, B), (1, C)], "array on one line"),
    (f"[\n{A},\n{B}\n,\n\n{C}]\n", [(2, A), (3, B), (6, C)], "array, an element a line"),
    (PRETTY, [(2, A), (5, B), (8, C)], "pretty array"),
    (PRETTY.replace("\n", "\r\n"), [(2, A), (5, B), (8, C)], "pretty array of Windows"),
    (f'[{A}, 5, "x", null, [1]]', [(1, A), (1, "5"), (1, '"x"'), (1, "null"), (1, "[1]")], "array of other things"),
    ('["a\\n]", "b"]', [(1, '"a\\n]"'), (1, '"b"')], "array of texts with signs"),
    ('{\n"n": 1\n}\n{\n"n": 2\n}', [(1, A), (4, B)], "documents over lines, one behind the other"),
    (f"{A}\u2028{B}", [(1, f"{A}\u2028{B}")], "a separator that is no end of a line"),
    ("5", [(1, "5")], "a number"),
]


@pytest.mark.parametrize(("text", "documents"), [row[:2] for row in WHOLE], ids=[row[2] for row in WHOLE])
def test_every_document_has_the_line_where_it_starts(text: str, documents: list[tuple[int, str]]) -> None:
    found = list(split_documents(text))
    assert [document.line for document in found] == [line for line, _ in documents]
    assert [compact(document.text) for document in found] == [compact(text) for _, text in documents]
    assert not any(document.broken for document in found)


LINES = [
    (f"{A}\nnot json\n{B}", 2, "expected JSON, but at column 1: Expecting value, got text of 8 characters", "words"),
    (f'{A}\n{{"n": \n{B}', 2, "expected JSON, but at column 7: Expecting value, got text of 6 characters", "half"),
    (
        f"{A}\n{A} {B}\n{B}",
        2,
        "expected JSON, but at column 10: Extra data, got text of 17 characters",
        "two on a line",
    ),
    (f"{A}\n[1]\n{B}", 2, "expected a JSON object, got a list of 1", "list"),
    (f"{A}\n5\n{B}", 2, "expected a JSON object, got a number", "number"),
    (f"{A}\nnull\n{B}", 2, "expected a JSON object, got null", "null"),
    (
        f"{A}\n{'1' * 5000}\n{B}",
        2,
        "expected JSON, but at column 1: a number with too many digits, got text of",
        "digits",
    ),
    (f"{A}\n{'[' * 9000}\n{B}", 2, "expected JSON, but at column 1: nested too deeply, got text of 9000", "nested"),
    (f"[2026-03-02] started\n{A}\n{B}", 1, "expected JSON, but at column 6: Expecting ',' delimiter", "log line first"),
    (f"[{A}]\n{A}\n{B}", 1, "expected a JSON object, got a list of 1", "array first"),
]


@pytest.mark.parametrize(("text", "line", "said"), [row[:3] for row in LINES], ids=[row[3] for row in LINES])
def test_a_bad_line_is_refused_alone(text: str, line: int, said: str) -> None:
    found = list(split_documents(text))
    assert [document.line for document in found] == [1, 2, 3]
    assert refusal_of(found[line - 1]).startswith(said)
    assert all(json.loads(document.text) for document in found if document.line != line)


BREAKS = [
    (f"[{A}, {B}", [1, 1], 1, "expected JSON, but at column 20: Expecting ',' delimiter", "no end"),
    (f"[\n{A},\n{B}\n{C}\n]", [2, 3], 4, "expected JSON, but at column 1: Expecting ',' delimiter", "no comma"),
    (f"[\n{A},\n{B},\n]", [2, 3], 4, "expected JSON, but at column 1: Expecting value", "a comma too many"),
    (
        f"[\n{A},\n{{'n': 2}},\n{C}\n]",
        [2],
        3,
        "expected JSON, but at column 2: Expecting property name",
        "other quotes",
    ),
    (f"[\n{A}\n]\n]", [2], 3, "expected JSON, but at column 2: Extra data", "a bracket too many"),
    (PRETTY[:-8], [2, 5], 9, "expected JSON, but at column 9: Expecting value", "pretty array cut off"),
    ('{\n  "n": 1,\n}\n', [], 3, "expected JSON, but at column 1: Expecting property name", "object over lines"),
    (f'[{{"n": {"1" * 5000}}}]', [], 1, "expected JSON, but at column 2: a number with too many digits", "digits"),
    (f'[{A},\n{{"n": {"[" * 9000}]', [1], 2, "expected JSON, but at column 1: nested too deeply", "nested"),
]


@pytest.mark.parametrize(("text", "good", "line", "said"), [row[:4] for row in BREAKS], ids=[row[4] for row in BREAKS])
def test_what_stands_before_a_break_is_read_and_the_rest_is_one_refusal(
    text: str, good: list[int], line: int, said: str
) -> None:
    *read, last = split_documents(text)
    assert [document.line for document in read] == good
    assert last.line == line
    assert refusal_of(last).startswith(said)
    assert refusal_of(last).endswith("; nothing behind it was read")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(JSON, min_size=1, max_size=5), st.sampled_from([None, 0, 2]))
def test_an_array_is_its_elements_however_it_is_written(values: list[Any], indent: int | None) -> None:
    found = list(split_documents(json.dumps(values, indent=indent)))
    assert [json.loads(document.text) for document in found] == values


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=5), st.booleans())
def test_lines_are_their_documents(values: list[Any], blank: bool) -> None:
    text = ("\n\n" if blank else "\n").join(json.dumps(value, ensure_ascii=False) for value in values)
    found = list(split_documents(text))
    assert [json.loads(document.text) for document in found] == values
    assert [document.line for document in found] == [n * (1 + blank) + 1 for n in range(len(values))]


@given(st.text(st.sampled_from('{}[],:"n1 \n\\') | st.characters(), max_size=30))
def test_any_text_is_split_and_read_or_refused(text: str) -> None:
    for document in split_documents(text):
        with pytest.raises(Refused):
            read_event(document, "default")


def test_a_webhook_is_translated_for_the_connection() -> None:
    event = read_event(a_document(a_webhook()), "sandbox")
    assert event
    assert (event.event_id, event.connection) == ("EVNT-1", "sandbox")


def test_a_canonical_event_is_read_as_it_stands() -> None:
    assert read_event(a_document(a_wire_event()), "default") == BookingEvent.model_validate(a_wire_event())


@pytest.mark.parametrize(
    ("own", "asked", "goes_to"),
    [
        pytest.param({}, "sandbox", "sandbox", id="names none"),
        pytest.param({"connection": "eu"}, "default", "eu", id="names one"),
        pytest.param({"connection": "eu"}, "sandbox", "eu", id="its own goes first"),
    ],
)
def test_a_canonical_event_goes_to_its_own_connection_else_to_the_one_asked_for(
    own: dict[str, str], asked: str, goes_to: str
) -> None:
    body = {name: value for name, value in a_wire_event().items() if name != "connection"}
    event = read_event(a_document(body | own), asked)
    assert event
    assert event.connection == goes_to


@pytest.mark.parametrize(
    "body", [a_webhook("conversation.started"), a_webhook(status="requested")], ids=["conversation", "request"]
)
def test_a_webhook_about_no_booking_is_nothing(body: dict[str, Any]) -> None:
    assert read_event(a_document(body), "default") is None


def test_a_refusal_names_the_field_of_either_form() -> None:
    assert refusal_of(a_document(a_webhook(duration_minutes=0))).startswith("data.duration_minutes: ")
    assert refusal_of(a_document(a_wire_event(duration_minutes=0))).startswith("booking.duration_minutes: ")


def test_an_object_that_is_neither_is_refused_as_a_canonical_event() -> None:
    assert refusal_of(a_document({})) == "event_id: this field is required, got nothing"


def test_a_preview_reads_no_webhook_whose_booking_the_journal_must_tell() -> None:
    assert refusal_of(a_document(a_calendly())).startswith("expected a booking event or a OnceHub webhook; which")
    assert read_event(a_document(a_calcom("BOOKING_REQUESTED")), "default") is None


def a_document(body: object) -> Document:
    """The body in a file of its own."""
    return Document(line=1, text=json.dumps(body))


def refusal_of(document: Document) -> str:
    """Why the document is not read."""
    with pytest.raises(Refused) as caught:
        read_event(document, "default")
    return str(caught.value)


def compact(text: str) -> str:
    """The text without spaces, which differ with the way it was written."""
    return "".join(text.split())
