"""RabbitMQ as broker, hit: killed, emptied, its queue deleted, its idle connections closed. For `make rabbitmq`."""

import os
import time
from collections.abc import Iterator

import pytest
from celery import Celery

from producers.contract import ACCEPT_TASK, BookingEvent
from producers.publish import QUEUE, Publisher
from tests.acceptance.test_workers import World, until, world
from tests.broker import forget_messages, overheard
from tests.builders import a_booking, a_customer, an_event
from tests.producers.bodies import a_wire_event
from tests.rabbitmq import RabbitMQ
from tests.servers import running_worker
from worker.rows import BOOKING_TASK

__all__ = ["world"]  # a fixture

# With this as the node's heartbeat, a connection on which nothing comes is closed some 4 s later.
_HEARTBEAT_SECONDS = 2
_IDLE_SECONDS = 8


def booked(n: int) -> BookingEvent:
    return an_event(booking=a_booking(f"BKNG-{n}", customer=a_customer(email=f"nr{n}@acme.example")))


def synced(world: World, count: int) -> None:
    until(lambda: world.journal.counts()["synced"] == count, world)


@pytest.fixture
def impatient(rabbitmq: RabbitMQ) -> Iterator[RabbitMQ]:
    """The node, which closes idle connections after seconds instead of minutes."""
    rabbitmq.control("eval", f"application:set_env(rabbit, heartbeat, {_HEARTBEAT_SECONDS}).")
    yield rabbitmq
    rabbitmq.control("eval", "application:set_env(rabbit, heartbeat, 60).")


def test_a_node_that_is_killed_and_comes_back_stops_nobody(world: World, rabbitmq: RabbitMQ) -> None:
    with running_worker(world.folder, world.environment()) as worker:
        world.publish(booked(0))
        synced(world, 1)
        for times in (1, 2):
            rabbitmq.kill()
            world.publish(*(booked(100 * times + n) for n in range(20)))
            assert world.journal.counts()["ready"] == 20, "accepted all the same"
            rabbitmq.start()
            synced(world, 1 + 20 * times)
        assert worker.poll() is None
    assert len(world.records("Lead")) == 41


def test_a_batch_in_hand_is_settled_while_the_node_is_away(world: World, rabbitmq: RabbitMQ) -> None:
    with running_worker(world.folder, world.environment(), concurrency=1):
        world.publish(booked(0))
        synced(world, 1)
        slow = {"effect": "latency", "match": {"path_contains": "composite"}, "latency_ms": 1500}
        world.org.control("POST", "/faults", [slow])
        world.publish(*(booked(n) for n in range(1, 251)))
        until(lambda: world.journal.counts()["claimed"] > 100, world)
        rabbitmq.kill()
        until(lambda: world.journal.counts()["claimed"] == 0, world)
        settled = world.journal.counts()["synced"]
        assert settled > 100
        world.org.control("POST", "/faults", [])
        rabbitmq.start()
        synced(world, 251)


def test_a_node_that_hangs_is_noticed_and_returned_to(world: World, impatient: RabbitMQ) -> None:
    with running_worker(world.folder, world.environment()) as worker:
        world.publish(booked(0))
        synced(world, 1)
        impatient.freeze()
        world.publish(booked(1))
        until(lambda: "onnection to broker lost" in world.log(), world)
        impatient.thaw()
        synced(world, 2)
        assert worker.poll() is None


def test_messages_that_are_lost_with_their_queue_stop_nobody(world: World, rabbitmq: RabbitMQ) -> None:
    with running_worker(world.folder, world.environment()) as worker:
        world.publish(booked(0))
        synced(world, 1)
        for lost in (1, 2, 3):
            rabbitmq.control("delete_queue", QUEUE)
            world.publish(booked(lost))
            synced(world, 1 + lost)
        world.publish(*(booked(n) for n in range(10, 30)))
        forget_messages(rabbitmq.url)
        synced(world, 24)
        assert worker.poll() is None


def test_an_event_sent_as_a_task_and_confirmed_outlives_the_node(world: World, rabbitmq: RabbitMQ) -> None:
    with Celery("service", broker=rabbitmq.url, set_as_current=False) as service:
        service.conf.broker_transport_options = {"confirm_publish": True}
        service.send_task(ACCEPT_TASK, args=(a_wire_event(),), queue=QUEUE, ignore_result=True)
    rabbitmq.kill()
    rabbitmq.start()
    with running_worker(world.folder, world.environment()):
        synced(world, 1)


def test_what_follows_a_quiet_time_is_told_at_once_to_workers_and_monitors(world: World, impatient: RabbitMQ) -> None:
    publisher, heard = Publisher.connect(world.redis_url, impatient.url), list[str]()
    with running_worker(world.folder, world.environment(), concurrency=1):
        publisher.publish(booked(0))
        synced(world, 1)
        time.sleep(_IDLE_SECONDS)
        with overheard(impatient.url, heard):
            publisher.publish(booked(1))
            synced(world, 2)
            until(lambda: any(f'"name": "{BOOKING_TASK}"' in each and "BKNG-1" in each for each in heard), world)
    assert any(f"gen{os.getpid()}@" in each and "bookforce.sync" in each for each in heard), (
        "the publisher woke a worker"
    )
