"""Steps of the clock of Redis: a lease or wait that ends too early does no harm, none ends much too late."""

from datetime import timedelta
from typing import cast

import pytest

from tests.builders import an_event
from tests.rig import Rig
from worker.errors import LimitReached, Transient
from worker.holding import LEASE, check_held
from worker.journal import LONGEST_LEASE, LONGEST_PAUSE, LONGEST_WAIT, Settlement
from worker.retry import MAX_ATTEMPTS, pause_before
from worker.tasks import recheck

STEP = timedelta(hours=5)


def test_a_lease_ends_soon_after_the_clock_went_back(rig: Rig) -> None:
    rig.publish(an_event())
    rig.journal.claim(LEASE)
    _step(rig, "claimed", -STEP)
    rig.journal.sweep()
    _step(rig, "claimed", LONGEST_LEASE)
    assert rig.journal.sweep().lapsed == 1


def test_a_wait_ends_soon_after_the_clock_went_back(rig: Rig) -> None:
    rig.publish(an_event())
    claim = rig.journal.claim(LEASE)
    rig.journal.settle(claim, {"BKNG-1": Settlement(booking_id="BKNG-1", wait=timedelta(minutes=1))})
    _step(rig, "waiting", -STEP)
    rig.journal.sweep()
    _step(rig, "waiting", LONGEST_WAIT)
    assert rig.journal.sweep().due == 1


def test_a_pause_for_calls_ends_soon_after_the_clock_went_back(rig: Rig) -> None:
    key = f"bookforce:{{{rig.connection}}}:paused"
    rig.journal.pause(LONGEST_PAUSE + STEP)
    rig.journal.sweep()
    assert cast("int", rig.redis.pttl(key)) <= LONGEST_PAUSE.total_seconds() * 1000
    rig.redis.delete(key)
    rig.journal.pause(timedelta(seconds=30))
    rig.journal.sweep()
    assert cast("int", rig.redis.pttl(key)) <= 30_000
    assert LimitReached.resets_in <= LONGEST_PAUSE


def test_the_setup_looks_again_soon_after_the_clock_went_back(rig: Rig) -> None:
    key = f"bookforce:{{{rig.connection}}}:setup:running"
    rig.redis.set(key, 1, ex=STEP)
    recheck(rig.connection, rig.here)
    assert cast("int", rig.redis.ttl(key)) <= 20


def test_what_is_held_or_waits_rightly_is_left_alone(rig: Rig) -> None:
    rig.publish(an_event())
    rig.journal.claim(LEASE)
    before = rig.redis.zrange(f"bookforce:{{{rig.connection}}}:claimed", 0, -1, withscores=True)
    assert rig.journal.sweep().lapsed == 0
    assert rig.redis.zrange(f"bookforce:{{{rig.connection}}}:claimed", 0, -1, withscores=True) == before
    assert LEASE < LONGEST_LEASE
    assert pause_before(MAX_ATTEMPTS, 1.0) < LONGEST_WAIT


def test_who_lost_his_lease_by_a_step_forward_writes_nothing(rig: Rig) -> None:
    rig.publish(an_event())
    claim = rig.journal.claim(LEASE)
    _step(rig, "claimed", STEP)
    assert rig.journal.sweep().lapsed == 1
    rig.journal.claim(LEASE)
    with pytest.raises(Transient):
        check_held(rig.journal, claim)


def _step(rig: Rig, queue: str, step: timedelta) -> None:
    """To the journal a step of the clock is the same as its times being off by as much the other way."""
    key = f"bookforce:{{{rig.connection}}}:{queue}"
    for customer in cast("list[str]", rig.redis.zrange(key, 0, -1)):
        rig.redis.zincrby(key, -step.total_seconds() * 1000, customer)
