"""Records that somebody deleted, met by a later event of their booking."""

from typing import Any

import pytest

from producers.contract import Kind, SalesforceIds
from rules.creation import plan_booking
from rules.plan import New, Plan, Records, SObject
from rules.snapshot import OrgSnapshot, Work
from tests.builders import NOW, a_setup, a_state, a_work, an_event
from tests.rules.records import CASE, CONTACT, EVENT, LEAD, OTHER_LEAD, a_case, a_contact, a_lead, an_org_event

BOOKED = an_event()
OVER = (Kind.CANCELED, Kind.COMPLETED, Kind.NO_SHOW)
NOBODY = OrgSnapshot()
EVENT_ALONE = OrgSnapshot.of(events=[an_org_event(who=None)])


def doubted(kind: Kind, **records: Any) -> Work:
    """A later event of a booking one of whose records Salesforce has refused as deleted."""
    return a_work(BOOKED, an_event(kind, minute=1), prior=a_state(BOOKED), records=Records(doubted=True, **records))


def planned(work: Work, org: OrgSnapshot, page: str) -> Plan:
    decision = plan_booking(work, org, a_setup(pages={"default": {"object": page}}), NOW)
    assert isinstance(decision, Plan)
    return decision


@pytest.mark.parametrize("kind", OVER)
@pytest.mark.parametrize(
    ("page", "records"),
    [
        pytest.param("lead", {"lead": LEAD}, id="Lead"),
        pytest.param("contact", {"contact": CONTACT}, id="Contact"),
        pytest.param("none", {"lead": LEAD}, id="named by a link"),
        pytest.param("case", {"case": CASE, "contact": CONTACT}, id="Case and Contact"),
        pytest.param("lead", {"case": CASE}, id="Case named by a link"),
    ],
)
def test_a_deleted_record_is_not_created_again_for_a_meeting_that_is_over_or_off(
    page: str, records: dict[str, Any], kind: Kind
) -> None:
    plan = planned(doubted(kind, event=EVENT, **records), EVENT_ALONE, page)
    assert [write.record for write in plan.writes] == [EVENT]
    assert plan.records == Records(event=EVENT)
    lost = next(iter(records.values())).object
    assert [(warning.code, warning.object) for warning in plan.warnings] == [("RECORD_DELETED", lost)]
    assert plan.because[0] == f"{lost} deleted by somebody, and not created again"


@pytest.mark.parametrize("kind", [Kind.RESCHEDULED, Kind.REASSIGNED])
def test_a_deleted_record_is_created_again_while_the_meeting_is_to_come(kind: Kind) -> None:
    plan = planned(doubted(kind, lead=LEAD, event=EVENT), EVENT_ALONE, "lead")
    assert plan.records.lead == New(object=SObject.LEAD, key="BKNG-1")


def test_a_lead_that_is_deleted_with_its_event_leaves_nothing_to_write() -> None:
    plan = planned(doubted(Kind.CANCELED, lead=LEAD, event=EVENT), NOBODY, "lead")
    assert (plan.writes, plan.records) == ((), Records())
    assert [warning.code for warning in plan.warnings] == ["RECORD_DELETED", "EVENT_DELETED"]


def test_whoever_else_has_the_email_takes_the_place_of_a_deleted_lead() -> None:
    plan = planned(doubted(Kind.CANCELED, lead=LEAD), OrgSnapshot.of(leads=[a_lead(OTHER_LEAD)]), "lead")
    assert plan.records.lead == OTHER_LEAD


def test_the_contact_of_a_deleted_case_still_follows() -> None:
    org = OrgSnapshot.of(contacts=[a_contact()], events=[an_org_event(who=CONTACT)])
    plan = planned(doubted(Kind.CANCELED, case=CASE, contact=CONTACT, event=EVENT), org, "case")
    assert plan.records == Records(contact=CONTACT, event=EVENT)


def test_the_case_of_a_deleted_contact_still_follows_and_gets_no_other() -> None:
    org = OrgSnapshot.of(cases=[a_case()], events=[an_org_event(what=CASE)])
    plan = planned(doubted(Kind.CANCELED, case=CASE, contact=CONTACT, event=EVENT), org, "case")
    assert plan.records == Records(case=CASE, event=EVENT)


def test_a_record_that_the_booking_never_had_is_not_missed() -> None:
    work = a_work(BOOKED, an_event(Kind.COMPLETED, minute=1), prior=a_state(BOOKED), records=Records(doubted=True))
    assert planned(work, NOBODY, "lead").records.lead == New(object=SObject.LEAD, key="BKNG-1")
    linked = a_work(an_event(Kind.COMPLETED, salesforce=SalesforceIds(lead=LEAD.id)), records=Records(lead=LEAD))
    assert planned(linked, NOBODY, "lead").records.lead == New(object=SObject.LEAD, key="BKNG-1")
