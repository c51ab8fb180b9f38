"""What the contract takes, what it refuses, and what it makes equal."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from producers.contract import (
    Booking,
    BookingEvent,
    Change,
    Customer,
    Kind,
    Named,
    Owner,
    SalesforceIds,
    customer_key,
    normalise_email,
)
from producers.refusal import Refused
from tests.builders import a_booking, a_customer, an_event
from tests.producers.bodies import HUGE, a_wire_event, drop, path_of, put
from tests.simulator.ids import with_checksum

TIME = "expected a time such as 2026-03-04T15:30:00Z"
YEAR = "expected a time between the years 1700 and 3999"
EMAIL = "expected an e-mail address such as name@example.com"
IDENTIFIER = "expected an identifier without spaces or control characters"
SALESFORCE_ID = "expected a Salesforce id of 15 letters and digits, or of 18 with the right checksum"
REQUIRED = "this field is required"
NO_TEXT = "input should be a valid string"
NO_OBJECT = "expected an object"

REFUSALS: list[tuple[str, object, str, str]] = [
    ("event_id", "", "string should have at least 1 character", "empty text"),
    ("event_id", "x" * 101, "string should have at most 100 characters", "text of 101 characters"),
    ("event_id", "EVNT 1", IDENTIFIER, "text of 6 characters"),
    ("event_id", "EVNT\n1", IDENTIFIER, "text of 6 characters"),
    ("event_id", 5, NO_TEXT, "a number"),
    ("kind", "moved", "input should be 'scheduled', 'rescheduled'", "text of 5 characters"),
    ("kind", ["scheduled"], "input should be 'scheduled'", "a list of 1"),
    ("occurred_at", "yesterday", TIME, "text of 9 characters"),
    ("occurred_at", "2026-03-02T09:15:30", "input should have timezone info", "text of 19 characters"),
    ("occurred_at", 1772442930, TIME, "a number"),
    ("occurred_at", "1772442930", TIME, "text of 10 characters"),
    ("connection", "Sales Org", "string should match pattern", "text of 9 characters"),
    ("connection", "", "string should match pattern", "empty text"),
    ("schema_version", 2, "input should be 1", "a number"),
    ("colour", "red", "extra inputs are not permitted", "text of 3 characters"),
    ("booking", None, NO_OBJECT, "null"),
    ("booking", [], NO_OBJECT, "a list of 0"),
    ("booking.id", " ", "string should have at least 1 character", "text of 1 characters"),
    ("booking.starts_at", "2026-02-30T10:00:00Z", "input should be a valid datetime", "text of 20 characters"),
    ("booking.starts_at", "2026-02-20T25:00:00Z", "input should be a valid datetime", "text of 20 characters"),
    ("booking.starts_at", "2026-03-04T15:30:00", "input should have timezone info", "text of 19 characters"),
    ("booking.starts_at", "2026-03-04", TIME, "text of 10 characters"),
    ("booking.starts_at", "4500-01-01T10:00:00Z", YEAR, "text of 20 characters"),
    ("booking.starts_at", "1699-12-31T23:59:59Z", YEAR, "text of 20 characters"),
    ("booking.starts_at", "0001-01-01T00:00:00+14:00", YEAR, "text of 25 characters"),
    ("booking.starts_at", "9999-12-31T23:59:59-14:00", YEAR, "text of 25 characters"),
    ("booking.starts_at", "3999-12-31T23:30:00-01:00", YEAR, "text of 25 characters"),
    ("booking.starts_at", float("nan"), TIME, "a number"),
    ("booking.starts_at", HUGE, TIME, "a number"),
    ("booking.starts_at", None, TIME, "null"),
    ("booking.duration_minutes", 0, "input should be greater than or equal to 1", "a number"),
    ("booking.duration_minutes", -30, "input should be greater than or equal to 1", "a number"),
    ("booking.duration_minutes", 20_161, "input should be less than or equal to 20160", "a number"),
    ("booking.duration_minutes", HUGE, "input should be less than or equal to 20160", "a number"),
    ("booking.duration_minutes", 30.5, "input should be a valid integer", "a number"),
    ("booking.duration_minutes", "half an hour", "input should be a valid integer", "text of 12 characters"),
    ("booking.created_at", "4500-01-01T10:00:00Z", YEAR, "text of 20 characters"),
    ("booking.subject", {"en": "Demo"}, NO_TEXT, "an object with 1 keys"),
    ("booking.subject", "\ud800", NO_TEXT, "text of 1 characters"),
    ("booking.subject", "x" * 131_073, "string should have at most 131072 characters", "text of 131073 characters"),
    ("booking.page", "BP-1", NO_OBJECT, "text of 4 characters"),
    ("booking.page.id", "BP 1", IDENTIFIER, "text of 4 characters"),
    ("booking.owner.email", "ada", EMAIL, "text of 3 characters"),
    ("booking.customer.email", "lea@acme", EMAIL, "text of 8 characters"),
    ("booking.customer.email", "lea at acme.example", EMAIL, "text of 19 characters"),
    ("booking.customer.email", "a@b.example,c@d.example", EMAIL, "text of 23 characters"),
    ("booking.customer.email", "Lea <lea@acme.example>", EMAIL, "text of 22 characters"),
    ("booking.customer.email", "lea@acme..example.", EMAIL, "text of 18 characters"),
    ("booking.customer.email", "", EMAIL, "empty text"),
    ("booking.customer.email", f"{'x' * 250}@b.example", "string should have at most 254 characters", "text of 260"),
    ("booking.customer.phone", 33123, NO_TEXT, "a number"),
    ("booking.customer.guests", "bo@acme.example", "input should be a valid tuple", "text of 15 characters"),
    ("booking.customer.colour", "red", "extra inputs are not permitted", "text of 3 characters"),
    ("booking.answers", [], "input should be a valid dictionary", "a list of 0"),
    ("booking.answers.Budget", 5, NO_TEXT, "a number"),
    ("booking.salesforce.lead", "00Q", SALESFORCE_ID, "text of 3 characters"),
    ("booking.salesforce.lead", "00Q5g00000AbCd-", SALESFORCE_ID, "text of 15 characters"),
    ("booking.salesforce.contact", "0035e0000000001AAB", SALESFORCE_ID, "text of 18 characters"),
    ("booking.salesforce.case", "5005e0000000001a", SALESFORCE_ID, "text of 16 characters"),
    ("booking.change.actor", "somebody", "input should be 'owner' or 'customer'", "text of 8 characters"),
    ("booking.replaces", "", "string should have at least 1 character", "empty text"),
]

EVENT = a_wire_event()


@pytest.mark.parametrize(
    ("field", "value", "expected", "shape"), REFUSALS, ids=[f"{r[0]}-{n}" for n, r in enumerate(REFUSALS)]
)
def test_a_bad_value_is_refused_by_field_expectation_and_shape(
    field: str, value: object, expected: str, shape: str
) -> None:
    refused = refusal_of(put(EVENT, path_of(field), value))
    assert (refused.field, refused.expected[: len(expected)], refused.shape[: len(shape)]) == (field, expected, shape)


@pytest.mark.parametrize(
    "field",
    ["event_id", "kind", "occurred_at", "booking", "booking.id", "booking.starts_at", "booking.duration_minutes"],
)
def test_a_missing_field_is_refused_by_name(field: str) -> None:
    assert str(refusal_of(drop(EVENT, path_of(field)))) == f"{field}: {REQUIRED}, got nothing"


def test_everything_else_may_be_left_out() -> None:
    body = {name: EVENT[name] for name in ("event_id", "kind", "occurred_at")}
    body["booking"] = {name: EVENT["booking"][name] for name in ("id", "starts_at", "duration_minutes")}
    event = BookingEvent.model_validate(body)
    assert (event.connection, event.booking.customer, event.booking.answers) == ("default", Customer(), {})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("2026-03-02T09:15:30Z", datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC), id="UTC"),
        pytest.param(
            "2026-03-02T09:15:30.977Z", datetime(2026, 3, 2, 9, 15, 30, 977000, tzinfo=UTC), id="milliseconds"
        ),
        pytest.param("2026-03-02T10:15:30+01:00", datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC), id="east"),
        pytest.param("2026-03-01T23:15:30-10:00", datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC), id="west"),
        pytest.param("2026-03-02 09:15:30Z", datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC), id="space"),
        pytest.param("2026-03-02T09:15Z", datetime(2026, 3, 2, 9, 15, tzinfo=UTC), id="minutes"),
    ],
)
@pytest.mark.parametrize("field", ["occurred_at", "booking.starts_at", "booking.created_at"])
def test_times_are_kept_in_utc(field: str, written: str, meant: datetime) -> None:
    event = BookingEvent.model_validate(put(EVENT, path_of(field), written))
    times = {
        "occurred_at": event.occurred_at,
        "booking.starts_at": event.booking.starts_at,
        "booking.created_at": event.booking.created_at,
    }
    assert times[field] == meant
    assert times[field].tzinfo is UTC  # type: ignore[union-attr]


@pytest.mark.parametrize("year", [1700, 3999])
def test_the_first_and_the_last_year_that_salesforce_stores_are_possible(year: int) -> None:
    assert a_booking(starts_at=datetime(year, 6, 1, tzinfo=UTC)).starts_at.year == year


def test_texts_are_stripped() -> None:
    event = BookingEvent.model_validate(put(EVENT, path_of("booking.customer.email"), " lea@acme.example\n"))
    assert event.booking.customer.email == "lea@acme.example"


@pytest.mark.parametrize("record_id", ["00Q5g00000AbCdE", "00Q5g00000AbCdEEAV"], ids=["15", "18"])
def test_salesforce_ids_come_with_15_or_18_characters(record_id: str) -> None:
    assert SalesforceIds(lead=record_id).lead == record_id


def test_events_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        an_event().kind = Kind.CANCELED  # type: ignore[misc]


def test_the_order_of_kinds_is_that_of_events_with_the_same_time() -> None:
    assert list(Kind) == ["scheduled", "rescheduled", "reassigned", "completed", "no_show", "canceled"]


SAME = [
    ("LEA@Acme.Example", "lea@acme.example", "case"),
    (" lea@acme.example ", "lea@acme.example", "spaces"),
]


@pytest.mark.parametrize(("one", "other"), [row[:2] for row in SAME], ids=[row[2] for row in SAME])
def test_spellings_of_an_email_name_one_customer(one: str, other: str) -> None:
    assert normalise_email(one) == normalise_email(other)
    assert customer_key(booked_by(email=one)) == customer_key(booked_by(email=other))


LEAD_15, LEAD_18 = "00Q5g00000AbCdE", "00Q5g00000AbCdEEAV"
CONTACT, CASE = with_checksum("0035g00000AbCdE"), with_checksum("5005g00000AbCdE")


def test_an_id_of_15_and_the_same_of_18_name_one_customer() -> None:
    assert customer_key(booked_by(lead=LEAD_15)) == customer_key(booked_by(lead=LEAD_18))


def booked_by(booking_id: str = "BKNG-1", *, email: str | None = None, **ids: str) -> Booking:
    """A booking of somebody with this e-mail or these Salesforce ids."""
    return a_booking(booking_id, customer=a_customer(email=email, phone=None), salesforce=SalesforceIds(**ids))


def called_by(booking_id: str, **numbers: str | None) -> Booking:
    """A booking of somebody without e-mail who can be called."""
    return a_booking(booking_id, customer=a_customer(**{"email": None, "phone": None} | numbers))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        pytest.param(booked_by("A", email="a@b.co"), booked_by("B", email="a@b.co"), True, id="e-mail over bookings"),
        pytest.param(
            booked_by(email="a@b.co", lead=LEAD_15), booked_by(email="a@b.co", contact=CONTACT), True, id="e-mail first"
        ),
        pytest.param(booked_by("A", lead=LEAD_15), booked_by("B", lead=LEAD_15), True, id="id over bookings"),
        pytest.param(booked_by("A"), booked_by("A"), True, id="booking as the last resort"),
        pytest.param(called_by("A", phone="+33 1 23"), called_by("B", phone="(33) 123"), True, id="phone, by digits"),
        pytest.param(called_by("A", phone="+33 1"), called_by("B", mobile_phone="+331"), True, id="either phone"),
        pytest.param(called_by("A", phone="n/a"), called_by("B", phone="n/a"), False, id="a phone without digits"),
        pytest.param(booked_by("A"), booked_by("B"), False, id="two nameless bookings"),
        pytest.param(booked_by(email="a@b.co"), booked_by(email="c@b.co"), False, id="two e-mails"),
        pytest.param(booked_by(lead=LEAD_15), booked_by(lead=LEAD_15.upper()), False, id="ids tell case"),
        pytest.param(booked_by(lead=LEAD_15, case=CASE), booked_by(case=CASE), True, id="case before lead"),
        pytest.param(
            booked_by(lead=LEAD_15, contact=CONTACT), booked_by(contact=CONTACT), True, id="contact before lead"
        ),
        pytest.param(booked_by("email:a@b.co"), booked_by(email="a@b.co"), False, id="an id that reads like an e-mail"),
    ],
)
def test_whose_booking_it_is(one: Booking, other: Booking, is_same: bool) -> None:
    assert (customer_key(one) == customer_key(other)) is is_same


def test_the_key_of_a_customer_tells_nothing_of_him() -> None:
    assert re.fullmatch(r"[0-9a-f]{24}", customer_key(booked_by(email="lea@acme.example")))


TEXTS = st.text(max_size=30)
IDENTIFIERS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
EMAILS = st.builds("{}@{}.example".format, *[st.text(st.sampled_from("abAB01.é_+-ß"), min_size=1, max_size=9)] * 2)
OFFSETS = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1700, 1, 2), datetime(3999, 12, 30), timezones=OFFSETS)  # noqa: DTZ001 - zones are drawn
RECORD_IDS = st.text(st.sampled_from("0aAzZ9"), min_size=15, max_size=15) | st.text(
    st.sampled_from("0aAzZ9"), min_size=15, max_size=15
).map(with_checksum)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """It or nothing."""
    return st.none() | strategy


def parts_of(model: type[Any], **strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The part with any of its fields."""
    return st.builds(model, **{name: some(strategy) for name, strategy in strategies.items()})


