"""The bookings of one customer in order, each seeing what the ones before it will have written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from rules.creation import plan_booking
from rules.panels import with_invitations
from rules.phones import phones_of
from rules.plan import ByKey, Decision, Known, New, Plan, Record, Scalar, SObject, Write
from rules.ready import ReadySetup
from rules.recognition import matchable_email
from rules.repair import repaired
from rules.snapshot import Account, Case, Contact, Lead, OrgSnapshot, Work, identity, known

_PLACES = {obj: place for place, obj in enumerate(SObject)}


def plan_customer(works: Sequence[Work], org: OrgSnapshot, setup: ReadySetup, now: str) -> list[Decision]:
    """One decision a booking. Two bookings of a new customer make one Lead: the second recognises the planned one."""
    decisions: list[Decision] = []
    for n, own in enumerate(works):
        work = _knowing_replaced(_knowing_replacement(own, works[n + 1 :]), decisions)
        decision = with_invitations(repaired(plan_booking(work, org, setup, now), work.repairs, setup), work, setup)
        decisions.append(decision)
        if isinstance(decision, Plan) and len(works) > 1:
            org = _after(decision, work, org, setup)
    return decisions


def merge_writes(plans: Sequence[Plan]) -> list[Write]:
    """All writes of a batch, one a record, parents first: Salesforce refuses a record that stands twice in a call."""
    merged: dict[str | New, Write] = {}
    for write in (write for plan in plans for write in plan.writes):
        name = identity(write.record)
        first = merged.setdefault(name, write)
        if first is not write:
            merged[name] = _merge(first, write)
    return sorted(merged.values(), key=lambda write: _PLACES[write.record.object])


def _merge(first: Write, second: Write) -> Write:
    """Both in one; what the second says of the owner replaces what the first said.

    Of two customers who bring one new company the first makes its Account: the second would have found it there.
    """
    if first.record.object is SObject.ACCOUNT and isinstance(first.record, New) and "Name" in second.fields:
        return first
    speaks = second.auto_assign or "OwnerId" in second.fields
    kept = {n: v for n, v in first.fields.items() if n != "OwnerId"} if second.auto_assign else first.fields
    auto_assign = second.auto_assign if speaks else first.auto_assign
    return Write(
        record=first.record,
        fields={**kept, **second.fields},
        auto_assign=auto_assign,
        allow_duplicates=first.allow_duplicates or second.allow_duplicates,
    )


def _knowing_replacement(work: Work, later: Sequence[Work]) -> Work:
    """The booking, told whether the one that replaces it has been brought before; those of the batch come in order."""
    if not work.state.is_replaced:
        return work
    is_to_come = any(each.state.booking.replaces == work.booking_id and each.prior is None for each in later)
    return replace(work, is_outlived=not is_to_come)


def _knowing_replaced(work: Work, decisions: Sequence[Decision]) -> Work:
    """The booking with the records of the one that it replaces, if that is of this batch too."""
    if work.state.booking.replaces is None:
        return work
    plans = (decision for decision in decisions if isinstance(decision, Plan))
    replaced = next((plan.records for plan in plans if plan.booking_id == work.state.booking.replaces), work.replaced)
    return replace(work, replaced=replaced)


def _after(plan: Plan, work: Work, org: OrgSnapshot, setup: ReadySetup) -> OrgSnapshot:
    for write in plan.writes:
        person = org.person_of(write.record.id) if isinstance(write.record, Known) else None
        seen = _person_as_seen(person, write, setup) if person else _as_seen(write, work, org)
        org = org.having(seen) if seen else org
    for write in plan.writes:
        for contact in _contacts_of(write, org):
            org = org.having(replace(contact, account_values={**contact.account_values, **_scalars(write)}))
    return org


def _contacts_of(write: Write, org: OrgSnapshot) -> list[Contact]:
    """The Contacts of the Account that was written: it is read with each of them."""
    name = identity(write.record)
    return [contact for contact in org.contacts.values() if contact.account and identity(contact.account) == name]


def _person_as_seen(person: Contact, write: Write, setup: ReadySetup) -> Contact:
    """The Contact of a Person Account that was written: both halves say the same, each in its own names."""
    names = {there: here for here, there in (setup.person_fields or {}).items()}
    said = {names[name]: value for name, value in _scalars(write).items() if name in names}
    return replace(person, values={**person.values, **said})


def _as_seen(write: Write, work: Work, org: OrgSnapshot) -> Lead | Contact | Case | Account | None:
    """The record as a read after the write would show it, None if that decides nothing, as of Events.

    An Account that is there keeps its name, by which it was found; one that was not read is seen with its Contact.
    """
    record, name = write.record, identity(write.record)
    key = record.key if isinstance(record, New) else None
    email, phones = matchable_email(work), tuple(phones_of(work))
    match record.object:
        case SObject.LEAD:
            lead = org.leads.get(name) or Lead(record=record, email=email, phones=phones, key=key)
            return replace(lead, values={**lead.values, **_scalars(write)})
        case SObject.CONTACT:
            contact = org.contacts.get(name) or _new_contact(write, work, org)
            return replace(contact, values={**contact.values, **_scalars(write)})
        case SObject.CASE:
            case = org.cases.get(name) or Case(record=record, key=key)
            return replace(case, values={**case.values, **_scalars(write)})
        case SObject.ACCOUNT if key and "Name" in write.fields:
            return Account(record=record, name=str(write.fields["Name"]), key=key, values=_scalars(write))
        case SObject.ACCOUNT:
            account = _account(record, org)
            return replace(account, values={**account.values, **_scalars(write)}) if account else None
        case SObject.EVENT:
            return None
        case _:
            assert_never(record.object)


def _new_contact(write: Write, work: Work, org: OrgSnapshot) -> Contact:
    record, parent = write.record, _parent(write)
    account = _account(parent, org) if parent else None
    return Contact(
        record=record,
        email=matchable_email(work),
        phones=tuple(phones_of(work)),
        key=record.key if isinstance(record, New) else None,
        account=parent,
        account_values=account.values if account else {},
    )


def _account(record: Record, org: OrgSnapshot) -> Account | None:
    """The Account as it was read, or as it is to be written."""
    return next((each for each in org.accounts.values() if identity(each.record) == identity(record)), None)


def _parent(write: Write) -> Record | None:
    """The Account that a new Contact belongs to."""
    account = write.fields.get("AccountId")
    return account if isinstance(account, New) else known(SObject.ACCOUNT, str(account) if account else None)


def _scalars(write: Write) -> Mapping[str, Scalar]:
    return {name: value for name, value in write.fields.items() if not isinstance(value, New | ByKey)}
