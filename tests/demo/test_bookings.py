"""The file of webhook bodies: real enough, and all that it is to show is in it."""

import json
import re
from typing import Any

import pytest

from producers.contract import Kind
from producers.oncehub import is_ignored, is_webhook, translate
from tests.demo.bookings import (
    FILE,
    PAGES,
    Delivery,
    fill_placeholders,
    histories,
    read_bursts,
    read_deliveries,
)
from tests.demo.expected import RECORDS, SKIPPED
from tests.demo.meetings import MEETINGS
from tests.demo.org import PEOPLE
from tests.simulator.ids import with_checksum

_TEXT = FILE.read_text(encoding="utf-8")
_IDS = {name: with_checksum(f"00Q5e0000000{n:03}") for n, name in enumerate(PEOPLE)}

_EVERY_TYPE = {
    "scheduled",
    "rescheduled",
    "canceled",
    "canceled_then_rescheduled",
    "canceled_reschedule_requested",
    "completed",
    "no_show",
    "reassigned",
}


def _bodies() -> list[dict[str, Any]]:
    return [json.loads(line) for line in fill_placeholders(_TEXT, _IDS).splitlines() if line.strip()]


def _bookings() -> list[dict[str, Any]]:
    return [body["data"] for body in _bodies() if not is_ignored(body)]


def test_every_body_is_a_webhook_that_is_translated_or_ignored() -> None:
    bodies = _bodies()
    assert len(bodies) >= 60
    assert all(is_webhook(body) for body in bodies)
    events = [translate(body) for body in bodies if not is_ignored(body)]
    assert len(events) < len(bodies)
    assert {event.kind for event in events} == set(Kind)


def test_every_type_of_booking_event_and_every_page_occurs() -> None:
    types = {body["type"].removeprefix("booking.") for body in _bodies() if not is_ignored(body)}
    assert types == _EVERY_TYPE
    assert {delivery.page for delivery in read_deliveries(_TEXT) if delivery.booking} == set(PAGES.values())


def test_some_arrive_twice_some_late_within_a_burst_and_some_in_a_later_one() -> None:
    told = [line for history in histories(read_deliveries(_TEXT)) for line in history.describe()]
    assert sum(line.endswith("(again)") for line in told) >= 3
    assert sum(line.endswith("(late)") for line in told) >= 3
    first = [line for history in histories(read_deliveries(read_bursts(_TEXT)[0])) for line in history.describe()]
    assert {line[-7:] for line in first} >= {"(again)", " (late)"}


def test_every_shape_that_the_vendor_sends_occurs() -> None:
    bookings = _bookings()
    forms = [booking["form_submission"] for booking in bookings]
    guests = [form["guests"] for form in forms if form]
    assert {type(booking["owner"]) for booking in bookings} == {str, dict}
    assert {type(booking["booking_page"]) for booking in bookings} == {str, dict, type(None)}
    assert None in forms
    assert all(shape in guests for shape in ([], [""], None))
    assert any(guest for guest in guests if guest and all(guest))
    assert any(booking["virtual_conferencing"] for booking in bookings)
    assert any(booking["location_description"] for booking in bookings)
    assert any(form["note"] for form in forms if form)
    assert any(booking["rescheduled_booking_id"] for booking in bookings)
    assert any(booking.get("booking_calendar") for booking in bookings)


def test_links_carry_ids_of_a_lead_a_contact_and_a_case_with_15_and_18_characters() -> None:
    ids = [translate(body).booking.salesforce for body in _bodies() if not is_ignored(body)]
    assert any(each.lead for each in ids)
    assert any(each.contact for each in ids)
    assert any(each.case for each in ids)
    assert {len(value) for each in ids for _, value in each if value} == {15, 18}


def test_every_address_is_one_of_nobody() -> None:
    assert not [host for host in re.findall(r"@([\w.-]+)", _TEXT) if not host.endswith(".example")]
    assert not [host for host in re.findall(r"https?://([\w.-]+)", _TEXT) if not host.endswith(".example")]


def test_every_placeholder_names_somebody_in_the_org() -> None:
    assert not re.search(r"\{\w+:", fill_placeholders(_TEXT, _IDS))


def test_expectations_are_about_bookings_of_the_file() -> None:
    there = {history.booking for history in histories(read_deliveries(_TEXT))}
    keys = {str(each.fields.get("Bookforce_Booking_Id__c")) for each in RECORDS if "Account" not in each.name}
    assert keys | SKIPPED | {meeting.booking for meeting in MEETINGS} == there


@pytest.mark.parametrize(
    ("versions", "ids", "expected"),
    [
        (("1", "2"), ("a", "b"), ["scheduled", "scheduled"]),
        (("1", "1"), ("a", "a"), ["scheduled", "scheduled (again)"]),
        (("2", "1"), ("a", "b"), ["scheduled", "scheduled (late)"]),
    ],
)
def test_what_is_odd_about_an_arrival_is_told(
    versions: tuple[str, ...], ids: tuple[str, ...], expected: list[str]
) -> None:
    deliveries = [
        Delivery(event_id=event_id, kind="scheduled", booking="BKNG-1", version=version, page="Leads")
        for event_id, version in zip(ids, versions, strict=True)
    ]
    assert histories(deliveries)[0].describe() == expected
