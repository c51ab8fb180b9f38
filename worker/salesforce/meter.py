"""Counts the API calls of all workers, and lets none be made beyond our share of what the org allows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import structlog
from redis import Redis
from redis.exceptions import RedisError

from producers.keys import prefix, to_ms
from rules.connection import ApiUsage
from rules.quota import WINDOW, Budget
from worker.errors import LimitReached

log = structlog.get_logger()

SHARE_USED = "API_SHARE_USED"
"""The code of our own refusal to make a call."""

_STEP = timedelta(minutes=10)
_STEPS = WINDOW // _STEP

# The org's window moves without us: what it said longer ago may have changed.
_SAID_LATELY = timedelta(minutes=5)

_LUA = Path(__file__).with_name("spend.lua")


class CallMeter:
    """The API calls of one connection. The Redis client must decode responses."""

    def __init__(self, redis: Redis, connection: str) -> None:
        self._redis = redis
        self.made = 0
        """Calls of this process."""
        self._prefix = prefix(connection)
        self._spend = redis.register_script(_LUA.read_text(encoding="utf-8"))

    def spend(self) -> None:
        """Count a call that is about to be made. Raises LimitReached if our share is used."""
        step_ms = to_ms(_STEP)
        granted, spent, share = cast("list[int]", self._spend(keys=[self._prefix], args=[step_ms, _STEPS]))
        if not granted:
            text = (
                f"bookforce has made {spent} of the {share} API calls in 24 hours that are its share; "
                "[quota] share in the setup file says how many are"
            )
            raise LimitReached(text, code=SHARE_USED)
        self.made += 1

    def note(self, used: int, allowed: int) -> None:
        """Keep what Salesforce said of the calls of all applications.

        A good answer of Salesforce is not thrown away because Redis is gone: what follows will notice.
        """
        said = {"used": used, "allowed": allowed, "at": datetime.now(UTC).timestamp()}
        try:
            self._redis.hset(f"{self._prefix}usage", mapping=said)
        except RedisError:
            log.warning("journal.away", while_doing="noting the API usage")

    def set_share(self, percent: int) -> None:
        """What part of the org's calls is ours from now on."""
        self._redis.hset(f"{self._prefix}usage", "share", str(percent))

    def usage(self) -> ApiUsage | None:
        """What Salesforce last said of the org's API calls, to any worker; None before it said anything."""
        return _usage(cast("dict[str, str]", self._redis.hgetall(f"{self._prefix}usage")))

    def budget(self) -> Budget:
        """What is left to spend, in one round trip."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.time()
        pipe.hgetall(f"{self._prefix}usage")
        pipe.hgetall(f"{self._prefix}calls")
        (seconds, _), said, steps = pipe.execute()
        now = datetime.fromtimestamp(seconds, UTC)
        calls = {datetime.fromtimestamp(int(n) * _STEP.total_seconds(), UTC): int(made) for n, made in steps.items()}
        return _budget(said, {start: made for start, made in calls.items() if start + _STEP + WINDOW > now}, now)


def _usage(said: Mapping[str, str]) -> ApiUsage | None:
    return ApiUsage(used=int(said["used"]), allowed=int(said["allowed"])) if "allowed" in said else None


def _budget(said: Mapping[str, str], calls: Mapping[datetime, int], now: datetime) -> Budget:
    """`calls` are those within the window, by the start of their step."""
    usage = _usage(said)
    share = int(said["share"]) if "share" in said else None
    is_fresh = float(said.get("at", 0)) > (now - _SAID_LATELY).timestamp()
    return Budget(
        calls=usage.allowed * share // 100 if usage and share is not None else None,
        spent=sum(calls.values()),
        last_hour=sum(made for start, made in calls.items() if start > now - timedelta(hours=1)),
        org_left=max(usage.allowed - usage.used, 0) if usage and is_fresh else None,
        frees_in=min(calls, default=now) + _STEP + WINDOW - now,
    )
