"""Events that cannot be journalled: kept once, encrypted, for a limited time and in a limited number."""

from datetime import timedelta

import fakeredis
import pytest
from redis import Redis

from producers.cipher import Cipher, Locked, new_key
from producers.keys import REFUSED
from producers.refusal import Refused
from producers.refused import MOST, RefusedEvents

WRONG = Refused(field="kind", shape="nothing", expected="this field is required")
OTHER = Refused(field="booking.id", shape="nothing", expected="this field is required")


@pytest.fixture
def redis() -> Redis:
    return fakeredis.FakeRedis(decode_responses=True)


def test_the_same_event_is_kept_once_and_counted_each_time(redis: Redis) -> None:
    events = RefusedEvents(redis)
    for body in ("one", "two", "one"):
        events.keep(body, WRONG, "task")
    assert [(each.body, each.source, each.problem) for each in events.list()] == [
        ("two", "task", "kind: this field is required, got nothing"),
        ("one", "task", "kind: this field is required, got nothing"),
    ]
    assert events.count() == 3
    assert events.forget() == 2
    assert (events.list(), events.count()) == ([], 3)


def test_what_came_is_encrypted_and_read_with_the_key_alone(redis: Redis) -> None:
    key = new_key()
    RefusedEvents(redis, Cipher.of(key)).keep("lea@acme.example", WRONG, "task")
    assert "lea@" not in str(redis.hgetall(REFUSED))
    assert [each.body for each in RefusedEvents(redis, Cipher.of(key)).list()] == ["lea@acme.example"]
    assert [each.body for each in RefusedEvents(redis).list()] == [None]
    with pytest.raises(Locked):
        RefusedEvents(redis).forget_of("lea@acme.example")


def test_the_oldest_go_when_there_are_too_many(redis: Redis) -> None:
    events = RefusedEvents(redis)
    for n in range(MOST + 3):
        events.keep(f"body {n}", WRONG, "task")
    assert [each.body for each in events.list()][:1] == ["body 3"]
    assert redis.hlen(REFUSED) == MOST


def test_old_ones_go_when_another_comes(redis: Redis) -> None:
    events = RefusedEvents(redis, keep=timedelta(days=1))
    events.keep("old", WRONG, "task")
    for name in redis.hkeys(REFUSED):  # type: ignore[union-attr]  # not async
        redis.zadd(f"{REFUSED}:at", {name: 0})
    events.keep("new", OTHER, "task")
    assert [each.body for each in events.list()] == ["new"]


def test_those_of_a_person_are_thrown_away(redis: Redis) -> None:
    events = RefusedEvents(redis)
    events.keep('{"email": "LEA@acme.example"}', WRONG, "task")
    events.keep('{"email": "bo@acme.example"}', WRONG, "task")
    assert events.forget_of("lea@ACME.example") == 1
    assert [each.body for each in events.list()] == ['{"email": "bo@acme.example"}']


def test_half_a_surrogate_pair_is_kept_as_a_question_mark(redis: Redis) -> None:
    events = RefusedEvents(redis)
    events.keep("\ud800", WRONG, "task")
    assert [each.body for each in events.list()] == ["?"]
