"""What monitors are told goes through Celery's own events, in one message a batch, and is missed without harm."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery

from producers.contract import customer_key
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from worker.pipeline import sync_batch
from worker.rows import Batch, booking_rows
from worker.telling import are_events_on, note_events, tell


@pytest.fixture(name="app")
def app_fixture(redis_url: str) -> Iterator[Celery]:
    app = Celery("telling", broker=redis_url, set_as_current=False)
    yield app
    app.close()


def heard(app: Celery, batch: Batch) -> list[Any]:
    """The messages, as they come to whoever listens."""
    messages: list[Any] = []
    with app.connection_for_read() as connection:
        receiver = app.events.Receiver(connection, handlers={})
        with connection.Consumer(receiver.queue, callbacks=[lambda body, _: messages.append(body)], accept=["json"]):
            with suppress(TimeoutError):
                connection.drain_events(timeout=0.5)  # subscribes
            tell(app, "worker@here", booking_rows(batch))
            connection.drain_events(timeout=5)
    return messages


def synced(rig: Rig, bookings: int) -> Batch:
    """A batch of so many bookings through the pipeline, as it is told."""
    told: list[Batch] = []
    rig.make_ready()
    rig.publish(*(an_event(booking=a_booking(f"BKNG-{number}")) for number in range(bookings)))
    sync_batch(rig.here.tools, rig.here.ready(), lambda: None, told.append)  # type: ignore[arg-type]  # it is ready
    (batch,) = told
    return batch


def test_a_batch_is_told_in_one_message_that_the_standard_receiver_takes(rig: Rig, app: Celery) -> None:
    batch = synced(rig, 3)
    assert batch.connection == rig.connection
    assert timedelta() < batch.took < datetime.now(UTC) - batch.claimed_at + timedelta(seconds=1)
    (message,) = heard(app, batch)
    kinds = ["task-received", "task-started", "task-succeeded"]
    assert [event["type"] for event in message] == kinds * 3
    assert {event["hostname"] for event in message} == {"worker@here"}


def test_bookings_that_another_worker_has_taken_over_are_not_told(rig: Rig) -> None:
    told: list[Batch] = []
    rig.make_ready()
    rig.publish(*(an_event(booking=a_booking(name, customer=a_customer(email=f"{name}@x.example"))) for name in "AB"))
    lease, looks = f"bookforce:{{{rig.connection}}}:lease", count()

    def clock() -> datetime:
        if next(looks) == 1:  # the batch is planned, then settled
            rig.redis.hset(lease, customer_key(a_booking("A", customer=a_customer(email="A@x.example"))), "another")
        return datetime.now(UTC)

    sync_batch(replace(rig.here.tools, clock=clock), rig.here.ready(), lambda: None, told.append)  # type: ignore[arg-type]  # it is ready
    assert [booking.id for booking in told[0].bookings] == ["B"]


def test_a_broker_that_is_away_costs_the_message_alone() -> None:
    app = Celery("telling", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.broker_transport_options = {"socket_connect_timeout": 0.5, "max_retries": 0}
    batch = Batch(connection="c", claimed_at=datetime.now(UTC), took=timedelta(), bookings=(), outcomes={})
    tell(app, None, [("task-started", {"uuid": "1"}), *booking_rows(batch)])
    app.close()


@pytest.mark.parametrize("is_on", [True, False])
def test_events_are_on_where_the_worker_was_started_so(is_on: bool) -> None:
    app = Celery("telling", broker="memory://", set_as_current=False)
    note_events(app, SimpleNamespace(task_events=is_on))
    assert are_events_on(app) is is_on
