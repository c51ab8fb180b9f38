"""Stage 4: a booking → the values of an object's fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from producers.contract import Named
from rules.describe import FieldSpec
from rules.lifecycle import BookingState, status_label
from rules.plan import Scalar, SObject, Warned
from rules.ready import CompiledRow
from rules.values import Raw, convert

LabelMode = Literal["detailed", "phase"]

ANSWER = "answer:"
"""`answer:<question>` names what the customer answered to a question of the booking form."""

_STATE_QUESTIONS = ("state", "your state")
_COUNTRY_QUESTIONS = ("country", "your country")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Field values of one record, and what was lost on the way to them."""

    fields: Mapping[str, Scalar]
    warnings: tuple[Warned, ...] = ()


def split_name(name: str) -> tuple[str | None, str]:
    """First and last name. "Last, First" is swapped; otherwise the first word is the first name."""
    last, _, first = (" ".join(part.split()) for part in name.partition(","))
    if last and first and "," not in first:
        return first, last
    words = name.strip().strip(",").split()
    return (words[0], " ".join(words[1:])) if len(words) > 1 else (None, " ".join(words) or name.strip())


def _first_name(state: BookingState) -> Raw:
    customer = state.booking.customer
    if customer.first_name or not customer.name:
        return customer.first_name
    return split_name(customer.name)[0]


def _last_name(state: BookingState) -> Raw:
    customer = state.booking.customer
    if customer.last_name or not customer.name:
        return customer.last_name
    return split_name(customer.name)[1]


def full_name(state: BookingState) -> str | None:
    """The customer's whole name."""
    customer = state.booking.customer
    parts = (customer.first_name, customer.last_name)
    return customer.name or " ".join(part for part in parts if part) or None


def _answer(state: BookingState, names: tuple[str, ...]) -> str | None:
    return next((text for name, text in state.booking.answers.items() if name.casefold() in names), None)


def _called(thing: Named | None) -> str | None:
    return (thing.name or thing.id) if thing else None


def _place(state: BookingState) -> str | None:
    return state.booking.location or state.booking.join_url


def _description(state: BookingState) -> str:
    """What the calendar event says: everything that was collected, one `Label: value` a line."""
    booking, customer = state.booking, state.booking.customer
    lines: tuple[tuple[str, str | None], ...] = (
        ("Customer", full_name(state)),
        ("Company", customer.company),
        ("E-mail", customer.email),
        ("Phone", customer.phone),
        ("Mobile phone", customer.mobile_phone),
        ("Note", customer.note),
        *booking.answers.items(),
        ("Guests", ", ".join(customer.guests)),
        ("Location", booking.location),
        ("Web conferencing", booking.join_url),
        ("Booking id", booking.id),
        ("Cancel or reschedule", booking.change_url),
    )
    return "\n".join(f"{label}: {text}" for label, text in lines if text)


CUSTOMER_FIELDS: Mapping[str, Callable[[BookingState], Raw]] = {
    "customer_name": full_name,
    "customer_first_name": _first_name,
    "customer_last_name": _last_name,
    "customer_email": lambda state: state.booking.customer.email,
    "customer_company": lambda state: state.booking.customer.company,
    "customer_phone": lambda state: state.booking.customer.phone,
    "customer_mobile_phone": lambda state: state.booking.customer.mobile_phone,
    "customer_note": lambda state: state.booking.customer.note,
    "customer_time_zone": lambda state: state.booking.customer.time_zone,
    "customer_guests": lambda state: ", ".join(state.booking.customer.guests),
    "customer_state": lambda state: _answer(state, _STATE_QUESTIONS),
    "customer_country": lambda state: _answer(state, _COUNTRY_QUESTIONS),
}
"""What the customer said of himself: subject to override or fill-empty."""

BOOKING_FIELDS: Mapping[str, Callable[[BookingState], Raw]] = {
    "booking_id": lambda state: state.booking.id,
    "subject": lambda state: state.booking.subject,
    "cancel_reschedule_reason": lambda state: state.reason,
    "starting_time": lambda state: state.booking.starts_at,
    "ending_time": lambda state: state.booking.starts_at + timedelta(minutes=state.booking.duration_minutes),
    "duration_minutes": lambda state: state.booking.duration_minutes,
    "creation_time": lambda state: state.booking.created_at,
    "location": _place,
    "web_conferencing_link": lambda state: state.booking.join_url,
    "cancel_reschedule_link": lambda state: state.booking.change_url,
    "calendar_event_description": _description,
    "booking_page": lambda state: _called(state.booking.page),
    "master_page": lambda state: _called(state.booking.master_page),
    "event_type": lambda state: _called(state.booking.event_type),
    "booking_owner": lambda state: state.booking.owner.name,
    "booking_owner_email": lambda state: state.booking.owner.email,
}
"""What the booking itself says: always written, in both update modes."""

EVENT_STATUS = "event_status"


def is_booking_field(name: str) -> bool:
    """Whether a mapping row may name it."""
    return name in CUSTOMER_FIELDS or name in BOOKING_FIELDS or name == EVENT_STATUS or name.startswith(ANSWER)


def is_customer_data(name: str) -> bool:
    """Whether the update mode governs it."""
    return name in CUSTOMER_FIELDS or name.startswith(ANSWER)


def read_field(name: str, state: BookingState, labels: LabelMode) -> Raw:
    """The value of a booking field, None where the booking says nothing."""
    if name == EVENT_STATUS:
        return status_label(state, labels)
    if name.startswith(ANSWER):
        return _answer(state, (name.removeprefix(ANSWER).casefold(),))
    return (CUSTOMER_FIELDS.get(name) or BOOKING_FIELDS[name])(state)


def map_fields(rows: tuple[CompiledRow, ...], obj: SObject, state: BookingState, labels: LabelMode) -> Values:
    """The values that the rows give; rows whose booking field is empty give none, so that nothing is blanked."""
    fields: dict[str, Scalar] = {}
    warnings: list[Warned] = []
    for row in rows:
        converted = convert(read_field(row.booking, state, labels), row.field)
        value = _earlier_value(row, state, labels) if converted.value is None else converted.value
        if value is not None:
            fields[row.field.name] = value
        if converted.warning:
            warnings.append(lost(obj, row.field, converted.warning))
    return Values(fields=fields, warnings=tuple(warnings))


def _earlier_value(row: CompiledRow, state: BookingState, labels: LabelMode) -> Scalar:
    """What the newest older version gives, where this one gives nothing that the field takes.

    The field would hold it had the events arrived in order, because nothing blanks a field.
    """
    older = (replace(state, versions=state.versions[n:]) for n in range(1, len(state.versions)))
    values = (convert(read_field(row.booking, earlier, labels), row.field).value for earlier in older)
    return next((value for value in values if value is not None), None)


def lost(obj: SObject, field: FieldSpec, what: str) -> Warned:
    """The warning for a value that did not reach its field whole."""
    return Warned(code="VALUE_LOST", object=obj, field=field.name, message=what)
