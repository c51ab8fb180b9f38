from dataclasses import replace
from typing import Any

import pytest

from producers.contract import BookingEvent, Change, Kind, Owner
from rules.batch import merge_writes, plan_customer
from rules.lifecycle import fold
from rules.plan import FieldValue, Impossible, Known, New, Nothing, Plan, Record, Records, SObject, Write
from rules.ready import ReadySetup
from rules.snapshot import OrgSnapshot, Work
from tests.builders import ADA, BEN, NOW, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.records import (
    ACCOUNT,
    CASE,
    CONTACT,
    EMAIL,
    EVENT,
    LEAD,
    OTHER_LEAD,
    a_case,
    a_contact,
    a_lead,
    an_account,
)
from tests.rules.setups import rows_with

FIRST = a_work(an_event(booking_id="BKNG-1"))


def new(obj: SObject, key: str = "BKNG-1") -> New:
    return New(object=obj, key=key)


def second(**changes: Any) -> Work:
    return a_work(an_event(booking_id="BKNG-2", **changes))


def planned(*works: Work, org: OrgSnapshot | None = None, setup: ReadySetup | None = None) -> list[Plan]:
    decisions = plan_customer(works, org or OrgSnapshot(), setup or a_setup(), NOW)
    return [decision for decision in decisions if isinstance(decision, Plan)]


def on_page(page: str) -> ReadySetup:
    return a_setup(pages={"default": {"object": page}})


def a_write(record: Record, *, auto_assign: bool = False, **fields: FieldValue) -> Write:
    return Write(record=record, fields=fields, auto_assign=auto_assign)


def a_plan(*writes: Write) -> Plan:
    return Plan(booking_id="BKNG-1", writes=writes)


def test_two_bookings_of_a_new_customer_make_one_lead_with_two_events() -> None:
    plans = planned(FIRST, second())
    assert [plan.records.lead for plan in plans] == [new(SObject.LEAD)] * 2
    assert [write.record for write in merge_writes(plans)] == [
        new(SObject.LEAD),
        new(SObject.EVENT),
        new(SObject.EVENT, "BKNG-2"),
    ]


def test_two_bookings_of_a_new_customer_make_one_contact_in_one_account() -> None:
    plans = planned(FIRST, second(customer=a_customer(phone="2")), setup=on_page("contact"))
    account, contact, *events = merge_writes(plans)
    assert (account.record, contact.record) == (New(object=SObject.ACCOUNT, key="acme"), new(SObject.CONTACT))
    assert contact.fields["Phone"] == "2"
    assert [event.fields["WhoId"] for event in events] == [contact.record] * 2


def test_two_bookings_on_a_cases_page_make_two_cases_of_one_contact() -> None:
    plans = planned(FIRST, second(), setup=on_page("case"))
    assert [plan.records.case for plan in plans] == [new(SObject.CASE), new(SObject.CASE, "BKNG-2")]
    assert [plan.records.contact for plan in plans] == [new(SObject.CONTACT)] * 2


@pytest.mark.parametrize("page", ["lead", "contact", "case"])
def test_a_booking_that_replaces_one_of_the_same_batch_goes_on_with_its_records(page: str) -> None:
    moved = second(replaces="BKNG-1", customer=a_customer(email="lea@home.example"))
    first, replacing = planned(FIRST, moved, setup=on_page(page))
    assert first.records.person
    assert replacing.records.person == first.records.person
    assert replacing.records.case == first.records.case


def test_a_booking_that_replaces_one_of_an_earlier_batch_goes_on_with_its_records() -> None:
    work = a_work(an_event(booking_id="BKNG-2", replaces="BKNG-0"), replaced=Records(lead=OTHER_LEAD))
    _, replacing = planned(FIRST, work, org=OrgSnapshot.of(leads=[a_lead(OTHER_LEAD, email=None)]))
    assert replacing.records.lead == OTHER_LEAD


THERE: dict[str, Any] = {"Phone": None, "LastName": "own"}
CASE_THERE: dict[str, Any] = {"Description": "own"}


@pytest.mark.parametrize(
    ("org", "record"),
    [
        (OrgSnapshot.of(leads=[a_lead(values=THERE)]), LEAD),
        (OrgSnapshot.of(contacts=[a_contact(values=THERE)]), CONTACT),
    ],
    ids=["Lead", "Contact"],
)
def test_the_second_booking_sees_what_the_first_has_filled_and_what_was_there(org: OrgSnapshot, record: Known) -> None:
    filling = {"existing": {"update": "fill_empty"}}
    setup = a_setup(creation_rules={"lead": filling, "contact": filling})
    plans = planned(
        a_work(an_event(customer=a_customer(phone="1"))), second(customer=a_customer(phone="2")), org=org, setup=setup
    )
    (write,) = (write for write in merge_writes(plans) if write.record == record)
    assert write.fields["Phone"] == "1"
    assert "LastName" not in write.fields


