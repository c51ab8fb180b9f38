"""`bookforce.accept`: services that have nothing but Celery send events as tasks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from redis import Redis

from producers.contract import ACCEPT_TASK
from producers.publish import QUEUE
from producers.refused import RefusedEvents
from tests.acceptance.test_workers import World, until
from tests.broker import broker_url
from tests.producers.bodies import a_wire_event
from tests.servers import free_port, running_org, running_redis, running_worker
from worker.journal import Journal

MARK = "marker@person.example"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running_redis(tmp_path) as url, running_org(tmp_path) as org:
        redis = Redis.from_url(url, decode_responses=True)
        yield World(folder=tmp_path, redis_url=url, org=org, journal=Journal(redis, "default"))
        redis.close()


def test_an_event_sent_as_a_task_reaches_salesforce_and_a_bad_one_is_kept(world: World) -> None:
    event = a_wire_event(customer={"name": "Marker Person", "email": MARK})
    with running_worker(world.folder, world.environment()):
        send(world, event)
        send(world, json.dumps(event))
        send(world, event | {"event_id": "EVNT-2", "kind": "postponed"})
        send(world, event | {"event_id": "EVNT-3", "connection": "elsewhere"})
        send(world)
        refused = refused_events(world)
        until(lambda: world.journal.counts()["synced"] == 1 and len(refused.list()) == 3, world)
    problems = sorted(each.problem for each in refused.list())
    assert problems[0].startswith("connection: expected one that the worker's environment names: default")
    assert problems[1].startswith("expected one argument, the event")
    assert problems[2].startswith("kind: input should be 'scheduled'")
    assert [lead["Email"] for lead in world.records("Lead")] == [MARK]
    assert "NotAccepted" in world.log()
    accepted = [line for line in world.log().splitlines() if '"event":"booking.accepted"' in line]
    assert len(accepted) == 1
    assert {"source": "task", "deliveries": [event["event_id"]]}.items() <= json.loads(accepted[0]).items()
    assert "arker" not in world.log()
    kept = {json.loads(each.body or "")["event_id"] for each in refused.list() if "EVNT" in (each.body or "")}
    assert kept == {"EVNT-2", "EVNT-3"}


def test_celerys_events_do_not_hold_the_booking(world: World) -> None:
    with Celery("watcher", broker=broker_url(world.redis_url), set_as_current=False) as watcher:
        seen: list[dict[str, Any]] = []

        def see(told: dict[str, Any]) -> None:
            if not seen:  # what is sent before anybody listens is told to nobody
                send(world, a_wire_event(customer={"name": "Marker Person", "email": MARK}))
            seen.append(told)
            receiver.should_stop = has_accepted(seen)  # others may come in one message with that

        with running_worker(world.folder, world.environment()), watcher.connection() as connection:
            receiver = watcher.events.Receiver(connection, handlers={"*": see})
            receiver.capture(limit=None, timeout=30, wakeup=True)
    assert has_accepted(seen)
    assert "arker" not in repr(seen)


def has_accepted(seen: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the task that took the event has ended; only what tells of its arrival has its name."""
    own = {told["uuid"] for told in seen if told.get("name") == ACCEPT_TASK}
    return any(told["type"] == "task-succeeded" and told["uuid"] in own for told in seen)


def refused_events(world: World) -> RefusedEvents:
    return RefusedEvents(Redis.from_url(world.redis_url, decode_responses=True))


def send(world: World, *arguments: object) -> None:
    """As any Celery application does it; what it says of itself to the broker's watchers is its own matter."""
    with Celery("service", broker=broker_url(world.redis_url), set_as_current=False) as service:
        service.send_task(ACCEPT_TASK, args=arguments, queue=QUEUE, ignore_result=True)


def test_while_the_journal_is_away_the_event_stays_with_the_broker(tmp_path: Path) -> None:
    port = free_port()
    journal_url = f"redis://127.0.0.1:{port}/0"
    with running_redis(tmp_path / "broker") as own_broker, running_org(tmp_path) as org:
        redis = Redis.from_url(journal_url, decode_responses=True)
        world = World(folder=tmp_path, redis_url=own_broker, org=org, journal=Journal(redis, "default"))
        environment = world.environment(BOOKFORCE_REDIS_URL=journal_url, BOOKFORCE_BROKER_URL=broker_url(own_broker))
        with running_redis(tmp_path / "journal", port):
            worker = running_worker(tmp_path, environment)
            worker.__enter__()
            until(lambda: "ready" in world.log(), world)
        send(world, a_wire_event(customer={"name": "Marker Person", "email": MARK}))
        until(lambda: "journal.away" in world.log(), world)
        with running_redis(tmp_path / "journal", port):
            until(lambda: world.journal.counts()["synced"] == 1, world)
            worker.__exit__(None, None, None)
            redis.close()
    assert "arker" not in world.log()
