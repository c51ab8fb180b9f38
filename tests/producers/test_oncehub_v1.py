from typing import Any

import pytest

from producers import oncehub
from producers.contract import Booking, Change, Kind, Named, Owner
from tests.producers.bodies import a_form, a_webhook


def a_v1_webhook(kind: str = "booking.scheduled", /, **data: Any) -> dict[str, Any]:
    """A body of the first API; changes go into its data."""
    facts = {
        "tracking_id": "OWPA58QT",
        "subject": "Product demo",
        "status": "Scheduled",
        "creation_time": "2026-02-27T14:02:10Z",
        "starting_time": "2026-03-04T15:30:00Z",
        "last_updated_time": "2026-03-02T09:15:30Z",
        "duration_minutes": 45,
        "owner": "Ada Lovelace",
        "package_id": "PKG-1",
        "virtual_or_physical_location": "Room 1",
        "customer_time_zone_description": "(GMT-5) Eastern Time",
        "cancel_reschedule_link": "https://oncehub.example/m/OWPA58QT",
        "canceled_booking_tracking_id": "",
        "cancel_reschedule_reason": "",
        "name_of_user_who_canceled": "",
        "name_of_customer_who_canceled": "",
        "form_submission": a_form(),
        "booking_page": {
            "public_name": "Demo",
            "internal_label": "Demo EMEA",
            "link": "https://go.oncehub.example/demo",
            "category": "",
            "time_zone_description": "(GMT+1)",
        },
        "master_page": {"name": "All", "label": "All of us", "link": "https://go.oncehub.example/all"},
        "event_type": {"name": "Product demo", "description": "", "category": ""},
    }
    envelope = {"id": "EVNT-1", "object": "event", "creation_time": "2026-03-02T09:15:31Z", "type": kind}
    return envelope | {"api_version": "v1", "data": facts | data}


def booking(body: dict[str, Any]) -> Booking:
    return oncehub.translate(body).booking


def test_a_whole_body_becomes_a_whole_event() -> None:
    event = oncehub.translate(a_v1_webhook())
    translated = event.booking
    assert (event.kind, translated.id, translated.tracking_id) == (Kind.SCHEDULED, "OWPA58QT", "OWPA58QT")
    assert (translated.package_id, translated.subject, translated.duration_minutes) == ("PKG-1", "Product demo", 45)
    assert (translated.location, translated.join_url) == ("Room 1", None)
    assert (translated.owner, translated.customer.name) == (Owner(name="Ada Lovelace"), "Lea Marin")
    assert translated.customer.time_zone == "(GMT-5) Eastern Time"
    assert translated.change_url == "https://oncehub.example/m/OWPA58QT"
    assert translated.page == Named(name="Demo", label="Demo EMEA", url="https://go.oncehub.example/demo")
    assert (translated.master_page, translated.event_type) == (
        Named(name="All", label="All of us", url="https://go.oncehub.example/all"),
        Named(name="Product demo"),
    )
    assert (translated.replaces, translated.change) == (None, None)


@pytest.mark.parametrize("link", ["https://video.example/j/1", " HTTP://video.example/j/1"])
def test_a_link_is_where_people_meet_online(link: str) -> None:
    translated = booking(a_v1_webhook(virtual_or_physical_location=link))
    assert (translated.join_url, translated.location) == (link.strip(), None)


@pytest.mark.parametrize(
    ("names", "change"),
    [
        ({"name_of_customer_who_canceled": "Lea"}, Change(reason="Ill", actor="customer")),
        ({"name_of_user_who_rescheduled": "Ada"}, Change(reason="Ill", actor="owner")),
        ({}, Change(reason="Ill")),
    ],
    ids=["customer", "user", "nobody"],
)
def test_who_changed_the_booking_is_told_by_whose_name_is_there(names: dict[str, str], change: Change) -> None:
    body = a_v1_webhook("booking.canceled", cancel_reschedule_reason="Ill", **names)
    assert booking(body).change == change


def test_the_replaced_booking_is_named_by_its_tracking_id() -> None:
    assert booking(a_v1_webhook("booking.rescheduled", canceled_booking_tracking_id="OLD")).replaces == "OLD"


@pytest.mark.parametrize(("status", "kind"), [("Canceled", Kind.CANCELED), ("Scheduled", Kind.RESCHEDULED)])
def test_which_booking_a_rebooking_tells_of_is_told_by_its_status_in_any_capitals(status: str, kind: Kind) -> None:
    assert oncehub.translate(a_v1_webhook("booking.canceled_then_rescheduled", status=status)).kind is kind


@pytest.mark.parametrize("status", ["Requested", "requested"])
def test_requests_are_ignored_in_both_spellings(status: str) -> None:
    assert oncehub.is_ignored(a_v1_webhook(status=status))


def test_a_body_that_says_v1_and_has_the_newer_shape_is_read_by_its_shape() -> None:
    body = a_webhook() | {"api_version": "v1"}
    assert booking(body) == booking(a_webhook())


@pytest.mark.parametrize("empty", ["booking_page", "master_page", "event_type", "owner"])
def test_what_is_null_is_nobody_and_nothing(empty: str) -> None:
    translated = booking(a_v1_webhook(**{empty: None}))
    part = {"booking_page": translated.page, "owner": translated.owner}.get(empty, getattr(translated, empty, None))
    assert part in {None, Owner()}
