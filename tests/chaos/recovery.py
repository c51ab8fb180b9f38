"""How long it takes until everything is settled after the only worker was killed in the middle of its work."""

import math
import time
from collections.abc import Callable

from tests.builders import a_booking, a_customer, an_event
from tests.chaos.sender import Sender
from tests.chaos.stage import Stage
from worker.holding import LEASE
from worker.sweeper import INTERVAL_SECONDS

_BOOKINGS = 20

# Long enough to be killed in, short enough not to count.
_SLOW_CALL = {"effect": "latency", "latency_ms": 3000, "match": {"path_contains": "composite"}}

LONGEST_SECONDS = LEASE.total_seconds() + INTERVAL_SECONDS + 15
"""Lease and sweep, and the start of a worker on a busy machine; it starts while the lease still runs."""


def measure_recovery(stage: Stage) -> float:
    """Seconds from the kill of the one worker that is left, whose supervisor starts it again, to the last event's end.

    Infinite if it takes longer than it may.
    """
    only, *others = stage.workers
    for worker in others:
        worker.let_go()
    before = _ended(stage)
    stage.org.control("POST", "/faults", [_SLOW_CALL])
    bookings = [
        a_booking(f"BKNG-LEFT-{n}", customer=a_customer(email=f"left{n}@chaos.example")) for n in range(_BOOKINGS)
    ]
    sender: Sender = stage.senders[0]
    sender.send([an_event(booking=booking) for booking in bookings])
    _until(lambda: stage.journal.counts()["claimed"] > 0)
    only.kill()
    killed = time.monotonic()
    stage.org.control("POST", "/faults", [])
    is_over = _until(lambda: _ended(stage) == before + _BOOKINGS)
    return time.monotonic() - killed if is_over else math.inf


def _ended(stage: Stage) -> int:
    counts = stage.journal.counts()
    return sum(counts[end] for end in ("synced", "superseded", "skipped", "parked"))


def _until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not (is_over := is_so()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_over
