"""One run: publish what the schedule says, strike when it says so, wait, and hold the org against the oracle."""

import math
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from celery import Celery

from producers.contract import BookingEvent
from tests.chaos.blows import Ring
from tests.chaos.compare import Verdict, judge, read_records
from tests.chaos.oracle import foretell
from tests.chaos.recovery import measure_recovery
from tests.chaos.redis_server import Fsync
from tests.chaos.schedule import Schedule, draw_up
from tests.chaos.stage import Stage, running_stage
from tests.chaos.story import tell
from tests.chaos.watch import Watch
from tests.servers import SimulatedOrg

_READY_SECONDS = 60.0

# Sweeps come every 2 s from each worker, and any worker may take them.
_IDLE_SECONDS = 15.0


class NotDone(RuntimeError):
    """The run did not come to its end; says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is made of. `pace` is in deliveries a second."""

    seed: int
    events: int
    pace: float
    fsync: Fsync
    recovery: bool
    broker: Literal["redis", "rabbitmq"] = "redis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the report says. Times are in seconds."""

    options: Options
    schedule: Schedule
    bookings: int
    customers: int
    blows: Mapping[str, int]
    faults: Mapping[str, int]
    calls: int
    sent_in: float
    settled_in: float
    is_settled: bool
    standstill: float
    starts: int
    idle_workers: tuple[str, ...]
    recovered_in: float | None
    verdict: Verdict

    @property
    def is_clean(self) -> bool:
        has_recovered = self.recovered_in is None or math.isfinite(self.recovered_in)
        return self.is_settled and has_recovered and not self.idle_workers and self.verdict.is_clean


def run(folder: Path, options: Options) -> Result:
    """The whole run. Raises NotDone if it cannot even begin."""
    is_rabbitmq = options.broker == "rabbitmq"
    events, schedule = tell(options.seed, options.events), draw_up(options.seed, options.events, rabbitmq=is_rabbitmq)
    with running_stage(folder, options.fsync, rabbitmq=is_rabbitmq) as stage:
        _await_setup(stage)
        before = _calls(stage.org)
        stage.org.control("POST", "/faults", [each.fault for each in schedule.org_faults])
        ring = Ring(
            redis=stage.redis,
            rabbitmq=stage.rabbitmq,
            org=stage.org,
            workers=stage.workers,
            senders=stage.senders,
        )
        start = time.monotonic()
        _publish(events, schedule, stage, ring, options.pace)
        sent = time.monotonic()
        watch = Watch(redis=stage.client, journal=stage.journal)
        is_settled = watch.until_settled(len(events), lambda: not any(each.unconfirmed for each in stage.senders))
        settled = time.monotonic()
        faults, calls = _struck(stage.org, schedule), _calls(stage.org) - before
        stage.org.control("POST", "/faults", [])
        idle = _find_idle(stage)
        verdict = judge(events, foretell(events), read_records(stage.org), stage.journal)
        recovered_in = measure_recovery(stage) if options.recovery and is_settled else None
        return Result(
            options=options,
            schedule=schedule,
            bookings=len({event.booking.id for event in events}),
            customers=len({event.booking.customer.email for event in events}),
            blows={blow.value: number for blow, number in sorted(ring.landed.items())},
            faults=faults,
            calls=calls,
            sent_in=sent - start,
            settled_in=settled - sent,
            is_settled=is_settled,
            standstill=watch.standstill,
            starts=sum(worker.starts for worker in stage.workers),
            idle_workers=idle,
            recovered_in=recovered_in,
            verdict=verdict,
        )


def _await_setup(stage: Stage) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while stage.setup.ready_version() is None:
        if time.monotonic() > deadline:
            raise NotDone(f"the setup was not ready within {_READY_SECONDS:.0f} s; see the logs in {stage.folder}")
        time.sleep(0.1)


def _publish(events: list[BookingEvent], schedule: Schedule, stage: Stage, ring: Ring, pace: float) -> None:
    """Parcels in turn through the producers, not faster than the pace, with the blows between them."""
    strikes, sent, start = list(schedule.strikes), 0, time.monotonic()
    for number, parcel in enumerate(schedule.parcels):
        stage.senders[number % len(stage.senders)].send([events[place] for place in parcel])
        sent += len(parcel)
        while strikes and strikes[0].after <= sent:
            ring.strike(strikes.pop(0))
        time.sleep(max(start + sent / pace - time.monotonic(), 0))


def _struck(org: SimulatedOrg, schedule: Schedule) -> dict[str, int]:
    """How often each of the org's faults struck, by the name that the schedule gives it."""
    names = {_mark(dict(each.fault)): each.name for each in schedule.org_faults}
    struck: Counter[str] = Counter(dict.fromkeys(names.values(), 0))
    for fault in cast("list[dict[str, Any]]", org.control("GET", "/faults")):
        struck[names[_mark(fault)]] += fault["struck"]
    return dict(struck)


def _mark(fault: dict[str, Any]) -> tuple[object, ...]:
    """What tells the faults of one schedule apart."""
    match = fault["match"]
    return fault["effect"], match.get("seed", 0), match.get("nth")


def _calls(org: SimulatedOrg) -> int:
    return cast("dict[str, int]", org.control("GET", "/state?calls=0"))["api_calls"]


def _find_idle(stage: Stage) -> tuple[str, ...]:
    """Workers that are up and run no task, though tasks come all the time: alive to look at, and dead."""
    with Celery("chaos", broker=stage.broker_url, set_as_current=False) as app:
        before, deadline = _tasks_run(app), time.monotonic() + _IDLE_SECONDS
        while True:
            now = _tasks_run(app)
            busy = {name for name, number in now.items() if number > before.get(name, 0)}
            idle = tuple(
                worker.name for worker in stage.workers if not any(n.startswith(f"{worker.name}@") for n in busy)
            )
            if not idle or time.monotonic() > deadline:
                return idle


def _tasks_run(app: Celery) -> dict[str, int]:
    """How many tasks each worker that answers has run since it started."""
    stats = app.control.inspect(timeout=1.0).stats() or {}
    return {name: sum(worker["total"].values()) for name, worker in stats.items()}
