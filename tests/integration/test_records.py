"""The right records: Lead, Contact with Account, and Case, existing and new, in an org with active assignment rules."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from producers.contract import Kind, Named, Owner, SalesforceIds
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from worker.outcome import Skipped
from worker.settling import to_settlement

ADA, BEN = "ada.rep@vendor.example", "ben.rep@vendor.example"
BY_ADA = Owner(email=ADA)
PAGES = """
[pages."BP-CONTACTS"]
object = "contact"

[pages."BP-CASES"]
object = "case"
"""


def test_an_existing_lead_keeps_its_owner_although_a_rule_is_active(rig: Rig) -> None:
    assert rig.org.state.settings.lead_rule_active
    old = {"LastName": "Old", "Company": "Old", "Email": "LEA@acme.example", "OwnerId": rig.user(BEN)}
    rig.org.seed("Lead", [old])
    rig.publish(an_event(booking=a_booking(owner=BY_ADA)))
    rig.sync()
    (lead,) = rig.records("Lead")
    assert lead["OwnerId"] == rig.user(BEN)
    assert lead["LastName"] == "Marin"
    (event,) = rig.records("Event")
    assert (event["WhoId"], event["OwnerId"]) == (lead["Id"], rig.user(ADA))


def test_a_new_lead_gets_the_booking_owner_although_a_rule_is_active(rig: Rig) -> None:
    rig.publish(an_event(booking=a_booking(owner=BY_ADA)))
    rig.sync()
    assert rig.records("Lead")[0]["OwnerId"] == rig.user(ADA)


@pytest.mark.parametrize("count", [1, 30], ids=["few", "many"])
def test_assignment_rules_run_where_the_admin_wants_them(make_rig: Callable[..., Rig], count: int) -> None:
    rig = make_rig('[creation_rules.lead.new]\nassign = "assignment_rules"')
    for n in range(count):
        customer = a_customer(email=f"nr{n}@acme.example")
        rig.publish(an_event(booking=a_booking(f"BKNG-{n}", customer=customer, owner=BY_ADA)))
    rig.sync()
    queue = next(row["Id"] for row in rig.org.records("Group") if row["DeveloperName"] == "Lead_Queue")
    assert {lead["OwnerId"] for lead in rig.records("Lead")} == {queue}
    assert {event["OwnerId"] for event in rig.records("Event")} == {rig.user(ADA)}


def test_only_empty_fields_are_filled_where_the_admin_wants_it(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig('[creation_rules.lead.existing]\nupdate = "fill_empty"\nassign = "keep"')
    rig.org.seed("Lead", [{"LastName": "Old", "Company": "Unspecified", "Email": "lea@acme.example"}])
    rig.publish(an_event())
    rig.sync()
    (lead,) = rig.records("Lead")
    assert (lead["LastName"], lead["Company"], lead["Phone"]) == ("Old", "Acme", "+33 1 23 45")


def test_two_new_contacts_of_one_new_company_share_an_account(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    rig.publish(
        an_event(booking=a_booking("BKNG-1", page=Named(id="BP-CONTACTS"))),
        an_event(
            booking=a_booking(
                "BKNG-2", page=Named(id="BP-CONTACTS"), customer=a_customer(email="two@acme.example", company="ACME ")
            )
        ),
    )
    rig.sync()
    (account,) = rig.records("Account")
    assert [contact["AccountId"] for contact in rig.records("Contact")] == [account["Id"]] * 2


def test_a_new_contact_joins_the_account_with_its_company_name(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    (account,) = rig.org.seed("Account", [{"Name": "ACME"}])
    rig.publish(an_event(booking=a_booking(page=Named(id="BP-CONTACTS"))))
    rig.sync()
    assert [row["Name"] for row in rig.records("Account")] == ["ACME"]
    assert rig.records("Contact")[0]["AccountId"] == account


def test_a_contact_is_found_on_a_leads_page(rig: Rig) -> None:
    (contact,) = rig.org.seed("Contact", [{"LastName": "Old", "Email": "lea@acme.example"}])
    rig.publish(an_event())
    rig.sync()
    assert not rig.records("Lead")
    assert rig.records("Event")[0]["WhoId"] == contact


def test_a_link_with_a_lead_id_finds_the_lead_whatever_its_email(rig: Rig) -> None:
    (lead,) = rig.org.seed("Lead", [{"LastName": "Old", "Company": "C", "Email": "other@acme.example"}])
    rig.publish(an_event(booking=a_booking(salesforce=SalesforceIds(lead=lead[:15]))))
    rig.sync()
    assert [row["Id"] for row in rig.records("Lead")] == [lead]
    assert rig.records("Lead")[0]["Email"] == "lea@acme.example"


def test_a_link_with_an_unknown_id_falls_back_to_the_email(rig: Rig) -> None:
    (lead,) = rig.org.seed("Lead", [{"LastName": "Old", "Company": "C", "Email": "lea@acme.example"}])
    rig.publish(an_event(booking=a_booking(salesforce=SalesforceIds(lead="00Q000000000999"))))
    rig.sync()
    assert [row["Id"] for row in rig.records("Lead")] == [lead]


def test_a_converted_lead_leads_to_its_contact(rig: Rig) -> None:
    (contact,) = rig.org.seed("Contact", [{"LastName": "Old", "Email": "new@acme.example"}])
    converted = {"LastName": "Old", "Company": "C", "Email": "lea@acme.example"}
    (lead,) = rig.org.seed("Lead", [converted | {"IsConverted": True, "ConvertedContactId": contact}])
    rig.publish(an_event(booking=a_booking(salesforce=SalesforceIds(lead=lead))))
    rig.sync()
    assert rig.records("Event")[0]["WhoId"] == contact
    assert len(rig.records("Lead")) == 1


def test_a_new_case_gets_contact_account_and_event(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    rig.publish(an_event(booking=a_booking(page=Named(id="BP-CASES"), owner=BY_ADA)))
    rig.sync()
    (case,), (contact,), (event,) = rig.records("Case"), rig.records("Contact"), rig.records("Event")
    assert (case["ContactId"], case["Subject"], case["OwnerId"]) == (contact["Id"], "Product demo", rig.user(ADA))
    assert (event["WhatId"], event["WhoId"]) == (case["Id"], contact["Id"])
    assert rig.records("Account")[0]["Id"] == contact["AccountId"]


def test_an_existing_case_keeps_its_owner_and_updates_its_contact(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    (contact,) = rig.org.seed("Contact", [{"LastName": "Old", "Email": "lea@acme.example"}])
    (case,) = rig.org.seed("Case", [{"Subject": "Old", "ContactId": contact, "OwnerId": rig.user(BEN)}])
    rig.publish(an_event(booking=a_booking(salesforce=SalesforceIds(case=case), owner=BY_ADA)))
    rig.sync()
    (found,) = rig.records("Case")
    assert (found["Subject"], found["OwnerId"], found["ContactId"]) == ("Product demo", rig.user(BEN), contact)
    assert rig.records("Contact")[0]["LastName"] == "Marin"


def test_two_bookings_of_a_new_customer_at_once_make_one_lead_with_two_events(rig: Rig) -> None:
    rig.publish(an_event(), an_event(booking=a_booking("BKNG-2")))
    rig.sync()
    (lead,) = rig.records("Lead")
    assert [event["WhoId"] for event in rig.records("Event")] == [lead["Id"]] * 2


def test_a_reassigned_booking_moves_its_event_and_leaves_the_lead_alone(rig: Rig) -> None:
    rig.publish(an_event(booking=a_booking(owner=BY_ADA)))
    rig.sync()
    rig.publish(an_event(Kind.REASSIGNED, minute=9, booking=a_booking(owner=Owner(email=BEN))))
    assert rig.sync() == 1
    assert rig.records("Lead")[0]["OwnerId"] == rig.user(ADA)
    (event,) = rig.records("Event")
    assert event["OwnerId"] == rig.user(BEN)
    assert event["ScheduleOnce__Event_status__c"] == "Scheduled (Reassigned by User)"


def test_an_event_that_is_reassigned_to_nobody_in_salesforce_stays_with_its_owner_and_that_is_told(rig: Rig) -> None:
    rig.publish(an_event(booking=a_booking(owner=BY_ADA)))
    rig.sync()
    unknown = Owner(id="USR-NEW", email="new@vendor.example")
    rig.publish(an_event(Kind.REASSIGNED, minute=9, event_id="GIVEN", booking=a_booking(owner=unknown)))
    assert rig.sync() == 1
    (event,) = rig.records("Event")
    assert event["OwnerId"] == rig.user(ADA)
    assert event["ScheduleOnce__Event_status__c"] == "Scheduled (Reassigned by User)"
    assert [warning["code"] for warning in rig.ends("BKNG-1")["GIVEN"]["warnings"]] == ["OWNER_UNMAPPED"]


def test_a_cancellation_alone_creates_nothing_and_counts_once_the_booking_is_known(rig: Rig) -> None:
    rig.publish(an_event(Kind.CANCELED, minute=9, event_id="CANCEL"))
    rig.sync()
    assert not rig.records("Lead")
    assert rig.states("BKNG-1") == {"CANCEL": "skipped"}
    rig.publish(an_event(event_id="SCHEDULE"))
    rig.sync()
    assert rig.records("Event")[0]["ScheduleOnce__Event_status__c"] == "Canceled"
    assert rig.states("BKNG-1") == {"CANCEL": "superseded", "SCHEDULE": "synced"}


def test_what_a_customer_types_is_no_reference_to_another_subrequest(rig: Rig) -> None:
    rig.publish(an_event(booking=a_booking(subject="@{r0.id}", customer=a_customer(note="@{x}", company="A/B.inc"))))
    rig.sync()
    assert rig.records("Event")[0]["Subject"] == "@ {r0.id}"


def test_a_booking_that_names_its_customer_late_joins_the_customers_other_booking(rig: Rig) -> None:
    nobody = a_customer(name=None, email=None, company=None, phone=None)
    rig.publish(
        an_event(Kind.RESCHEDULED, minute=5, booking=a_booking("BKNG-A", customer=nobody)),
        an_event(booking=a_booking("BKNG-A")),
        an_event(booking=a_booking("BKNG-B")),
    )
    rig.sync()
    assert len(rig.records("Lead")) == 1
    assert len(rig.records("Event")) == 2


def test_a_booking_that_names_its_customer_while_it_is_worked_on_joins_him_afterwards(rig: Rig) -> None:
    nobody = a_customer(name=None, email=None, company=None, phone=None)
    rig.publish(an_event(Kind.RESCHEDULED, minute=5, booking=a_booking("BKNG-A", customer=nobody), event_id="FIRST"))
    claim = rig.journal.claim(timedelta(minutes=1))
    rig.publish(an_event(booking=a_booking("BKNG-B")), an_event(booking=a_booking("BKNG-A"), event_id="SECOND"))
    (booking,) = claim.bookings
    skipped = to_settlement(booking, Skipped(because="nobody"), timedelta(days=1), rig.here.tools.clock())
    rig.journal.settle(claim, {booking.id: skipped})
    assert [len(customer.bookings) for customer in rig.journal.claim(timedelta(0)).customers] == [2]
    rig.journal.sweep()
    rig.sync()
    assert len(rig.records("Lead")) == 1
    assert rig.states("BKNG-A") == {"FIRST": "superseded", "SECOND": "synced"}


def test_the_first_of_two_customers_names_and_owns_their_new_account(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    page = Named(id="BP-CONTACTS")
    other = a_customer(email="two@acme.example", company="ACME ")
    rig.publish(
        an_event(booking=a_booking("BKNG-1", page=page, owner=BY_ADA)),
        an_event(booking=a_booking("BKNG-2", page=page, owner=Owner(email=BEN), customer=other)),
    )
    rig.sync()
    (account,) = rig.records("Account")
    assert (account["Name"], account["OwnerId"]) == ("Acme", rig.user(ADA))


def test_customers_without_email_are_found_by_phone_and_created_once(rig: Rig) -> None:
    called = a_customer(email=None, phone="+33 1 23 45")
    rig.publish(*(an_event(booking=a_booking(f"BKNG-{n}", customer=called)) for n in range(2)))
    assert rig.sync() == 2
    mobile = a_customer(email=None, phone=None, mobile_phone="+33 1 23 45")
    rig.publish(an_event(booking=a_booking("BKNG-3", customer=mobile)))
    assert rig.sync() == 2
    (lead,) = rig.records("Lead")
    assert {event["WhoId"] for event in rig.records("Event")} == {lead["Id"]}
    assert len(rig.records("Event")) == 3


def test_records_follow_a_reassignment_where_the_admin_wants_it(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("[life_cycle]\nreassign_moves_record_owner = true")
    rig.publish(an_event(booking=a_booking(owner=BY_ADA)))
    rig.sync()
    rig.publish(an_event(Kind.REASSIGNED, minute=1, booking=a_booking(owner=Owner(email=BEN))))
    assert rig.sync() == 1
    assert rig.records("Lead")[0]["OwnerId"] == rig.records("Event")[0]["OwnerId"] == rig.user(BEN)
