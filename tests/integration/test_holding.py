"""A claim is its worker's while that lives, and nobody's who has lost it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from worker.errors import Transient
from worker.holding import LEASE, check_held, held
from worker.pipeline import sync_batch
from worker.salesforce.session import TIMEOUTS

SHORT, SHORTER = timedelta(seconds=0.3), timedelta(seconds=0.05)


def test_a_claim_that_is_worked_on_for_longer_than_its_lease_stays_held(rig: Rig) -> None:
    rig.publish(an_event())
    claim = rig.journal.claim(SHORT)
    with held(rig.journal, claim, SHORT, SHORTER):
        time.sleep(0.6)
        assert rig.journal.sweep().lapsed == 0
    assert rig.journal.claim(SHORT).customers == ()


def test_a_claim_that_nobody_works_on_lapses_one_lease_later(rig: Rig) -> None:
    rig.publish(an_event())
    claim = rig.journal.claim(SHORT)
    with held(rig.journal, claim, SHORT, SHORTER):
        pass
    time.sleep(0.4)
    assert rig.journal.sweep().lapsed == 1


def test_a_lapsed_claim_that_another_worker_took_is_not_renewed(rig: Rig) -> None:
    rig.publish(an_event())
    frozen = rig.journal.claim(timedelta(0))
    rig.journal.sweep()
    other = rig.journal.claim(SHORT)
    assert rig.journal.renew(frozen, timedelta(hours=1)) == (frozen.customers[0].key,)
    time.sleep(0.4)
    assert rig.journal.sweep().lapsed == 1
    assert rig.journal.renew(other, SHORT) == (other.customers[0].key,)


def test_two_sweeps_at_once_count_a_lapsed_claim_once(rig: Rig) -> None:
    rig.publish(an_event())
    rig.journal.claim(timedelta(0))
    with ThreadPoolExecutor(8) as sweepers:
        swept = list(sweepers.map(lambda _: rig.journal.sweep().lapsed, range(8)))
    booking = rig.journal.read_booking("BKNG-1")
    assert booking
    assert (sum(swept), booking.attempts, rig.journal.counts()["ready"]) == (1, 1, 1)


def test_a_lapsed_claim_that_nobody_took_is_renewed(rig: Rig) -> None:
    rig.publish(an_event())
    claim = rig.journal.claim(timedelta(0))
    check_held(rig.journal, claim)
    assert rig.journal.sweep().lapsed == 0


def test_one_lost_customer_is_enough_to_write_nothing(rig: Rig) -> None:
    rig.publish(an_event(), an_event(booking=a_booking("BKNG-2", customer=a_customer(email="other@acme.example"))))
    claim = rig.journal.claim(SHORT)
    rig.redis.hset(f"bookforce:{{{rig.connection}}}:lease", claim.customers[1].key, "another")
    with pytest.raises(Transient, match="another worker"):
        check_held(rig.journal, claim)


def test_a_worker_that_wakes_up_after_its_lease_writes_nothing_over_the_work_of_another(rig: Rig) -> None:
    rig.make_ready()
    ready = rig.here.ready()
    assert ready is not None
    rig.publish(an_event())
    asleep = replace(rig.here.tools, clock=_falling_asleep(rig))
    sync_batch(asleep, ready, lambda: None)
    assert [record["Subject"] for record in rig.records("Event")] == ["Moved"]
    assert rig.journal.counts() | {"synced": 1, "superseded": 1, "claimed": 0} == rig.journal.counts()
    assert len(rig.records("Lead")) == 1


def test_the_lease_outlasts_a_call_to_salesforce() -> None:
    assert timedelta(seconds=sum(TIMEOUTS)) < LEASE


def _falling_asleep(rig: Rig) -> Callable[[], datetime]:
    """A clock that stops its worker between claiming and writing, until another one has done its work and more."""
    slept: list[bool] = []

    def clock() -> datetime:
        if not slept:
            slept.append(True)
            _let_leases_lapse(rig)
            rig.publish(an_event(minute=1, booking=a_booking(subject="Moved")))
            rig.sync()
        return datetime.now(UTC)

    return clock


def _let_leases_lapse(rig: Rig) -> None:
    claimed = f"bookforce:{{{rig.connection}}}:claimed"
    rig.redis.zadd(claimed, dict.fromkeys(cast("list[str]", rig.redis.zrange(claimed, 0, -1)), 0))
    rig.journal.sweep()
