"""The circuit breaker: opens when nobody is let in or nothing answers, probes, and recovers."""

from collections.abc import Callable
from typing import cast

import fakeredis
import pytest

from worker.errors import Disconnected, LimitReached, Rejected, Stale, SyncError, Transient
from worker.salesforce.breaker import FAILURES_IN_A_ROW, Breaker, breaker_key, read_breaker

AWAY = Transient("away", code="HTTP_503")
CLOSED_DOOR = Disconnected("no", code="invalid_grant")


@pytest.fixture
def redis() -> fakeredis.FakeRedis:
    return fakeredis.FakeRedis(decode_responses=True)


@pytest.fixture
def breaker(redis: fakeredis.FakeRedis) -> Breaker:
    return Breaker(redis, "test", "these credentials")


def never() -> None:
    raise AssertionError("nobody may call")


def failing(error: SyncError) -> Callable[[], None]:
    def probe() -> None:
        raise error

    return probe


def end_pause(redis: fakeredis.FakeRedis) -> None:
    """What time does."""
    redis.hset(breaker_key("test"), "until", "1")


def pause(redis: fakeredis.FakeRedis) -> int:
    """In seconds."""
    return int(cast("str", redis.hget(breaker_key("test"), "pause"))) // 1000


def test_it_is_closed_at_first(breaker: Breaker, redis: fakeredis.FakeRedis) -> None:
    assert breaker.admits(never)
    assert read_breaker(redis, "test") is None


def test_one_refused_entry_opens_it_for_all(breaker: Breaker, redis: fakeredis.FakeRedis) -> None:
    breaker.failed(CLOSED_DOOR)
    assert not Breaker(redis, "test", "these credentials").admits(never)
    seen = read_breaker(redis, "test")
    assert seen
    assert seen.code == "invalid_grant"
    assert (seen.probes_at - seen.since).total_seconds() == 30


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker.failed(AWAY)
    assert breaker.admits(never)
    breaker.failed(AWAY)
    assert not breaker.admits(never)


@pytest.mark.parametrize(
    "answer", [None, Rejected("no", code="X"), Stale("gone", code="X"), LimitReached("x", code="X")]
)
def test_an_answer_between_starts_the_count_anew(breaker: Breaker, answer: SyncError | None) -> None:
    for _ in range(3 * FAILURES_IN_A_ROW):
        breaker.failed(AWAY)
        if answer:
            breaker.failed(answer)
        else:
            breaker.succeeded()
    assert breaker.admits(never)


def test_when_the_pause_is_over_one_worker_probes(breaker: Breaker, redis: fakeredis.FakeRedis) -> None:
    breaker.failed(CLOSED_DOOR)
    end_pause(redis)
    admitted: list[bool] = []

    def probe() -> None:
        admitted.append(Breaker(redis, "test", "these credentials").admits(never))

    assert breaker.admits(probe)
    assert admitted == [False]
    assert breaker.admits(never)


@pytest.mark.parametrize(
    ("error", "pauses"),
    [(AWAY, [5, 10, 20, 40, 80, 120, 120]), (CLOSED_DOOR, [30, 60, 120, 240, 480, 600, 600])],
    ids=["outage", "no entry"],
)
def test_each_failed_probe_doubles_the_pause(
    breaker: Breaker, redis: fakeredis.FakeRedis, error: SyncError, pauses: list[int]
) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed(error)
    seen = [pause(redis)]
    for _ in pauses[1:]:
        end_pause(redis)
        assert not breaker.admits(failing(error))
        seen.append(pause(redis))
    assert seen == pauses


def test_failures_of_calls_under_way_do_not_lengthen_it(breaker: Breaker, redis: fakeredis.FakeRedis) -> None:
    for _ in range(5):
        breaker.failed(CLOSED_DOOR)
    assert pause(redis) == 30


def test_a_probe_that_meets_the_limit_closes_it(breaker: Breaker, redis: fakeredis.FakeRedis) -> None:
    breaker.failed(CLOSED_DOOR)
    end_pause(redis)
    assert breaker.admits(failing(LimitReached("full", code="REQUEST_LIMIT_EXCEEDED")))
    assert read_breaker(redis, "test") is None


def test_a_probe_that_our_own_share_forbids_leaves_it_open(breaker: Breaker, redis: fakeredis.FakeRedis) -> None:
    breaker.failed(CLOSED_DOOR)
    end_pause(redis)
    assert not breaker.admits(failing(LimitReached("used", code="API_SHARE_USED")))
    assert read_breaker(redis, "test") is not None


def test_other_credentials_are_another_matter(breaker: Breaker, redis: fakeredis.FakeRedis) -> None:
    breaker.failed(CLOSED_DOOR)
    other = Breaker(redis, "test", "those credentials")
    assert other.admits(never)
    other.failed(CLOSED_DOOR)
    assert not other.admits(never)
    assert pause(redis) == 30