def test_the_second_booking_of_a_case_sees_what_was_there() -> None:
    setup = a_setup(creation_rules={"case": {"existing": {"update": "fill_empty"}}})
    works = [
        a_work(
            an_event(booking_id=f"BKNG-{n}", subject=f"{n}", customer=a_customer(note="n")), replaced=Records(case=CASE)
        )
        for n in (1, 2)
    ]
    org = OrgSnapshot.of(cases=[a_case(contact=CONTACT, values=CASE_THERE)], contacts=[a_contact()])
    (write,) = (write for write in merge_writes(planned(*works, org=org, setup=setup)) if write.record == CASE)
    assert write.fields == {"Subject": "2"}


OURS: dict[str, Any] = {"FirstName": "Lea", "LastName": "Marin", "Email": EMAIL, "Company": "Acme", "Status__c": "X"}
STATUS_ON_LEADS = rows_with({"booking": "event_status", "object": "Lead", "field": "Status__c"})


def outlived(*events: BookingEvent, **changes: Any) -> Work:
    """A booking that another one replaced before it was heard of."""
    facts = {"prior": None} | changes
    return replace(a_work(*events, **facts), state=fold(events, is_replaced=True))


def with_leads(update: str, assign: str) -> ReadySetup:
    rules = {"lead": {"existing": {"update": update, "assign": assign}}}
    return a_setup(creation_rules=rules, field_mapping=STATUS_ON_LEADS)


@pytest.mark.parametrize("update", ["override", "fill_empty"])
@pytest.mark.parametrize("assign", ["keep", "booking_owner", "assignment_rules"])
def test_a_replaced_booking_that_comes_late_fills_what_is_empty_and_moves_nothing_back(
    update: str, assign: str
) -> None:
    late = outlived(an_event(customer=a_customer(name="Old Name", company="Old", phone="1")))
    org = OrgSnapshot.of(leads=[a_lead(values=OURS)])
    (plan,) = planned(late, org=org, setup=with_leads(update, assign))
    assert plan.writes[0] == a_write(LEAD, Phone="1")
    assert [write.record for write in plan.writes] == [LEAD, new(SObject.EVENT)]
    assert plan.writes[1].fields["ShowAs"] == "Free"


@pytest.mark.parametrize(
    ("replacing", "is_moved"),
    [
        pytest.param([], False, id="it was brought before"),
        pytest.param([second(replaces="BKNG-1", location="There")], True, id="it comes with it"),
        pytest.param(
            [replace(second(replaces="BKNG-1"), prior=a_state(booking_id="BKNG-2"))], False, id="its later event does"
        ),
    ],
)
def test_a_replaced_booking_says_what_is_shared_only_before_the_one_in_its_place(
    replacing: list[Work], is_moved: bool
) -> None:
    org = OrgSnapshot.of(leads=[a_lead(values=OURS | {"LastName": "Other"})])
    first, *_ = planned(outlived(an_event()), *replacing, org=org, setup=with_leads("override", "booking_owner"))
    assert ("LastName" in first.writes[0].fields) is is_moved
    assert (first.records.assigned == (SObject.LEAD,)) is is_moved


def test_later_events_of_a_replaced_booking_change_its_event_alone() -> None:
    booked = an_event()
    canceled = an_event(Kind.CANCELED, minute=1, change=Change(actor="customer"), customer=a_customer(phone="2"))
    records = Records(lead=LEAD, account=ACCOUNT, event=EVENT)
    work = outlived(booked, canceled, prior=fold([booked], is_replaced=True), records=records)
    (plan,) = planned(work, setup=with_leads("override", "booking_owner"))
    assert [write.record for write in plan.writes] == [EVENT]
    assert plan.records == records


def test_a_replaced_booking_whose_customer_nobody_knows_makes_him_known() -> None:
    (plan,) = planned(outlived(an_event()))
    assert plan.records.lead == new(SObject.LEAD)
    assert plan.writes[0].fields["OwnerId"] == ADA


def test_a_booking_that_replaces_one_of_which_nothing_came_stands_for_itself() -> None:
    canceled = a_work(an_event(Kind.CANCELED, booking_id="BKNG-1"))
    nothing, plan = plan_customer([canceled, second(replaces="BKNG-1")], OrgSnapshot(), a_setup(), NOW)
    assert isinstance(nothing, Nothing)
    assert isinstance(plan, Plan)
    assert plan.records.lead == new(SObject.LEAD, "BKNG-2")


