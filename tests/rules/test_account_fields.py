"""Mapped fields of a Contact's Account besides its name: they follow the Contact's update mode."""

from typing import Any

import pytest

from producers.contract import Kind
from rules.batch import merge_writes, plan_customer
from rules.changes import needs_reading, plan_change
from rules.creation import plan_booking
from rules.plan import FieldValue, Known, New, Plan, Records, SObject
from rules.ready import ReadySetup
from rules.snapshot import Contact, OrgSnapshot, Work
from tests.builders import ADA, NOW, a_customer, a_field, a_setup, a_state, a_work, an_event, objects
from tests.rules.records import ACCOUNT, CONTACT, EVENT, a_contact, an_account
from tests.rules.setups import rows_with

ORG = objects(Account=(a_field("Phone", "phone"), a_field("Status__c")))
ROWS = rows_with(
    {"booking": "customer_phone", "object": "Account", "field": "Phone"},
    {"booking": "event_status", "object": "Account", "field": "Status__c"},
)
OTHER_ACCOUNT = Known(object=SObject.ACCOUNT, id="001000000000002AAA")
NEW_ACCOUNT = New(object=SObject.ACCOUNT, key="acme")
BOOKED = an_event(customer=a_customer(phone="1"))
SAID = an_event(Kind.RESCHEDULED, minute=1, customer=a_customer(phone="2"))
OWN = Records(contact=CONTACT, account=ACCOUNT, event=EVENT)


def ready(update: str = "override") -> ReadySetup:
    rules = {"contact": {"existing": {"update": update}}}
    return a_setup(ORG, field_mapping=ROWS, creation_rules=rules, pages={"default": {"object": "contact"}})


def of_acme(**account_values: Any) -> Contact:
    return a_contact(account=ACCOUNT, account_values=account_values)


def to_account(plan: Any) -> dict[str, FieldValue]:
    assert isinstance(plan, Plan)
    return {n: v for write in plan.writes if write.record.object is SObject.ACCOUNT for n, v in write.fields.items()}


def later(update: str, org: OrgSnapshot, records: Records = OWN) -> Plan:
    work = known(records)
    assert work.prior
    return plan_change(work, work.prior, records, org, ready(update))


def known(records: Records = OWN) -> Work:
    return a_work(BOOKED, SAID, prior=a_state(BOOKED), records=records)


@pytest.mark.parametrize(
    ("update", "there", "written"),
    [
        ("override", {"Phone": "+49"}, {"Phone": "1", "Status__c": "Scheduled"}),
        ("override", {"Phone": "1", "Status__c": "Scheduled"}, {}),
        ("fill_empty", {"Phone": "+49"}, {"Status__c": "Scheduled"}),
        ("fill_empty", {"Phone": None}, {"Phone": "1", "Status__c": "Scheduled"}),
    ],
)
def test_the_account_of_a_recognised_contact_follows_the_contacts_update_mode(
    update: str, there: dict[str, Any], written: dict[str, Any]
) -> None:
    plan = plan_booking(a_work(BOOKED), OrgSnapshot.of(contacts=[of_acme(**there)]), ready(update), NOW)
    assert to_account(plan) == written
    assert isinstance(plan, Plan)
    assert plan.records.account == ACCOUNT
    assert SObject.ACCOUNT not in plan.records.assigned


def test_a_contact_without_account_brings_none() -> None:
    plan = plan_booking(a_work(BOOKED), OrgSnapshot.of(contacts=[a_contact()]), ready(), NOW)
    assert isinstance(plan, Plan)
    assert (to_account(plan), plan.records.account) == ({}, None)


def test_later_events_override_the_account_that_is_still_the_contacts() -> None:
    assert needs_reading(known(), a_state(BOOKED), OWN, ready()) == [CONTACT]
    org = OrgSnapshot.of(contacts=[of_acme(Phone="+49")])
    assert to_account(later("override", org)) == {"Phone": "2", "Status__c": "Rescheduled by Customer"}


def test_an_event_that_says_nothing_new_of_the_account_reads_nothing() -> None:
    again = an_event(Kind.SCHEDULED, minute=1, customer=a_customer(phone="1"))
    work = a_work(BOOKED, again, prior=a_state(BOOKED), records=OWN)
    assert needs_reading(work, a_state(BOOKED), OWN, ready()) == []
    assert to_account(plan_change(work, a_state(BOOKED), OWN, OrgSnapshot(), ready())) == {}


@pytest.mark.parametrize(
    ("phone", "filled", "written"),
    [
        pytest.param("+49", (), {}, id="the org's own"),
        pytest.param(None, (), {"Phone": "2"}, id="empty"),
        pytest.param("1", ("Account.Phone",), {"Phone": "2"}, id="filled by this booking"),
    ],
)
def test_later_events_fill_the_account_as_it_is_read_with_its_contact(
    phone: str | None, filled: tuple[str, ...], written: dict[str, Any]
) -> None:
    records = Records(contact=CONTACT, account=ACCOUNT, event=EVENT, filled=filled)
    assert needs_reading(known(), a_state(BOOKED), records, ready("fill_empty")) == [CONTACT, CONTACT]
    org = OrgSnapshot.of(contacts=[of_acme(Phone=phone)])
    assert to_account(later("fill_empty", org, records)) == {**written, "Status__c": "Rescheduled by Customer"}


