"""How many events stand parked, by the code of their error."""

from collections import Counter
from collections.abc import Mapping
from typing import cast

from redis import Redis

from producers.keys import prefix
from worker.jobs import read_json

_MOST = 5_000
"""Read at once, the newest, in two round trips of some 50 ms: more parked events are one problem, and seen as such."""

NOT_READ = "(not read)"
"""Stands for the codes of the others."""


def count_parked(redis: Redis, connection: str) -> Mapping[str, int]:
    """The parked events by code. The Redis client must decode responses."""
    start = prefix(connection)
    pipe = redis.pipeline(transaction=False)
    pipe.zcard(f"{start}parked")
    pipe.zrange(f"{start}parked", 0, _MOST - 1, desc=True)
    total, events = pipe.execute()
    for event in events:
        pipe.get(f"{start}event:{event}")
    bookings = pipe.execute()
    for booking, event in zip(bookings, events, strict=True):
        pipe.hget(f"{start}booking:{booking}", f"state:{event}")
    codes = Counter(_code(text) for text in cast("list[str | None]", pipe.execute()))
    if total > len(events):
        codes[NOT_READ] = total - len(events)
    return codes


def _code(text: str | None) -> str:
    """The code of an outcome; what was settled meanwhile, or cannot be read, has none."""
    end = read_json(text) or {}
    cause = end.get("cause")
    return str(cause.get("code")) if isinstance(cause, dict) else NOT_READ
