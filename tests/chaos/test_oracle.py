"""The oracle by examples, and that what differs from it is seen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from producers.contract import Booking, BookingEvent, Change, Kind, Named, Owner
from tests.builders import MONDAY, a_booking, a_customer, an_event
from tests.chaos.compare import Records, judge
from tests.chaos.oracle import Meeting, foretell
from tests.rig import Rig

LEAD_PAGE, CASE_PAGE = Named(id="BP-LEADS"), Named(id="BP-CASES")


def booked(**changes: Any) -> Booking:
    return a_booking(**{"page": LEAD_PAGE, "location": "Room 1", **changes})


MADE = an_event(booking=booked())
MOVED = an_event(
    Kind.RESCHEDULED,
    minute=1,
    booking=booked(starts_at=MONDAY + timedelta(hours=1), change=Change(reason="Ill", actor="owner")),
)
GIVEN = an_event(Kind.REASSIGNED, minute=2, booking=booked(owner=Owner(id="USR-BEN", email="ben@vendor.example")))
OFF = an_event(Kind.CANCELED, minute=3, booking=booked(change=Change(reason="No time", actor="customer")))
HELD = an_event(Kind.COMPLETED, minute=3, booking=booked())
MISSED = an_event(Kind.NO_SHOW, minute=3, booking=booked())


def meeting_after(*events: BookingEvent) -> Meeting:
    return foretell(events).meetings["BKNG-1"]


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((MADE,), "Scheduled"),
        ((MADE, MOVED), "Rescheduled by Owner"),
        ((MADE, GIVEN), "Scheduled (Reassigned by User)"),
        ((MADE, MOVED, GIVEN), "Rescheduled (Reassigned by User)"),
        ((MADE, OFF), "Canceled by Customer"),
        ((MADE, HELD), "Completed"),
        ((MADE, MISSED), "No-show"),
    ],
)
def test_the_status_is_that_of_the_last_event_in_order_however_often_it_came(
    events: tuple[BookingEvent, ...], status: str
) -> None:
    assert meeting_after(*events).status == status
    assert meeting_after(*reversed(events), *events) == meeting_after(*events)


def test_a_meeting_has_the_last_time_the_last_owner_and_the_last_reason() -> None:
    meeting = meeting_after(MADE, MOVED, GIVEN)
    assert (meeting.starts_at, meeting.owner, meeting.reason) == (MOVED.booking.starts_at, "ben@vendor.example", "Ill")
    assert meeting_after(MADE, MOVED, OFF).reason == "No time"


def test_a_customer_is_one_lead_or_one_contact_with_an_account() -> None:
    second = an_event(booking=booked(id="BKNG-2"))
    other = an_event(booking=booked(id="BKNG-3", page=CASE_PAGE, customer=a_customer(email="other@acme.example")))
    world = foretell([MADE, second, other])
    assert {email: person.object for email, person in world.people.items()} == {
        "lea@acme.example": "Lead",
        "other@acme.example": "Contact",
    }
    assert (set(world.companies), set(world.cases)) == ({"Acme"}, {"BKNG-3"})


EVENT_ROW = {
    "Id": "00U1",
    "Bookforce_Booking_Id__c": "BKNG-1",
    "Subject": "Product demo",
    "Location": "Room 1",
    "StartDateTime": "2026-11-23T10:00:00.000+0000",
    "DurationInMinutes": 30,
    "ShowAs": "Busy",
    "OwnerId": "0051",
    "ScheduleOnce__Event_status__c": "Scheduled",
    "WhoId": "00Q1",
}
LEAD_ROW = {
    "Id": "00Q1",
    "Bookforce_Booking_Id__c": "BKNG-1",
    "Email": "lea@acme.example",
    "FirstName": "Lea",
    "LastName": "Marin",
    "Company": "Acme",
    "Phone": "33-12345",
    "OwnerId": "0051",
}
RIGHT = Records(
    events=[EVENT_ROW],
    leads=[LEAD_ROW],
    contacts=[],
    accounts=[],
    cases=[],
    users={"0051": "ada@vendor.example", "0052": "ben@vendor.example"},
)


@pytest.fixture(name="settled")
def settled_fixture(rig: Rig) -> Rig:
    """A journal in which the one event has ended."""
    rig.publish(MADE)
    rig.sync()
    return rig


def test_an_org_that_is_as_foretold_is_clean(settled: Rig) -> None:
    assert judge([MADE], foretell([MADE]), RIGHT, settled.journal).is_clean


def test_an_accepted_event_that_has_not_ended_is_lost(settled: Rig) -> None:
    assert judge([MADE, OFF], foretell([MADE]), RIGHT, settled.journal).lost == (OFF.event_id,)


@pytest.mark.parametrize(("kind", "row"), [("events", EVENT_ROW), ("leads", LEAD_ROW)])
def test_a_second_record_is_doubled(settled: Rig, kind: str, row: Mapping[str, Any]) -> None:
    changes: dict[str, Any] = {kind: [row, {**row, "Id": "00X2"}]}
    twice = replace(RIGHT, **changes)
    assert len(judge([MADE], foretell([MADE]), twice, settled.journal).doubled) == 1


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("events", []),
        ("leads", []),
        ("accounts", [{"Id": "0011", "Name": "Acme"}]),
        ("events", [{**EVENT_ROW, "Subject": "Other"}]),
        ("events", [{**EVENT_ROW, "StartDateTime": "2026-11-23T11:00:00.000+0000"}]),
        ("events", [{**EVENT_ROW, "DurationInMinutes": 60}]),
        ("events", [{**EVENT_ROW, "OwnerId": "0052"}]),
        ("events", [{**EVENT_ROW, "ScheduleOnce__Event_status__c": "Completed"}]),
        ("events", [{**EVENT_ROW, "WhoId": None}]),
        ("leads", [{**LEAD_ROW, "LastName": "Other"}]),
        ("leads", [{**LEAD_ROW, "OwnerId": "0052"}]),
        ("leads", [{**LEAD_ROW, "Bookforce_Booking_Id__c": None}]),
    ],
)
def test_whatever_else_is_not_as_foretold_is_a_difference(
    settled: Rig, kind: str, rows: list[Mapping[str, Any]]
) -> None:
    changes: dict[str, Any] = {kind: rows}
    wrong = replace(RIGHT, **changes)
    assert judge([MADE], foretell([MADE]), wrong, settled.journal).differences


def test_an_event_that_is_left_to_a_person_is_a_difference(settled: Rig) -> None:
    settled.redis.hset(
        f"bookforce:{{{settled.connection}}}:booking:BKNG-1", f"state:{MADE.event_id}", '{"state": "parked"}'
    )
    assert judge([MADE], foretell([MADE]), RIGHT, settled.journal).differences
