"""The Activity Event of a booking."""

from collections.abc import Mapping
from datetime import timedelta

from rules.describe import FieldSpec
from rules.lifecycle import BookingState, Phase
from rules.mapping import Value, Values, full_name, map_fields, warned
from rules.ownership import Ownership, event_owner
from rules.part import KNOWN, Part, owner_warnings, record_type_fields, reference, values_for_create
from rules.plan import FieldValue, New, Reason, Record, SObject, Write
from rules.ready import ReadySetup
from rules.ruleset import PageRules
from rules.snapshot import Event, Work, identity
from rules.values import convert, utc_text

_SUBJECT = FieldSpec(name="Subject", type="combobox", length=255)

_TIMES = ("StartDateTime", "EndDateTime")


def event_values(state: BookingState, setup: ReadySetup) -> Values:
    """What the Event says of the booking, now: mapped fields, times, availability, owner."""
    said = map_fields(setup.mapping[SObject.EVENT].updateable.all, SObject.EVENT, state, setup)
    fields = {**_default_subject(said.fields, state), **said.fields, **_own_fields(state, event_owner(state, setup))}
    return _marked(Values(fields=fields, warnings=said.warnings), state, setup)


def create_event(
    state: BookingState, who: Record | None, what: Record | None, page: PageRules, setup: ReadySetup, now: str
) -> Part:
    """A new Event. Its owner is the booking owner, whatever the records' owners are."""
    said = values_for_create(SObject.EVENT, state, page, setup, now)
    named = Values(fields={**_default_subject(said.fields, state), **said.fields}, warnings=said.warnings)
    values = _marked(named, state, setup)
    record = New(object=SObject.EVENT, key=state.booking.id)
    ownership = event_owner(state, setup)
    fields: dict[str, FieldValue] = {
        **values.fields,
        **_own_fields(state, ownership),
        **related(who, what),
        **record_type_fields(SObject.EVENT, page, setup),
        # Left out, the users' own reminder settings apply and the owner gets pop-ups for meetings long past.
        "IsReminderSet": False,
    }
    return Part(
        record=record,
        writes=(Write(record=record, fields=fields),),
        because=("Event created", ownership.because),
        warnings=(*values.warnings, *owner_warnings(SObject.EVENT, ownership)),
        reasons=(Reason(record=record, owner=ownership.because),),
    )


def update_event(event: Event, state: BookingState, who: Record | None, what: Record | None, setup: ReadySetup) -> Part:
    """An Event that is in the org though the journal does not know it: made to say what the booking says."""
    values = event_values(state, setup)
    fields: dict[str, FieldValue] = {**values.fields}
    if who and (event.who is None or identity(event.who) != identity(who)):
        fields |= related(who, what)
    because = ("Event found by its booking id and updated",)
    ownership = event_owner(state, setup)
    reason = Reason(record=event.record, found="found by its booking id", owner=ownership.because)
    return Part(
        record=event.record,
        writes=(Write(record=event.record, fields=fields),),
        because=because,
        warnings=(*values.warnings, *owner_warnings(SObject.EVENT, ownership)),
        reasons=(reason,),
    )


def change_event(record: Record, work: Work, prior: BookingState, setup: ReadySetup) -> Part:
    """A known Event: only what differs, so that what people wrote on it since stays."""
    before, after = event_values(prior, setup), event_values(work.state, setup)
    fields = {name: value for name, value in after.fields.items() if work.is_retry or before.fields.get(name) != value}
    if not fields.keys().isdisjoint(_TIMES):
        # An Event whose start alone is moved may keep its duration, and so end at another time than is known.
        fields |= {name: after.fields[name] for name in _TIMES}
    ownership = event_owner(work.state, setup)
    unmapped = owner_warnings(SObject.EVENT, ownership) if not event_owner(prior, setup).unmapped else ()
    warnings = (*(w for w in after.warnings if w.field in fields or w not in before.warnings), *unmapped)
    reason = Reason(record=record, found=KNOWN, owner=ownership.because)
    if not fields:
        return Part(record=record, because=("Event already says so",), warnings=warnings, reasons=(reason,))
    return Part(
        record=record,
        writes=(Write(record=record, fields=fields),),
        because=("Event updated",),
        warnings=warnings,
        reasons=(reason,),
    )


def related(who: Record | None, what: Record | None) -> dict[str, FieldValue]:
    """WhoId and WhatId; Salesforce refuses a WhatId beside a Lead."""
    return {name: reference(record) for name, record in (("WhoId", who), ("WhatId", what)) if record}


def _default_subject(said: Mapping[str, Value], state: BookingState) -> dict[str, Value]:
    """What an Event is called whose booking has no subject."""
    if "Subject" in said:
        return {}
    return {"Subject": convert(f"Meeting with {full_name(state) or 'customer'}", _SUBJECT).value}


def _marked(values: Values, state: BookingState, setup: ReadySetup) -> Values:
    """The values, with the admin's prefix before the subject of a canceled booking."""
    prefix = setup.event.cancel_subject_prefix
    if state.phase is not Phase.CANCELED or not prefix:
        return values
    marked = convert(f"{prefix}{values.fields['Subject']}", _SUBJECT)
    told = (warned(SObject.EVENT, _SUBJECT, marked),) if marked.warning else ()
    return Values(fields={**values.fields, "Subject": marked.value}, warnings=(*values.warnings, *told))


def _own_fields(state: BookingState, ownership: Ownership) -> Mapping[str, Value]:
    """The fields that the connector owns; they cannot be mapped."""
    booking = state.booking
    return {
        "StartDateTime": utc_text(booking.starts_at),
        "EndDateTime": utc_text(booking.starts_at + timedelta(minutes=booking.duration_minutes)),
        "ShowAs": "Free" if state.phase is Phase.CANCELED else "Busy",
        **({"OwnerId": ownership.owner_id} if ownership.owner_id else {}),
    }
