"""Counting our own API calls, and making none beyond the share."""

from typing import cast

import fakeredis
import pytest

from producers.keys import prefix
from rules.connection import ApiUsage
from worker.errors import LimitReached
from worker.salesforce.meter import CallMeter

_STEP_SECONDS = 600
_STEPS = 144


@pytest.fixture
def redis() -> fakeredis.FakeRedis:
    return fakeredis.FakeRedis(decode_responses=True)


@pytest.fixture
def meter(redis: fakeredis.FakeRedis) -> CallMeter:
    return CallMeter(redis, "test")


def made(redis: fakeredis.FakeRedis, steps_ago: int, calls: int) -> None:
    """Calls that were made so many steps of ten minutes ago."""
    seconds, _ = cast("tuple[int, int]", redis.time())
    redis.hset(f"{prefix('test')}calls", str(seconds // _STEP_SECONDS - steps_ago), str(calls))


def test_before_the_limit_is_known_calls_are_only_counted(meter: CallMeter) -> None:
    for _ in range(7):
        meter.spend()
    assert (meter.budget().spent, meter.budget().calls, meter.usage()) == (7, None, None)


def test_no_call_is_made_beyond_the_share(meter: CallMeter) -> None:
    meter.note(used=90, allowed=10)
    meter.set_share(55)
    for _ in range(5):
        meter.spend()
    with pytest.raises(LimitReached) as caught:
        meter.spend()
    assert (caught.value.code, meter.budget().spent, meter.budget().left) == ("API_SHARE_USED", 5, 0)
    assert "5 of the 5 API calls" in caught.value.message


@pytest.mark.parametrize(("steps_ago", "counts"), [(0, True), (_STEPS - 1, True), (_STEPS, True), (_STEPS + 1, False)])
def test_calls_count_for_24_hours(meter: CallMeter, redis: fakeredis.FakeRedis, steps_ago: int, counts: bool) -> None:
    meter.note(used=0, allowed=100)
    meter.set_share(50)
    made(redis, steps_ago, 50)
    assert meter.budget().spent == (50 if counts else 0)
    if counts:
        with pytest.raises(LimitReached):
            meter.spend()
    else:
        meter.spend()


def test_the_budget_tells_when_the_oldest_calls_leave_the_window(meter: CallMeter, redis: fakeredis.FakeRedis) -> None:
    made(redis, _STEPS - 1, 3)
    made(redis, 2, 9)
    budget = meter.budget()
    assert budget.last_hour == 9
    assert _STEP_SECONDS <= budget.frees_in.total_seconds() <= 2 * _STEP_SECONDS


def test_what_the_org_said_long_ago_says_nothing_of_what_is_left(meter: CallMeter, redis: fakeredis.FakeRedis) -> None:
    meter.note(used=95, allowed=100)
    meter.set_share(50)
    assert (meter.budget().org_left, meter.budget().left) == (5, 5)
    redis.hset(f"{prefix('test')}usage", "at", "1")
    assert (meter.budget().org_left, meter.budget().left) == (None, 50)
    assert meter.usage() == ApiUsage(used=95, allowed=100)
