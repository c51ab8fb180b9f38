"""Lead and Contact with its Account: found ones updated, missing ones created."""

from dataclasses import replace

from rules.accounts import find_or_create_account, update_account
from rules.lifecycle import BookingState
from rules.links import link_warnings
from rules.ownership import Ownership, booking_owner, decide_existing_owner, decide_owner, record_owner
from rules.part import (
    Part,
    filled_by_creation,
    owner_fields,
    owner_warnings,
    record_type_fields,
    reference,
    values_for_create,
)
from rules.person_accounts import through_account
from rules.plan import FieldValue, New, Reason, Record, SObject, Write
from rules.ready import ReadySetup
from rules.recognition import How, Recognised
from rules.ruleset import Assignment, PageRules, UpdateMode
from rules.snapshot import Contact, OrgSnapshot, Work
from rules.updating import changes_of_existing


def update_person(found: Recognised, work: Work, setup: ReadySetup) -> Part:
    """A recognised Lead or Contact, under the rules for existing records of its own object."""
    state = work.state
    obj = found.person.record.object
    rules = setup.creation_rules.lead.existing if obj is SObject.LEAD else setup.creation_rules.contact.existing
    is_made = found.person.key == work.booking_id
    changes = changes_of_existing(obj, work, found.person.values, rules.update, setup, is_made=is_made)
    made_by = new_record_rule(obj, setup) if is_made else None
    assign = choose_assignment(rules.assign, made_by, obj, found.how, work, setup)
    ownership = decide_existing_owner(assign, state, setup)
    fields: dict[str, FieldValue] = {**changes.fields, **owner_fields(ownership)}
    write = Write(record=found.person.record, fields=fields, auto_assign=ownership.auto_assign)
    part = Part(
        record=found.person.record,
        writes=(write,) if fields or ownership.auto_assign else (),
        because=_reasons(found, fields, rules.update, ownership),
        warnings=(*changes.warnings, *owner_warnings(obj, ownership), *link_warnings(found, work, setup)),
        assigned=(obj,) if assign == "booking_owner" else (),
        filled=changes.filled,
        reasons=(Reason(record=found.person.record, found=_found(found), owner=ownership.because),),
    )
    return of_account(part, found.person, work, setup) if isinstance(found.person, Contact) else part


def of_account(part: Part, contact: Contact, work: Work, setup: ReadySetup) -> Part:
    """A Contact's part with its Account: a Person Account is written through, another one beside it."""
    if contact.person_account:
        return through_account(part, contact.person_account, setup)
    account = update_account(contact, work, setup)
    return _with_account(part, account, account.record) if account else replace(part, belongs_to=contact.account)


def new_record_rule(obj: SObject, setup: ReadySetup) -> Assignment:
    """The rule by which a record of this object is assigned when it is created; for a Contact there is but one."""
    rules = setup.creation_rules
    return {SObject.LEAD: rules.lead.new.assign, SObject.CASE: rules.case.new.assign}.get(obj, "booking_owner")


def choose_assignment(
    rule: Assignment, made_by: Assignment | None, obj: SObject, how: How, work: Work, setup: ReadySetup
) -> Assignment:
    """The rule for a record that the booking meets: it is assigned once, not when a later event looks for it again.

    A repeated try names the booking owner again, who may be another by what was heard meanwhile. `made_by` is the
    rule by which an earlier try created the record, whose answer was lost; None if the booking did not create it.
    """
    if work.is_outlived:
        return "keep"
    if work.prior:
        return "booking_owner" if how is How.OWN and _has_another_owner(obj, work, work.prior, setup) else "keep"
    if how is How.REPLACED and rule == "assignment_rules":
        return "keep"  # the rules have had their say when the replaced booking was scheduled
    if made_by == "booking_owner" and work.is_retry:
        return "booking_owner"
    if how not in {How.OWN, How.PACKAGE}:
        return rule
    return "booking_owner" if work.records and obj in work.records.assigned else "keep"


def _has_another_owner(obj: SObject, work: Work, prior: BookingState, setup: ReadySetup) -> bool:
    """Whether the record has the booking owner, who was another at booking time, as is known by what came late."""
    owner, before = (decide_existing_owner("booking_owner", state, setup) for state in (work.state, prior))
    is_his = work.records is not None and obj in work.records.assigned
    return is_his and owner.owner_id != before.owner_id


def create_lead(state: BookingState, page: PageRules, setup: ReadySetup, now: str) -> Part:
    """A Lead that carries the booking's id."""
    values = values_for_create(SObject.LEAD, state, page, setup, now)
    ownership = decide_owner(setup.creation_rules.lead.new.assign, state, setup)
    record = New(object=SObject.LEAD, key=state.booking.id)
    fields = {**values.fields, **owner_fields(ownership), **record_type_fields(SObject.LEAD, page, setup)}
    return Part(
        record=record,
        writes=(Write(record=record, fields=fields, auto_assign=ownership.auto_assign),),
        because=("Lead created: nobody with this id or e-mail is known", ownership.because),
        warnings=(*values.warnings, *owner_warnings(SObject.LEAD, ownership)),
        assigned=(SObject.LEAD,) if ownership.owner_id else (),
        filled=filled_by_creation(SObject.LEAD, values.fields, setup),
        reasons=(Reason(record=record, owner=ownership.because),),
    )


def create_contact(work: Work, page: PageRules, org: OrgSnapshot, setup: ReadySetup, now: str) -> Part:
    """A Contact that carries the booking's id, with its Account; always assigned to the booking owner."""
    state, account = work.state, find_or_create_account(work, page, org, setup, now)
    values = values_for_create(SObject.CONTACT, state, page, setup, now)
    ownership = booking_owner(record_owner(state, setup), setup)
    record = New(object=SObject.CONTACT, key=state.booking.id)
    fields: dict[str, FieldValue] = {
        **values.fields,
        **({"AccountId": reference(account.record)} if account else {}),
        **owner_fields(ownership),
        **record_type_fields(SObject.CONTACT, page, setup),
    }
    own = Part(
        record=record,
        writes=(Write(record=record, fields=fields),),
        because=("Contact created: nobody with this id or e-mail is known", ownership.because),
        warnings=(*values.warnings, *owner_warnings(SObject.CONTACT, ownership)),
        assigned=(SObject.CONTACT,),
        filled=filled_by_creation(SObject.CONTACT, values.fields, setup),
        reasons=(Reason(record=record, owner=ownership.because),),
    )
    if account is None:
        return own
    own = replace(own, belongs_to=account.record)
    return _with_account(own, account, account.record if account.is_followed else None)


def _with_account(own: Part, account: Part, followed: Record | None) -> Part:
    """The Contact's part with that of its Account before it; later events change the Account that is `followed`."""
    return replace(
        own,
        writes=(*account.writes, *own.writes),
        because=(*account.because, *own.because),
        warnings=(*account.warnings, *own.warnings),
        assigned=(*account.assigned, *own.assigned),
        reasons=(*account.reasons, *own.reasons),
        filled=(*account.filled, *own.filled),
        account=followed,
        belongs_to=account.record,
    )


def _reasons(found: Recognised, fields: object, update: UpdateMode, ownership: Ownership) -> tuple[str, ...]:
    obj = found.person.record.object
    what = "updated" if fields else "already says so"
    mode = "override" if update == "override" else "only empty fields filled"
    return (f"{obj} {_found(found)}, {what} ({mode})", ownership.because)


def _found(found: Recognised) -> str:
    others = f", most recently modified of {found.others + 1}" if found.others else ""
    return f"recognised {found.how}{others}"
