"""`bookforce.accept`: an event that another service sent as a task, into the journal or among the refused ones."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from celery import Task
from celery.worker.request import Request
from pydantic import ValidationError

from config.settings import configured_connections, load_settings
from producers.contract import BookingEvent
from producers.publish import Publisher
from producers.refusal import Refused, shape_of
from producers.refused import RefusedEvents
from worker.as_json import to_text
from worker.connections import PATIENCE, connect_redis

if TYPE_CHECKING:
    from celery.worker.request import _InfoDict

_UNSEEN = "(an event)"


class UnseenArguments(Request):
    """A task as Celery's events, logs and remote control see it, without its arguments: they are a customer's data."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Celery calls it
        super().__init__(*args, **kwargs)
        # What is logged of a failure is taken from the dict, in the process that runs the task.
        self._argsrepr = self._kwargsrepr = _UNSEEN
        self.request_dict.update(argsrepr=_UNSEEN, kwargsrepr=_UNSEEN)

    def info(self, safe: bool = False) -> "_InfoDict":  # noqa: ARG002 - Celery's signature
        """What `celery inspect` and Flower show of it."""
        return super().info(safe=True)


class EventTask(Task):  # type: ignore[type-arg]  # generic for types alone
    """A task whose argument is an event."""

    Request = f"{UnseenArguments.__module__}:{UnseenArguments.__name__}"


class Acceptor:
    """Journals what can be journalled, and keeps the rest for a person."""

    def __init__(self, publisher: Publisher, refused: RefusedEvents, connections: list[str]) -> None:
        self._publisher = publisher
        self._refused = refused
        self._connections = connections

    def accept(self, arguments: tuple[object, ...], named: Mapping[str, object]) -> bool:
        """True if the event is new, False if this delivery was journalled before.

        Raises Refused, with the event kept, and redis.exceptions.RedisError, with nothing kept.
        """
        try:
            event = self._read(arguments, named)
        except Refused as refused:
            self._refused.keep(_text(arguments, named), refused, "task")
            raise
        return self._publisher.publish(event)

    def _read(self, arguments: tuple[object, ...], named: Mapping[str, object]) -> BookingEvent:
        if len(arguments) != 1 or named:
            raise Refused(field="", shape=shape_of(arguments), expected="expected one argument, the event")
        event = _event(arguments[0])
        if self._connections and event.connection not in self._connections:
            expected = f"expected one that the worker's environment names: {', '.join(self._connections)}"
            raise Refused(field="connection", shape=shape_of(event.connection), expected=expected)
        return event


@cache
def acceptor() -> Acceptor:
    """The one of this process. Raises BadSettings."""
    settings = load_settings()
    redis, cipher = connect_redis(settings, patience=PATIENCE), settings.cipher
    refused = RefusedEvents(redis, cipher, timedelta(days=settings.keep_finished_days))
    return Acceptor(Publisher.connect(settings.redis_url, settings.broker, cipher), refused, configured_connections())


def _event(body: object) -> BookingEvent:
    try:
        return BookingEvent.model_validate_json(body) if isinstance(body, str) else BookingEvent.model_validate(body)
    except ValidationError as error:
        raise Refused.of(error) from None  # whose text quotes nothing, but whose frames hold the customer's data


def _text(arguments: tuple[object, ...], named: Mapping[str, object]) -> str:
    """What came, as somebody can mend it and publish it."""
    body: object = arguments[0] if len(arguments) == 1 and not named else {"args": arguments, "kwargs": named}
    return body if isinstance(body, str) else to_text(body)
