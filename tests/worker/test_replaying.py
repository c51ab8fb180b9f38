"""What the scripts for tries, replays and discards keep true, in a real Redis."""

import json
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any, cast

import pytest

from producers.cipher import Cipher, new_key
from producers.contract import BookingEvent, Kind
from producers.keys import WAKE_TTL_MS
from rules.plan import Records
from tests.builders import MONDAY, a_booking, a_customer, an_event
from tests.producers.test_publish_script import LEASE, Desk
from worker.claims import REPLACED, Claim
from worker.history import MOST_TRIES, read_history
from worker.job_search import JobSearch, Wanted
from worker.journal import EventEnd, Journal, Settlement
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Wait
from worker.replaying import Replaying, Target
from worker.settling import to_settlement

KEEP = timedelta(days=1)
CAUSE = Cause(code="C", message="m", object="Lead", field="Email")
SYNCED = Synced(records=Records(), because=("done",))
NOW = datetime.now(UTC)


def booked(n: int = 1, *, event_id: str = "", **changes: Any) -> BookingEvent:
    customer = a_customer(email=f"nr{n}@acme.example")
    return an_event(event_id=event_id or f"E-{n}", booking=a_booking(f"B-{n}", customer=customer), **changes)


def settle(desk: Desk, claim: Claim, outcome: Outcome) -> None:
    desk.journal.settle(claim, {b.id: to_settlement(b, outcome, KEEP, NOW) for b in claim.bookings})


def parked(desk: Desk, *events: BookingEvent) -> None:
    """Publish the events and let them end parked."""
    desk.publish(*events)
    settle(desk, desk.claim(), Park(cause=CAUSE))


def counts(desk: Desk) -> dict[str, int]:
    """Those that are not 0."""
    return {name: number for name, number in desk.journal.counts().items() if number}


def fields_of(desk: Desk, booking: str = "B-1") -> dict[str, str]:
    return cast("dict[str, str]", desk.redis.hgetall(desk.key(f"booking:{booking}")))


def check(desk: Desk) -> None:
    """What must hold whatever happened: counts add up, and each customer with pending events is in one queue."""
    every = list(JobSearch(desk.redis, desk.name).find(Wanted(state=None)))
    jobs = [job for job in every if job.event_id != REPLACED]
    replaced = [job.booking_id for job in every if job.event_id == REPLACED and job.state.value == "parked"]
    assert sorted(replaced) == sorted(desk.customers("parked:replaced"))
    ended = [job.state.value for job in jobs if job.state.value in {"synced", "superseded", "skipped", "parked"}]
    assert {state: ended.count(state) for state in set(ended)} == {
        state: n for state, n in counts(desk).items() if state not in {"ready", "claimed", "waiting"}
    }
    assert sorted(desk.journal.parked()) == sorted(job.event_id for job in jobs if job.state.value == "parked")
    queues = [desk.customers(queue) for queue in ("ready", "claimed", "waiting")]
    queued = [customer for queue in queues for customer in queue]
    assert len(queued) == len(set(queued))
    for booking in {job.booking_id for job in jobs if job.state.value in {"ready", "claimed", "waiting"}}:
        assert fields_of(desk, booking)["customer"] in queued
        assert desk.left(f"booking:{booking}") == -1


def test_a_parked_event_is_pending_again(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked())
    (target,) = replaying.find_targets("E-1")
    desk.redis.delete(desk.key("woken"))
    done = replaying.replay([target])
    assert (dict(done.results), done.wake) == ({target: "replayed"}, True)
    assert counts(desk) == {"ready": 1}
    check(desk)
    assert desk.claimed_events() == [["E-1"]]


def test_a_worker_is_woken_once(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(1), booked(2))
    desk.redis.delete(desk.key("woken"))
    assert replaying.replay(replaying.find_targets("E-1")).wake
    assert 0 < desk.left("woken") <= WAKE_TTL_MS
    assert not replaying.replay(replaying.find_targets("E-2")).wake


def test_the_tries_start_anew_and_the_replay_is_noted(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked())
    replaying.replay(replaying.find_targets("B-1"))
    (booking,) = desk.claim().bookings
    assert (booking.attempts, booking.work().is_retry) == (1, True)
    assert [moment.what for moment in read_history(fields_of(desk)).moments] == ["accepted", "parked", "replayed"]