@pytest.mark.parametrize("update", ["override", "fill_empty"])
@pytest.mark.parametrize("contacts", [[], [a_contact()]], ids=["he is gone", "he has none by now"])
def test_an_account_whose_contact_has_left_it_is_left_alone(update: str, contacts: list[Contact]) -> None:
    assert to_account(later(update, OrgSnapshot.of(contacts=contacts))) == {}


@pytest.mark.parametrize(
    ("update", "written"),
    [
        ("override", {"Phone": "2", "Status__c": "Rescheduled by Customer"}),
        ("fill_empty", {"Status__c": "Rescheduled by Customer"}),
    ],
)
def test_the_account_that_the_contact_belongs_to_by_now_is_the_one_that_is_written(
    update: str, written: dict[str, Any]
) -> None:
    contact = a_contact(account=OTHER_ACCOUNT, account_values={"Phone": "+49"})
    plan = later(update, OrgSnapshot.of(contacts=[contact]))
    assert to_account(plan) == written
    assert {write.record for write in plan.writes if write.record.object is SObject.ACCOUNT} == {OTHER_ACCOUNT}
    assert plan.records.account == OTHER_ACCOUNT


def test_an_account_that_says_so_already_is_followed_all_the_same() -> None:
    there = {"Phone": "2", "Status__c": "Rescheduled by Customer"}
    contact = a_contact(account=OTHER_ACCOUNT, account_values=there)
    plan = later("override", OrgSnapshot.of(contacts=[contact]))
    assert (to_account(plan), plan.records.account) == ({}, OTHER_ACCOUNT)


@pytest.mark.parametrize(
    ("update", "written"),
    [("override", {"Phone": "1", "Status__c": "Scheduled"}), ("fill_empty", {"Status__c": "Scheduled"})],
)
def test_an_account_that_a_new_contact_joins_follows_the_contacts_update_mode(
    update: str, written: dict[str, Any]
) -> None:
    org = OrgSnapshot.of(accounts=[an_account("ACME", values={"Phone": "+49", "Status__c": None})])
    plan = plan_booking(a_work(BOOKED), org, ready(update), NOW)
    assert isinstance(plan, Plan)
    assert (to_account(plan), plan.records.account) == (written, ACCOUNT)


def test_the_account_that_customers_without_company_share_is_nobodys_to_write() -> None:
    org = OrgSnapshot.of(accounts=[an_account("Unspecified", values={"Phone": "+49"})])
    booked = an_event(customer=a_customer(phone="1", company=None))
    plan = plan_booking(a_work(booked), org, ready(), NOW)
    assert isinstance(plan, Plan)
    assert (to_account(plan), plan.records.account) == ({}, None)


@pytest.mark.parametrize(("update", "phone"), [("override", "2"), ("fill_empty", "1")])
def test_two_bookings_at_once_of_a_new_contact_of_a_known_account_come_to_what_they_would_one_by_one(
    update: str, phone: str
) -> None:
    second = a_work(an_event(booking_id="BKNG-2", customer=a_customer(phone="2")))
    org = OrgSnapshot.of(accounts=[an_account(values={"Phone": None})])
    plans = plan_customer([a_work(BOOKED), second], org, ready(update), NOW)
    writes = merge_writes([plan for plan in plans if isinstance(plan, Plan)])
    (account,) = (write for write in writes if write.record == ACCOUNT)
    assert account.fields["Phone"] == phone


def test_a_created_account_gets_all_that_is_mapped_and_keeps_its_name_later() -> None:
    plan = plan_booking(a_work(BOOKED), OrgSnapshot(), ready("fill_empty"), NOW)
    assert isinstance(plan, Plan)
    assert to_account(plan) == {"Name": "Acme", "Phone": "1", "Status__c": "Scheduled", "OwnerId": ADA}
    assert [name for name in plan.records.filled if name.startswith("Account")] == ["Account.Phone"]
    moved = an_event(Kind.RESCHEDULED, minute=1, customer=a_customer(phone="1", company="Beta"))
    work = a_work(BOOKED, moved, prior=a_state(BOOKED), records=OWN)
    org = OrgSnapshot.of(contacts=[of_acme(Phone="1")])
    assert to_account(plan_change(work, a_state(BOOKED), OWN, org, ready())) == {"Status__c": "Rescheduled by Customer"}


@pytest.mark.parametrize("update", ["override", "fill_empty"])
def test_two_bookings_at_once_of_a_new_customer_come_to_what_they_would_one_by_one(update: str) -> None:
    second = a_work(an_event(booking_id="BKNG-2", customer=a_customer(phone="2")))
    plans = plan_customer([a_work(BOOKED), second], OrgSnapshot(), ready(update), NOW)
    (account,) = (
        write
        for write in merge_writes([plan for plan in plans if isinstance(plan, Plan)])
        if write.record == NEW_ACCOUNT
    )
    assert account.fields["Name"] == "Acme"
    assert account.fields["Phone"] == ("2" if update == "override" else "1")
