"""A file of bookings → its documents: one JSON document, a JSON array, or JSON lines."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from producers import calcom, calendly, oncehub
from producers.contract import BookingEvent
from producers.deliveries import Delivery, Ignored
from producers.intake_desk import read_webhook
from producers.refusal import Refused, shape_of
from producers.signatures import Source

_SHAPES: Mapping[Source, Callable[[Mapping[str, Any]], bool]] = {
    Source.ONCEHUB: oncehub.is_webhook,
    Source.CALENDLY: calendly.is_webhook,
    Source.CALCOM: calcom.is_webhook,
}

_ONLY_PUBLISHED = (
    "expected a booking event or a OnceHub webhook; which booking a webhook of Calendly or Cal.com moves or means, the "
    "journal finds out when `bookforce publish` takes it"
)

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")

# An array of objects, or an object whose first line says nothing else: not one document a line.
_OVER_LINES = re.compile(r"\s*(\[\s*\{|\{[ \t\r]*\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document and the line (from 1) where it starts; `broken` says why the file cannot be read from here on."""

    line: int
    text: str
    broken: str = ""


def split_documents(text: str) -> Iterator[Document]:
    """The documents of a file, each with the line where it starts.

    One document a line, unless the whole file is JSON or begins as only an array or a document over several lines
    does. Where such a file breaks, the last document says so.
    """
    text = text.removeprefix("\ufeff")  # what editors of another system put before UTF-8
    if _is_json(text) or (_OVER_LINES.match(text) and not _is_json(text.lstrip().partition("\n")[0])):
        yield from _values(text)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield Document(line=number, text=line)


def read_delivery(document: Document, connection: str) -> Delivery:
    """What a document comes to: a canonical event, or the body of a webhook, whose source its shape tells.

    A canonical event that names no connection is for this one. Raises Refused with the field that is wrong.
    """
    body = _parse(document)
    source = next((source for source, has_shape_of in _SHAPES.items() if has_shape_of(body)), None)
    if source:
        return read_webhook(source, body, connection=connection, parameters={})
    try:
        return BookingEvent.model_validate({"connection": connection, **body})
    except ValidationError as error:
        raise Refused.of(error) from error


def read_event(document: Document, connection: str) -> BookingEvent | None:
    """The booking event in a document that needs no journal to be understood; None for a webhook about no booking.

    A canonical event that names no connection is for this one. Raises Refused with the field that is wrong.
    """
    delivery = read_delivery(document, connection)
    match delivery:
        case BookingEvent():
            return delivery
        case Ignored() if delivery.moved is None:
            return None
        case _:
            raise Refused(field="", shape="", expected=_ONLY_PUBLISHED)


def _parse(document: Document) -> Mapping[str, Any]:
    if document.broken:
        raise Refused(field="", shape="", expected=f"{document.broken}; nothing behind it was read")
    text = document.text
    try:
        with _told_apart(text, 0):
            body = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(field="", shape=shape_of(text), expected=_explain(error)) from error
    if not isinstance(body, dict):
        raise Refused(field="", shape=shape_of(body), expected="expected a JSON object")
    return body


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _values(text: str) -> Iterator[Document]:
    line, counted = 1, 0
    try:
        for start, end in _spans(text):
            line += text.count("\n", counted, start)
            counted = start
            yield Document(line=line, text=text[start:end])
    except json.JSONDecodeError as error:
        yield Document(line=error.lineno, text="", broken=_explain(error))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the elements of the array stand, or values one behind the other. Raises JSONDecodeError where it breaks."""
    position = _skip(text, 0)
    if not text.startswith("[", position):
        while position < len(text):
            end = _end_of_value(text, position)
            yield position, end
            position = _skip(text, end)
        return
    sign = text[position]
    while sign != "]":
        start = _skip(text, position + 1)
        is_empty = sign == "[" and text.startswith("]", start)
        end = start if is_empty else _end_of_value(text, start)
        if not is_empty:
            yield start, end
        position = _skip(text, end)
        sign = text[position : position + 1]
        if sign not in {",", "]"}:
            raise json.JSONDecodeError("Expecting ',' delimiter", text, position)
    if _skip(text, position + 1) < len(text):
        raise json.JSONDecodeError("Extra data", text, position + 1)


def _end_of_value(text: str, start: int) -> int:
    with _told_apart(text, start):
        return _DECODER.raw_decode(text, start)[1]


@contextmanager
def _told_apart(text: str, start: int) -> Iterator[None]:
    """What the parser raises besides JSONDecodeError, as one."""
    try:
        yield
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise json.JSONDecodeError("nested too deeply", text, start) from error
    except ValueError as error:
        raise json.JSONDecodeError("a number with too many digits", text, start) from error


def _explain(error: json.JSONDecodeError) -> str:
    return f"expected JSON, but at column {error.colno}: {error.msg}"


def _skip(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position
