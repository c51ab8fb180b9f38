"""Stage 4: a booking → the values of an object's fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from producers.contract import Named
from rules.addresses import STATE_STAYS, in_country, settled
from rules.converted import Converted
from rules.describe import FieldSpec
from rules.lifecycle import BookingState, status_label
from rules.ownership import find_user
from rules.plan import ByKey, Scalar, SObject, Warned
from rules.quick import quick
from rules.ready import CompiledRow, ReadySetup
from rules.values import NOTHING, UTC_ZONE, Raw, Zone, convert, coordinates, fits_as_it_is, local_text

NameSplit = Literal["first", "last"]

Value = Scalar | ByKey

_KEY = FieldSpec(name="an external id", type="string", length=255)

ANSWER = "answer:"
"""`answer:<question>` names what the customer answered to a question of the booking form."""

_STATE_QUESTIONS = ("state", "your state")
_COUNTRY_QUESTIONS = ("country", "your country")


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Field values of one record, and what was lost on the way to them."""

    fields: Mapping[str, Value]
    warnings: tuple[Warned, ...] = ()


def split_name(name: str, mode: NameSplit = "first") -> tuple[str | None, str]:
    """First and last name. "Last, First" is swapped; otherwise the first word is the first name.

    With mode "last" the last word is the last name, and all before it the first.
    """
    if "," in name:
        last, _, first = (" ".join(part.split()) for part in name.partition(","))
        if last and first and "," not in first:
            return first, last
    words = name.strip().strip(",").split()
    if len(words) < 2:  # noqa: PLR2004 - one word is a last name, which Salesforce requires
        return None, " ".join(words) or name.strip()
    at = 1 if mode == "first" else len(words) - 1
    return " ".join(words[:at]), " ".join(words[at:])


def _names(state: BookingState, setup: ReadySetup) -> tuple[str | None, str | None]:
    """First and last name: those that were asked for, else the parts of the one."""
    customer = state.booking.customer
    if not customer.name:
        return customer.first_name, customer.last_name
    first, last = split_name(customer.name, setup.values.name_split)
    return customer.first_name or first, customer.last_name or last


def full_name(state: BookingState) -> str | None:
    """The customer's whole name."""
    customer = state.booking.customer
    parts = (customer.first_name, customer.last_name)
    return customer.name or " ".join(part for part in parts if part) or None


def _answer(state: BookingState, names: tuple[str, ...]) -> str | None:
    for name, text in state.booking.answers.items():
        if name.casefold() in names:
            return text
    return None


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
        ("Other attendees", ", ".join(other_attendees(state))),
        ("Location", booking.location),
        ("Web conferencing", booking.join_url),
        ("Booking id", booking.id),
        ("Cancel or reschedule", booking.change_url),
    )
    return "\n".join(f"{label}: {text}" for label, text in lines if text)


OWNER_TIME = "starting_time_owner"

NAME_FIELDS: Mapping[str, int] = {"customer_first_name": 0, "customer_last_name": 1}
"""The parts of the name, which the setup says how to split."""


def other_attendees(state: BookingState) -> list[str]:
    """Who takes part besides the customer, his guests and the owner: in a panel its other members."""
    booking, customer = state.booking, state.booking.customer
    if not booking.attendees:
        return []
    named = {name.casefold() for name in (customer.email, booking.owner.email, *customer.guests) if name}
    return [name for name in booking.attendees if name.casefold() not in named]


def _changer(state: BookingState) -> str | None:
    """The name of who canceled or moved the booking."""
    actor = state.moved.actor if state.moved else None
    names = {"owner": state.booking.owner.name, "customer": full_name(state)}
    return names[actor] if actor else None


def _local(state: BookingState, zone: str | None) -> str | None:
    """When it starts, for people of that time zone."""
    return local_text(state.booking.starts_at, zone) if zone else None


CUSTOMER_FIELDS: Mapping[str, Callable[[BookingState], Raw]] = {
    "customer_name": full_name,
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
    "tracking_id": lambda state: state.booking.tracking_id,
    "package_id": lambda state: state.booking.package_id,
    "replaced_booking_id": lambda state: state.booking.replaces,
    "subject": lambda state: state.booking.subject,
    "cancel_reschedule_reason": lambda state: state.reason,
    "starting_time": lambda state: state.booking.starts_at,
    "starting_time_customer": lambda state: _local(state, state.booking.customer.time_zone),
    "ending_time": lambda state: state.booking.starts_at + timedelta(minutes=state.booking.duration_minutes),
    "duration_minutes": lambda state: state.booking.duration_minutes,
    "creation_time": lambda state: state.booking.created_at,
    "last_updated_time": lambda state: state.booking.updated_at,
    "calendar": lambda state: state.booking.calendar,
    "attendees": lambda state: ", ".join(state.booking.attendees),
    "canceled_or_rescheduled_by": _changer,
    "location": _place,
    "web_conferencing_link": lambda state: state.booking.join_url,
    "cancel_reschedule_link": lambda state: state.booking.change_url,
    "calendar_event_description": _description,
    "booking_page": lambda state: _called(state.booking.page),
    "booking_page_label": lambda state: state.booking.page.label if state.booking.page else None,
    "booking_page_link": lambda state: state.booking.page.url if state.booking.page else None,
    "master_page": lambda state: _called(state.booking.master_page),
    "event_type": lambda state: _called(state.booking.event_type),
    "booking_owner": lambda state: state.booking.owner.name,
    "booking_owner_email": lambda state: state.booking.owner.email,
}
"""What the booking itself says: always written, in both update modes."""

EVENT_STATUS = "event_status"

_READERS = {**CUSTOMER_FIELDS, **BOOKING_FIELDS}


