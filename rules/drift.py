"""Which bookings a finding would hit, as far as that can be told without asking the org."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from rules.creation import plan_booking
from rules.findings import Concern, Filling, OfType, OwnedBy, Writing
from rules.lifecycle import BookingState
from rules.mapping import read_field
from rules.ownership import find_user
from rules.plan import New, Plan, SObject
from rules.ready import ReadySetup
from rules.snapshot import OrgSnapshot, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What a booking writes next: the objects, those of them that it creates a record of, and the record types."""

    state: BookingState
    writes: frozenset[SObject]
    creates: frozenset[SObject] = frozenset()
    types: Mapping[SObject, str] | None = None


def pending_footprint(work: Work, setup: ReadySetup, now: str) -> Footprint:
    """Of a booking that waits: its plan, as if the org knew nobody whom the journal does not know. `now` in UTC.

    A customer who is in the org is updated, not created, so that what is counted here as created is at most that.
    """
    plan = plan_booking(work, OrgSnapshot(), setup, now)
    writes = plan.writes if isinstance(plan, Plan) else ()
    new = [write for write in writes if isinstance(write.record, New)]
    names = {obj: {type_id: name for name, type_id in types.items()} for obj, types in setup.record_types.items()}
    chosen = {
        write.record.object: names[write.record.object].get(str(write.fields.get("RecordTypeId"))) for write in new
    }
    types = {obj: name or setup.default_types.get(obj) for obj, name in chosen.items()}
    return Footprint(
        state=work.state,
        writes=frozenset(write.record.object for write in writes),
        creates=frozenset(types),
        types={obj: name for obj, name in types.items() if name},
    )


def upcoming_footprint(work: Work) -> Footprint:
    """Of a booking that is in Salesforce and whose meeting is to come: its next event updates its records."""
    records = work.records.all if work.records else ()
    updated = {record.object for record in records} - {SObject.ACCOUNT}
    if work.records and work.records.person_account:
        updated.add(SObject.ACCOUNT)
    return Footprint(state=work.state, writes=frozenset(updated))


def is_hit(concern: Concern, booking: Footprint, setup: ReadySetup) -> bool:
    """Whether the finding is about this booking."""
    match concern:
        case Writing(object=obj, creates=creates):
            return obj in (booking.creates if creates else booking.writes)
        case Filling(object=obj, booking=name, texts=texts):
            value = read_field(name, booking.state, setup) if obj in booking.writes else None
            return bool(value) and (not texts or value in texts)
        case OwnedBy(name=None):
            return find_user(booking.state.booking.owner, setup) is None
        case OwnedBy(name=name):
            owner = booking.state.booking.owner
            return str(name).casefold() in {known.casefold() for known in (owner.id, owner.email) if known}
        case OfType(object=obj, record_type=name):
            return (booking.types or {}).get(obj) == name
        case _:
            assert_never(concern)


def find_hit(concern: Concern, bookings: Mapping[str, Footprint], setup: ReadySetup) -> Sequence[str]:
    """The ids of the bookings that the finding is about."""
    return [booking_id for booking_id, booking in bookings.items() if is_hit(concern, booking, setup)]
