"""Links that somebody else used, session packages, group sessions, panels and record types, through the pipeline."""

from collections.abc import Callable
from typing import Any

import pytest

from producers.contract import BookingEvent, Kind, Named, Owner, SalesforceIds
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.settings import RecordType, RecordTypeValues

ADA = "ada.rep@vendor.example"
CASES = '[pages.default]\nobject = "case"\n'

MakeRig = Callable[..., Rig]


def a_session(n: int, **changes: Any) -> BookingEvent:
    facts = {"package_id": "PKG-7", "owner": Owner(email=ADA)} | changes
    return an_event(booking=a_booking(f"BKNG-{n}", **facts))


def test_a_link_that_somebody_else_used_is_told_on_the_job(rig: Rig) -> None:
    (lead,) = rig.org.seed("Lead", [{"LastName": "Sam", "Company": "C", "Email": "sam@other.example"}])
    rig.publish(an_event(booking=a_booking(owner=Owner(email=ADA), salesforce=SalesforceIds(lead=lead))))
    rig.sync()
    (end,) = rig.ends("BKNG-1").values()
    assert [warning["code"] for warning in end["warnings"]] == ["LINK_EMAIL_DIFFERS"]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after the other"])
def test_sessions_of_a_package_share_a_case_and_have_an_event_each(make_rig: MakeRig, together: bool) -> None:
    rig = make_rig(CASES)
    for n in (1, 2, 3):
        rig.publish(a_session(n))
        if not together:
            assert rig.sync() == 2
    rig.sync()
    (case,), events = rig.records("Case"), rig.records("Event")
    assert ({event["WhatId"] for event in events}, len(events)) == ({case["Id"]}, 3)
    assert (case["OwnerId"], len(rig.records("Contact"))) == (rig.user(ADA), 1)


def test_one_session_that_is_canceled_leaves_the_others_of_its_package_alone(make_rig: MakeRig) -> None:
    rig = make_rig(CASES)
    rig.publish(a_session(1), a_session(2))
    rig.sync()
    rig.publish(an_event(Kind.CANCELED, minute=1, booking=a_session(2).booking))
    rig.sync()
    statuses = {event["Bookforce_Booking_Id__c"]: event["ShowAs"] for event in rig.records("Event")}
    assert statuses == {"BKNG-1": "Busy", "BKNG-2": "Free"}


def test_sessions_have_a_case_each_where_the_admin_wants_it(make_rig: MakeRig) -> None:
    rig = make_rig(CASES + "[matching]\ncase_per_package = false\n")
    rig.publish(a_session(1), a_session(2))
    rig.sync()
    assert len(rig.records("Case")) == 2


def test_a_case_without_contact_says_itself_who_asked(make_rig: MakeRig) -> None:
    rig = make_rig(CASES + "[matching]\ncase_creates_contact = false\n")
    rig.publish(an_event())
    rig.sync()
    (case,) = rig.records("Case")
    assert case.get("ContactId") is None
    assert (case["SuppliedName"], case["SuppliedEmail"], case["SuppliedCompany"]) == (
        "Lea Marin",
        "lea@acme.example",
        "Acme",
    )


def test_customers_of_one_group_session_are_leads_and_events_of_their_own(rig: Rig) -> None:
    others = [a_customer(name=f"Nr {n}", email=f"nr{n}@acme.example") for n in (1, 2, 3)]
    rig.publish(*(an_event(booking=a_booking(f"BKNG-{n}", customer=other)) for n, other in enumerate(others)))
    rig.sync()
    leads = {lead["Id"] for lead in rig.records("Lead")}
    assert (len(leads), {event["WhoId"] for event in rig.records("Event")}) == (3, leads)


def test_a_panel_is_one_event_of_the_booking_owner_that_names_the_others_and_guests_become_nobody(rig: Rig) -> None:
    everybody = (ADA, "ben.rep@vendor.example", "lea@acme.example", "guest@acme.example")
    customer = a_customer(guests=("guest@acme.example",))
    rig.publish(an_event(booking=a_booking(owner=Owner(email=ADA), attendees=everybody, customer=customer)))
    rig.sync()
    (event,) = rig.records("Event")
    assert event["OwnerId"] == rig.user(ADA)
    assert "Other attendees: ben.rep@vendor.example\n" in event["Description"]
    assert "Guests: guest@acme.example\n" in event["Description"]
    assert (len(rig.records("Lead")), len(rig.records("Contact"))) == (1, 0)


@pytest.mark.parametrize(("obj", "status"), [("Lead", "Working - Contacted"), ("Case", "Working")])
def test_a_new_record_has_the_record_type_of_its_page_and_the_status_of_that_types_process(
    make_rig: MakeRig, obj: str, status: str
) -> None:
    offered = RecordTypeValues(field="Status", values=(status,), default=status)
    demo = RecordType(object=obj, developer_name="Demo", name="Demo", picklists=(offered,))
    page = f'[pages."BP-DEMO"]\nobject = "{obj.lower()}"\nrecord_types = {{ {obj} = "Demo" }}\n'
    rig = make_rig(page)
    rig.org.set_record_type(demo)
    rig.publish(an_event(booking=a_booking("BKNG-1", page=Named(id="BP-DEMO"))))
    rig.sync()
    (record,) = rig.records(obj)
    (demo_id,) = (row["Id"] for row in rig.org.records("RecordType") if row["DeveloperName"] == "Demo")
    assert (record["RecordTypeId"], record["Status"]) == (demo_id, status)


def test_an_existing_record_keeps_its_record_type(make_rig: MakeRig) -> None:
    rig = make_rig('[pages.default]\nrecord_types = { Lead = "Demo" }\n')
    rig.org.set_record_type(RecordType(object="Lead", developer_name="Demo", name="Demo"))
    rig.org.seed("Lead", [{"LastName": "Old", "Company": "C", "Email": "lea@acme.example"}])
    rig.publish(an_event())
    rig.sync()
    (lead,) = rig.records("Lead")
    assert (lead["LastName"], lead.get("RecordTypeId")) == ("Marin", None)


def test_a_closed_case_is_updated_and_stays_closed(rig: Rig) -> None:
    (case,) = rig.org.seed("Case", [{"Subject": "Old", "Status": "Closed"}])
    rig.publish(an_event(booking=a_booking(salesforce=SalesforceIds(case=case))))
    rig.sync()
    (found,) = rig.records("Case")
    assert (found["Subject"], found["Status"]) == ("Product demo", "Closed")


@pytest.mark.parametrize("obj", ["Lead", "Contact", "Case"])
def test_a_deleted_record_that_a_link_names_falls_back_to_the_email(make_rig: MakeRig, obj: str) -> None:
    rig = make_rig(CASES if obj == "Case" else f'[pages.default]\nobject = "{obj.lower()}"\n')
    facts = {"Lead": {"LastName": "Old", "Company": "C"}, "Contact": {"LastName": "Old"}, "Case": {"Subject": "Old"}}
    (gone,) = rig.org.seed(obj, [facts[obj]])
    rig.change_record(obj, gone, IsDeleted=True)
    rig.publish(an_event(booking=a_booking(salesforce=SalesforceIds(**{obj.lower(): gone}))))
    rig.sync()
    (created,) = rig.records(obj)
    assert created["Id"] != gone
    assert len(rig.records("Event")) == 1
