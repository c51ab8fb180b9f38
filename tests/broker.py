"""Which broker the acceptance tests use: Redis, which is the journal's too, or the one that the run was given."""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from kombu import Connection, Consumer, Exchange, Message, Queue

from producers.publish import QUEUE
from tests.rabbitmq import RabbitMQ, running_rabbitmq

_VARIABLE = "BOOKFORCE_BROKER_URL"

CHOICES = ("redis", "rabbitmq")


def broker_environment() -> Mapping[str, str]:
    """What tells workers and commands of the broker; nothing where it is the journal's Redis, as by default."""
    return {_VARIABLE: os.environ[_VARIABLE]} if _VARIABLE in os.environ else {}


def broker_url(redis_url: str) -> str:
    """Where the messages of this journal's workers are."""
    return broker_environment().get(_VARIABLE, redis_url)


@contextmanager
def rabbitmq_as_broker(folder: Path) -> Iterator[RabbitMQ]:
    """While the block runs, all that is started and connected by these functions' word uses a RabbitMQ of its own."""
    with running_rabbitmq(folder) as node, pytest.MonkeyPatch.context() as environment:
        environment.setenv(_VARIABLE, node.url)
        yield node


def forget_messages(url: str) -> None:
    """What the workers of one test left in the queue is nothing to those of the next."""
    with Connection(url) as connection:
        queue = Queue(QUEUE).bind(connection.channel())
        queue.declare()
        queue.purge()


def waiting_message(redis_url: str) -> Message:
    """The message that waits for a worker."""
    with Connection(broker_url(redis_url)) as connection:
        message = Queue(QUEUE).bind(connection.channel()).get(no_ack=True, accept=["json"])
    assert message is not None
    return message


@contextmanager
def overheard(url: str, heard: list[str]) -> Iterator[None]:
    """Everything that is published to a RabbitMQ while the block runs; of Redis nothing, which tells this itself.

    https://www.rabbitmq.com/docs/firehose
    """
    if not url.startswith("amqp:"):
        yield
        return
    listens, over = threading.Event(), threading.Event()
    ear = threading.Thread(target=_listen, args=(url, heard, listens, over))
    ear.start()
    listens.wait(30)
    try:
        yield
    finally:
        over.set()
        ear.join()


def _listen(url: str, heard: list[str], listens: threading.Event, over: threading.Event) -> None:
    def note(message: Message) -> None:
        heard.append(f"{json.dumps(message.headers, default=str)} {message.body}")

    trace = Exchange("amq.rabbitmq.trace", type="topic", no_declare=True)
    queue = Queue(exchange=trace, routing_key="publish.#", exclusive=True, auto_delete=True)
    with Connection(url) as connection, Consumer(connection.channel(), [queue], no_ack=True, on_message=note):
        listens.set()
        while not over.is_set():
            with suppress(TimeoutError):
                connection.drain_events(timeout=0.2)