CUSTOMERS = st.builds(
    Customer,
    **{name: some(TEXTS) for name in Customer.model_fields if name not in {"email", "guests"}},
    email=some(EMAILS),
    guests=st.lists(TEXTS, max_size=3).map(tuple),
)
BOOKINGS = st.builds(
    Booking,
    id=IDENTIFIERS,
    starts_at=INSTANTS,
    duration_minutes=st.integers(1, 20_160),
    created_at=some(INSTANTS),
    **{name: some(TEXTS) for name in ("subject", "location", "join_url", "change_url")},
    **{name: some(parts_of(Named, id=IDENTIFIERS, name=TEXTS)) for name in ("page", "master_page", "event_type")},
    owner=parts_of(Owner, id=IDENTIFIERS, name=TEXTS, email=EMAILS),
    customer=CUSTOMERS,
    answers=st.dictionaries(TEXTS, TEXTS, max_size=3),
    salesforce=parts_of(SalesforceIds, lead=RECORD_IDS, contact=RECORD_IDS, case=RECORD_IDS),
    change=some(st.builds(Change, reason=some(TEXTS), actor=st.sampled_from([None, "owner", "customer"]))),
    replaces=some(IDENTIFIERS),
)
EVENTS = st.builds(
    BookingEvent, event_id=IDENTIFIERS, kind=st.sampled_from(Kind), occurred_at=INSTANTS, booking=BOOKINGS
)


@given(EVENTS)
def test_an_event_comes_back_from_the_wire_as_it_went(event: BookingEvent) -> None:
    assert BookingEvent.model_validate_json(event.model_dump_json(exclude_none=True)) == event


@given(EVENTS)
def test_the_wire_does_not_change_whose_booking_it_is(event: BookingEvent) -> None:
    again = BookingEvent.model_validate_json(event.model_dump_json(exclude_none=True))
    assert customer_key(again.booking) == customer_key(event.booking)


def refusal_of(body: object) -> Refused:
    """Why the contract does not take it."""
    with pytest.raises(ValidationError) as caught:
        BookingEvent.model_validate(body)
    return Refused.of(caught.value)
