"""Waiting until everything is settled, for as long as there is progress or a reason to wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from producers.keys import prefix
from worker.journal import Journal

PATIENCE_SECONDS = 90.0
"""Without progress, once the journal itself names nothing to wait for: a pause, a lease, a next try."""

_POLL_SECONDS = 0.1
_ENDS = ("synced", "superseded", "skipped", "parked")


@dataclass(slots=True, kw_only=True)
class Watch:
    """An eye on the journal. `standstill` is the longest time that customers were ready and nobody took them."""

    redis: Redis
    journal: Journal
    standstill: float = 0.0

    def until_settled(self, accepted: int, is_sent: Callable[[], bool]) -> bool:
        """Whether so many events have ended and no customer is left; False when nothing goes on any more."""
        before: object = None
        since = idle_since = time.monotonic()
        while True:
            try:
                counts, due = self.journal.counts(), self._seconds_to_next()
            except RedisError:
                counts, due = {}, 0.0
            if counts and is_sent() and _is_settled(counts, accepted):
                return True
            now = time.monotonic()
            if counts != before or due > 0:
                before, since = counts, now
            is_idle = counts and counts["ready"] and not counts["claimed"] and due <= 0
            idle_since = idle_since if is_idle else now
            self.standstill = max(self.standstill, now - idle_since)
            if now - since > PATIENCE_SECONDS:
                return False
            time.sleep(_POLL_SECONDS)

    def _seconds_to_next(self) -> float:
        """How long everything that is left may rightly wait: the org's limit, pauses, leases."""
        start = prefix("default")
        paused = max(cast("int", self.redis.pttl(f"{start}paused")), 0) / 1000
        if paused:
            return paused
        if self.redis.zcard(f"{start}ready"):
            return 0.0
        seconds, micros = cast("tuple[int, int]", self.redis.time())
        now = seconds * 1000 + micros / 1000
        firsts = [self._first(f"{start}{name}") for name in ("waiting", "claimed")]
        return max(min((due for due in firsts if due is not None), default=now) - now, 0.0) / 1000

    def _first(self, key: str) -> float | None:
        found = cast("list[tuple[str, float]]", self.redis.zrange(key, 0, 0, withscores=True))
        return found[0][1] if found else None


def _is_settled(counts: dict[str, int], accepted: int) -> bool:
    left = counts["ready"] + counts["claimed"] + counts["waiting"]
    return not left and sum(counts[end] for end in _ENDS) >= accepted
