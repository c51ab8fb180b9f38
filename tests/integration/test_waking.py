"""A worker that leaves something behind wakes another before it works on what it has taken."""

from collections.abc import Callable

from tests.builders import a_customer, an_event
from tests.rig import Rig
from worker.journal import MAX_BOOKINGS
from worker.pipeline import sync_batch


def _publish(rig: Rig, bookings: int) -> None:
    rig.publish(
        *(an_event(booking_id=f"BKNG-{n}", customer=a_customer(email=f"c{n}@acme.example")) for n in range(bookings))
    )


def _settled_when_woken(rig: Rig) -> list[int]:
    """How many events had been settled at each wake-up of one batch."""
    rig.make_ready()
    ready = rig.here.ready()
    assert ready
    seen: list[int] = []
    sync_batch(rig.here.tools, ready, lambda: seen.append(rig.journal.counts()["synced"]))
    return seen


def test_another_worker_is_woken_before_the_first_batch_is_worked_on(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    _publish(rig, MAX_BOOKINGS + 1)
    assert _settled_when_woken(rig)[0] == 0  # a slow batch wakes once more when it ends
    assert rig.journal.counts()["synced"] == MAX_BOOKINGS


def test_nobody_is_woken_where_one_batch_takes_all(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    _publish(rig, 2)
    assert _settled_when_woken(rig) == []
