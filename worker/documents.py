"""A file of bookings → its documents: one JSON document, a JSON array, or JSON lines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from producers import oncehub
from producers.contract import BookingEvent
from producers.refusal import Refused, shape_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document and the line (from 1) where it starts; `text` is not parsed yet where it has a line of its own."""

    line: int
    text: str


def split_documents(text: str) -> Iterator[Document]:
    """The documents of a file, each with the line where it starts. What is not JSON is one document a line."""
    if _is_one_document(text):
        yield from _elements(text)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield Document(line=number, text=line)


def read_event(document: Document, connection: str) -> BookingEvent | None:
    """The booking event in a document: canonical, or a OnceHub webhook; None for a webhook about no booking.

    Raises Refused with the field that is wrong.
    """
    body = _parse(document.text)
    if oncehub.is_webhook(body):
        return None if oncehub.is_ignored(body) else oncehub.translate(body, connection=connection)
    try:
        return BookingEvent.model_validate_json(document.text)
    except ValidationError as error:
        raise Refused.of(error) from error


def _parse(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        expected = f"expected JSON, but at column {error.colno}: {error.msg}"
        raise Refused(field="", shape=shape_of(text), expected=expected) from error
    if not isinstance(body, dict):
        raise Refused(field="", shape=shape_of(body), expected="expected a JSON object")
    return body


def _is_one_document(text: str) -> bool:
    """Whether the whole text is one JSON value; a file of one line is, too."""
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


def _elements(text: str) -> Iterator[Document]:
    """The one document, or the elements of the array, with the lines where they start."""
    decoder = json.JSONDecoder()
    position = _skip(text, 0)
    if text[position] != "[":
        yield Document(line=_line(text, position), text=text)
        return
    position = _skip(text, position + 1)
    while text[position] != "]":
        _, end = decoder.raw_decode(text, position)
        yield Document(line=_line(text, position), text=text[position:end])
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    while text[position].isspace():
        position += 1
    return position


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