def booking_fields() -> list[str]:
    """Every name that a mapping row may say, but for the questions of the booking form."""
    return sorted({*CUSTOMER_FIELDS, *NAME_FIELDS, *BOOKING_FIELDS, EVENT_STATUS, OWNER_TIME})


def is_booking_field(name: str) -> bool:
    """Whether a mapping row may name it."""
    return name in booking_fields() or _is_answer(name)


def is_customer_data(name: str) -> bool:
    """Whether the update mode governs it."""
    return name in CUSTOMER_FIELDS or name in NAME_FIELDS or _is_answer(name)


def _is_answer(name: str) -> bool:
    return name.startswith(ANSWER) and bool(_question(name))


def _question(name: str) -> str:
    """The question as answers are looked up by it."""
    return name.removeprefix(ANSWER).strip().casefold()


def read_field(name: str, state: BookingState, setup: ReadySetup) -> Raw:
    """The value of a booking field, None where the booking says nothing."""
    read = _READERS.get(name)
    return read(state) if read else _read_by_setup(name, state, setup)


def _read_by_setup(name: str, state: BookingState, setup: ReadySetup) -> Raw:
    """The value of one of the fields that mean what the setup says, or of an answer."""
    if name == EVENT_STATUS:
        label = status_label(state, setup.labels.mode)
        return setup.labels.texts.get(label, label)
    if name == OWNER_TIME:
        return _local(state, owner_zone(state, setup))
    if name in NAME_FIELDS:
        return _names(state, setup)[NAME_FIELDS[name]]
    return _answer(state, (_question(name),))


def map_fields(rows: tuple[CompiledRow, ...], obj: SObject, state: BookingState, setup: ReadySetup) -> Values:
    """The values that the rows give; rows whose booking field is empty give none, so that nothing is blanked."""
    fields: dict[str, Value] = {}
    warnings: list[Warned] = []
    for row in rows:
        raw = read_field(row.booking, state, setup)
        if fits_as_it_is(raw, row.field):
            fields[row.field.name] = raw
            continue
        converted = _converted(raw, row, state, fields, setup)
        value = converted.value
        if value is None and len(state.versions) > 1 and row.country:
            warnings += _settle_address(row, rows, obj, state, fields, setup)
            continue
        if value is None and len(state.versions) > 1:
            value = _earlier_value(row, state, fields, setup)
        if value is not None:
            if row.field.type == "location":
                fields |= spread(row.field, value)
            else:
                fields[row.field.name] = value
        if converted.warning:
            warnings.append(warned(obj, row.field, converted))
    return Values(fields=fields, warnings=tuple(warnings))


def _settle_address(
    row: CompiledRow,
    rows: tuple[CompiledRow, ...],
    obj: SObject,
    state: BookingState,
    fields: dict[str, Value],
    setup: ReadySetup,
) -> list[Warned]:
    """Make the country and the state in `fields` those that the events would have left had they come one by one."""
    countries = tuple(each for each in rows if each.field.name == row.country)
    country: Value = None
    at: Value = None
    for n in reversed(range(len(state.versions))):
        version = replace(state, versions=state.versions[n:])
        said = map_fields(countries, obj, version, setup).fields
        converted = _converted(read_field(row.booking, version, setup), row, version, said, setup)
        country, at = settled((country, at), said.get(row.country or ""), converted.value, row.field)
    stays = [each for each in countries if country != fields.get(each.field.name)]
    held = {each.field.name: country for each in countries} | {row.field.name: at}
    fields |= {name: value for name, value in held.items() if value is not None}
    if stays:
        return [warned(obj, each.field, Converted(None, STATE_STAYS)) for each in stays]
    return [warned(obj, row.field, converted)] if converted.warning else []


def owner_zone(state: BookingState, setup: ReadySetup) -> Zone:
    """The time zone of the booking owner's Salesforce user, UTC for an owner who is none."""
    return setup.users.zones.get(find_user(state.booking.owner, setup) or "", UTC_ZONE)


def spread(field: FieldSpec, value: Value) -> dict[str, Value]:
    """The value under the names by which it is written: a geolocation as its two coordinates."""
    if field.type != "location":
        return {field.name: value}
    return dict(zip(field.columns, coordinates(str(value)), strict=True))


def _converted(
    raw: Raw, row: CompiledRow, state: BookingState, fields: Mapping[str, Value], setup: ReadySetup
) -> Converted:
    if raw is None or raw == "":
        return NOTHING
    if row.lookup_key and row.field.relationship:
        text = convert(raw, _KEY).value
        key = ByKey(relationship=row.field.relationship, key=row.lookup_key, value=str(text)) if text else None
        return Converted(key)
    if row.country:
        return in_country(raw, row.field, fields.get(row.country))
    return convert(raw, row.field, owner_zone(state, setup) if row.field.type == "date" else UTC_ZONE)


def _earlier_value(row: CompiledRow, state: BookingState, fields: Mapping[str, Value], setup: ReadySetup) -> Value:
    """What the newest older version gives, where this one gives nothing that the field takes.

    The field would hold it had the events arrived in order, because nothing blanks a field.
    """
    older = (replace(state, versions=state.versions[n:]) for n in range(1, len(state.versions)))
    said = ((earlier, read_field(row.booking, earlier, setup)) for earlier in older)
    values = (_converted(raw, row, earlier, fields, setup).value for earlier, raw in said)
    return next((value for value in values if value is not None), None)


def warned(obj: SObject, field: FieldSpec, converted: Converted) -> Warned:
    """The warning for a value that did not reach its field whole, or that the record type does not offer."""
    return Warned(code=converted.code, object=obj, field=field.name, message=converted.warning)
