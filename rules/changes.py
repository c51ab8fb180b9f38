"""Later events of a booking whose records are known: only what differs from the state that was applied before."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rules.accounts import update_account
from rules.activity import change_event
from rules.lifecycle import UPCOMING, BookingState
from rules.ownership import decide_existing_owner
from rules.pages import page_rules
from rules.part import KNOWN, Part, owner_fields
from rules.person_accounts import through_account
from rules.plan import FieldValue, Plan, Reason, Record, Records, Scalar, SObject, Write
from rules.ready import ReadySetup
from rules.recognition import names_somebody
from rules.snapshot import Contact, OrgSnapshot, Work, identity
from rules.updating import Changes, changes_since, customer_data_changed, update_mode


def plan_change(work: Work, prior: BookingState, records: Records, org: OrgSnapshot, setup: ReadySetup) -> Plan:
    """The writes that turn the applied state into the new one; none where they say the same.

    On a repeated try all that the booking says is written: the one before may have written what no longer holds.
    """
    shared = (records.account, records.lead, records.contact, records.case)
    own = [record for record in shared if record and not work.is_outlived]
    parts = [_as_written(_change_record(record, work, prior, records, org, setup), records, setup) for record in own]
    # What the Contact has moved to is what later events change.
    account = next((part.record for part in parts if part.record.object is SObject.ACCOUNT), records.account)
    if records.event:
        parts.append(change_event(records.event, work, prior, setup))
    return Plan(
        booking_id=work.booking_id,
        writes=tuple(write for part in parts for write in part.writes),
        records=replace(records, account=account, filled=tuple(dict.fromkeys((*records.filled, *_filled(parts))))),
        because=tuple(reason for part in parts for reason in part.because),
        warnings=tuple(warning for part in parts for warning in part.warnings),
        reasons=tuple(reason for part in parts for reason in part.reasons),
    )


def _as_written(part: Part, records: Records, setup: ReadySetup) -> Part:
    account = records.person_account if part.record.object is SObject.CONTACT else None
    return through_account(part, account, setup) if account else part


def must_look_again(work: Work, setup: ReadySetup) -> bool:
    """Whether the records of a booking are not enough: one is doubted, the Event is missing, or a Case's Contact."""
    is_doubted = work.records is not None and work.records.doubted
    return is_doubted or _lacks_event(work, setup) or _lacks_contact(work)


def _lacks_contact(work: Work) -> bool:
    """Whether the customer of a Case without Contact said nothing of who he is before, and now does."""
    is_alone = work.records is not None and work.records.case is not None and work.records.person is None
    return is_alone and work.prior is not None and not names_somebody(work.prior) and names_somebody(work.state)


def _lacks_event(work: Work, setup: ReadySetup) -> bool:
    """Whether the booking should have an Event and none is known: an earlier try broke off before it."""
    has_event = work.records is not None and work.records.event is not None
    return not has_event and work.state.phase in UPCOMING and page_rules(work.state.booking, setup).create_event


def needs_reading(work: Work, prior: BookingState, records: Records, setup: ReadySetup) -> list[Record]:
    """Records of a known booking that must be seen: where only empty fields may be filled and there is news.

    Where there is news for an Account, its Contact is, in either mode: he may belong to another one by now.
    """
    own = [record for record in (records.lead, records.contact, records.case) if record]
    filling = [record for record in own if update_mode(record.object, setup) == "fill_empty"]
    seen = [record for record in filling if customer_data_changed(record.object, work, prior, setup)]
    of_account = records.contact and records.account and changes_since(SObject.ACCOUNT, work, prior, None, setup).fields
    return [*seen, records.contact] if records.contact and of_account else seen


def _change_record(
    record: Record, work: Work, prior: BookingState, records: Records, org: OrgSnapshot, setup: ReadySetup
) -> Part:
    obj = record.object
    if obj is SObject.ACCOUNT and changes_since(obj, work, prior, None, setup).fields:
        contact = _contact(records, org)
        if contact is None or contact.account is None:
            return Part(record=record)
        if identity(contact.account) != identity(record):
            return update_account(contact, work, setup) or Part(record=contact.account)
    there = None if update_mode(obj, setup) == "override" else _values(record, records, org)
    changes = changes_since(obj, work, prior, there, setup)
    fields: dict[str, FieldValue] = {**changes.fields, **_owner_change(obj, work, prior, records, setup)}
    return _written(record, fields, changes)


def _written(record: Record, fields: Mapping[str, FieldValue], changes: Changes) -> Part:
    owner = "owner is the booking owner at booking time" if "OwnerId" in fields else "owner kept"
    reason = Reason(record=record, found=KNOWN, owner=owner)
    if not fields:
        return Part(record=record, warnings=changes.warnings, reasons=(reason,))
    return Part(
        record=record,
        writes=(Write(record=record, fields=fields),),
        because=(f"{record.object} updated with what changed",),
        warnings=changes.warnings,
        filled=changes.filled,
        reasons=(reason,),
    )


def _filled(parts: Iterable[Part]) -> Iterable[str]:
    return (name for part in parts for name in part.filled)


def _owner_change(
    obj: SObject, work: Work, prior: BookingState, records: Records, setup: ReadySetup
) -> dict[str, FieldValue]:
    """A record follows the owner at booking time, which changes only when an earlier event arrives late."""
    if obj not in records.assigned:
        return {}
    owner, before = (decide_existing_owner("booking_owner", state, setup) for state in (work.state, prior))
    return owner_fields(owner) if work.is_retry or owner.owner_id != before.owner_id else {}


def _contact(records: Records, org: OrgSnapshot) -> Contact | None:
    return org.contacts.get(identity(org.survivor(records.contact))) if records.contact else None


def _values(record: Record, records: Records, org: OrgSnapshot) -> dict[str, Scalar]:
    """The record's values as read. One that is not there was not asked for, because nothing of it changed."""
    if record.object is SObject.ACCOUNT:
        contact = _contact(records, org)
        return dict(contact.account_values) if contact else {}
    there = org.leads.get(identity(record)) or org.contacts.get(identity(record)) or org.cases.get(identity(record))
    return dict(there.values) if there else {}
