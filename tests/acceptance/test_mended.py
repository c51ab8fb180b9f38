"""Somebody mended something in the org and started a worker: what was not ready is looked at at once."""

import time

from redis import Redis

from tests.acceptance.test_workers import World, until, world
from tests.builders import an_event
from tests.servers import running_worker
from worker.salesforce.breaker import breaker_key, read_breaker

__all__ = ["world"]  # a fixture

_REFUSED = {
    "effect": "error",
    "match": {"path_contains": "/services/oauth2/token"},
    "status": 400,
    "errorCode": "invalid_client",
    "message": "invalid client credentials",
}
"""The same credentials are right behind it: those that were changed would be another's breaker."""

_LONG_MS = 10 * 60_000
"""The longest pause of a breaker between two log-ins; more than this test waits for anything."""


def test_a_worker_that_starts_looks_at_once_at_what_was_not_ready(world: World) -> None:
    world.org.control("POST", "/faults", [_REFUSED])
    world.publish(an_event())
    with Redis.from_url(world.redis_url, decode_responses=True) as redis:
        with running_worker(world.folder, world.environment(), concurrency=1):
            until(lambda: read_breaker(redis, "default") is not None, world)
        _wait_long(redis)
        world.org.control("POST", "/faults", [])
        with running_worker(world.folder, world.environment(), name="mended", concurrency=1):
            until(lambda: world.journal.counts()["synced"] == 1, world, "mended")
        assert read_breaker(redis, "default") is None


def _wait_long(redis: Redis) -> None:
    """What many refused log-ins in a row leave behind."""
    redis.hset(breaker_key("default"), mapping={"pause": _LONG_MS, "until": int(time.time() * 1000) + _LONG_MS})
