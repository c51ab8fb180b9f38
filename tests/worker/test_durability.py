"""A Redis that may lose what it accepted is told so when a worker starts."""

from pathlib import Path

import pytest
from fakeredis import FakeRedis
from redis import Redis
from redis.exceptions import ResponseError

from tests.servers import running_redis
from worker.durability import find_weaknesses


def test_a_redis_that_writes_before_it_answers_has_no_weakness(tmp_path: Path) -> None:
    with running_redis(tmp_path, fsync="always") as url, Redis.from_url(url, decode_responses=True) as redis:
        assert find_weaknesses(redis) == []


@pytest.mark.parametrize(
    ("option", "value"), [("appendonly", "no"), ("appendfsync", "everysec"), ("maxmemory-policy", "allkeys-lru")]
)
def test_each_option_that_lets_events_be_lost_is_named_with_what_to_set(
    option: str, value: str, tmp_path: Path
) -> None:
    with running_redis(tmp_path, fsync="always") as url, Redis.from_url(url, decode_responses=True) as redis:
        redis.config_set(option, value)
        (sentence,) = find_weaknesses(redis)
    assert sentence.startswith(f"{option} is {value}: ")
    assert "; set it to " in sentence


def test_a_redis_that_does_not_tell_is_not_judged() -> None:
    class Managed(FakeRedis):
        def config_get(self, *_: object, **__: object) -> object:
            raise ResponseError("unknown command 'CONFIG'")

    assert find_weaknesses(Managed()) == []
