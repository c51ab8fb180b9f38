"""What a worker holds, as the journal gives it."""

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import BookingEvent, Kind
from rules.lifecycle import Phase
from rules.plan import Known, New, Records, SObject
from tests.builders import a_booking, an_event
from worker.claims import REPLACED, ClaimedBooking, State, read_booking, read_claim, records_json, state_of

FIRST = an_event(event_id="1")
MOVED = an_event(Kind.RESCHEDULED, event_id="2", minute=1)
ENDED = an_event(Kind.CANCELED, event_id="3", minute=2)

LEAD = Known(object=SObject.LEAD, id="00Q5e0000000001AAA")
EVENT = Known(object=SObject.EVENT, id="00U5e0000000001AAA")


def fields(*events: BookingEvent, states: dict[str, State] | None = None, **others: str) -> dict[str, str]:
    """A booking's hash."""
    bodies = {f"body:{event.event_id}": event.model_dump_json(exclude_none=True) for event in events}
    ends = {
        f"state:{event_id}": json.dumps({"state": state, "because": []}) for event_id, state in (states or {}).items()
    }
    return {"customer": "digest", "pending": "1", **bodies, **ends, **others}


def ids(events: tuple[BookingEvent, ...]) -> list[str]:
    return [event.event_id for event in events]


ENDS: list[tuple[dict[str, State], list[str], list[str], list[str], str]] = [
    ({}, ["1", "2", "3"], [], [], "all pending"),
    ({"1": "synced"}, ["2", "3"], ["1"], [], "the first is in Salesforce"),
    ({"1": "superseded", "2": "synced"}, ["3"], ["1", "2"], [], "superseded ones are in Salesforce too"),
    ({"3": "synced"}, ["1", "2"], ["3"], [], "older ones are late"),
    ({"1": "parked"}, ["2", "3"], [], ["1"], "a parked one counts again"),
    ({"1": "skipped"}, ["2", "3"], [], ["1"], "a skipped one counts again"),
    ({"1": "synced", "2": "parked", "3": "skipped"}, [], ["1"], ["2", "3"], "nothing pending"),
]


@pytest.mark.parametrize(
    ("states", "pending", "applied", "passed_over"), [row[:4] for row in ENDS], ids=[row[4] for row in ENDS]
)
def test_events_are_told_apart_by_how_they_ended(
    states: dict[str, State], pending: list[str], applied: list[str], passed_over: list[str]
) -> None:
    booking = read_booking("BKNG-1", fields(FIRST, MOVED, ENDED, states=states))
    assert (ids(booking.pending), ids(booking.applied), ids(booking.passed_over)) == (pending, applied, passed_over)
    assert booking.unreadable == ()


@pytest.mark.parametrize("order", list(permutations((FIRST, MOVED, ENDED))), ids=lambda order: "".join(ids(order)))
def test_events_stand_in_the_order_of_their_versions(order: tuple[BookingEvent, ...]) -> None:
    assert ids(read_booking("BKNG-1", fields(*order)).pending) == ["1", "2", "3"]


UNREADABLE = ["", "x", "null", "[]", "{}", '{"event_id": "4"}', '{"schema_version": 2}']


@pytest.mark.parametrize("body", UNREADABLE)
def test_what_is_no_event_is_named_and_disturbs_no_other(body: str) -> None:
    booking = read_booking("BKNG-1", fields(FIRST) | {"body:4": body})
    assert (ids(booking.pending), booking.unreadable) == (["1"], ("4",))


def test_what_is_no_event_is_named_once() -> None:
    booking = read_booking("BKNG-1", fields(FIRST, states={"4": "parked"}) | {"body:4": "x"})
    assert booking.unreadable == ()


def test_a_booking_of_nothing_but_junk_has_no_events() -> None:
    booking = read_booking("BKNG-1", {"body:1": "x"})
    assert (booking.pending, booking.unreadable) == ((), ("1",))


