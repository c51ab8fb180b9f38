"""Publishing as a caller sees it, on a Redis that is not real."""

import queue
from collections.abc import Iterator
from typing import Any

import fakeredis
import pytest
from celery import Celery
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from producers.contract import SYNC_TASK, BookingEvent
from producers.keys import prefix
from producers.publish import QUEUE, Publisher
from tests.builders import an_event
from tests.servers import free_port
from worker.journal import Journal

NOBODY = "redis://127.0.0.1:{port}/0"


@pytest.fixture
def server() -> fakeredis.FakeServer:
    return fakeredis.FakeServer()


@pytest.fixture
def redis(server: fakeredis.FakeServer) -> Redis:
    return fakeredis.FakeRedis(server=server, decode_responses=True)


@pytest.fixture
def broker() -> Iterator[Celery]:
    """A broker in memory, empty."""
    app = Celery("test", broker="memory://", set_as_current=False)
    wake_ups(app)
    yield app
    app.close()


@pytest.fixture
def publisher(redis: Redis, broker: Celery) -> Publisher:
    return Publisher(redis, broker)


def test_a_new_event_is_true_and_the_same_delivery_again_is_false(publisher: Publisher) -> None:
    event = an_event()
    assert [publisher.publish(event), publisher.publish(event)] == [True, False]


def test_a_delivery_twice_in_one_call_counts_once(publisher: Publisher, redis: Redis) -> None:
    one, other = an_event(event_id="EVNT-1"), an_event(event_id="EVNT-2", minute=1)
    assert publisher.publish_many([one, one, other, one]) == [True, False, True, False]
    assert [event.event_id for event in journalled(redis)] == ["EVNT-1", "EVNT-2"]


def test_the_first_body_of_a_delivery_stays(publisher: Publisher, redis: Redis) -> None:
    publisher.publish(an_event(event_id="EVNT-1", subject="first"))
    publisher.publish(an_event(event_id="EVNT-1", subject="second"))
    assert [event.booking.subject for event in journalled(redis)] == ["first"]


def test_nothing_is_published_by_publishing_nothing(publisher: Publisher, broker: Celery) -> None:
    assert publisher.publish_many([]) == []
    assert wake_ups(broker) == []


def test_an_event_is_in_the_journal_as_it_was_published(publisher: Publisher, redis: Redis) -> None:
    event = an_event()
    publisher.publish(event)
    assert journalled(redis) == [event]


def test_answers_stand_in_the_order_of_the_events_over_several_connections(publisher: Publisher) -> None:
    publisher.publish(for_org("b", an_event(event_id="EVNT-2")))
    events = [for_org(org, an_event(event_id=f"EVNT-{n}")) for n, org in enumerate(["a", "b", "b", "a", "b"], start=1)]
    assert publisher.publish_many(events) == [True, False, True, True, True]


def test_connections_know_nothing_of_each_other(publisher: Publisher, redis: Redis) -> None:
    assert publisher.publish_many([for_org("a", an_event()), for_org("b", an_event())]) == [True, True]
    assert len(journalled(redis, "a")) == len(journalled(redis, "b")) == 1


def test_a_worker_is_woken_for_its_connection_and_told_nothing_else(publisher: Publisher, broker: Celery) -> None:
    publisher.publish(for_org("sandbox", an_event()))
    assert wake_ups(broker) == [(SYNC_TASK, ["sandbox"], {})]


def test_one_call_wakes_each_connection_once(publisher: Publisher, broker: Celery) -> None:
    publisher.publish_many([for_org(org, an_event(event_id=f"{org}{n}")) for n in range(600) for org in ("a", "b")])
    assert wake_ups(broker) == [(SYNC_TASK, ["a"], {}), (SYNC_TASK, ["b"], {})]


def test_a_delivery_that_is_known_wakes_nobody(publisher: Publisher, broker: Celery, redis: Redis) -> None:
    publisher.publish(an_event())
    wake_ups(broker)
    redis.delete(f"{prefix('default')}woken")
    publisher.publish(an_event())
    assert wake_ups(broker) == []


def test_while_the_journal_is_away_nothing_is_accepted(
    publisher: Publisher, server: fakeredis.FakeServer, redis: Redis, broker: Celery
) -> None:
    server.connected = False
    with pytest.raises(RedisConnectionError):
        publisher.publish(an_event())
    server.connected = True
    assert (journalled(redis), wake_ups(broker)) == ([], [])
    assert publisher.publish(an_event())


def test_while_the_broker_is_away_events_are_accepted_all_the_same(redis: Redis) -> None:
    away = Celery("test", broker=NOBODY.format(port=free_port()), set_as_current=False)
    away.conf.broker_transport_options = {"max_retries": 0}
    assert Publisher(redis, away).publish(an_event())
    assert len(journalled(redis)) == 1


def test_connecting_touches_nothing() -> None:
    Publisher.connect(NOBODY.format(port=free_port()))


def test_an_absent_redis_is_the_callers_to_handle() -> None:
    with pytest.raises(RedisConnectionError):
        Publisher.connect(NOBODY.format(port=free_port())).publish(an_event())


def journalled(redis: Redis, connection: str = "default") -> list[BookingEvent]:
    """The pending events of a connection, as a worker would claim them."""
    journal, found = Journal(redis, connection), []
    for key in sorted(redis.scan_iter(f"{prefix(connection)}booking:*")):
        booking = journal.read_booking(key.rpartition(":")[2])
        found += list(booking.pending) if booking else []
    return found


def for_org(connection: str, event: BookingEvent) -> BookingEvent:
    """The event for another org."""
    return event.model_copy(update={"connection": connection})


def wake_ups(broker: Celery) -> list[tuple[str, list[Any], dict[str, Any]]]:
    """Task, positional and named arguments of every message, which are then gone."""
    found: list[tuple[str, list[Any], dict[str, Any]]] = []
    with broker.connection_for_read() as connection, connection.SimpleQueue(QUEUE) as messages:
        while True:
            try:
                message = messages.get(block=False)
            except queue.Empty:
                return found
            args, kwargs, _ = message.payload
            found.append((message.headers["task"], args, kwargs))
            message.ack()
