"""The circuit breaker of a connection: where every call fails, one probe at a time is made, and bookings wait."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import structlog
from redis import Redis

from producers.keys import prefix, to_ms
from worker.errors import Disconnected, LimitReached, SyncError, Transient
from worker.salesforce.meter import SHARE_USED

log = structlog.get_logger()

FAILURES_IN_A_ROW = 5
"""Of one process, with nothing but failures between: at one fault in ten calls that is one batch in 100,000."""

_PROBE = timedelta(seconds=90)
"""Longer than a log-in and a call may take together."""

_HERE = Path(__file__)


@dataclass(frozen=True, slots=True)
class _Pauses:
    first: timedelta
    longest: timedelta


# Salesforce counts failed log-ins and locks users out, so those are tried less often.
_OUTAGE = _Pauses(first=timedelta(seconds=5), longest=timedelta(minutes=2))
_NO_ENTRY = _Pauses(first=timedelta(seconds=30), longest=timedelta(minutes=10))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBreaker:
    """Since when and why nobody calls, and when the next probe is made (UTC)."""

    code: str
    since: datetime
    probes_at: datetime


class Breaker:
    """Shared by all workers with the same credentials, by their fingerprint. The client must decode responses."""

    def __init__(self, redis: Redis, connection: str, fingerprint: str) -> None:
        self._redis = redis
        self._key = breaker_key(connection)
        self._for = fingerprint
        self._failures = 0
        self._trip = redis.register_script(_HERE.with_name("trip.lua").read_text(encoding="utf-8"))
        self._admit = redis.register_script(_HERE.with_name("admit.lua").read_text(encoding="utf-8"))

    def succeeded(self) -> None:
        """A call went through."""
        self._failures = 0

    def failed(self, error: SyncError) -> None:
        """A whole call failed. Opens when Salesforce lets nobody in, or when too many failed in a row."""
        match error:
            case Disconnected():
                self._open(error)
            case Transient():
                self._failures += 1
                if self._failures >= FAILURES_IN_A_ROW:
                    self._open(error)
            case _:
                self._failures = 0  # it answered

    def admits(self, probe: Callable[[], object]) -> bool:
        """Whether work may go on. When a pause is over this makes the probe, and closes if that goes through."""
        found = self._admit(keys=[self._key], args=[self._for, to_ms(_PROBE)])
        if found != "probe":
            return bool(found == "closed")
        try:
            probe()
        except LimitReached as error:
            if error.code == SHARE_USED:
                return False  # nothing was asked
        except SyncError as error:
            self._open(error, is_probe=True)
            return False
        self.close()
        return True

    def close(self) -> None:
        """All is well: calls go through."""
        self._failures = 0
        if self._redis.delete(self._key):
            log.info("breaker.closed")

    def _open(self, error: SyncError, *, is_probe: bool = False) -> None:
        pauses = _NO_ENTRY if isinstance(error, Disconnected) else _OUTAGE
        lengths = (to_ms(pauses.first), to_ms(pauses.longest))
        arguments: list[str | int] = [error.code, *lengths, self._for, "1" if is_probe else ""]
        pause = cast("int", self._trip(keys=[self._key], args=arguments))
        if pause:
            log.warning("breaker.opened", code=error.code, probes_in_seconds=pause / 1000)


def read_breaker(redis: Redis, connection: str) -> OpenBreaker | None:
    """What is known of it while it is open, whatever the credentials were."""
    known = cast("dict[str, str]", redis.hgetall(breaker_key(connection)))
    if "until" not in known:
        return None
    return OpenBreaker(code=known["code"], since=_time(known["since"]), probes_at=_time(known["until"]))


def breaker_key(connection: str) -> str:
    """Where the breaker of a connection stands."""
    return f"{prefix(connection)}breaker"


def _time(ms: str) -> datetime:
    return datetime.fromtimestamp(float(ms) / 1000, UTC)
