"""One booking value → one Salesforce field type."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from rules.describe import EXACT_TYPES, NUMBER_TYPES, TEXT_TYPES, FieldSpec
from rules.plan import Scalar

Raw = str | int | datetime | None

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")

# A comma separates thousands; "12,50" is dropped rather than taken for 1250.
_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:[,'\s][0-9]{3})+)(?:\.[0-9]+)?")
_SEPARATORS = re.compile(r"[,'\s]")
_SIGNS = "$€£¥₹%"
_MOST_DIGITS = 18  # Salesforce stores no longer numbers

# Salesforce stores no other times; some beyond them cannot even be told in UTC.
_FIRST_YEAR, _LAST_YEAR = 1700, 3999

# Below this a lost character matters more than the sign that one is lost.
_SHORTEST_WITH_ELLIPSIS = 20


@dataclass(frozen=True, slots=True)
class Converted:
    """The value to send, None for nothing; and what the admin should know of what was lost, else empty."""

    value: Scalar
    warning: str = ""


_NOTHING = Converted(None)


def convert(value: Raw, spec: FieldSpec) -> Converted:
    """A booking value as the field takes it. Empty stays empty; what cannot be sent is dropped with a warning."""
    if value is None or value == "":
        return _NOTHING
    if spec.type in TEXT_TYPES:
        return _text(value, spec)
    if spec.type in EXACT_TYPES:
        return _exact(value, spec)
    if spec.type in NUMBER_TYPES:
        return _number(value, spec)
    if spec.type == "picklist":
        return _picklist(_plain(value), spec)
    return _moment(value, spec)


def utc_text(moment: datetime) -> str:
    """The form of a time that the REST API takes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: str | int | datetime) -> str:
    text = utc_text(value) if isinstance(value, datetime) else str(value)
    # In a composite request @{…} is a reference, also inside what a customer typed: it must not read as one.
    return text.replace("@{", "@ {")


def _text(value: str | int | datetime, spec: FieldSpec) -> Converted:
    """Text, cut to the field: Salesforce refuses the whole record with STRING_TOO_LONG otherwise."""
    text = _plain(value)
    if len(text) <= spec.length:
        return Converted(text)
    ellipsis = "…" if spec.length > _SHORTEST_WITH_ELLIPSIS else ""
    cut = text[: spec.length - len(ellipsis)] + ellipsis
    return Converted(cut, f"cut from {len(text)} to {spec.length} characters")


def _exact(value: str | int | datetime, spec: FieldSpec) -> Converted:
    """An address or number is whole or worthless, so it is never cut."""
    text = _plain(value)
    if len(text) > spec.length:
        return Converted(None, f"left out: {len(text)} characters, the field takes {spec.length}")
    if spec.type == "email" and not _EMAIL.fullmatch(text):
        return Converted(None, "left out: not an e-mail address")
    return Converted(text)


def _number(value: str | int | datetime, spec: FieldSpec) -> Converted:
    if isinstance(value, datetime):
        return Converted(None, "left out: a time is not a number")
    text = str(value).strip(_SIGNS).strip()
    if not _NUMBER.fullmatch(text):
        return Converted(None, "left out: not a number")
    number = Decimal(_SEPARATORS.sub("", text))
    if number.adjusted() >= _MOST_DIGITS:
        return Converted(None, f"left out: more than {_MOST_DIGITS} digits")
    return Converted(int(number) if spec.type == "int" else float(number))


def _picklist(text: str, spec: FieldSpec) -> Converted:
    """The field's own spelling of the value; an unknown one only where the picklist is not enforced."""
    if text in spec.choices:
        return Converted(text)
    for choice in spec.choices:
        if choice.casefold() == text.casefold():
            return Converted(choice)
    if spec.restricted:
        return Converted(None, "left out: not a value of the restricted picklist")
    return _exact(text, spec)


def _moment(value: str | int | datetime, spec: FieldSpec) -> Converted:
    moment = value if isinstance(value, datetime) else _parsed(str(value))
    if moment is None:
        return Converted(None, f"left out: not a {spec.type}")
    if spec.type == "date":
        return Converted(moment.date().isoformat())
    return Converted(utc_text(moment))


def _parsed(text: str) -> datetime | None:
    """An ISO 8601 time or date; a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
