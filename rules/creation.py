"""Stage 5: what one booking means for Salesforce. The decision from booking and org to a Plan."""

from dataclasses import replace
from itertools import chain
from typing import TypeVar

from rules.activity import create_event, update_event
from rules.cases import contact_of_case, create_case, find_case, update_case
from rules.changes import must_look_again, plan_change
from rules.deleted import lost_record, told
from rules.lifecycle import UPCOMING
from rules.ownership import find_user
from rules.pages import page_rules
from rules.part import Part
from rules.people import create_contact, create_lead, update_person
from rules.person_accounts import may_create_contact
from rules.plan import Decision, Impossible, Nothing, Plan, Record, Records, SObject, Warned
from rules.ready import ReadySetup
from rules.recognition import find_contact, find_linked, find_person, names_somebody
from rules.ruleset import PageRules
from rules.snapshot import OrgSnapshot, Work

_Name = TypeVar("_Name", bound=str)


def plan_booking(work: Work, org: OrgSnapshot, setup: ReadySetup, now: str) -> Decision:
    """What is to be written for this booking, or why nothing is. `now` is ISO text in UTC.

    A booking whose records are known and up to date needs no look-up: only what changed is written.
    """
    if work.prior and work.records and not must_look_again(work, setup):
        return plan_change(work, work.prior, work.records, org, setup)
    if not work.state.live and work.booking_id not in org.events:
        return Nothing(booking_id=work.booking_id, because="canceled before anything else of it was known")
    if not (work.state.started or setup.life_cycle.create_on_late_event or work.booking_id in org.events):
        return Nothing(booking_id=work.booking_id, because="first heard of by a later event")
    page = page_rules(work.state.booking, setup)
    if setup.owners.on_unmapped == "skip" and not _has_had_user(work, setup):
        return Nothing(booking_id=work.booking_id, because="the booking owner is no active Salesforce user")
    return _plan_first(work, page, org, setup, now)


def _plan_first(work: Work, page: PageRules, org: OrgSnapshot, setup: ReadySetup, now: str) -> Decision:
    case = find_case(work, org, setup)
    lost = lost_record(work)
    if lost and lost.object is SObject.CASE and case is None:
        found = find_contact(work, org, setup)
        return _without(lost, work, update_person(found, work, setup) if found else None, page, org, setup, now)
    # A link that names a Lead or Contact decides the object, whatever the page creates for general links.
    if case or (page.object == "case" and not find_linked(work, org, setup)):
        contact = contact_of_case(case[0] if case else None, work, page, org, setup, now)
        contact_record = contact.record if contact else None
        if case:
            own = update_case(*case, contact_record, work, setup)
        else:
            own = create_case(contact_record, work.state, page, setup, now)
        return _with_event(work, contact, own, page, org, setup, now)
    found = find_person(work, page.object, org, setup)
    if found and (page.object != "none" or found.how.names_the_record):
        return _with_event(work, update_person(found, work, setup), None, page, org, setup, now)
    if lost:
        return _without(lost, work, None, page, org, setup, now)
    if page.object == "none":
        return Nothing(booking_id=work.booking_id, because="the page creates nothing for general links")
    if not names_somebody(work.state):
        return _nobody(work)
    if page.object == "contact" and not may_create_contact(page, setup):
        because = "no Person Account has this id or e-mail, and the connector never creates one"
        return Nothing(booking_id=work.booking_id, because=because)
    if page.object == "lead":
        person = create_lead(work.state, page, setup, now)
    else:
        person = create_contact(work, page, org, setup, now)
    return _with_event(work, person, None, page, org, setup, now)


def _without(
    lost: Record,
    work: Work,
    person: Part | None,
    page: PageRules,
    org: OrgSnapshot,
    setup: ReadySetup,
    now: str,
) -> Plan:
    """The plan for what is left of a booking that is over or off when somebody has deleted its record."""
    plan = _with_event(work, person, None, page, org, setup, now)
    because = f"{lost.object} deleted by somebody, and not created again"
    return replace(plan, because=(because, *plan.because), warnings=(told(lost), *plan.warnings))


def _with_event(
    work: Work, person: Part | None, case: Part | None, page: PageRules, org: OrgSnapshot, setup: ReadySetup, now: str
) -> Plan:
    """The plan of the records and, last, the Event: a record is worth keeping even when its Event is refused."""
    who = (person.who or person.record) if person else None
    what = case.record if case else None
    event = _event(work, who, _related(what, person, setup), page, org, setup, now)
    parts = [part for part in (person, case, event) if part]
    return Plan(
        booking_id=work.booking_id,
        writes=tuple(write for part in parts for write in part.writes),
        records=_records(work, person, case, event),
        because=tuple(reason for part in parts for reason in part.because),
        warnings=(*(warning for part in parts for warning in part.warnings), *_missed(work, event, page)),
        reasons=tuple(reason for part in parts for reason in part.reasons),
    )


def _missed(work: Work, event: Part | None, page: PageRules) -> tuple[Warned, ...]:
    """The warning that the booking's Event is gone."""
    if event or not (work.prior and page.create_event):
        return ()
    message = "somebody deleted the Event; it is not put back for a meeting that is over or off"
    return (Warned(code="EVENT_DELETED", object=SObject.EVENT, field="Id", message=message),)


def _related(case: Record | None, person: Part | None, setup: ReadySetup) -> Record | None:
    """What the Event is about: the Case, or where the setup wants it the Contact's Account."""
    return case or (person.belongs_to if person and setup.event.relate_account else None)


def _event(
    work: Work,
    who: Record | None,
    what: Record | None,
    page: PageRules,
    org: OrgSnapshot,
    setup: ReadySetup,
    now: str,
) -> Part | None:
    if not page.create_event:
        return None
    there = org.events.get(work.booking_id)
    if there:
        return update_event(there, work.state, who, what, setup)
    if work.prior and work.state.phase not in UPCOMING:
        return None  # somebody deleted it; a meeting that is over or off is not put back
    return create_event(work.state, who, what, page, setup, now)


def _records(work: Work, person: Part | None, case: Part | None, event: Part | None) -> Records:
    who = person.record if person else None
    is_lead = who is not None and who.object is SObject.LEAD
    before = work.records or Records()
    # A doubted Account may be the one that is gone.
    account = (person.account if person else None) or (None if before.doubted else before.account)
    parts = [part for part in (person, case) if part]
    return Records(
        lead=who if is_lead else None,
        contact=None if is_lead else who,
        account=account,
        case=case.record if case else None,
        event=event.record if event else None,
        person_account=person.person_account if person else None,
        assigned=_united(before.assigned, *(part.assigned for part in parts)),
        filled=_united(before.filled, *(part.filled for part in parts)),
    )


def _united(*named: tuple[_Name, ...]) -> tuple[_Name, ...]:
    """All of them once, in order."""
    return tuple(dict.fromkeys(chain.from_iterable(named)))


def _has_had_user(work: Work, setup: ReadySetup) -> bool:
    """Whether any of the booking's owners so far is a Salesforce user, which no order of its events changes."""
    return any(find_user(version.owner, setup) for version in work.state.versions)


def _nobody(work: Work) -> Impossible:
    return Impossible(
        booking_id=work.booking_id,
        code="NO_CUSTOMER",
        object=None,
        field="customer.email",
        because="the booking has no e-mail, no name and no Salesforce id, so there is nobody to create or find",
    )
