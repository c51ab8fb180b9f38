"""Bookings that are encrypted with a key that is not set: they wait for it, and somebody is told."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import cast

import structlog
from redis import Redis

from producers.cipher import KEYS_VARIABLE, Cipher
from producers.keys import prefix
from rules.findings import Finding
from worker.claims import Claim, read_booking
from worker.outcome import Cause, Outcome, Wait

log = structlog.get_logger()

NO_KEY = "JOURNAL_KEY_MISSING"

# A worker with the right key may be there at any time, and a try costs no call.
_PAUSE = timedelta(seconds=30)

# Looked at for a person who waits for the answer: as the keys of a journal change seldom, those who wait longest tell.
_MOST = 200

MESSAGE = f"the booking is encrypted with a key that {KEYS_VARIABLE} does not hold"
ADVICE = (
    f"give every worker the {KEYS_VARIABLE} of the services that publish; nothing is lost, and all of it goes on then"
)


def set_aside(claim: Claim) -> tuple[Claim, dict[str, Outcome]]:
    """The claim without its bookings that cannot be opened, and what becomes of these, by id: they wait."""
    locked = [booking.id for booking in claim.bookings if booking.locked]
    if not locked:
        return claim, {}
    log.error("journal.key_missing", variable=KEYS_VARIABLE, bookings=len(locked), advice=ADVICE)
    cause = Cause(code=NO_KEY, message=MESSAGE)
    return claim.without(locked), {name: Wait(until_in=_PAUSE, cause=cause) for name in locked}


def count_locked(redis: Redis, connection: str, cipher: Cipher) -> int:
    """How many of the bookings that wait longest cannot be opened. The Redis client must decode responses."""
    start = prefix(connection)
    customers = cast("Sequence[str]", redis.zrange(f"{start}since", 0, _MOST - 1))
    waiting = redis.pipeline(transaction=False)
    for customer in customers:
        waiting.zrange(f"{start}customer:{customer}", 0, _MOST - 1)
    ids = [name for own in waiting.execute() for name in own][:_MOST]
    bookings = redis.pipeline(transaction=False)
    for name in ids:
        bookings.hgetall(f"{start}booking:{name}")
    found = cast("Sequence[Mapping[str, str]]", bookings.execute())
    return sum(bool(read_booking(name, fields, cipher=cipher).locked) for name, fields in zip(ids, found, strict=True))


def check_keys(redis: Redis, connection: str, cipher: Cipher) -> list[Finding]:
    """What to tell an administrator about bookings that wait for their key: nothing if there are none."""
    count = count_locked(redis, connection, cipher)
    if not count:
        return []
    number = f"at least {count}" if count == _MOST else str(count)
    message = f"bookings that wait for a key: {number}; they are encrypted with one that {KEYS_VARIABLE} does not hold"
    return [Finding(level="warning", message=message, advice=ADVICE)]
