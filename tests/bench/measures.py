"""The measurements: each from the first thing sent to the last thing done."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from celery import Celery
from redis import Redis

from producers.contract import ACCEPT_TASK, BookingEvent
from producers.publish import Publisher
from tests.bench.events import canceled, scheduled
from tests.bench.noop import app, noop
from tests.servers import SimulatedOrg, running, running_org, running_redis, running_worker
from worker.journal import Journal

_LONGEST_SECONDS = 300.0

_SETUP = """
[pages."BP-CONTACTS"]
object = "contact"

[pages."BP-CASES"]
object = "case"
"""


class NotDone(RuntimeError):
    """Something that was sent did not end in time; says how far it got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Rates per second, and API calls as the org counted them."""

    noop_per_second: float
    send_task_per_second: float
    publish_per_second: float
    publish_many_per_second: float
    bookings_per_second: float
    changes_per_second: float
    calls_per_booking: float
    calls_per_change: float

    @property
    def publish_ratio(self) -> float:
        """Events that publish() takes for each that celery.send_task does."""
        return self.publish_per_second / self.send_task_per_second

    @property
    def publish_many_ratio(self) -> float:
        """The same of publish_many()."""
        return self.publish_many_per_second / self.send_task_per_second

    @property
    def ratio(self) -> float:
        """Bookings through the whole pipeline for each no-op task that Celery runs."""
        return self.bookings_per_second / self.noop_per_second

    def as_dict(self) -> dict[str, float]:
        """For the JSON file."""
        ratios = {"publish_ratio": self.publish_ratio, "publish_many_ratio": self.publish_many_ratio}
        return {**asdict(self), **ratios, "ratio": self.ratio}


def measure(folder: Path, *, bookings: int, tasks: int, workers: int) -> Figures:
    """All figures in one run, one measurement after the other on the same Redis."""
    with running_redis(folder) as url, running_org(folder) as org:
        noop_rate = _noop_rate(folder, url, tasks, workers)
        sent_rate = _send_task_rate(url, bookings)
        publish_rate, many_rate = _publish_rates(url, bookings)
        setup = folder / "bookforce.toml"
        setup.write_text(_SETUP)
        environment = {"BOOKFORCE_REDIS_URL": url, "BOOKFORCE_SETUP": str(setup), "BOOKFORCE_LOG_FORMAT": "json"}
        with running_worker(folder, environment | org.environment(), concurrency=workers, events=False):
            _pipeline_rate(url, [scheduled("warm-up", n) for n in range(100)])
            new = [scheduled("bench", n) for n in range(bookings)]
            start, rate = _calls(org), _pipeline_rate(url, new)
            middle, change_rate = _calls(org), _pipeline_rate(url, [canceled(event) for event in new])
            end = _calls(org)
    return Figures(
        noop_per_second=noop_rate,
        send_task_per_second=sent_rate,
        publish_per_second=publish_rate,
        publish_many_per_second=many_rate,
        bookings_per_second=rate,
        changes_per_second=change_rate,
        calls_per_booking=(middle - start) / bookings,
        calls_per_change=(end - middle) / bookings,
    )


def _noop_rate(folder: Path, url: str, tasks: int, workers: int) -> float:
    """Celery by itself, at its best: no events, no results, sent as fast as one process can."""
    app.conf.update(broker_url=url)
    command = [sys.executable, "-m", "celery", "-A", "tests.bench.noop", "worker", "--concurrency", str(workers)]
    command += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    with running(command, log=folder / "noop.log", environment={"NOOP_BROKER_URL": url}):
        _await(lambda: _noops_done() is not None, "the no-op worker to start")
        start = time.perf_counter()
        for _ in range(tasks):
            noop.delay("default")
        # The length of the queue costs the worker nothing; asked for its counts all the time, it would run slower.
        queue = Redis.from_url(url)
        _await(lambda: queue.llen(app.conf.task_default_queue) == 0, "the no-op tasks to be taken")
        _await(lambda: (_noops_done() or 0) >= tasks, "the no-op tasks to end")
        return tasks / (time.perf_counter() - start)


def _noops_done() -> int | None:
    """How many tasks the worker has run, None while it does not answer."""
    stats = app.control.inspect(timeout=0.5, limit=1).stats() or {}
    return next((sum(worker["total"].values()) for worker in stats.values()), None)


def _send_task_rate(url: str, events: int) -> float:
    """Enqueuing as Celery does it: one task an event, with the event as its argument, to a queue that nobody serves."""
    sender = Celery("sender", broker=url, set_as_current=False)
    bodies = [scheduled("sent", n).model_dump(mode="json", exclude_none=True) for n in range(events // 5)]
    start = time.perf_counter()
    for body in bodies:
        sender.send_task(ACCEPT_TASK, args=[body], queue="unserved", ignore_result=True)
    rate = len(bodies) / (time.perf_counter() - start)
    sender.close()
    return rate


def _publish_rates(url: str, events: int) -> tuple[float, float]:
    """Journal writes alone: one event a call, and many a call. The connection is one that no worker serves."""
    publisher = Publisher.connect(url)
    singles = [scheduled("one", n, connection="unserved") for n in range(events // 5)]
    start = time.perf_counter()
    for event in singles:
        publisher.publish(event)
    one = len(singles) / (time.perf_counter() - start)
    many = [scheduled("many", n, connection="unserved") for n in range(events)]
    start = time.perf_counter()
    publisher.publish_many(many)
    return one, len(many) / (time.perf_counter() - start)


def _pipeline_rate(url: str, events: Sequence[BookingEvent]) -> float:
    """From the first event published to the last one settled, through the real worker and the simulated org."""
    journal = Journal(Redis.from_url(url, decode_responses=True), "default")
    before = _synced(journal)
    start = time.perf_counter()
    Publisher.connect(url).publish_many(events)
    _await(lambda: _synced(journal) >= before + len(events), "the bookings to be synced")
    return len(events) / (time.perf_counter() - start)


def _synced(journal: Journal) -> int:
    counts = journal.counts()
    if counts["parked"]:
        raise NotDone(f"bookings were parked: {counts}")
    return counts["synced"]


def _calls(org: SimulatedOrg) -> int:
    state = cast("dict[str, int]", org.control("GET", "/state"))
    return state["api_calls"]


def _await(is_done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not is_done():
        if time.monotonic() > deadline:
            raise NotDone(f"waited {_LONGEST_SECONDS:.0f} s for {what}")
        time.sleep(0.05)  # asking costs Redis and this process time that the measured ones need
