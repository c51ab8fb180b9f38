"""A call that hangs for longer than a task may take: it is broken off, or its child is ended and its lease lapses."""

import json

from tests.acceptance.test_workers import World, until, world
from tests.builders import a_booking, a_customer, an_event
from tests.servers import running_worker

__all__ = ["world"]  # a fixture

_LIMIT_SECONDS = 12
"""Stands for the 150 of `worker/app.py`: longer than from one renewal of the lease to the next (10), so that one is
seen, and shorter than a call may take (30), so that it is not the session that gives up."""


def hang_at_a_write(world: World) -> None:
    """A booking is synced; the next one is written at once, and the answer is kept back for 25 seconds.

    Of the two calls of a new booking the first one reads.
    """
    world.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
    until(lambda: world.journal.counts()["synced"] == 1, world)
    match = {"path_contains": "composite", "method": "POST", "nth": 2, "times": 1}
    world.org.control("POST", "/faults", [{"effect": "latency", "match": match, "latency_ms": 25_000}])
    world.publish(an_event())


def test_a_child_that_hangs_is_ended_and_its_booking_is_synced_once_when_its_lease_has_lapsed(world: World) -> None:
    # Celery counts to the hard limit from the soft one on, if there is one; 0 is what being deaf to it comes to.
    deaf = ("--soft-time-limit", "0", "--time-limit", str(_LIMIT_SECONDS))
    with running_worker(world.folder, world.environment(), *deaf, concurrency=1):
        hang_at_a_write(world)
        until(lambda: "Hard time limit" in world.log(), world)
        assert world.journal.counts() | {"claimed": 1, "synced": 1} == world.journal.counts()
        until(lambda: world.journal.counts()["synced"] == 2, world)
    assert "sweep.leases_lapsed" in events_logged(world)
    assert [len(world.records(name)) for name in ("Lead", "Event")] == [2, 2]


def test_a_call_that_hangs_is_broken_off_at_the_soft_limit_and_made_once_more(world: World) -> None:
    with running_worker(world.folder, world.environment(), "--soft-time-limit", "5", concurrency=1):
        hang_at_a_write(world)
        until(lambda: world.journal.counts()["synced"] == 2, world)
    tried = [line for line in lines_logged(world) if line["event"] == "booking.put_back"]
    assert [line["code"] for line in tried] == ["TIME_LIMIT"]
    assert "sweep.leases_lapsed" not in events_logged(world)
    assert [len(world.records(name)) for name in ("Lead", "Event")] == [2, 2]


def lines_logged(world: World) -> list[dict[str, object]]:
    return [json.loads(line) for line in world.log().splitlines() if line.startswith("{")]


def events_logged(world: World) -> list[object]:
    return [line["event"] for line in lines_logged(world)]
