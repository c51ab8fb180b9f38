"""The measurements: Redis empty, with waiting bookings, with finished ones; then every process at rest."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from producers.contract import BookingEvent
from producers.publish import Publisher
from tests.bench.events import canceled, scheduled
from tests.load.web import running_web
from tests.servers import running_org, running_redis, running_worker
from tests.sizing.usage import (
    RedisUsage,
    cpu_seconds,
    family,
    find_child,
    proportional_bytes,
    redis_usage,
    resident_bytes,
)
from tests.watching import running_flower, running_metrics
from worker.journal import Journal

_LONGEST_SECONDS = 600.0
_AT_ONCE = 500


class NotDone(RuntimeError):
    """The bookings were not settled in time; says how far they got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSize:
    """Bytes of one process: with all it shares, and with its part of that."""

    name: str
    resident: int
    proportional: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What was found; Redis is empty, all bookings wait, have finished, are canceled too."""

    bookings: int
    empty: RedisUsage
    waiting: RedisUsage
    finished: RedisUsage
    canceled: RedisUsage
    worker_cpu: float
    processes: Sequence[ProcessSize]


def measure(folder: Path, *, bookings: int, concurrency: int) -> Sizes:
    """One run: publish, then work, then look at the processes. Raises NotDone."""
    with ExitStack() as stack:
        url = stack.enter_context(running_redis(folder, fsync="always"))
        org = stack.enter_context(running_org(folder))
        redis = stack.enter_context(Redis.from_url(url, decode_responses=True))
        environment = {"BOOKFORCE_REDIS_URL": url, "BOOKFORCE_LOG_FORMAT": "json"} | org.environment()
        empty = redis_usage(redis)
        new = [scheduled("size", n) for n in range(bookings)]
        _publish(url, new)
        waiting = redis_usage(redis)
        worker = stack.enter_context(running_worker(folder, environment, concurrency=concurrency))
        _settle(Journal(redis, "default"), bookings)
        finished = redis_usage(redis)
        worker_cpu = sum(cpu_seconds(pid) for pid in family(worker.pid))
        _publish(url, [canceled(event) for event in new])
        _settle(Journal(redis, "default"), 2 * bookings)
        both = redis_usage(redis)
        processes = [*_sizes("worker", worker.pid), *_others(stack, folder, environment)]
    return Sizes(
        bookings=bookings,
        empty=empty,
        waiting=waiting,
        finished=finished,
        canceled=both,
        worker_cpu=worker_cpu,
        processes=processes,
    )


def _publish(url: str, events: Sequence[BookingEvent]) -> None:
    """As many at once as a service would."""
    publisher = Publisher.connect(url)
    for start in range(0, len(events), _AT_ONCE):
        publisher.publish_many(events[start : start + _AT_ONCE])


def _settle(journal: Journal, events: int) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while (counts := journal.counts())["synced"] < events:
        if time.monotonic() > deadline:
            raise NotDone(f"not settled after {_LONGEST_SECONDS:.0f} s: {counts}")
        time.sleep(0.2)


def _others(stack: ExitStack, folder: Path, environment: Mapping[str, str]) -> list[ProcessSize]:
    """The processes of which one is enough."""
    stack.enter_context(running_web(folder, environment))
    stack.enter_context(running_flower(folder, environment))
    stack.enter_context(running_metrics(folder, environment))
    words = {"web": "worker.web:app", "flower": "flower", "metrics": "metrics"}
    return [size for name, word in words.items() for size in _sizes(name, find_child(word))]


def _sizes(name: str, pid: int) -> list[ProcessSize]:
    """The process and, numbered, its children."""
    return [
        ProcessSize(
            name=f"{name}, child {n}" if n else name,
            resident=resident_bytes(each),
            proportional=proportional_bytes(each),
        )
        for n, each in enumerate(family(pid))
    ]
