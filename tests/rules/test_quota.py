"""How much of the API calls may be spent, and on what."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.quota import CALLS_OF_A_BATCH, Budget, Lane, decide_pace
from tests.builders import a_ruleset

QUOTA = a_ruleset().quota


def a_budget(left: int, calls: int = 1000) -> Budget:
    return Budget(calls=calls, spent=calls - left)


@pytest.mark.parametrize(
    ("budget", "left"),
    [
        (Budget(), None),
        (Budget(spent=7, org_left=3), None),
        (Budget(calls=100, spent=30), 70),
        (Budget(calls=100, spent=30, org_left=20), 20),
        (Budget(calls=100, spent=30, org_left=90), 70),
        (Budget(calls=100, spent=130), 0),
    ],
)
def test_what_is_left_is_the_less_of_our_share_and_of_what_the_org_has(budget: Budget, left: int | None) -> None:
    assert budget.left == left


@pytest.mark.parametrize(
    ("left", "lane"),
    [
        (1000, Lane.BULK),
        (251, Lane.BULK),
        (250, Lane.NEW),
        (101, Lane.NEW),
        (100, Lane.LIFE_CYCLE),
        (CALLS_OF_A_BATCH, Lane.LIFE_CYCLE),
        (CALLS_OF_A_BATCH - 1, None),
        (0, None),
    ],
)
def test_the_less_is_left_the_more_urgent_must_be_what_is_claimed(left: int, lane: Lane | None) -> None:
    assert decide_pace(a_budget(left), QUOTA).lane is lane


def test_while_the_limit_is_not_known_everything_goes() -> None:
    pace = decide_pace(Budget(spent=10_000), QUOTA)
    assert (pace.lane, pace.linger) == (Lane.BULK, timedelta())


@pytest.mark.parametrize(
    ("left", "linger"),
    [
        (1000, timedelta()),
        (500, timedelta()),
        (250, timedelta(minutes=1)),
        (CALLS_OF_A_BATCH, timedelta(minutes=2) * 0.99),
    ],
)
def test_batches_are_let_grow_when_less_than_half_is_left(left: int, linger: timedelta) -> None:
    assert decide_pace(a_budget(left), QUOTA).linger == linger


@given(left=st.integers(0, 1000), more=st.integers(0, 1000))
def test_with_more_left_nothing_waits_longer(left: int, more: int) -> None:
    short, long = decide_pace(a_budget(left, 2000), QUOTA), decide_pace(a_budget(left + more, 2000), QUOTA)
    assert short.lane is None or (long.lane is not None and long.lane >= short.lane and long.linger <= short.linger)


@pytest.mark.parametrize(
    ("last_hour", "lasts_for"),
    [(0, None), (10, None), (11, timedelta(hours=100 / 11)), (50, timedelta(hours=2)), (100, timedelta(hours=1))],
)
def test_the_forecast_is_the_rate_of_the_last_hour(last_hour: int, lasts_for: timedelta | None) -> None:
    assert Budget(calls=240, spent=140, last_hour=last_hour).lasts_for == lasts_for


def test_without_a_known_limit_there_is_no_forecast() -> None:
    assert Budget(last_hour=1000).lasts_for is None
