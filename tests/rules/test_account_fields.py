"""Mapped fields of a Contact's Account besides its name: they follow the Contact's update mode."""

from typing import Any

import pytest

from producers.contract import Kind
from rules.batch import merge_writes, plan_customer
from rules.changes import needs_reading, plan_change
from rules.creation import plan_booking
from rules.plan import FieldValue, New, Plan, Records, SObject
from rules.ready import ReadySetup
from rules.snapshot import Contact, OrgSnapshot, Work
from tests.builders import ADA, NOW, a_customer, a_field, a_setup, a_state, a_work, an_event, objects
from tests.rules.records import ACCOUNT, CONTACT, EVENT, a_contact
from tests.rules.setups import rows_with

ORG = objects(Account=(a_field("Phone", "phone"), a_field("Status__c")))
ROWS = rows_with(
    {"booking": "customer_phone", "object": "Account", "field": "Phone"},
    {"booking": "event_status", "object": "Account", "field": "Status__c"},
)
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


def test_later_events_override_the_account_without_reading_it() -> None:
    assert needs_reading(known(), a_state(BOOKED), OWN, ready()) == []
    assert to_account(later("override", OrgSnapshot())) == {"Phone": "2", "Status__c": "Rescheduled by Customer"}


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


@pytest.mark.parametrize("account", [None, ACCOUNT.__class__(object=SObject.ACCOUNT, id="001000000000002AAA")])
def test_an_account_that_the_contact_has_left_is_left_alone(account: Any) -> None:
    org = OrgSnapshot.of(contacts=[a_contact(account=account)])
    assert to_account(later("fill_empty", org)) == {}


def test_a_created_account_gets_all_that_is_mapped_and_keeps_its_name_later() -> None:
    plan = plan_booking(a_work(BOOKED), OrgSnapshot(), ready("fill_empty"), NOW)
    assert isinstance(plan, Plan)
    assert to_account(plan) == {"Name": "Acme", "Phone": "1", "Status__c": "Scheduled", "OwnerId": ADA}
    assert [name for name in plan.records.filled if name.startswith("Account")] == ["Account.Phone"]
    moved = an_event(Kind.RESCHEDULED, minute=1, customer=a_customer(phone="1", company="Beta"))
    work = a_work(BOOKED, moved, prior=a_state(BOOKED), records=OWN)
    assert to_account(plan_change(work, a_state(BOOKED), OWN, OrgSnapshot(), ready())) == {
        "Status__c": "Rescheduled by Customer"
    }


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
