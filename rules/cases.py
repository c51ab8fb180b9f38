"""Cases: an existing one by its id, otherwise always a new one; its Contact beside it."""

from dataclasses import replace

from producers.contract import normalise_email
from rules.deleted import lost_person
from rules.lifecycle import BookingState
from rules.mapping import map_fields
from rules.ownership import decide_existing_owner, decide_owner
from rules.packages import case_key, package_key
from rules.part import (
    Part,
    filled_by_creation,
    owner_fields,
    owner_warnings,
    record_type_fields,
    reference,
    values_for_create,
)
from rules.people import choose_assignment, create_contact, new_record_rule, update_person
from rules.person_accounts import may_create_contact
from rules.plan import FieldValue, New, Reason, Record, SObject, Warned, Write
from rules.ready import ReadySetup
from rules.recognition import (
    How,
    Recognised,
    find_booking_contact,
    find_contact,
    matchable_email,
    names_somebody,
)
from rules.ruleset import PageRules
from rules.snapshot import Case, Contact, OrgSnapshot, Work, identity, known
from rules.updating import changes_of_existing


def find_case(work: Work, org: OrgSnapshot, setup: ReadySetup) -> tuple[Case, How] | None:
    """The booking's own Case, else the one that the link names or that the other sessions of its package have.

    None if it is to be created.
    """
    event = org.events.get(work.booking_id)
    named = known(SObject.CASE, work.state.booking.salesforce.case)
    candidates = (
        (work.records.case if work.records else None, How.OWN),
        (event.what if event else None, How.OWN),
        (work.replaced.case if work.replaced else None, How.REPLACED),
        (named, How.ID),
    )
    for record, how in candidates:
        if record and (case := org.cases.get(identity(org.survivor(record)))):
            return case, how
    shared = org.case_of_key(package_key(work.state.booking, setup))
    return (shared, How.PACKAGE) if shared else None


def contact_of_case(
    case: Case | None, work: Work, page: PageRules, org: OrgSnapshot, setup: ReadySetup, now: str
) -> Part | None:
    """The customer's Contact, always updated under the Contact rules; None if there is none and none is made.

    Where the Case has another customer's Contact it keeps that, who is left alone, and so does the Event.
    Source: https://help.oncehub.com/help/salesforce-record-creation-update-and-assignment-rules
    """
    own = org.contacts.get(identity(case.contact)) if case and case.contact else None
    if own is None:
        return _matched_contact(find_contact(work, org, setup), work, page, org, setup, now)
    booker = _someone_else(own, work, org, setup)
    if booker:
        return _beside(own.record, update_person(booker, work, setup))
    return update_person(Recognised(person=own, how=How.ID), work, setup)


def update_case(case: Case, how: How, contact: Record | None, work: Work, setup: ReadySetup) -> Part:
    """An existing Case, open or closed: it is updated and not reopened."""
    state, rules = work.state, setup.creation_rules.case.existing
    is_made = case.key == case_key(state.booking, setup)
    made_alone = case.key == work.booking_id
    changes = changes_of_existing(SObject.CASE, work, case.values, rules.update, setup, is_made=made_alone)
    how = How.OWN if is_made and how is not How.PACKAGE else how
    made_by = new_record_rule(SObject.CASE, setup) if is_made else None
    assign = choose_assignment(rules.assign, made_by, SObject.CASE, how, work, setup)
    ownership = decide_existing_owner(assign, state, setup)
    missing_contact = {"ContactId": reference(contact)} if contact and not case.contact else {}
    fields: dict[str, FieldValue] = {**changes.fields, **missing_contact, **owner_fields(ownership)}
    write = Write(record=case.record, fields=fields, auto_assign=ownership.auto_assign)
    return Part(
        record=case.record,
        writes=(write,) if fields or ownership.auto_assign else (),
        because=(f"Case recognised {how}, {'updated' if fields else 'already says so'}", ownership.because),
        warnings=(*changes.warnings, *owner_warnings(SObject.CASE, ownership)),
        assigned=(SObject.CASE,) if assign == "booking_owner" else (),
        filled=changes.filled,
        reasons=(Reason(record=case.record, found=f"recognised {how}", owner=ownership.because),),
    )


def create_case(contact: Record | None, state: BookingState, page: PageRules, setup: ReadySetup, now: str) -> Part:
    """A Case that carries the booking's id, or its package's; without a Contact it says itself who asked."""
    values = values_for_create(SObject.CASE, state, page, setup, now)
    asked = map_fields(setup.supplied if contact is None else (), SObject.CASE, state, setup)
    ownership = decide_owner(setup.creation_rules.case.new.assign, state, setup)
    record = New(object=SObject.CASE, key=case_key(state.booking, setup))
    fields: dict[str, FieldValue] = {
        **asked.fields,
        **values.fields,
        **({"ContactId": reference(contact)} if contact else {}),
        **owner_fields(ownership),
        **record_type_fields(SObject.CASE, page, setup),
    }
    return Part(
        record=record,
        writes=(Write(record=record, fields=fields, auto_assign=ownership.auto_assign),),
        because=("Case created: the link names none", ownership.because),
        warnings=(
            *_unknown_customer(contact, state),
            *asked.warnings,
            *values.warnings,
            *owner_warnings(SObject.CASE, ownership),
        ),
        assigned=(SObject.CASE,) if ownership.owner_id else (),
        filled=filled_by_creation(SObject.CASE, values.fields, setup),
        reasons=(Reason(record=record, owner=ownership.because),),
    )


def _unknown_customer(contact: Record | None, state: BookingState) -> tuple[Warned, ...]:
    """The warning that nobody can tell whose the Case is. It is created all the same: it is about a matter, not a man.

    Source: https://help.oncehub.com/help/salesforce-record-creation-update-and-assignment-rules
    """
    if contact or names_somebody(state):
        return ()
    message = "the booking has no e-mail and no name, so the Case was created without a Contact"
    return (Warned(code="CUSTOMER_UNKNOWN", object=SObject.CASE, field="ContactId", message=message),)


def _matched_contact(
    found: Recognised | None, work: Work, page: PageRules, org: OrgSnapshot, setup: ReadySetup, now: str
) -> Part | None:
    if found:
        return update_person(found, work, setup)
    wanted = setup.matching.case_creates_contact and names_somebody(work.state)
    if not (wanted and may_create_contact(page, setup)):
        return None
    return None if lost_person(work) else create_contact(work, page, org, setup, now)


def _someone_else(own: Contact, work: Work, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    """The customer, where the link was used by a person who is another Contact than the Case's."""
    booker = find_booking_contact(work, org, setup)
    has_other_email = normalise_email(own.email or "") != matchable_email(work)
    is_other = booker is not None and identity(booker.person.record) != identity(own.record)
    return booker if is_other and has_other_email else None


def _beside(contact: Record, customer: Part) -> Part:
    """The customer's part beside the Case's Contact, who is somebody else: it is not overwritten, now or later."""
    warning = Warned(
        code="CASE_CONTACT_DIFFERS",
        object=SObject.CASE,
        field="ContactId",
        message="the customer is another Contact than the Case's; the Case keeps its Contact, which was left alone",
    )
    return replace(
        customer,
        because=("Case keeps its Contact", *customer.because),
        warnings=(warning, *customer.warnings),
        who=contact,
        reasons=(Reason(record=contact, found="as the Case's Contact, who is not the customer"), *customer.reasons),
    )
