"""One booking value → one Salesforce field type."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from html import escape
from typing import TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.choices import pick, pick_several
from rules.converted import Converted
from rules.describe import EXACT_TYPES, NUMBER_TYPES, TEXT_TYPES, FieldSpec
from rules.lengths import fitting, units

Raw = str | int | datetime | None

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)

# A comma separates thousands; "12,50" is dropped rather than taken for 1250.
_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:[,'\s][0-9]{3})+)(?:\.[0-9]+)?")
_SEPARATORS = re.compile(r"[,'\s]")
_SIGNS = "$€£¥₹%"
_MOST_DIGITS = 18  # Salesforce stores no longer numbers

# Salesforce stores no other times; some beyond them cannot even be told in UTC.
_FIRST_YEAR, _LAST_YEAR = 1700, 3999

_YES, _NO = (
    frozenset({"true", "yes", "y", "1", "on", "checked"}),
    frozenset({"false", "no", "n", "0", "off", "unchecked"}),
)

_COORDINATES = re.compile(r"\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*[,;]\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*")
_POLE, _DATE_LINE = 90, 180

# Below this a lost character matters more than the sign that one is lost.
_SHORTEST_WITH_ELLIPSIS = 20

_LONGEST_ENTITY = len("&amp;")


_PLAIN_TYPES = TEXT_TYPES | EXACT_TYPES - {"email"}

Zone = str
"""A time zone by its IANA name; one that is not known counts as UTC."""

UTC_ZONE: Zone = "UTC"

NOTHING = Converted(None)


def convert(value: Raw, spec: FieldSpec, zone: Zone = UTC_ZONE) -> Converted:
    """A booking value as the field takes it. Empty stays empty; what cannot be sent is dropped with a warning.

    `zone` is the booking owner's: a moment falls on the day that it is for him.
    """
    if value is None or value == "":
        return NOTHING
    if spec.type in TEXT_TYPES:
        return _rich_text(value, spec) if spec.rich else _text(value, spec)
    if spec.type in EXACT_TYPES:
        return _exact(value, spec)
    if spec.type in NUMBER_TYPES:
        return _number(value, spec)
    if spec.type in {"date", "datetime"}:
        return _moment(value, spec, zone)
    return _OTHERS[spec.type](_plain(value), spec)


def fits_as_it_is(value: Raw, spec: FieldSpec) -> TypeGuard[str]:
    """Whether `convert` gives this text as it stands, as it does nearly always; where not, that is asked."""
    return (
        type(value) is str
        and spec.type in _PLAIN_TYPES
        and 0 < len(value) <= spec.length
        and value.isascii()
        and "@{" not in value
        and not spec.rich
    )


def utc_text(moment: datetime) -> str:
    """The form of a time that the REST API takes."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def day_in(moment: datetime, zone: Zone) -> str:
    """The date that it is in the zone at that moment, as ISO text."""
    return moment.astimezone(_zone(zone)).date().isoformat()


def local_text(moment: datetime, zone: Zone) -> str:
    """The time as people of the zone write it down: with day of the week and offset."""
    return moment.astimezone(_zone(zone)).strftime("%a %Y-%m-%d %H:%M (UTC%z)")


def coordinates(text: str) -> tuple[float, float]:
    """The latitude and longitude of a converted geolocation."""
    latitude, longitude = text.split(", ")
    return float(latitude), float(longitude)


@cache
def _zone(name: Zone) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(UTC_ZONE)


def _plain(value: str | int | datetime) -> str:
    text = value if isinstance(value, str) else utc_text(value) if isinstance(value, datetime) else str(value)
    # In a composite request @{…} is a reference, also inside what a customer typed: it must not read as one.
    return text.replace("@{", "@ {")


def _text(value: str | int | datetime, spec: FieldSpec) -> Converted:
    """Text, cut to the field: Salesforce refuses the whole record with STRING_TOO_LONG otherwise."""
    text = _plain(value)
    if units(text) <= spec.length:
        return Converted(text)
    if _LINK.fullmatch(text) or _EMAIL.fullmatch(text):
        return _exact(text, spec)
    cut = _cut(text, spec.length)
    return Converted(cut, f"cut from {units(text)} to {spec.length} characters")


def _cut(text: str, length: int) -> str:
    ellipsis = "…" if length > _SHORTEST_WITH_ELLIPSIS else ""
    return fitting(text, length - len(ellipsis)) + ellipsis


def _rich_text(value: str | int | datetime, spec: FieldSpec) -> Converted:
    """Text as HTML. What is too long is cut before it is escaped, so that no entity is cut in two."""
    text = _plain(value)
    html, size = _as_html(text), units(text)
    kept = size
    while (excess := units(html) - spec.length) > 0:
        kept = max(min(kept - 1, kept - excess // _LONGEST_ENTITY), 0)
        html = _as_html(_cut(text, kept)) if kept else ""
    return Converted(html or None, "" if kept == size else f"cut from {size} to {kept} characters")


def _as_html(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _exact(value: str | int | datetime, spec: FieldSpec) -> Converted:
    """An address or number is whole or worthless, so it is never cut."""
    text = _plain(value)
    if units(text) > spec.length:
        return Converted(None, f"left out: {units(text)} characters, the field takes {spec.length}")
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
    most = spec.whole_digits or _MOST_DIGITS
    if number and number.adjusted() >= most:
        return Converted(None, f"left out: more than {most} digits")
    if spec.type != "int":
        return Converted(float(number))
    return Converted(int(number), "" if number == int(number) else "cut to a whole number")


def _checkbox(text: str, _spec: FieldSpec) -> Converted:
    word = text.strip().casefold()
    if word in _YES | _NO:
        return Converted(word in _YES)
    return Converted(None, "left out: neither yes nor no")


def _location(text: str, _spec: FieldSpec) -> Converted:
    """Latitude and longitude in degrees."""
    found = _COORDINATES.fullmatch(text)
    if not found or abs(float(found[1])) > _POLE or abs(float(found[2])) > _DATE_LINE:
        return Converted(None, "left out: not a latitude and a longitude")
    return Converted(f"{found[1]}, {found[2]}")


_OTHERS: dict[str, Callable[[str, FieldSpec], Converted]] = {
    "picklist": pick,
    "multipicklist": pick_several,
    "boolean": _checkbox,
    "location": _location,
}


def _moment(value: str | int | datetime, spec: FieldSpec, zone: Zone) -> Converted:
    moment = value if isinstance(value, datetime) else _parsed(str(value))
    if moment is None:
        return Converted(None, f"left out: not a {spec.type}")
    if spec.type == "datetime":
        return Converted(utc_text(moment))
    # What the customer typed is a date where he is; a moment of the booking is a date where the owner is.
    return Converted(day_in(moment, zone) if isinstance(value, datetime) else moment.date().isoformat())


def _parsed(text: str) -> datetime | None:
    """An ISO 8601 time or date; a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