def test_the_second_booking_of_a_case_sees_what_the_first_has_written() -> None:
    setup = a_setup(creation_rules={"case": {"existing": {"update": "fill_empty"}}})
    named = {"replaced": Records(case=CASE)}
    works = [a_work(an_event(booking_id=f"BKNG-{n}", customer=a_customer(note=f"note {n}")), **named) for n in (1, 2)]
    org = OrgSnapshot.of(cases=[a_case(contact=CONTACT)], contacts=[a_contact()])
    (write,) = (write for write in merge_writes(planned(*works, org=org, setup=setup)) if write.record == CASE)
    assert write.fields == {"Subject": "Product demo", "Description": "note 1"}


def test_a_known_record_that_was_not_read_is_written_all_the_same() -> None:
    scheduled = an_event()
    told = an_event(minute=1, customer=a_customer(phone="2"))
    known = a_work(scheduled, told, prior=a_state(scheduled), records=Records(lead=LEAD, event=EVENT))
    plans = planned(known, second(kind=Kind.SCHEDULED), org=OrgSnapshot())
    assert [write.fields.get("Phone") for write in plans[0].writes] == ["2", None]
    assert len(plans) == 2


def test_what_cannot_be_planned_leaves_the_others_alone() -> None:
    nobody = second(customer=a_customer(name=None, email=None, phone=None))
    canceled = a_work(an_event(Kind.CANCELED, booking_id="BKNG-3"))
    third, *others = plan_customer(
        [a_work(an_event(booking_id="BKNG-4")), nobody, canceled], OrgSnapshot(), a_setup(), NOW
    )
    assert isinstance(third, Plan)
    assert [type(other) for other in others] == [Impossible, Nothing]


ACME = New(object=SObject.ACCOUNT, key="acme")
SHORT_LEAD = Known(object=SObject.LEAD, id=LEAD.id[:15])
ASSIGNED = a_write(LEAD, auto_assign=True)


@pytest.mark.parametrize(
    ("first", "then", "merged"),
    [
        (a_write(LEAD, Phone="1", City="A"), a_write(LEAD, Phone="2"), a_write(LEAD, Phone="2", City="A")),
        (a_write(LEAD, OwnerId=ADA), a_write(LEAD, Phone="2"), a_write(LEAD, OwnerId=ADA, Phone="2")),
        (a_write(LEAD, OwnerId=ADA), a_write(LEAD, OwnerId=BEN), a_write(LEAD, OwnerId=BEN)),
        (a_write(LEAD, OwnerId=ADA), ASSIGNED, ASSIGNED),
        (ASSIGNED, a_write(LEAD, OwnerId=BEN), a_write(LEAD, OwnerId=BEN)),
        (ASSIGNED, a_write(LEAD, Phone="2"), a_write(LEAD, auto_assign=True, Phone="2")),
        (a_write(LEAD, Phone="1"), a_write(SHORT_LEAD, City="A"), a_write(LEAD, Phone="1", City="A")),
        (a_write(ACME, Name="Acme"), a_write(ACME, Name="ACME", OwnerId=BEN), a_write(ACME, Name="Acme")),
    ],
    ids=[
        "the later value",
        "an owner set before",
        "an owner set again",
        "rules after an owner",
        "an owner after rules",
        "rules before",
        "two lengths of one id",
        "a new Account is the first customer's",
    ],
)
def test_a_record_stands_once_in_a_batch(first: Write, then: Write, merged: Write) -> None:
    assert merge_writes([a_plan(first), a_plan(then)]) == [merged]


def test_parents_are_written_before_their_children() -> None:
    records = (EVENT, CASE, CONTACT, LEAD, an_account().record)
    writes = merge_writes([a_plan(*(a_write(record) for record in records))])
    assert [write.record.object.value for write in writes] == ["Account", "Lead", "Contact", "Case", "Event"]


def test_an_account_that_is_only_given_to_another_owner_keeps_its_name_for_the_next_booking() -> None:
    account = an_account().record
    given = a_work(
        an_event(booking_id="BKNG-1"),
        prior=a_state(owner=Owner(email="nobody@vendor.example")),
        records=Records(contact=CONTACT, account=account, event=EVENT, assigned=(SObject.ACCOUNT,)),
    )
    first, _ = planned(given, second(), setup=on_page("contact"))
    assert [dict(write.fields) for write in first.writes if write.record == account] == [{"OwnerId": ADA}]


def test_a_person_account_that_was_not_read_is_written_before_the_next_booking() -> None:
    person = Known(object=SObject.ACCOUNT, id="001000000000009AAA")
    moved = a_work(
        an_event(booking_id="BKNG-1", customer=a_customer(phone="2")),
        prior=a_state(),
        records=Records(contact=CONTACT, person_account=person, event=EVENT),
    )
    setup = replace(on_page("contact"), person_fields={"Phone": "Phone"})
    first, _ = planned(moved, second(), setup=setup)
    assert [dict(write.fields) for write in first.writes if write.record == person] == [{"Phone": "2"}]
