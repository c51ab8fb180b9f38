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
    """How one delivery or event ended, and why where that is not plain."""

    outcome: Outcome
    because: str = ""


class Desk:
    """Takes what the gate let in. Its methods block; they raise redis.exceptions.RedisError with nothing accepted."""

    def __init__(self, redis: Redis, publisher: Publisher, refused: RefusedEvents, cipher: Cipher) -> None:
        self._redis = redis
        self._publisher = publisher
        self._refused = refused
        self._cipher = cipher
        self._chains = Chains(redis)

    def take(self, events: Sequence[BookingEvent]) -> list[Result]:
        """Journal events, in few round trips."""
        return [_journalled(is_new) for is_new in self._publisher.publish_many(events)]

    def deliver(self, delivery: Delivery, connection: str) -> Result:
        """What a webhook came to, into the journal."""
        match delivery:
            case BookingEvent():
                return self.take([delivery])[0]
            case Told():
                return _journalled(self._publisher.publish(self._chains.joined(delivery)))
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

    def _complete(self, told: ToldById) -> Result:
        first = self._chains.first_of(told.connection, told.booking_id)
        booking = last_known(self._redis, told.connection, first, self._cipher)
        if booking is None:
            return Result(outcome="ignored", because="it is about a booking that the journal does not know")
        return _journalled(self._publisher.publish(told.of(booking)))


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


def _journalled(is_new: bool) -> Result:
    return Result(outcome="accepted" if is_new else "known")
