"""Cal.com bodies → deliveries: one row for each trigger, and what is read of a body."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers import calcom
from producers.contract import BookingEvent, Change, Customer, Kind, Named, Owner, SalesforceIds
from producers.deliveries import Delivery, Ignored, Told, ToldById
from producers.refusal import Refused
from tests.producers.bodies import json_values, path_of, put, spoiled
from tests.producers.webhooks import a_calcom, a_row

LEAD = "00Q5g00000AbCdEEAV"


def read(body: dict[str, Any], **parameters: str) -> Delivery:
    return calcom.read(body, connection="default", parameters=parameters)


def told(body: dict[str, Any], **parameters: str) -> BookingEvent:
    delivery = read(body, **parameters)
    assert isinstance(delivery, Told)
    return delivery.event


def no_show(*set_: bool) -> dict[str, Any]:
    attendees = [{"email": f"nr{n}@acme.example", "noShow": each} for n, each in enumerate(set_)]
    payload = {"bookingUid": "uid-a", "bookingId": 91, "attendees": attendees, "message": "x"}
    return {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": "2026-03-05T10:00:00Z", "payload": payload}


def test_a_whole_body_becomes_a_whole_event() -> None:
    event = told(a_calcom())
    booking = event.booking
    assert (event.kind, event.connection, booking.id) == (Kind.SCHEDULED, "default", "uid-a")
    assert event.occurred_at == datetime(2026, 3, 2, 9, 0, 31, 204000, tzinfo=UTC)
    assert booking.starts_at == datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
    assert (booking.duration_minutes, booking.subject) == (30, "Product demo between Ada Byron and Lea Marin")
    assert (booking.join_url, booking.location) == ("https://video.example/j/8841", None)
    assert booking.event_type == Named(id="7", name="Product demo", label="product-demo")
    assert booking.owner == Owner(id="3", name="Ada Byron", email="ada@vendor.example")
    assert booking.customer == Customer(
        name="Lea Marin",
        email="lea@acme.example",
        time_zone="Europe/Paris",
        note="Two of us will join",
        guests=("bo@acme.example",),
    )
    assert booking.attendees == ("ada@vendor.example", "lea@acme.example", "bo@acme.example")
    assert booking.answers == {"Your country": "France"}
    assert (booking.salesforce, booking.change, booking.replaces) == (SalesforceIds(), None, None)


KINDS = [
    ("BOOKING_CREATED", Kind.SCHEDULED),
    ("BOOKING_PAID", Kind.SCHEDULED),
    ("BOOKING_RESCHEDULED", Kind.RESCHEDULED),
    ("BOOKING_CANCELLED", Kind.CANCELED),
    ("BOOKING_REJECTED", Kind.CANCELED),
    ("MEETING_ENDED", Kind.COMPLETED),
]


@pytest.mark.parametrize(("trigger", "kind"), KINDS)
def test_the_trigger_says_what_happened(trigger: str, kind: Kind) -> None:
    assert told(a_calcom(trigger)).kind is kind


@pytest.mark.parametrize(
    "trigger", ["BOOKING_REQUESTED", "BOOKING_PAYMENT_INITIATED", "MEETING_STARTED", "OOO_CREATED", "PING"]
)
def test_other_triggers_are_ignored(trigger: str) -> None:
    assert isinstance(read(a_calcom(trigger)), Ignored)
    assert isinstance(read({"triggerEvent": trigger}), Ignored)


def test_a_booking_that_nobody_approved_yet_is_ignored() -> None:
    assert isinstance(read(a_calcom(status="PENDING")), Ignored)
    assert told(a_calcom("BOOKING_REJECTED", status="PENDING")).kind is Kind.CANCELED


def test_a_move_names_the_booking_that_it_closed() -> None:
    for trigger in ("BOOKING_RESCHEDULED", "BOOKING_CREATED"):
        delivery = read(a_calcom(trigger, "uid-b", rescheduleUid="uid-a"))
        assert isinstance(delivery, Told)
        assert (delivery.event.kind, delivery.event.booking.id) == (Kind.RESCHEDULED, "uid-b")
        assert delivery.moved_from == "uid-a"


CHANGES = [
    ("BOOKING_CANCELLED", {"cancelledBy": "ADA@vendor.example"}, Change(actor="owner")),
    (
        "BOOKING_CANCELLED",
        {"cancelledBy": "lea@acme.example", "cancellationReason": "Ill"},
        Change(reason="Ill", actor="customer"),
    ),
    ("BOOKING_CANCELLED", {"cancelledBy": "somebody@else.example"}, Change()),
    ("BOOKING_CANCELLED", {"requestReschedule": True}, Change(actor="owner", reschedule_requested=True)),
    ("BOOKING_REJECTED", {"rejectionReason": "Full"}, Change(reason="Full", actor="owner")),
    ("BOOKING_RESCHEDULED", {"rescheduledBy": "lea@acme.example"}, Change(actor="customer")),
    ("BOOKING_RESCHEDULED", {"responses": {"rescheduleReason": {"label": "r", "value": "Ill"}}}, Change(reason="Ill")),
    ("BOOKING_CREATED", {"cancelledBy": "lea@acme.example"}, None),
]


@pytest.mark.parametrize(("trigger", "payload", "change"), CHANGES)
def test_who_changed_it_is_told_by_his_address(trigger: str, payload: dict[str, Any], change: Change | None) -> None:
    assert told(a_calcom(trigger, **payload)).booking.change == change


PLACES = [
    ({"location": "12 Main Street", "videoCallData": None}, ("12 Main Street", None)),
    ({"location": "https://meet.example/7"}, (None, "https://meet.example/7")),
    (
        {"location": "integrations:zoom", "videoCallData": None, "metadata": {"videoCallUrl": "https://z.example"}},
        (None, "https://z.example"),
    ),
    ({"location": None, "videoCallData": None}, (None, None)),
]


@pytest.mark.parametrize(("payload", "place"), PLACES)
def test_a_place_is_where_people_meet_or_the_link_by_which_they_do(
    payload: dict[str, Any], place: tuple[str | None, str | None]
) -> None:
    booking = told(a_calcom(**payload)).booking
    assert (booking.location, booking.join_url) == place


ANSWERS: list[tuple[object, dict[str, str]]] = [
    ("France", {"Size": "France"}),
    (["a", "b"], {"Size": "a, b"}),
    (20, {"Size": "20"}),
    ({"optionValue": "", "value": "phone"}, {"Size": "phone"}),
    (True, {"Size": "true"}),
    ("", {}),
    (None, {}),
]


@pytest.mark.parametrize(("value", "answers"), ANSWERS)
def test_answers_are_texts_however_they_are_wrapped(value: object, answers: dict[str, str]) -> None:
    assert told(a_calcom(responses={"size": {"label": "Size", "value": value}})).booking.answers == answers


def test_ids_come_in_a_response_or_in_the_address() -> None:
    responses = {"sosfLeadId": {"label": "Your lead", "value": LEAD}}
    assert told(a_calcom(responses=responses)).booking.salesforce == SalesforceIds(lead=LEAD)
    assert told(a_calcom(), SOSFLEADID=LEAD).booking.salesforce == SalesforceIds(lead=LEAD)


def test_the_row_of_a_meeting_that_ended_completes_the_booking_when_it_ended() -> None:
    event = told(a_row())
    assert (event.kind, event.booking.id) == (Kind.COMPLETED, "uid-a")
    assert event.occurred_at == datetime(2026, 3, 4, 16, tzinfo=UTC)
    assert event.booking.customer.email == "lea@acme.example"
    assert isinstance(read(a_row(status="CANCELLED")), Ignored)


def test_a_no_show_names_its_booking_alone() -> None:
    delivery = read(no_show(False, True))
    assert isinstance(delivery, ToldById)
    assert (delivery.kind, delivery.booking_id) == (Kind.NO_SHOW, "uid-a")
    assert isinstance(read(no_show(False)), Ignored)


def test_the_time_of_sending_is_told_but_by_rows() -> None:
    assert calcom.sent_at(a_calcom()) == datetime(2026, 3, 2, 9, 0, 31, 204000, tzinfo=UTC)
    assert calcom.sent_at(a_row()) is None


def test_the_same_delivery_has_the_same_key_and_others_have_others() -> None:
    bodies = [
        a_calcom(),
        a_calcom(minute=1),
        a_calcom("BOOKING_PAID"),
        a_calcom("BOOKING_CREATED", "uid-b"),
        a_calcom(title="x"),
    ]
    assert len({told(body).event_id for body in bodies}) == 5
    assert told(a_calcom()).event_id == told(a_calcom()).event_id


REFUSED = [
    ({"type": "flat"}, "triggerEvent: expected one of BOOKING_CREATED, "),
    (put(a_calcom(), path_of("payload.uid"), None), "payload.uid: "),
    (put(a_calcom(), path_of("payload.organizer.email"), "ada"), "payload.organizer.email: expected an e-mail address"),
    (put(a_calcom(), path_of("payload.endTime"), "2026-03-04T15:00:00Z"), "payload.duration_minutes: "),
    (a_row(startTime=None), "startTime: "),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_what_is_wrong_is_named_without_its_value(body: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as refused:
        read(body)
    assert str(refused.value).startswith(message)


def read_or_refused(body: dict[str, Any]) -> Delivery | Refused:
    try:
        return read(body)
    except Refused as refused:
        return refused


BODIES = st.sampled_from(
    [
        a_calcom(),
        a_calcom("BOOKING_RESCHEDULED", rescheduleUid="uid-0"),
        a_calcom("BOOKING_CANCELLED"),
        a_row(),
        no_show(True),
    ]
)


@given(body=BODIES.flatmap(spoiled) | st.dictionaries(st.text(), json_values()))
def test_whatever_comes_is_read_or_refused(body: Any) -> None:
    delivery = read_or_refused(body) if isinstance(body, dict) else None
    if isinstance(delivery, Told):
        assert BookingEvent.model_validate_json(delivery.event.model_dump_json()) == delivery.event
