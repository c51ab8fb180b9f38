"""Publishing: an event is in the journal when `publish` returns; then a worker is woken."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self, cast

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis

from .cipher import PLAIN, Cipher
from .contract import SYNC_TASK, BookingEvent, customer_key, names_customer
from .keys import LANE, WAKE_TTL_MS, prefix

QUEUE = "bookforce"

# One script call blocks Redis for about 5 ms at this size; larger ones gain nothing.
_EVENTS_PER_CALL = 500

# A producer must not hang because Redis does.
_TIMEOUTS = {"socket_connect_timeout": 5.0, "socket_timeout": 10.0}

# Kombu's own retries take 6 s; the next sweep is there sooner.
_BROKER_OPTIONS = {**_TIMEOUTS, "max_retries": 0}

_SCRIPT = Path(__file__).with_name("lua") / "publish.lua"


class Publisher:
    """Connections to the journal and to the broker; share one per process."""

    def __init__(self, journal: Redis, broker: Celery, cipher: Cipher = PLAIN) -> None:
        self._journal = journal
        self._cipher = cipher
        self._broker = broker
        self._script = journal.register_script(_SCRIPT.read_text(encoding="utf-8"))

    @classmethod
    def connect(cls, redis_url: str, broker_url: str | None = None, cipher: Cipher = PLAIN) -> Self:
        """A publisher for these addresses; connects on first use. Without `broker_url` the broker is the same Redis.

        All publishers and workers of a journal need the same keys in their ciphers.
        """
        journal = Redis.from_url(redis_url, decode_responses=True, **_TIMEOUTS)
        broker = Celery("bookforce", broker=broker_url or redis_url, set_as_current=False)
        broker.conf.broker_transport_options = _BROKER_OPTIONS
        return cls(journal, broker, cipher)

    def publish(self, event: BookingEvent) -> bool:
        """Journal one event: True if it is new, False if this delivery was journalled before.

        Raises redis.exceptions.RedisError if the journal cannot be reached; nothing is accepted then.
        """
        return self.publish_many([event])[0]

    def publish_many(self, events: Sequence[BookingEvent], *, bulk: bool = False) -> list[bool]:
        """Journal events in the order given: per event True if new, False if this delivery was journalled before.

        Bookings that are published in bulk, as in an import, let those of the day go first.
        One round trip for each 500 of a connection. Raises redis.exceptions.RedisError if the journal cannot be
        reached; publishing the same events again is safe, whatever part had been accepted.
        """
        accepted: dict[int, bool] = {}
        for connection in dict.fromkeys(event.connection for event in events):
            own = [(n, event) for n, event in enumerate(events) if event.connection == connection]
            for start in range(0, len(own), _EVENTS_PER_CALL):
                chunk = own[start : start + _EVENTS_PER_CALL]
                wake, *new = self._journal_events(connection, [event for _, event in chunk], bulk=bulk)
                if wake:  # at once: of 10,000 events the last is published half a second behind the first
                    self.wake(connection)
                accepted.update((n, bool(is_new)) for (n, _), is_new in zip(chunk, new, strict=True))
        return [accepted[n] for n in range(len(events))]

    def _journal_events(self, connection: str, events: Sequence[BookingEvent], *, bulk: bool) -> list[int]:
        arguments: list[str | int] = [WAKE_TTL_MS, 2 * LANE if bulk else LANE]
        for event in events:
            booking = event.booking
            body = self._cipher.seal(event.model_dump_json(exclude_none=True))
            weak = 0 if names_customer(booking) else 1
            customer = customer_key(booking, self._cipher.digest_key)
            # As one argument: each costs the client as much as the event's own JSON.
            arguments += (f"{event.event_id} {booking.id} {customer} {weak} {booking.replaces or ''}", body)
        return cast("list[int]", self._script(keys=[prefix(connection)], args=arguments))

    def wake(self, connection: str) -> None:
        """Tell a worker. A wake-up that cannot be sent delays the booking until the next sweep and loses nothing."""
        try:
            self._broker.send_task(SYNC_TASK, args=[connection], queue=QUEUE, ignore_result=True, retry=False)
        except OperationalError:
            return


@cache
def _publisher() -> Publisher:
    redis_url = os.environ.get("BOOKFORCE_REDIS_URL", "redis://localhost:6379/0")
    return Publisher.connect(redis_url, os.environ.get("BOOKFORCE_BROKER_URL"), Cipher.from_environment())


def publish(event: BookingEvent) -> bool:
    """Journal one event through this process's publisher, whose addresses are BOOKFORCE_REDIS_URL and _BROKER_URL.

    With BOOKFORCE_JOURNAL_KEYS it is encrypted there (see producers/cipher.py). True if it is new, False if this
    delivery was journalled before. Raises redis.exceptions.RedisError if the journal cannot be reached, and BadKeys.
    """
    return _publisher().publish(event)


def publish_many(events: Sequence[BookingEvent], *, bulk: bool = False) -> list[bool]:
    """The same for many events, in few round trips: see Publisher.publish_many."""
    return _publisher().publish_many(events, bulk=bulk)
