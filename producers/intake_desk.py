"""What becomes of what came in by HTTP: journalled, known before, ignored or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from pydantic import ValidationError
from redis import Redis

from . import calcom, calendly, oncehub
from .chains import Chains
from .cipher import Cipher
from .contract import BookingEvent
from .deliveries import Delivery, Ignored, Told, ToldById
from .last_known import last_known
from .publish import Publisher
from .refusal import Refused, shape_of
from .refused import RefusedEvents
from .signatures import Source

Outcome = Literal["accepted", "known", "ignored", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one delivery or event ended, and why where that is not plain; the ids of the event, where there is one."""

    outcome: Outcome
    because: str = ""
    event_id: str = ""
    booking_id: str = ""


class Desk:
    """Takes what the gate let in. Its methods block; they raise redis.exceptions.RedisError with nothing accepted."""

    def __init__(self, redis: Redis, publisher: Publisher, refused: RefusedEvents, cipher: Cipher) -> None:
        self._redis = redis
        self._publisher = publisher
        self._refused = refused
        self._cipher = cipher
        self._chains = Chains(redis)

    def take(self, events: Sequence[BookingEvent], *, bulk: bool = False) -> list[Result]:
        """Journal events, in few round trips; see Publisher.publish_many."""
        new = self._publisher.publish_many(events, bulk=bulk)
        return [_journalled(event, is_new) for event, is_new in zip(events, new, strict=True)]

    def deliver(self, delivery: Delivery, connection: str) -> Result:
        """What a webhook came to, into the journal."""
        event = self.event_of(delivery, connection)
        return self.take([event])[0] if isinstance(event, BookingEvent) else event

    def event_of(self, delivery: Delivery, connection: str) -> BookingEvent | Result:
        """The event that a webhook came to, or why there is none. What it says of moves is known from now on.

        What says no more than a booking's id is completed from the journal.
        """
        match delivery:
            case BookingEvent():
                return delivery
            case Told():
                return self._chains.joined(delivery)
            case ToldById():
                return self._complete(delivery)
            case Ignored():
                if delivery.moved:
                    self._chains.note_move(connection, *delivery.moved)
                return Result(outcome="ignored", because=delivery.because)
            case _:
                assert_never(delivery)

    def keep(self, body: bytes, refused: Refused, source: str) -> None:
        """A delivery that cannot be read, for a person: its sender will give up before anyone has mended it."""
        self._refused.keep(body.decode(errors="replace"), refused, source)

    def is_reachable(self) -> bool:
        """Whether the journal answers. Raises RedisError if not."""
        return bool(self._redis.ping())

    def _complete(self, told: ToldById) -> BookingEvent | Result:
        first = self._chains.first_of(told.connection, told.booking_id)
        booking = last_known(self._redis, told.connection, first, self._cipher)
        if booking is None:
            return Result(outcome="ignored", because="it is about a booking that the journal does not know")
        return told.of(booking)


def read_webhook(
    source: Source, body: Mapping[str, Any], *, connection: str, parameters: Mapping[str, str]
) -> Delivery:
    """What a webhook's body comes to. Raises Refused with the field that is wrong."""
    match source:
        case Source.ONCEHUB if oncehub.is_ignored(body):
            return Ignored(because="it is about no booking, or about one that nobody approved yet")
        case Source.ONCEHUB:
            return oncehub.translate(body, connection=connection, parameters=parameters)
        case Source.CALENDLY:
            return calendly.read(body, connection=connection, parameters=parameters)
        case Source.CALCOM:
            return calcom.read(body, connection=connection, parameters=parameters)
        case _:
            assert_never(source)


def read_event(item: object, connections: Sequence[str]) -> BookingEvent:
    """A canonical event. Raises Refused with the field that is wrong."""
    try:
        event = BookingEvent.model_validate(item)
    except ValidationError as error:
        raise Refused.of(error) from None
    if connections and event.connection not in connections:
        expected = f"expected one that the intake's environment names: {', '.join(connections)}"
        raise Refused(field="connection", shape=shape_of(event.connection), expected=expected)
    return event


def _journalled(event: BookingEvent, is_new: bool) -> Result:
    return Result(outcome="accepted" if is_new else "known", event_id=event.event_id, booking_id=event.booking.id)