def test_what_is_replayed_does_not_expire(desk: Desk, replaying: Replaying) -> None:
    desk.publish(booked())
    settle(desk, desk.claim(), Skipped(because="nothing"))
    assert desk.left("booking:B-1") > 0
    replaying.replay(replaying.find_targets("E-1"))
    assert (desk.left("booking:B-1"), desk.left("event:E-1")) == (-1, -1)
    assert counts(desk) == {"ready": 1}


@pytest.mark.parametrize("outcome", [SYNCED, None], ids=["synced", "pending"])
def test_what_is_not_parked_is_left_alone(desk: Desk, replaying: Replaying, outcome: Outcome | None) -> None:
    desk.publish(booked())
    if outcome:
        settle(desk, desk.claim(), outcome)
    before = (counts(desk), fields_of(desk), desk.left("booking:B-1") > 0)
    done = replaying.replay(replaying.find_targets("E-1"))
    assert (list(done.results.values()), done.wake) == (["synced" if outcome else "pending"], False)
    assert (counts(desk), fields_of(desk), desk.left("booking:B-1") > 0) == before


def test_a_skipped_event_is_replayed_only_if_it_is_named(desk: Desk, replaying: Replaying) -> None:
    desk.publish(booked())
    settle(desk, desk.claim(), Skipped(because="nothing"))
    assert list(replaying.replay([Target(booking_id="B-1", event_id="E-1")]).results.values()) == ["skipped"]
    assert list(replaying.replay(replaying.find_targets("B-1")).results.values()) == ["replayed"]


def test_what_the_journal_does_not_know_is_unknown(desk: Desk, replaying: Replaying) -> None:
    assert replaying.find_targets("E-9") == []
    stranger = Target(booking_id="B-9", event_id="E-9")
    for done in (
        replaying.look([stranger]),
        replaying.replay([stranger]),
        replaying.discard([stranger], "x", KEEP, NOW),
    ):
        assert done.results == {stranger: "unknown"}
    assert fields_of(desk, "B-9") == {}


def test_looking_answers_as_a_replay_would_and_does_nothing(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(1))
    desk.publish(booked(2))
    before = (counts(desk), fields_of(desk))
    targets = [*replaying.find_targets("B-1"), *replaying.find_targets("B-2")]
    assert list(replaying.look(targets).results.values()) == ["replayed", "pending"]
    assert (counts(desk), fields_of(desk)) == before


def test_two_replays_at_once_are_one(desk: Desk, replaying: Replaying) -> None:
    parked(desk, *(booked(n) for n in range(100)))
    targets = [target for n in range(100) for target in replaying.find_targets(f"E-{n}")]
    found: list[str] = []
    others = [
        Thread(target=lambda: found.extend(Replaying(desk.redis, desk.name).replay(targets).results.values()))
        for _ in range(4)
    ]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert (found.count("replayed"), found.count("pending")) == (100, 300)
    assert counts(desk) == {"ready": 100}
    check(desk)


def test_of_a_booking_what_is_parked_is_meant_and_else_what_was_skipped(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(event_id="E-1"))
    assert [target.event_id for target in replaying.find_targets("B-1")] == ["E-1"]
    replaying.discard(replaying.find_targets("E-1"), "a test", KEEP, NOW)
    parked(desk, booked(event_id="E-2", kind=Kind.RESCHEDULED, minute=1))
    assert [target.event_id for target in replaying.find_targets("B-1")] == ["E-2"]


def test_a_customer_who_waits_goes_on_waiting(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(event_id="E-1"))
    other = a_booking("B-2", customer=a_customer(email="nr1@acme.example"))
    desk.publish(an_event(event_id="E-2", booking=other))
    settle(desk, desk.claim(), Wait(until_in=LEASE, cause=CAUSE))
    replaying.replay(replaying.find_targets("E-1"))
    assert counts(desk) == {"waiting": 1}
    check(desk)


@pytest.mark.parametrize("outcome", [SYNCED, Park(cause=CAUSE), Retry(after=LEASE, cause=CAUSE), Skipped(because="x")])
def test_a_replay_during_a_claim_is_settled_with_it_or_behind_it(
    desk: Desk, replaying: Replaying, outcome: Outcome
) -> None:
    parked(desk, booked(event_id="E-1"))
    desk.publish(booked(event_id="E-2", kind=Kind.RESCHEDULED, minute=1))
    claim = desk.claim()
    replaying.replay(replaying.find_targets("E-1"))
    check(desk)
    settle(desk, claim, outcome)
    check(desk)
    for customer in desk.customers("waiting"):
        desk.redis.zadd(desk.key("waiting"), {customer: 0})
    desk.journal.sweep()
    settle(desk, desk.claim(), SYNCED)
    check(desk)
    assert sum(counts(desk).values()) == 2
    assert counts(desk).keys() <= {"synced", "superseded", "skipped"}


