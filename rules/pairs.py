"""Which booking fields go into which Salesforce field types.

Source: https://help.oncehub.com/help/mapping-scheduleonce-fields-to-non-mandatory-salesforce-fields (the types that
"Add fields" offers); that every kind may also fill a text field is ours.
"""

from collections.abc import Mapping
from typing import Literal

from rules.describe import EXTENDED_TYPES, NUMBER_TYPES, SUPPORTED_TYPES, TEXT_TYPES
from rules.mapping import ANSWER

Kind = Literal["line", "lines", "email", "phone", "link", "time", "number", "answer"]

LOOKUP = "reference"

_KINDS: Mapping[str, Kind] = {
    "customer_email": "email",
    "customer_phone": "phone",
    "customer_mobile_phone": "phone",
    "customer_note": "lines",
    "customer_guests": "lines",
    "attendees": "lines",
    "cancel_reschedule_reason": "lines",
    "calendar_event_description": "lines",
    "starting_time": "time",
    "ending_time": "time",
    "creation_time": "time",
    "last_updated_time": "time",
    "duration_minutes": "number",
    "web_conferencing_link": "link",
    "cancel_reschedule_link": "link",
    "booking_page_link": "link",
    "booking_owner_email": "email",
}
"""All others are single lines."""

_TYPES: Mapping[Kind, frozenset[str]] = {
    "line": TEXT_TYPES | {"picklist", "multipicklist", LOOKUP},
    "lines": TEXT_TYPES,
    "email": TEXT_TYPES | {"email", LOOKUP},
    "phone": TEXT_TYPES | {"phone"},
    "link": TEXT_TYPES | {"url"},
    "time": TEXT_TYPES | {"date", "datetime"},
    "number": TEXT_TYPES | NUMBER_TYPES,
    "answer": SUPPORTED_TYPES | EXTENDED_TYPES | {LOOKUP},
}


def kind_of(booking_field: str) -> Kind:
    """What sort of value the booking field holds; the customer may answer anything."""
    return "answer" if booking_field.startswith(ANSWER) else _KINDS.get(booking_field, "line")


def fits(booking_field: str, salesforce_type: str) -> bool:
    """Whether a value of this booking field can be one of this type."""
    return salesforce_type in _TYPES[kind_of(booking_field)]


def fitting_types(booking_field: str) -> list[str]:
    """The types that this booking field goes into, for people."""
    return sorted(_TYPES[kind_of(booking_field)] & SUPPORTED_TYPES)
