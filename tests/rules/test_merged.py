"""Merged records are followed to what they were merged into; doubted ones are read before they are written."""

import pytest

from producers.contract import Kind, SalesforceIds
from rules.creation import plan_booking
from rules.lookups import Lookups, find_followed, find_lookups
from rules.plan import Known, Plan, Record, Records, SObject
from rules.snapshot import OrgSnapshot
from tests.builders import NOW, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.records import (
    ACCOUNT,
    CASE,
    CONTACT,
    EMAIL,
    EVENT,
    LEAD,
    OTHER_CONTACT,
    OTHER_LEAD,
    a_case,
    a_contact,
    a_lead,
    an_org_event,
)

THIRD_LEAD = Known(object=SObject.LEAD, id="00Q000000000003EAA")
OTHER_CASE = Known(object=SObject.CASE, id="500000000000002AAA")
OTHER_ACCOUNT = Known(object=SObject.ACCOUNT, id="001000000000002AAA")
PEOPLE = [(ACCOUNT, OTHER_ACCOUNT)]
ONCE, TWICE = [(LEAD, OTHER_LEAD)], [(LEAD, OTHER_LEAD), (OTHER_LEAD, THIRD_LEAD)]
BOOKED, CANCELED = an_event(), an_event(Kind.CANCELED, minute=1)


@pytest.mark.parametrize(
    ("merged", "record", "survivor"),
    [
        ([], LEAD, LEAD),
        (ONCE, LEAD, OTHER_LEAD),
        (ONCE, Known(object=SObject.LEAD, id=LEAD.id[:15]), OTHER_LEAD),
        (ONCE, THIRD_LEAD, THIRD_LEAD),
        (TWICE, LEAD, THIRD_LEAD),
        (TWICE[::-1], LEAD, THIRD_LEAD),
    ],
)
def test_a_merged_record_lives_on_in_the_last_one(
    merged: list[tuple[Known, Known]], record: Record, survivor: Record
) -> None:
    assert OrgSnapshot.of(merged=merged).survivor(record) == survivor


def test_two_reads_know_together_what_each_knows_of_merges() -> None:
    first, second = OrgSnapshot.of(merged=TWICE[:1]), OrgSnapshot.of(merged=TWICE[1:])
    assert first.merged(second).survivor(LEAD) == THIRD_LEAD


@pytest.mark.parametrize(
    ("org", "wanted"),
    [
        pytest.param(OrgSnapshot.of(merged=ONCE), Lookups(lead_ids={OTHER_LEAD.id}), id="not read yet"),
        pytest.param(OrgSnapshot.of(merged=ONCE, leads=[a_lead(OTHER_LEAD)]), Lookups(), id="read with it"),
        pytest.param(OrgSnapshot.of(merged=TWICE), Lookups(lead_ids={THIRD_LEAD.id}), id="the last of them"),
        pytest.param(OrgSnapshot.of(merged=[(CASE, OTHER_CASE)]), Lookups(case_ids={OTHER_CASE.id}), id="Case"),
        pytest.param(OrgSnapshot.of(merged=PEOPLE), Lookups(person_account_ids={OTHER_ACCOUNT.id}), id="a person"),
        pytest.param(
            OrgSnapshot.of(merged=PEOPLE, contacts=[a_contact(person_account=OTHER_ACCOUNT)]),
            Lookups(),
            id="a person whose Contact was read with him",
        ),
    ],
)
def test_what_was_merged_again_is_read_next(org: OrgSnapshot, wanted: Lookups) -> None:
    assert find_followed([a_work()], org) == wanted


MERGES: list[tuple[dict[str, str], OrgSnapshot, Record]] = [
    (
        {"contact": ACCOUNT.id},
        OrgSnapshot.of(merged=PEOPLE, contacts=[a_contact(OTHER_CONTACT, person_account=OTHER_ACCOUNT)]),
        OTHER_CONTACT,
    ),
    ({"lead": LEAD.id}, OrgSnapshot.of(merged=ONCE, leads=[a_lead(OTHER_LEAD)]), OTHER_LEAD),
    (
        {"contact": CONTACT.id},
        OrgSnapshot.of(merged=[(CONTACT, OTHER_CONTACT)], contacts=[a_contact(OTHER_CONTACT)]),
        OTHER_CONTACT,
    ),
    (
        {"lead": LEAD.id},
        OrgSnapshot.of(
            leads=[a_lead(converted=True, converted_contact=CONTACT)],
            merged=[(CONTACT, OTHER_CONTACT)],
            contacts=[a_contact(OTHER_CONTACT)],
        ),
        OTHER_CONTACT,
    ),
    ({"case": CASE.id}, OrgSnapshot.of(merged=[(CASE, OTHER_CASE)], cases=[a_case(OTHER_CASE)]), OTHER_CASE),
]


_OF = ["Person Account", "Lead", "Contact", "converted Lead's", "Case"]


@pytest.mark.parametrize(("link", "org", "record"), MERGES, ids=_OF)
def test_a_link_to_a_merged_record_leads_to_the_one_that_was_kept(
    link: dict[str, str], org: OrgSnapshot, record: Record
) -> None:
    customer = a_customer(email="new@acme.example")
    plan = plan_booking(a_work(an_event(salesforce=SalesforceIds(**link), customer=customer)), org, a_setup(), NOW)
    assert isinstance(plan, Plan)
    assert record in plan.records.all


def test_doubted_records_are_read_again_and_followed() -> None:
    known = Records(lead=LEAD, event=EVENT, doubted=True)
    work = a_work(BOOKED, CANCELED, prior=a_state(BOOKED), records=known)
    looked_up = find_lookups([work], a_setup(), NOW)
    assert looked_up == Lookups(lead_ids={LEAD.id}, emails={EMAIL}, booking_ids={"BKNG-1"})
    org = OrgSnapshot.of(
        merged=ONCE, leads=[a_lead(OTHER_LEAD, email="kept@acme.example")], events=[an_org_event(who=OTHER_LEAD)]
    )
    plan = plan_booking(work, org, a_setup(), NOW)
    assert isinstance(plan, Plan)
    assert plan.records == Records(lead=OTHER_LEAD, event=EVENT)


def test_a_doubted_account_is_forgotten_because_it_may_be_the_one_that_is_gone() -> None:
    known = Records(contact=CONTACT, account=ACCOUNT, event=EVENT, doubted=True)
    work = a_work(BOOKED, CANCELED, prior=a_state(BOOKED), records=known)
    plan = plan_booking(work, OrgSnapshot.of(contacts=[a_contact()], events=[an_org_event()]), a_setup(), NOW)
    assert isinstance(plan, Plan)
    assert plan.records.account is None
