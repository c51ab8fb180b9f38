"""One JSON value sent for one field: is it of the field's type, and what is kept of it?"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from tests.simulator.data.records import Value
from tests.simulator.errors import Refused, Unreadable, refuse
from tests.simulator.setup.objects import Field
from tests.simulator.texts import say

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
FIRST_YEAR, LAST_YEAR = 1700, 4000
WHOLE_LIMIT = 2**31


PLAIN_TEXTS = frozenset({"string", "textarea", "phone", "url", "combobox", "multipicklist"})


def stored(field: Field, sent: Any) -> Value:
    """Return the value to keep; refuse one that this field cannot hold."""
    return None if sent is None else _READERS[field.type](field, sent)


def is_kept(kind: str) -> bool:
    """Tell whether values of this type can be read."""
    return kind in _READERS


def wire_time(moment: datetime) -> str:
    """Write a moment the way answers do: UTC, milliseconds that are always zero, offset without a colon."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}.000+0000"


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _unreadable(kind: str, sent: Any) -> Unreadable:
    token = {
        str: "VALUE_STRING",
        bool: f"VALUE_{str(sent).upper()}",
        int: "VALUE_NUMBER_INT",
        float: "VALUE_NUMBER_FLOAT",
    }
    what = token.get(type(sent), "START_ARRAY" if isinstance(sent, list) else "START_OBJECT")
    shown = "" if isinstance(sent, list | dict) else f" value {sent}"
    return Unreadable(say("JSON_VALUE", type=kind, token=f"{what}{shown}"))


def text(field: Field, sent: Any) -> str | None:
    """Return the text to keep, None for a blank one; refuse one that is longer than the field."""
    if type(sent) is not str:
        raise _unreadable(field.type, sent)
    kept = sent.strip() if field.trimmed else sent
    if len(kept) > field.length:
        raise _too_long(field, kept)
    return kept or None


def _too_long(field: Field, text: str) -> Refused:
    message = f"{field.label}: data value too large: {text} (max length={field.length})"
    return refuse("STRING_TOO_LONG", message, field.name)


def _email(field: Field, sent: Any) -> str | None:
    kept = text(field, sent)
    if kept is not None and not EMAIL.fullmatch(kept):
        raise refuse("INVALID_EMAIL_ADDRESS", say("INVALID_EMAIL_ADDRESS", label=field.label, value=kept), field.name)
    return kept


def _picklist(field: Field, sent: Any) -> str | None:
    kept = text(field, sent)
    if kept is None or not field.restricted or any(kept == choice.value for choice in field.choices):
        return kept
    raise not_offered(field, kept)


def not_offered(field: Field, text: str) -> Refused:
    message = f"{field.label}: bad value for restricted picklist field: {text}"
    return refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, field.name)


def _boolean(field: Field, sent: Any) -> bool:
    if type(sent) is not bool:
        raise _unreadable(field.type, sent)
    return sent


def _whole(field: Field, sent: Any) -> int:
    if type(sent) is not int:
        raise _unreadable(field.type, sent)
    if abs(sent) >= min(10**field.digits, WHOLE_LIMIT):
        message = f"{field.label}: value outside of valid range on numeric field: {sent}"
        raise refuse("NUMBER_OUTSIDE_VALID_RANGE", message, field.name)
    return sent


def _number(field: Field, sent: Any) -> float:
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise _unreadable(field.type, sent)
    if field.precision is not None and abs(sent) >= 10 ** (field.precision - (field.scale or 0)):
        message = f"{field.label}: value outside of valid range on numeric field: {sent}"
        raise refuse("NUMBER_OUTSIDE_VALID_RANGE", message, field.name)
    return float(sent) if field.external_id else sent


def _date(field: Field, sent: Any) -> str:
    if type(sent) is not str or not DATE.fullmatch(sent):
        raise _unreadable(field.type, sent)
    try:
        return date.fromisoformat(sent).isoformat()
    except ValueError:
        raise _unreadable(field.type, sent) from None


def _datetime(field: Field, sent: Any) -> str:
    kept = canonical_time(sent) if type(sent) is str else None
    if kept is None:
        raise _unreadable(field.type, sent)
    return kept


@lru_cache(maxsize=4096)
def canonical_time(text: str) -> str | None:
    """Return the wire form of an ISO 8601 moment with an offset, or None when it is none."""
    if not DATETIME.fullmatch(text):
        return None
    try:
        moment = parse_time(text)
    except ValueError:
        return None
    return wire_time(moment) if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _reference(field: Field, sent: Any) -> str | None:
    if type(sent) is not str:
        raise _unreadable(field.type, sent)
    return sent.strip() or None


_READERS: dict[str, Callable[[Field, Any], Value]] = {
    "string": text,
    "textarea": text,
    "phone": text,
    "url": text,
    "combobox": text,
    "picklist": _picklist,
    "multipicklist": text,
    "email": _email,
    "boolean": _boolean,
    "int": _whole,
    "double": _number,
    "currency": _number,
    "date": _date,
    "datetime": _datetime,
    "reference": _reference,
    "id": _reference,
    "address": _reference,
}
