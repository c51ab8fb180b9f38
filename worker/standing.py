"""How one connection stands: what waits and since when, what ended how, and what the org lets us do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis

from producers.cipher import PLAIN, Cipher
from producers.keys import prefix
from rules.connection import ApiUsage
from rules.quota import Budget
from worker.journal import Journal
from worker.locked import count_locked
from worker.salesforce.breaker import OpenBreaker, read_breaker
from worker.salesforce.meter import CallMeter


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`counts` are customers by queue and events by outcome; `pending` events are accepted and have not ended.

    `oldest` is since when the customer who waits longest does, `paused_for` how long nothing is claimed because calls
    get short. `locked` counts those that wait for a key that is not set, of the bookings that wait longest. `at` is now
    by the clock of Redis. All times are UTC.
    """

    at: datetime
    is_setup_ready: bool
    counts: Mapping[str, int]
    pending: int
    oldest: datetime | None
    paused_for: timedelta | None
    usage: ApiUsage | None
    budget: Budget
    breaker: OpenBreaker | None
    locked: int = 0

    @property
    def runs_out_at(self) -> datetime | None:
        """When our share is used up at the rate of the last hour; None if it is not."""
        lasts = self.budget.lasts_for
        return self.at + lasts if lasts is not None else None


def read_standing(redis: Redis, connection: str, cipher: Cipher = PLAIN) -> Standing:
    """Read what is known; nothing is changed. The Redis client must decode responses."""
    start, meter = prefix(connection), CallMeter(redis, connection)
    pipe = redis.pipeline(transaction=False)
    pipe.time()
    pipe.zrange(f"{start}since", 0, 0, withscores=True)
    pipe.pttl(f"{start}paused")
    pipe.exists(f"{start}setup:version")
    (seconds, micros), oldest, paused, ready = pipe.execute()
    accepted, counts = Journal(redis, connection).tally()
    ended = sum(counts[state] for state in ("synced", "superseded", "skipped", "parked"))
    return Standing(
        at=datetime.fromtimestamp(seconds + micros / 1_000_000, UTC),
        is_setup_ready=bool(ready),
        counts=counts,
        pending=accepted - ended,
        oldest=datetime.fromtimestamp(oldest[0][1] / 1000, UTC) if oldest else None,
        paused_for=timedelta(milliseconds=paused) if paused > 0 else None,
        usage=meter.usage(),
        budget=meter.budget(),
        breaker=read_breaker(redis, connection),
        locked=count_locked(redis, connection, cipher),
    )