def test_records_and_attempts_are_read() -> None:
    records = {"lead": LEAD.id, "event": EVENT.id, "assigned": ["Lead"]}
    replaced = json.dumps({"lead": LEAD.id})
    booking = read_booking("BKNG-1", fields(FIRST, records=json.dumps(records), attempts="3"), replaced)
    assert booking.records == Records(lead=LEAD, event=EVENT, assigned=(SObject.LEAD,))
    assert booking.replaced == Records(lead=LEAD)
    assert booking.attempts == 3


def test_a_booking_that_nobody_tried_has_none() -> None:
    booking = read_booking("BKNG-1", fields(FIRST))
    assert (booking.records, booking.replaced, booking.attempts) == (None, None, 0)


TRIES = {"try:8": '{"code":"A"}', "try:9": '{"kind":"replayed"}', "try:10": '{"code":"B"}', "try:11": '{"code":"B"}'}


@pytest.mark.parametrize(
    ("attempts", "tries", "code", "count"),
    [
        ("2", TRIES, "B", 3),
        ("2", TRIES, "A", 1),
        ("1", TRIES, "B", 2),
        ("9", TRIES, "B", 3),
        ("9", TRIES | {"try:12": "no JSON"}, "B", 1),
        ("0", TRIES, "B", 1),
        ("3", {}, "B", 1),
    ],
)
def test_tries_in_a_row_that_ended_alike_are_counted_among_those_that_count(
    attempts: str, tries: dict[str, str], code: str, count: int
) -> None:
    booking = read_booking("BKNG-1", fields(FIRST, attempts=attempts) | tries)
    assert booking.tries_like(code) == count


MARK = {f"body:{REPLACED}": "{}"}


@pytest.mark.parametrize(
    ("hash_", "news", "now", "before"),
    [
        pytest.param(fields(FIRST, states={"1": "synced"}) | MARK, True, "Canceled", "Scheduled", id="replaced by now"),
        pytest.param(
            fields(FIRST, states={"1": "synced", REPLACED: "synced"}) | MARK, False, "Canceled", "Canceled", id="known"
        ),
        pytest.param(fields(FIRST) | MARK, True, "Canceled", None, id="first heard of as replaced"),
        pytest.param(
            fields(FIRST, states={"1": "skipped", REPLACED: "skipped"}) | MARK, True, "Canceled", None, id="passed over"
        ),
        pytest.param(
            fields(FIRST, MOVED, states={"1": "synced", REPLACED: "skipped"}) | MARK,
            True,
            "Canceled",
            "Scheduled",
            id="heard of before the booking was",
        ),
    ],
)
def test_a_booking_that_another_replaces_is_off(
    hash_: dict[str, str], news: bool, now: str, before: str | None
) -> None:
    booking = read_booking("BKNG-1", hash_)
    assert (booking.has_news, booking.unreadable) == (news, ())
    work = booking.work()
    assert (work.state.phase, work.prior.phase if work.prior else None) == (now, before)


def test_nothing_is_decided_of_a_booking_of_which_no_more_is_known_than_that_another_replaces_it() -> None:
    assert not read_booking("BKNG-1", MARK).has_news


RECORD_IDS = st.none() | st.text("0aAzZ9", min_size=15, max_size=18)


@given(RECORD_IDS, RECORD_IDS, RECORD_IDS, RECORD_IDS, st.lists(st.sampled_from(SObject), max_size=3))
def test_records_come_back_from_the_journal(
    lead: str | None, contact: str | None, case: str | None, event: str | None, assigned: list[SObject]
) -> None:
    names = {SObject.LEAD: lead, SObject.CONTACT: contact, SObject.CASE: case, SObject.EVENT: event}
    known: dict[str, Any] = {obj.lower(): Known(object=obj, id=name) for obj, name in names.items() if name}
    records = replace(Records(assigned=tuple(assigned), filled=("Lead.Phone",)), **known)
    assert read_booking("B", fields(FIRST, records=json.dumps(records_json(records)))).records == records


def test_records_that_are_not_created_yet_are_not_kept() -> None:
    records = Records(lead=New(object=SObject.LEAD, key="BKNG-1"), event=EVENT)
    assert records_json(records) == {"event": EVENT.id}


