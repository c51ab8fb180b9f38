"""Sends Celery's monitors what the worker did beside its tasks; nothing is made or sent while events are off."""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from celery import Celery
from kombu import Producer
from kombu.exceptions import OperationalError

from worker.rows import TaskEvent

log = structlog.get_logger()


def are_events_on(app: Celery) -> bool:
    """Whether the worker was started with -E, or its settings say the same."""
    return bool(app.conf.worker_send_task_events)


def note_events(app: Celery, worker: Any) -> None:  # noqa: ANN401 - a Celery worker, which has no type
    """Let the processes of the pool, which are forked behind this, know what -E said."""
    app.conf.worker_send_task_events = bool(worker.task_events)


def tell(app: Celery, hostname: str | None, events: Iterable[TaskEvent]) -> None:
    """All of them in one message to whoever listens. What cannot be sent is missed: the journal is the truth."""
    with app.amqp.producer_pool.acquire(block=True) as producer:
        connection = producer.connection
        broken: tuple[type[BaseException], ...] = (OperationalError,)
        if connection:
            broken += (*connection.connection_errors, *connection.channel_errors)
        try:
            _send(app, producer, hostname, list(events))
        except broken as error:
            log.warning("broker.away", problem=type(error).__name__, while_doing="telling monitors")


def _send(app: Celery, producer: Producer, hostname: str | None, events: Sequence[TaskEvent]) -> None:
    dispatcher = app.events.Dispatcher(
        producer.connection,
        hostname,
        channel=producer.channel,
        buffer_while_offline=False,
        buffer_group={"task"},
        buffer_limit=len(events) + 1,
    )
    for kind, fields in events:
        dispatcher.send(kind, **fields)
    dispatcher.flush(errors=False)