def test_a_claim_that_was_made_before_a_discard_adds_up(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(event_id="E-1"))
    desk.publish(booked(event_id="E-2", kind=Kind.RESCHEDULED, minute=1))
    claim = desk.claim()
    replaying.discard(replaying.find_targets("E-1"), "a test", KEEP, NOW)
    check(desk)
    settle(desk, claim, SYNCED)
    check(desk)
    assert counts(desk) == {"synced": 1, "superseded": 1}


def test_that_a_booking_was_replaced_is_replayed_by_the_bookings_id(desk: Desk, replaying: Replaying) -> None:
    desk.publish(booked(event_id="E-1"))
    settle(desk, desk.claim(), SYNCED)
    successor = a_booking("B-2", customer=a_customer(email="nr1@acme.example"), replaces="B-1")
    parked(desk, an_event(event_id="E-2", booking=successor))
    check(desk)
    jobs = [(job.booking_id, job.event_id, job.kind) for job in JobSearch(desk.redis, desk.name).find(Wanted())]
    assert sorted(jobs) == [("B-1", REPLACED, "replaced"), ("B-2", "E-2", "scheduled")]
    (target,) = replaying.find_targets("B-1")
    assert (target.event_id, target.name) == (REPLACED, "B-1 (replaced)")
    assert list(replaying.replay([target]).results.values()) == ["replayed"]
    assert [booking.id for booking in desk.claim().bookings if booking.has_news] == ["B-1"]
    check(desk)


def test_that_a_booking_was_replaced_can_be_discarded(desk: Desk, replaying: Replaying) -> None:
    desk.publish(booked(event_id="E-1"))
    settle(desk, desk.claim(), SYNCED)
    successor = a_booking("B-2", customer=a_customer(email="nr1@acme.example"), replaces="B-1")
    parked(desk, an_event(event_id="E-2", booking=successor))
    replaying.discard(replaying.find_targets("B-1"), "x", KEEP, NOW)
    check(desk)
    assert [job.booking_id for job in JobSearch(desk.redis, desk.name).find(Wanted())] == ["B-2"]
    assert desk.left("booking:B-1") > 0


def test_that_a_booking_was_replaced_is_off_the_list_once_it_goes_through(desk: Desk, replaying: Replaying) -> None:
    desk.publish(booked(event_id="E-1"))
    settle(desk, desk.claim(), SYNCED)
    successor = a_booking("B-2", customer=a_customer(email="nr1@acme.example"), replaces="B-1")
    parked(desk, an_event(event_id="E-2", booking=successor))
    found = list(JobSearch(desk.redis, desk.name).find(Wanted()))
    replaying.replay([Target(booking_id=job.booking_id, event_id=job.event_id) for job in found])
    settle(desk, desk.claim(), SYNCED)
    check(desk)
    assert counts(desk) == {"synced": 2}
    assert list(JobSearch(desk.redis, desk.name).find(Wanted())) == []


def test_an_event_that_cannot_be_read_is_parked_again(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked())
    desk.redis.hset(desk.key("booking:B-1"), "body:E-1", "broken")
    replaying.replay(replaying.find_targets("E-1"))
    settle(desk, desk.claim(), Skipped(because="no event of it can be read"))
    assert counts(desk) == {"parked": 1}


def test_an_end_that_cannot_be_read_is_replayed_as_a_parked_one(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked())
    desk.redis.hset(desk.key("booking:B-1"), "state:E-1", "broken")
    assert list(replaying.replay(replaying.find_targets("E-1")).results.values()) == ["replayed"]
    assert counts(desk) == {"ready": 1}