def test_the_account_is_kept_because_it_follows_the_owner_at_booking_time() -> None:
    assert records_json(Records(account=Known(object=SObject.ACCOUNT, id="001"))) == {"account": "001"}


def test_the_work_is_the_state_after_all_events_and_the_one_that_salesforce_knows() -> None:
    work = read_booking("BKNG-1", fields(FIRST, MOVED, ENDED, states={"1": "synced", "2": "parked"})).work()
    assert work.prior
    assert (work.state.phase, work.prior.phase) == (Phase.CANCELED, Phase.SCHEDULED)


def test_of_a_booking_that_salesforce_does_not_know_there_is_no_prior_state() -> None:
    assert read_booking("BKNG-1", fields(FIRST, MOVED, states={"1": "parked"})).work().prior is None


def test_a_late_event_changes_nothing_of_a_state_that_contains_it() -> None:
    work = read_booking("BKNG-1", fields(FIRST, MOVED, ENDED, states={"1": "synced", "3": "synced"})).work()
    assert work.prior
    assert work.state.phase == work.prior.phase


def test_what_was_passed_over_counts_again() -> None:
    silent = an_event(event_id="2", minute=1, booking=a_booking(location=None))
    told = an_event(event_id="1", booking=a_booking(location="Room 5"))
    work = read_booking("BKNG-1", fields(told, silent, states={"1": "parked"})).work()
    assert work.state.booking.location == "Room 5"


@pytest.mark.parametrize(
    ("states", "is_retry"),
    [({"1": "parked"}, True), ({"1": "skipped"}, False), ({"1": "synced", "9": "parked"}, False)],
)
def test_behind_an_event_that_was_parked_nobody_knows_what_of_it_was_taken(
    states: dict[str, State], is_retry: bool
) -> None:
    assert read_booking("BKNG-1", fields(FIRST, MOVED, states=states)).work().is_retry is is_retry


@pytest.mark.parametrize("state", ["synced", "superseded", "skipped", "parked"])
def test_a_state_is_read_from_a_stored_outcome(state: str) -> None:
    assert state_of(json.dumps({"state": state, "because": ["x"], "records": {}})) == state


def test_a_state_that_nobody_knows_is_for_a_person_to_look_at() -> None:
    assert state_of('{"state": "lost"}') == state_of("broken") == "parked"


def a_reply(*customers: tuple[str, list[dict[str, Any]]], wake: int = 0) -> dict[str, Any]:
    """What the claim script says, as decoded JSON."""
    return {"wake": wake, "customers": [{"key": key, "bookings": bookings} for key, bookings in customers] or {}}


def a_row(booking_id: str, content: dict[str, str], replaced: str = "") -> dict[str, Any]:
    flat = [part for pair in content.items() for part in pair]
    return {"id": booking_id, "fields": flat, "replaced": replaced}


def test_a_claim_is_customers_with_their_bookings() -> None:
    own = [a_row("BKNG-1", fields(FIRST)), a_row("BKNG-2", fields(an_event(event_id="9", booking=a_booking("BKNG-2"))))]
    other = [
        a_row("BKNG-3", fields(an_event(event_id="7", booking=a_booking("BKNG-3"))), '{"lead": "00Q5e0000000001AAA"}')
    ]
    claim = read_claim("token", a_reply(("lea", own), ("bo", other), wake=1))
    assert (claim.token, claim.wake) == ("token", True)
    assert [customer.key for customer in claim.customers] == ["lea", "bo"]
    assert [booking.id for booking in claim.bookings] == ["BKNG-1", "BKNG-2", "BKNG-3"]
    assert claim.bookings[2].replaced == Records(lead=LEAD)


def test_a_claim_of_nothing_has_no_customers() -> None:
    claim = read_claim("token", a_reply())
    assert (claim.customers, claim.bookings, claim.wake) == ((), [], False)


def test_a_booking_whose_hash_is_gone_is_a_booking_without_events() -> None:
    row = {"id": "BKNG-1", "fields": {}, "replaced": ""}  # Lua's empty table
    assert read_claim("token", a_reply(("lea", [row]))).bookings == [ClaimedBooking(id="BKNG-1", pending=())]
