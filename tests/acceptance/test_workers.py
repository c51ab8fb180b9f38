"""Real Celery workers, a real Redis and the simulated org, each in a process of its own."""

import base64
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from producers.contract import BookingEvent
from producers.keys import prefix
from producers.publish import Publisher
from tests.builders import a_booking, a_customer, an_event
from tests.servers import SimulatedOrg, free_port, running_org, running_redis, running_worker
from worker.journal import Journal
from worker.release import release

LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything a worker needs, and the journal to see what it does."""

    folder: Path
    redis_url: str
    org: SimulatedOrg
    journal: Journal

    def environment(self, **changes: str) -> Mapping[str, str]:
        return (
            {"BOOKFORCE_REDIS_URL": self.redis_url, "BOOKFORCE_LOG_FORMAT": "json"} | self.org.environment() | changes
        )

    def publish(self, *events: BookingEvent) -> None:
        Publisher.connect(self.redis_url).publish_many(events)

    def records(self, obj: str) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", self.org.control("GET", f"/records/{obj}"))

    def log(self, name: str = "worker") -> str:
        return (self.folder / f"{name}.log").read_text()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running_redis(tmp_path) as url, running_org(tmp_path) as org:
        redis = Redis.from_url(url, decode_responses=True)
        yield World(folder=tmp_path, redis_url=url, org=org, journal=Journal(redis, "default"))
        redis.close()


def until(is_done: Callable[[], bool], world: World, name: str = "worker") -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, world.log(name)[-3000:]
        time.sleep(0.05)


def test_two_bookings_of_one_new_customer_at_two_workers_make_one_lead_with_two_events(world: World) -> None:
    with (
        running_worker(world.folder, world.environment(), name="one", concurrency=1),
        running_worker(world.folder, world.environment(), name="two", concurrency=1),
    ):
        world.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
        until(lambda: world.journal.counts()["synced"] == 1, world, "one")
        for round_ in range(10):
            customer = a_customer(email=f"nr{round_}@acme.example")
            world.publish(an_event(booking=a_booking(f"BKNG-{round_}-A", customer=customer)))
            world.publish(an_event(booking=a_booking(f"BKNG-{round_}-B", customer=customer)))
        until(lambda: world.journal.counts()["synced"] == 21, world, "one")
    leads = {lead["Id"]: lead["Email"] for lead in world.records("Lead")}
    assert len(leads) == 11
    per_lead = [event["WhoId"] for event in world.records("Event")]
    assert sorted(per_lead.count(lead) for lead in leads) == [1] + [2] * 10


def test_200_bookings_published_together_take_at_most_four_calls(world: World) -> None:
    with running_worker(world.folder, world.environment()):
        world.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
        until(lambda: world.journal.counts()["synced"] == 1, world)
        before = _calls(world)
        events = [
            an_event(booking=a_booking(f"BKNG-{n}", customer=a_customer(email=f"nr{n}@acme.example")))
            for n in range(200)
        ]
        world.publish(*events)
        until(lambda: world.journal.counts()["synced"] == 201, world)
    assert _calls(world) - before <= 4


def test_a_lost_wake_up_delays_a_booking_and_loses_nothing(world: World) -> None:
    redis = Redis.from_url(world.redis_url)
    with running_worker(world.folder, world.environment()):
        world.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
        until(lambda: world.journal.counts()["synced"] == 1, world)
        unreachable = f"redis://127.0.0.1:{free_port()}/0"
        Publisher.connect(world.redis_url, unreachable).publish(an_event())
        until(lambda: world.journal.counts()["synced"] == 2, world)
    redis.close()


def test_wrong_credentials_hold_bookings_back_with_one_sentence(world: World) -> None:
    wrong = world.environment(BOOKFORCE_SALESFORCE_CLIENT_SECRET="wrong-secret-value")
    world.publish(an_event())
    with running_worker(world.folder, wrong):
        until(lambda: "setup.stage_done" in world.log(), world)
    lines = [json.loads(line) for line in world.log().splitlines() if line.startswith("{")]
    (problem,) = next(line["problems"] for line in lines if line["event"] == "setup.stage_done")
    assert problem.startswith("Salesforce refuses the log-in")
    assert "Traceback" not in world.log()
    assert "wrong-secret-value" not in world.log()
    assert world.journal.counts()["ready"] == 1
    with running_worker(world.folder, world.environment(), name="mended"):
        until(lambda: world.journal.counts()["synced"] == 1, world, "mended")


def test_an_org_that_cannot_be_reached_holds_bookings_back(world: World) -> None:
    away = world.environment(BOOKFORCE_SALESFORCE_LOGIN_URL=f"https://localhost:{free_port()}")
    world.publish(an_event())
    with running_worker(world.folder, away):
        until(lambda: "connection refused" in world.log(), world)
    assert "Traceback" not in world.log()
    assert world.journal.counts()["ready"] == 1


def test_no_personal_data_leaves_the_journal_for_logs(world: World) -> None:
    marked = a_customer(name="Marker Person", email="marker@person.example", phone="+99 424242", note="Markernote")
    with running_worker(world.folder, world.environment()):
        world.publish(an_event(booking=a_booking(customer=marked)))
        until(lambda: world.journal.counts()["synced"] == 1, world)
    for mark in ("marker", "Marker", "424242"):
        assert mark not in world.log()


def _calls(world: World) -> int:
    state = cast("dict[str, int]", world.org.control("GET", "/state"))
    return state["api_calls"]


def test_a_redis_that_is_killed_and_comes_back_loses_nothing_and_stops_nobody(tmp_path: Path) -> None:
    port = free_port()
    with running_org(tmp_path) as org:
        with running_redis(tmp_path, port) as url:
            redis = Redis.from_url(url, decode_responses=True)
            world = World(folder=tmp_path, redis_url=url, org=org, journal=Journal(redis, "default"))
            worker = running_worker(tmp_path, world.environment())
            worker.__enter__()
            world.publish(an_event())
            until(lambda: world.journal.counts()["synced"] == 1, world)
            world.publish(*(_of_customer(n) for n in range(40)))
        with running_redis(tmp_path, port):
            # What nobody wakes a worker for is found by the sweep alone.
            Publisher.connect(url, f"redis://127.0.0.1:{free_port()}/0").publish(_of_customer(99))
            until(lambda: world.journal.counts()["ready"] == 0, world)
            _end_leases(redis)
            until(lambda: world.journal.counts()["synced"] == 42, world)
            worker.__exit__(None, None, None)
            redis.close()
            emails = [lead["Email"] for lead in world.records("Lead")]
    assert len(emails) == len(set(emails)) == 42


def test_a_signal_to_the_whole_group_lets_the_batch_in_hand_finish(world: World) -> None:
    with running_worker(world.folder, world.environment()) as worker:
        world.publish(an_event())
        until(lambda: world.journal.counts()["synced"] == 1, world)
        slow = {"effect": "latency", "match": {"path_contains": "composite"}, "latency_ms": 1500}
        world.org.control("POST", "/faults", [slow])
        world.publish(*(_of_customer(n) for n in range(5)))
        until(lambda: world.journal.counts()["claimed"] == 5, world)
        os.killpg(worker.pid, signal.SIGTERM)
        assert worker.wait(30) == 0
    assert world.journal.counts() | {"claimed": 0, "synced": 6} == world.journal.counts()
    assert "Traceback" not in world.log()


def test_other_credentials_are_another_org(world: World) -> None:
    with running_worker(world.folder, world.environment()):
        world.publish(an_event())
        until(lambda: world.journal.counts()["synced"] == 1, world)
    with running_org(world.folder / "other") as other:
        environment = {**world.environment(), **other.environment()}
        with running_worker(world.folder, environment, name="moved"):
            world.publish(_of_customer(1))
            until(lambda: world.journal.counts()["synced"] == 2, world, "moved")
        assert [lead["Email"] for lead in cast("list[dict[str, Any]]", other.control("GET", "/records/Lead"))] == [
            "nr1@acme.example"
        ]
    assert len(world.records("Lead")) == 1


def test_a_setup_that_another_release_compiled_is_compiled_anew_when_a_worker_starts(world: World) -> None:
    with running_worker(world.folder, world.environment()):
        world.publish(an_event())
        until(lambda: world.journal.counts()["synced"] == 1, world)
    with Redis.from_url(world.redis_url, decode_responses=True) as redis:
        kept = f"{prefix('default')}setup:release"
        assert redis.get(kept) == release()
        redis.set(kept, "another")
        with running_worker(world.folder, world.environment(), name="upgraded"):
            until(lambda: redis.get(kept) == release(), world, "upgraded")


def test_messages_of_the_broker_hold_a_connections_name_and_nothing_else(world: World) -> None:
    world.publish(an_event(booking=a_booking(customer=a_customer(name="Marker Person", email="marker@person.example"))))
    redis = Redis.from_url(world.redis_url, decode_responses=True)
    (message,) = cast("list[str]", redis.lrange("bookforce", 0, -1))
    redis.close()
    envelope = json.loads(message)
    arguments, keywords, _ = json.loads(base64.b64decode(envelope["body"]))
    assert (arguments, keywords) == (["default"], {})
    assert "arker" not in message


def _of_customer(n: int) -> BookingEvent:
    return an_event(booking=a_booking(f"BKNG-{n}-MORE", customer=a_customer(email=f"nr{n}@acme.example")))


def _end_leases(redis: Redis) -> None:
    """What time does to the leases of a worker that died."""
    claimed = "bookforce:{default}:claimed"
    for customer in cast("list[str]", redis.zrange(claimed, 0, -1)):
        redis.zadd(claimed, {customer: 0})
