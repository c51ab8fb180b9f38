"""Later events of a booking whose records are known: only what differs from the state that was applied before."""

from rules.activity import change_event
from rules.lifecycle import BookingState
from rules.ownership import booking_owner
from rules.part import Part, owner_fields
from rules.plan import FieldValue, Plan, Record, Records, Scalar, SObject, Write
from rules.ready import ReadySetup
from rules.ruleset import UpdateMode
from rules.snapshot import OrgSnapshot, Work, identity
from rules.updating import changes_since, customer_data_changed


def plan_change(work: Work, prior: BookingState, records: Records, org: OrgSnapshot, setup: ReadySetup) -> Plan:
    """The writes that turn the applied state into the new one; none where they say the same."""
    own = [record for record in (records.lead, records.contact, records.case) if record]
    parts = [_change_record(record, work.state, prior, records, org, setup) for record in own]
    if records.event:
        parts.append(change_event(records.event, work.state, prior, setup))
    return Plan(
        booking_id=work.booking_id,
        writes=tuple(write for part in parts for write in part.writes),
        records=records,
        because=tuple(reason for part in parts for reason in part.because),
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def needs_reading(work: Work, setup: ReadySetup) -> list[Record]:
    """Records of a known booking that must be seen: where only empty fields may be filled and there is news."""
    if work.prior is None or work.records is None:
        return []
    own = [record for record in (work.records.lead, work.records.contact, work.records.case) if record]
    filling = [record for record in own if update_mode(record.object, setup) == "fill_empty"]
    return [record for record in filling if customer_data_changed(record.object, work.state, work.prior, setup)]


def update_mode(obj: SObject, setup: ReadySetup) -> UpdateMode:
    """The admin's choice for existing records of this object."""
    rules = setup.creation_rules
    match obj:
        case SObject.LEAD:
            return rules.lead.existing.update
        case SObject.CASE:
            return rules.case.existing.update
        case _:
            return rules.contact.existing.update


def _change_record(
    record: Record, state: BookingState, prior: BookingState, records: Records, org: OrgSnapshot, setup: ReadySetup
) -> Part:
    obj = record.object
    there = None if update_mode(obj, setup) == "override" else _values(record, org)
    changes = changes_since(obj, state, prior, there, setup)
    fields: dict[str, FieldValue] = {**changes.fields, **_owner_change(obj, state, prior, records, setup)}
    if not fields:
        return Part(record=record, warnings=changes.warnings)
    because = (f"{obj} updated with what changed",)
    return Part(
        record=record, writes=(Write(record=record, fields=fields),), because=because, warnings=changes.warnings
    )


def _owner_change(
    obj: SObject, state: BookingState, prior: BookingState, records: Records, setup: ReadySetup
) -> dict[str, FieldValue]:
    """A record follows the owner at booking time, which changes only when an earlier event arrives late."""
    owner, before = booking_owner(state.first_owner, setup), booking_owner(prior.first_owner, setup)
    if obj not in records.assigned or owner.owner_id == before.owner_id:
        return {}
    return owner_fields(owner)


def _values(record: Record, org: OrgSnapshot) -> dict[str, Scalar]:
    """The record's values as read. One that is not there was not asked for, because nothing of it changed."""
    there = org.leads.get(identity(record)) or org.contacts.get(identity(record)) or org.cases.get(identity(record))
    return dict(there.values) if there else {}
