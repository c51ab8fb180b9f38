"""What the journal knows of some bookings and their customers: read, and nothing of it touched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from producers.cipher import PLAIN, Cipher
from producers.contract import BookingEvent, customer_key
from producers.keys import prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalView:
    """A part of the journal as it was read. What it names and does not know is there with None or nothing in it.

    `events` are bookings by delivery, `bookings` their hashes, `customers` the ids of their bookings with pending
    events and the order of these. Nothing in it is encrypted, and the digests of the customers of the events that were
    asked for are those that anybody can make: it needs no keys.
    """

    events: Mapping[str, str | None] = field(default_factory=dict)
    bookings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    customers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def view_journal(redis: Redis, connection: str, events: Sequence[BookingEvent], cipher: Cipher = PLAIN) -> JournalView:
    """All that has a say in what becomes of these events. The Redis client must decode responses.

    Raises Locked if something of it is encrypted with a key that is not set.
    """
    reader = _Reader(redis, prefix(connection))
    deliveries = list(dict.fromkeys(event.event_id for event in events))
    known: list[str | None] = reader.run("get", "event:", deliveries)
    bookings: dict[str, dict[str, str]] = {}
    reader.add_bookings([name for event in events for name in (event.booking.id, event.booking.replaces)], bookings)
    plain = {customer_key(event.booking, cipher.digest_key): customer_key(event.booking) for event in events}
    keys = dict.fromkeys(plain)
    keys |= dict.fromkeys(fields["customer"] for fields in bookings.values() if "customer" in fields)
    pending = reader.pending(list(keys))
    reader.add_bookings([name for own in pending.values() for name in own], bookings)
    return JournalView(
        events=dict(zip(deliveries, known, strict=True)),
        bookings={name: _opened(fields, plain, cipher) for name, fields in bookings.items()},
        customers=_renamed(pending, plain),
    )


def _opened(fields: Mapping[str, str], plain: Mapping[str, str], cipher: Cipher) -> dict[str, str]:
    """A booking's hash as it would be without keys."""
    bodies = {name: cipher.open(body) for name, body in fields.items() if name.startswith("body:")}
    customers = {name: plain.get(key, key) for name, key in fields.items() if name in {"customer", "joins"}}
    return {**fields, **bodies, **customers}


def _renamed(pending: Mapping[str, Mapping[str, float]], plain: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """The customers under their plain digests; one who was there under both is one."""
    renamed: dict[str, dict[str, float]] = {}
    for key, own in pending.items():
        renamed.setdefault(plain.get(key, key), {}).update(own)
    return renamed


@dataclass(frozen=True, slots=True)
class _Reader:
    redis: Redis
    start: str

    def run(self, command: str, kind: str, names: Sequence[str], *arguments: object) -> list[Any]:
        """One command for each name, in one round trip."""
        pipe = self.redis.pipeline(transaction=False)
        for name in names:
            getattr(pipe, command)(f"{self.start}{kind}{name}", *arguments)
        return pipe.execute()

    def add_bookings(self, names: Iterable[str | None], bookings: dict[str, dict[str, str]]) -> None:
        """Add these bookings, those that they replace, and so on."""
        wanted = list(dict.fromkeys(name for name in names if name and name not in bookings))
        while wanted:
            bookings.update(zip(wanted, self.run("hgetall", "booking:", wanted), strict=True))
            replaced = (bookings[name].get("replaces") for name in wanted)
            wanted = list(dict.fromkeys(name for name in replaced if name and name not in bookings))

    def pending(self, keys: Sequence[str]) -> dict[str, dict[str, float]]:
        """The bookings of each customer that are to be worked on."""
        found: list[list[tuple[str, float]]] = self.run("zrange", "customer:", keys, 0, -1, False, True)
        return {key: dict(own) for key, own in zip(keys, found, strict=True)}
