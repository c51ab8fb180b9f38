"""Holding a claim while it is worked on: its lease is short, and renewed for as long as its worker lives."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from redis.exceptions import RedisError

from worker.claims import Claim
from worker.errors import Transient
from worker.journal import Journal

LEASE = timedelta(seconds=45)
"""How long a claim outlives its worker. Longer than a call to Salesforce may take (connecting 5 s, answering 30 s), so
that what a dead worker had sent has landed before another one reads. A worker that hangs renews it until its hard
time limit, and no longer."""

_RENEWED_EVERY = timedelta(seconds=10)
"""Three renewals may fail before the lease ends: Redis may be away for half a minute."""


@contextmanager
def held(journal: Journal, claim: Claim, lease: timedelta = LEASE, every: timedelta = _RENEWED_EVERY) -> Iterator[None]:
    """Renew the claim's lease until the block is left. What settles meanwhile is not taken back."""
    done = threading.Event()
    keeper = threading.Thread(target=_renew, args=(journal, claim, lease, every, done), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()


def check_held(journal: Journal, claim: Claim) -> None:
    """Renew the lease before something is written. Raises Transient if another worker holds one of the customers.

    A process that was frozen, or that Redis forgot in a restart, would otherwise write over what the other one wrote.
    """
    if journal.renew(claim, LEASE):
        raise Transient("the lease had ended, and another worker has the customer now", code="CLAIM_LOST")


def _renew(journal: Journal, claim: Claim, lease: timedelta, every: timedelta, done: threading.Event) -> None:
    while not done.wait(every.total_seconds()):
        try:
            journal.renew(claim, lease)
        except RedisError:
            continue  # the next time; whether the claim was lost meanwhile is seen before anything is written