def test_a_discarded_event_is_skipped_with_the_reason_and_expires(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked())
    done = replaying.discard(replaying.find_targets("B-1"), "a test booking", KEEP, NOW)
    assert list(done.results.values()) == ["discarded"]
    assert counts(desk) == {"skipped": 1}
    end = desk.journal.read_ends("B-1")["E-1"]
    assert end | {"at": 0} == {
        "state": "skipped",
        "at": 0,
        "because": ["discarded by a person"],
        "discarded": {"why": "a test booking"},
    }
    assert abs(end["at"] / 1000 - datetime.now(UTC).timestamp()) < 60
    lasting = (KEEP + (MONDAY - NOW)).total_seconds() * 1000 if NOW < MONDAY else KEEP.total_seconds() * 1000
    for key in ("booking:B-1", "event:E-1"):
        assert lasting - 60_000 < desk.left(key) <= lasting
    check(desk)


def test_why_it_was_discarded_is_encrypted_where_there_are_keys(desk: Desk) -> None:
    cipher = Cipher.of(new_key())
    parked(desk, booked())
    replaying = Replaying(desk.redis, desk.name, cipher)
    replaying.discard(replaying.find_targets("B-1"), "Lea asked for it", KEEP, NOW)
    assert "Lea asked" not in str(fields_of(desk))
    assert Journal(desk.redis, desk.name, cipher).read_ends("B-1")["E-1"]["discarded"] == {"why": "Lea asked for it"}


def test_a_booking_with_something_left_to_do_does_not_expire(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(event_id="E-1"))
    desk.publish(booked(event_id="E-2", kind=Kind.RESCHEDULED, minute=1))
    replaying.discard(replaying.find_targets("E-1"), "x", KEEP, NOW)
    assert desk.left("booking:B-1") == -1
    check(desk)


def test_what_is_not_parked_cannot_be_discarded(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked())
    target = replaying.find_targets("E-1")
    results = [next(iter(replaying.discard(target, "x", KEEP, NOW).results.values())) for _ in range(2)]
    assert results == ["discarded", "skipped"]
    replaying.replay(target)
    assert list(replaying.discard(target, "x", KEEP, NOW).results.values()) == ["pending"]
    assert counts(desk) == {"ready": 1}


def test_a_discarded_event_can_be_replayed_by_its_id(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked())
    replaying.discard(replaying.find_targets("E-1"), "x", KEEP, NOW)
    assert list(replaying.replay(replaying.find_targets("E-1")).results.values()) == ["replayed"]
    check(desk)


def test_a_failed_try_is_noted_with_its_time_and_cause(desk: Desk) -> None:
    desk.publish(booked())
    settle(desk, desk.claim(), Retry(after=LEASE, cause=CAUSE))
    (number, noted) = (fields_of(desk)["tried"], json.loads(fields_of(desk)["try:1"]))
    assert number == "1"
    assert noted | {"at": 0} == {
        "at": 0,
        "kind": "put_back",
        "code": "C",
        "message": "m",
        "object": "Lead",
        "field": "Email",
    }
    assert abs(noted["at"] / 1000 - datetime.now(UTC).timestamp()) < 60


def test_a_lease_that_lapses_is_noted(desk: Desk) -> None:
    desk.publish(booked())
    desk.journal.claim(timedelta(0))
    desk.journal.sweep()
    history = read_history(fields_of(desk))
    assert [(moment.what, moment.code) for moment in history.moments][1:] == [("lapsed lease", "LEASE_LAPSED")]


def test_the_newest_tries_are_kept_and_all_are_counted(desk: Desk) -> None:
    desk.publish(booked())
    for _ in range(MOST_TRIES):
        settle(desk, desk.claim(), Retry(after=timedelta(0), cause=CAUSE))
        desk.journal.sweep()
    for _ in range(5):
        desk.journal.claim(timedelta(0))
        desk.journal.sweep()
    history = read_history(fields_of(desk))
    assert history.forgotten == 5
    assert [moment.what for moment in history.moments] == ["accepted"] + ["put back"] * 15 + ["lapsed lease"] * 5


def test_what_goes_through_at_once_costs_no_note(desk: Desk) -> None:
    desk.publish(booked())
    settle(desk, desk.claim(), SYNCED)
    assert not [name for name in fields_of(desk) if name.startswith(("try", "tried"))]


def test_ends_that_are_settled_by_others_have_their_time(desk: Desk) -> None:
    desk.publish(booked())
    claim = desk.claim()
    end = EventEnd(event_id="E-1", state="synced", facts={"because": ['"quoted" and ünicode']})
    desk.journal.settle(claim, {"B-1": Settlement(booking_id="B-1", ended=(end,))})
    stored = desk.journal.read_ends("B-1")["E-1"]
    assert stored["because"] == ['"quoted" and ünicode']
    assert stored["at"] > 0
