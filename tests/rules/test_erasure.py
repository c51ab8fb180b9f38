"""Forgetting a person: whom a booking is about, and what stays of it."""

from typing import Any

import pytest

from producers.contract import BookingEvent, Change, Kind, Named, Owner
from rules.erasure import carries, names_person, remains_of, without_texts
from rules.lifecycle import Phase, fold
from tests.builders import a_customer, an_event

LEA = "lea@acme.example"
NOBODY = a_customer(email="other@up.example")

PLACES: list[dict[str, Any]] = [
    {"customer": a_customer()},
    {"customer": a_customer(email="LEA@Acme.Example")},
    {"customer": a_customer(email=None, guests=("Lea Marin <Lea@acme.example>",))},
    {"customer": a_customer(email=None, note=f"write to\n{LEA}.")},
    {"customer": NOBODY, "attendees": (LEA,)},
    {"customer": NOBODY, "answers": {"Who else?": f"me,{LEA};you"}},
    {"customer": NOBODY, "answers": {LEA: "yes"}},
    {"customer": NOBODY, "subject": f"Demo for {LEA}"},
    {"customer": NOBODY, "change": Change(reason=f"({LEA}) cannot")},
]
ELSEWHERE: list[dict[str, Any]] = [
    {"customer": NOBODY},
    {"customer": a_customer(email="alea@acme.example")},
    {"customer": a_customer(email="lea@acme.example.org")},
    {"customer": a_customer(email="x.lea@acme.example")},
    {"customer": a_customer(email="lea@acme.examples")},
    {"customer": NOBODY, "owner": Owner(id="USR-LEA", email=LEA)},
]


@pytest.mark.parametrize("changes", PLACES)
def test_a_booking_is_about_whoever_stands_anywhere_in_it(changes: dict[str, Any]) -> None:
    assert names_person(an_event(**changes), LEA)
    assert names_person(an_event(**changes), LEA.upper())


@pytest.mark.parametrize("changes", ELSEWHERE)
def test_a_booking_is_not_about_its_owner_nor_about_whose_address_is_longer(changes: dict[str, Any]) -> None:
    assert not names_person(an_event(**changes), LEA)


def test_what_is_no_booking_is_searched_too() -> None:
    assert carries({"x": [1, None, {"y": f"<{LEA}>"}]}, LEA)
    assert not carries({"x": [1, None, {"y": "z"}]}, LEA)


def full_event(kind: Kind = Kind.SCHEDULED, minute: int = 0) -> BookingEvent:
    return an_event(
        kind,
        minute=minute,
        subject="MARK subject",
        tracking_id="MARK",
        calendar="MARK",
        attendees=("MARK",),
        location="MARK",
        join_url="MARK",
        change_url="MARK",
        page=Named(id="BP-1"),
        answers={"MARK": "MARK"},
        customer=a_customer(note="MARK", guests=("MARK",), time_zone="MARK"),
        change=Change(reason="MARK", actor="customer"),
    )


def test_ids_times_pages_and_owner_stay_and_nothing_that_a_customer_said() -> None:
    event = full_event()
    rest = remains_of(event, LEA)
    text = rest.model_dump_json()
    for said in ("MARK", "Lea", "acme", "+33"):
        assert said not in text
    assert (rest.event_id, rest.kind, rest.occurred_at) == (event.event_id, event.kind, event.occurred_at)
    assert (rest.booking.starts_at, rest.booking.page, rest.booking.owner) == (
        event.booking.starts_at,
        event.booking.page,
        event.booking.owner,
    )


def test_an_owner_who_is_the_person_is_forgotten_too() -> None:
    assert remains_of(an_event(owner=Owner(id="USR-LEA", email=LEA)), LEA).booking.owner == Owner()


def test_the_remains_tell_how_the_booking_stood() -> None:
    events = [full_event(), full_event(Kind.CANCELED, 1)]
    before, after = fold(events), fold([remains_of(event, LEA) for event in events])
    assert (after.phase, after.moved and after.moved.actor) == (Phase.CANCELED, "customer")
    assert (after.live, after.started) == (before.live, before.started)


def test_of_an_end_the_codes_and_ids_stay() -> None:
    facts = {
        "state": "parked",
        "cause": {"code": "X", "message": "Lea", "object": "Lead", "field": None},
        "because": ["Lea"],
        "warnings": [{"code": "Y", "message": "Lea"}],
        "records": {"lead": "00Q"},
        "why": "Lea",
    }
    assert without_texts(facts) == {
        "state": "parked",
        "cause": {"code": "X", "message": "erased", "object": "Lead", "field": None},
        "because": ["erased"],
        "warnings": [{"code": "Y", "message": "erased"}],
        "records": {"lead": "00Q"},
        "why": "erased",
    }
