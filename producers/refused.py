"""Events that nobody can journal as they are: kept for a person, encrypted like the journal, for a limited time."""

import hashlib
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from redis import Redis

from .cipher import PLAIN, Cipher, Locked
from .keys import REFUSED
from .refusal import Refused

MOST = 1000
"""A sender that is wrong about everything must not fill the Redis that holds the journal: the oldest go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedEvent:
    """One of them: `at` is when it last came, `source` who sent it, `body` what came, or None if its key is not set."""

    at: datetime
    source: str
    problem: str
    body: str | None


class RefusedEvents:
    """All of them, of every connection: a refused event may not say for which one it is."""

    def __init__(self, redis: Redis, cipher: Cipher = PLAIN, keep: timedelta = timedelta(days=30)) -> None:
        self._redis = redis
        self._cipher = cipher
        self._keep = keep

    def keep(self, body: str, refused: Refused, source: str) -> None:
        """Keep it, once however often it comes. Raises redis.exceptions.RedisError."""
        name = hashlib.blake2b(body.encode(errors="replace"), key=self._cipher.digest_key, digest_size=12).hexdigest()
        facts = {
            "source": source,
            "problem": str(refused),
            "body": self._cipher.seal(body.encode(errors="replace").decode()),
        }
        now = time.time()
        pipe = self._redis.pipeline()
        pipe.hset(REFUSED, name, json.dumps(facts))
        pipe.zadd(f"{REFUSED}:at", {name: now})
        pipe.incr(f"{REFUSED}:count")
        pipe.execute()
        self._drop_old(now)

    def list(self) -> list[RefusedEvent]:
        """The oldest first."""
        times = dict(cast("list[tuple[str, float]]", self._redis.zrange(f"{REFUSED}:at", 0, -1, withscores=True)))
        kept = cast("dict[str, str]", self._redis.hgetall(REFUSED))
        return [self._read(times[name], kept[name]) for name in sorted(times, key=times.__getitem__) if name in kept]

    def count(self) -> int:
        """How many came so far, whether or not they are still kept."""
        return int(cast("str | None", self._redis.get(f"{REFUSED}:count")) or 0)

    def forget(self) -> int:
        """Throw all of them away; how many there were."""
        pipe = self._redis.pipeline()
        pipe.hlen(REFUSED)
        pipe.delete(REFUSED, f"{REFUSED}:at")
        return int(pipe.execute()[0])

    def forget_of(self, email: str) -> int:
        """Throw away those that hold this address, in whatever case; how many. Raises Locked if one cannot be read."""
        kept = cast("dict[str, str]", self._redis.hgetall(REFUSED))
        address = email.casefold()
        gone = [
            name for name, text in kept.items() if address in self._cipher.open(json.loads(text)["body"]).casefold()
        ]
        self._drop(gone)
        return len(gone)

    def _drop(self, names: Collection[str]) -> None:
        if names:
            pipe = self._redis.pipeline()
            pipe.zrem(f"{REFUSED}:at", *names)
            pipe.hdel(REFUSED, *names)
            pipe.execute()

    def _drop_old(self, now: float) -> None:
        times = f"{REFUSED}:at"
        pipe = self._redis.pipeline()
        pipe.zrange(times, 0, -MOST - 1)
        pipe.zrangebyscore(times, "-inf", now - self._keep.total_seconds())
        surplus, old = cast("tuple[list[str], list[str]]", pipe.execute())
        self._drop({*surplus, *old})

    def _read(self, at: float, text: str) -> RefusedEvent:
        facts = cast("dict[str, str]", json.loads(text))
        try:
            body = self._cipher.open(facts["body"])
        except Locked:
            body = None
        moment = datetime.fromtimestamp(at, UTC)
        return RefusedEvent(at=moment, source=facts["source"], problem=facts["problem"], body=body)
