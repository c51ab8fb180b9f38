"""What an error means for a booking, by how often it was tried."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import Disconnected, Drifted, LimitReached, OutOfStorage, Rejected, Stale, SyncError, Transient
from worker.outcome import Cause, Outcome, Park, Retry, Wait
from worker.retry import MAX_ATTEMPTS, cause_of, decide, decide_unforeseen, pause_before

WHERE = Cause(code="SOME_CODE", message="said so", object="Lead", field="Email")
LATEST = MAX_ATTEMPTS - 1


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def retry(after: float, *, reread: bool = False) -> Retry:
    return Retry(after=seconds(after), cause=WHERE, reread=reread)


def wait(until_in: float) -> Wait:
    return Wait(until_in=seconds(until_in), cause=WHERE)


PARK = Park(cause=WHERE)

TABLE: list[tuple[type[SyncError], int, Outcome]] = [  # attempts that all ended alike
    (Rejected, 1, PARK),
    (Rejected, MAX_ATTEMPTS, PARK),
    (LimitReached, 1, wait(300)),
    (LimitReached, 1000, wait(300)),
    (Disconnected, 1, wait(60)),
    (Disconnected, 1000, wait(60)),
    (OutOfStorage, 1, wait(600)),
    (OutOfStorage, 1000, wait(600)),
    (Stale, 1, retry(0.2, reread=True)),
    (Stale, 3, retry(0.2, reread=True)),
    (Stale, 4, PARK),
    (Drifted, 1, retry(15)),
    (Drifted, 3, retry(15)),
    (Drifted, 4, PARK),
    (Transient, 1, retry(2)),
    (Transient, 2, retry(4)),
    (Transient, LATEST, retry(1200)),
    (Transient, MAX_ATTEMPTS, PARK),
    (Transient, 1000, PARK),
    (SyncError, 1, PARK),
]


@pytest.mark.parametrize(("error", "attempts", "outcome"), TABLE, ids=[f"{row[0].__name__}-{row[1]}" for row in TABLE])
def test_an_error_decides_for_an_outcome_by_the_attempts(
    error: type[SyncError], attempts: int, outcome: Outcome
) -> None:
    assert decide(an_error(error), attempts, attempts, jitter=1.0) == outcome


BEHIND_OTHERS: list[tuple[type[SyncError], int, int, Outcome]] = [
    (Stale, LATEST, 1, retry(0.2, reread=True)),
    (Stale, LATEST, 3, retry(0.2, reread=True)),
    (Stale, LATEST, 4, PARK),
    (Stale, MAX_ATTEMPTS, 1, PARK),
    (Drifted, LATEST, 1, retry(15)),
    (Drifted, LATEST, 3, retry(15)),
    (Drifted, LATEST, 4, PARK),
    (Drifted, MAX_ATTEMPTS, 1, PARK),
    (Transient, LATEST, 1, retry(1200)),
]


@pytest.mark.parametrize(
    ("error", "attempts", "alike", "outcome"),
    BEHIND_OTHERS,
    ids=[f"{r[0].__name__}-{r[1]}-{r[2]}" for r in BEHIND_OTHERS],
)
def test_what_is_read_again_or_set_up_anew_gets_its_tries_behind_other_failures_too(
    error: type[SyncError], attempts: int, alike: int, outcome: Outcome
) -> None:
    assert decide(an_error(error), attempts, alike, jitter=1.0) == outcome


@pytest.mark.parametrize("error", SyncError.__subclasses__())
def test_every_class_of_error_stands_in_the_table(error: type[SyncError]) -> None:
    assert error in {row[0] for row in TABLE}


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waiting_never_becomes_parking(attempts: int, jitter: float) -> None:
    for error in (LimitReached, Disconnected):
        assert isinstance(decide(an_error(error), attempts, attempts, jitter), Wait)


@pytest.mark.parametrize(
    ("attempts", "outcome"), [(1, retry(2)), (3, retry(8)), (LATEST, retry(1200)), (MAX_ATTEMPTS, PARK)]
)
def test_a_fault_of_ours_is_tried_as_if_it_passed_and_parked_if_it_does_not(attempts: int, outcome: Outcome) -> None:
    assert decide_unforeseen(WHERE, attempts, jitter=1.0) == outcome


PAUSES = [(1, 2), (2, 4), (3, 8), (4, 16), (9, 512), (10, 1024), (11, 1200), (MAX_ATTEMPTS, 1200)]


@pytest.mark.parametrize(("attempt", "longest"), PAUSES)
def test_the_pause_doubles_up_to_a_limit(attempt: int, longest: float) -> None:
    assert pause_before(attempt, 1.0) == seconds(longest)
    assert pause_before(attempt, 0.0) == seconds(longest / 2)


@given(st.integers(1, MAX_ATTEMPTS), st.floats(0, 1))
def test_jitter_spreads_the_pause_over_its_second_half(attempt: int, jitter: float) -> None:
    assert pause_before(attempt, 0.0) <= pause_before(attempt, jitter) <= pause_before(attempt, 1.0)


@given(st.integers(1, MAX_ATTEMPTS - 1))
def test_no_pause_is_shorter_than_the_one_before(attempt: int) -> None:
    assert pause_before(attempt, 1.0) <= pause_before(attempt + 1, 1.0)


def test_all_attempts_together_outlast_most_incidents() -> None:
    pauses = [pause_before(attempt, 0.5) for attempt in range(1, MAX_ATTEMPTS)]
    assert timedelta(hours=1.5) < sum(pauses, timedelta()) < timedelta(hours=2.5)


def test_the_cause_is_kept_whole() -> None:
    assert cause_of(an_error(Rejected)) == WHERE


def an_error(kind: type[SyncError]) -> SyncError:
    """An error of this class, with everything said."""
    return kind(WHERE.message, code=WHERE.code, object=WHERE.object, fields=("Email",))
