"""Calendly bodies → deliveries: one row for each kind, and what is read of a body."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers import calendly
from producers.contract import BookingEvent, Change, Customer, Kind, Named, Owner, SalesforceIds
from producers.deliveries import Delivery, Ignored, Told
from producers.refusal import Refused
from tests.producers.bodies import json_values, path_of, put, spoiled
from tests.producers.webhooks import a_calendly, a_scheduled_event, invitee

LEAD, CONTACT, CASE = "00Q5g00000AbCdEEAV", "0035g00000AbCdEAAV", "5005g00000AbCdE"
CANCELED = {"canceled_by": "Lea", "reason": "Ill", "canceler_type": "invitee", "created_at": "2026-03-02T10:00:00Z"}


def read(body: dict[str, Any], **parameters: str) -> Delivery:
    return calendly.read(body, connection="default", parameters=parameters)


def told(body: dict[str, Any], **parameters: str) -> BookingEvent:
    delivery = read(body, **parameters)
    assert isinstance(delivery, Told)
    return delivery.event


def test_a_whole_body_becomes_a_whole_event() -> None:
    event = told(a_calendly())
    booking = event.booking
    assert (event.kind, event.connection, booking.id) == (Kind.SCHEDULED, "default", "AAAA")
    assert event.occurred_at == datetime(2026, 3, 2, 9, 0, 31, 204000, tzinfo=UTC)
    assert booking.starts_at == datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
    assert (booking.duration_minutes, booking.subject) == (30, "Product demo")
    assert (booking.join_url, booking.location) == ("https://video.example/j/8841", None)
    assert booking.change_url == "https://calendly.com/reschedulings/AAAA"
    assert booking.event_type == Named(id="GBGBDCAADAEDCRZ3", name="Product demo")
    assert booking.owner == Owner(id="ADA", name="Ada Byron", email="ada@vendor.example")
    assert booking.customer == Customer(
        name="Lea Marin",
        first_name="Lea",
        last_name="Marin",
        email="lea@acme.example",
        mobile_phone="+33 6 12 34 56 78",
        time_zone="Europe/Paris",
        guests=("bo@acme.example",),
    )
    assert booking.attendees == ("ada@vendor.example", "lea@acme.example", "bo@acme.example")
    assert booking.answers == {"Your country": "France"}
    assert (booking.salesforce, booking.change, booking.replaces) == (SalesforceIds(), None, None)


def test_a_cancellation_says_who_and_why() -> None:
    event = told(a_calendly("invitee.canceled", cancellation=CANCELED, status="canceled"))
    assert (event.kind, event.booking.change) == (Kind.CANCELED, Change(reason="Ill", actor="customer"))
    assert event.occurred_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    by_host = told(a_calendly("invitee.canceled", cancellation=CANCELED | {"canceler_type": "host"}))
    assert by_host.booking.change == Change(reason="Ill", actor="owner")


def test_a_no_show_is_as_new_as_it_was_set() -> None:
    event = told(a_calendly("invitee_no_show.created", no_show={"uri": "x", "created_at": "2026-03-05T10:00:00Z"}))
    assert (event.kind, event.occurred_at) == (Kind.NO_SHOW, datetime(2026, 3, 5, 10, tzinfo=UTC))


def test_the_two_halves_of_a_move_name_each_other() -> None:
    new = read(a_calendly(name="BBBB", old_invitee=invitee("AAAA")))
    old = read(a_calendly("invitee.canceled", rescheduled=True, new_invitee=invitee("BBBB"), cancellation=CANCELED))
    assert isinstance(new, Told)
    assert (new.event.kind, new.event.booking.id, new.moved_from) == (Kind.RESCHEDULED, "BBBB", "AAAA")
    assert isinstance(old, Ignored)
    assert old.moved == ("AAAA", "BBBB")


@pytest.mark.parametrize(
    "kind",
    [
        "invitee_no_show.deleted",
        "routing_form_submission.created",
        "event_type.updated",
        "meeting_recap.created",
        "contact.created",
    ],
)
def test_other_kinds_are_ignored(kind: str) -> None:
    assert isinstance(read(a_calendly(kind)), Ignored)


def test_the_same_delivery_has_the_same_key_and_others_have_others() -> None:
    bodies = [a_calendly(), a_calendly(minute=1), a_calendly("invitee.canceled"), a_calendly(name="BBBB")]
    keys = [told(body).event_id for body in bodies]
    assert len(set(keys)) == 4
    assert told(a_calendly(email="changed@acme.example")).event_id == keys[0]


IDS = [
    ({"tracking": {"salesforce_uuid": LEAD}}, {}, SalesforceIds(lead=LEAD)),
    ({"tracking": {"salesforce_uuid": CONTACT}}, {}, SalesforceIds(contact=CONTACT)),
    ({"tracking": {"salesforce_uuid": CASE}}, {}, SalesforceIds(case=CASE)),
    ({"tracking": {"salesforce_uuid": f"{LEAD[:-1]}A"}}, {}, SalesforceIds()),
    ({"tracking": {"salesforce_uuid": "campaign-7"}}, {}, SalesforceIds()),
    ({"tracking": {"salesforce_uuid": "0015g00000AbCdE"}}, {}, SalesforceIds()),
    ({"questions_and_answers": [{"question": "sosfContactId", "answer": CONTACT}]}, {}, SalesforceIds(contact=CONTACT)),
    ({}, {"SOSFLeadId": LEAD, "sfcaseid": CASE}, SalesforceIds(lead=LEAD, case=CASE)),
    ({"tracking": {"salesforce_uuid": LEAD}}, {"sosfLeadId": "00Q5g00000ZbCdE"}, SalesforceIds(lead=LEAD)),
]


@pytest.mark.parametrize(("payload", "parameters", "ids"), IDS)
def test_ids_come_with_the_link_an_answer_or_the_address(
    payload: dict[str, Any], parameters: dict[str, str], ids: SalesforceIds
) -> None:
    assert told(a_calendly(**payload), **parameters).booking.salesforce == ids


REFUSED = [
    (put(a_calendly(), ("event",), "invitee.postponed"), "event: expected one of invitee.created, "),
    (put(a_calendly(), path_of("payload.uri"), ""), "payload.uri: "),
    (put(a_calendly(), path_of("payload.email"), "lea"), "payload.email: expected an e-mail address"),
    (put(a_calendly(), path_of("payload.scheduled_event"), None), "payload.scheduled_event: expected an object"),
    (put(a_calendly(), path_of("payload.scheduled_event.start_time"), 5), "payload.scheduled_event.start_time: "),
    (a_calendly(scheduled_event=a_scheduled_event(end_time="2026-03-04T15:30:00Z")), "payload.duration_minutes: "),
    ({"event": "invitee.created"}, "created_at: this field is required"),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_what_is_wrong_is_named_without_its_value(body: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as refused:
        read(body)
    assert str(refused.value).startswith(message)
    assert "lea@" not in str(refused.value)


def read_or_refused(body: dict[str, Any]) -> Delivery | Refused:
    try:
        return read(body)
    except Refused as refused:
        return refused


BODIES = st.sampled_from(
    [
        a_calendly(),
        a_calendly("invitee.canceled", cancellation=CANCELED),
        a_calendly("invitee.canceled", rescheduled=True, new_invitee=invitee("BBBB")),
        a_calendly("invitee_no_show.created", no_show={"created_at": "2026-03-05T10:00:00Z"}),
    ]
)


@given(body=BODIES.flatmap(spoiled) | st.dictionaries(st.text(), json_values()))
def test_whatever_comes_is_read_or_refused(body: Any) -> None:
    delivery = read_or_refused(body) if isinstance(body, dict) else None
    if isinstance(delivery, Told):
        assert BookingEvent.model_validate_json(delivery.event.model_dump_json()) == delivery.event
