"""What the steps of a batch share: what they work with, and a log line for each."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from worker.errors import LimitReached, SyncError
from worker.journal import Journal
from worker.measures import Measures
from worker.salesforce.session import SalesforceSession

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the pipeline works with. `jitter` gives numbers from 0 to 1, `clock` the time in UTC."""

    journal: Journal
    session: SalesforceSession
    keep: timedelta
    jitter: Callable[[], float]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    measures: Measures = field(default_factory=Measures)


@contextmanager
def stage(tools: Tools, name: str, **facts: object) -> Iterator[None]:
    """One log line a stage, with how long it took."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - start
        tools.measures.add_stage(name, seconds)
        log.info("sync.stage_done", stage=name, ms=round(seconds * 1000, 1), **facts)


def pause_at_limit(errors: Iterable[SyncError], tools: Tools) -> None:
    """The org's limit holds for every worker: nobody claims until some calls are back."""
    limit = next((error for error in errors if isinstance(error, LimitReached)), None)
    if limit:
        log.warning("sync.limit_reached", resumes_in_seconds=limit.resets_in.total_seconds())
        tools.journal.pause(limit.resets_in)
