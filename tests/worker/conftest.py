"""A connection of its own in the real Redis, for what operators read and change of a journal."""

from collections.abc import Iterator

import pytest
from celery import Celery
from redis import Redis

from tests.producers.test_publish_script import Desk
from worker.replaying import Replaying


@pytest.fixture
def desk(redis_url: str) -> Iterator[Desk]:
    broker = Celery("test", broker="memory://", set_as_current=False)
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        yield Desk(redis, broker)


@pytest.fixture
def replaying(desk: Desk) -> Replaying:
    return Replaying(desk.redis, desk.name)
