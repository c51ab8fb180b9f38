"""Which event is delivered when and how often, and what is done to whom meanwhile; the same for the same seed."""

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

DUPLICATES = 0.2


class Blow(StrEnum):
    """What is done to the processes."""

    KILL_WORKER = "worker killed with its children"
    KILL_CHILD = "pool child killed"
    KILL_PRODUCER = "producer killed"
    STOP_WORKER = "worker told to end"
    FREEZE_WORKER = "worker frozen for longer than its lease"
    RESTART_REDIS = "Redis killed and started again"
    RESTART_RABBITMQ = "RabbitMQ killed and started again"
    EMPTY_BROKER = "broker emptied"
    EXPIRE_SESSIONS = "sessions of the org ended"
    CLOCK_FORWARD = "clock of Redis an hour ahead"
    CLOCK_BACK = "clock of Redis half a minute back"


# How many events there are for one of each, and how many there are at least.
_RATES: Mapping[Blow, tuple[int, int]] = {
    Blow.KILL_WORKER: (400, 2),
    Blow.KILL_CHILD: (400, 2),
    Blow.KILL_PRODUCER: (2500, 1),
    Blow.STOP_WORKER: (2500, 1),
    Blow.FREEZE_WORKER: (2500, 0),
    Blow.RESTART_REDIS: (1000, 2),
    Blow.EMPTY_BROKER: (1250, 2),
    Blow.EXPIRE_SESSIONS: (2500, 1),
    Blow.CLOCK_FORWARD: (5000, 1),
    Blow.CLOCK_BACK: (5000, 1),
}

# Only where RabbitMQ is the broker. It takes some ten seconds, in which nothing is sent.
_OF_RABBITMQ = (1000, 2)

# A long run is sent faster, and workers that are killed all the time are no test of anything else.
_EVENTS_AT_FULL_RATE = 5000

# Of a hundred calls about 10 fail, each in one of these ways. A row lock strikes one of a hundred records.
_WEATHER: tuple[tuple[str, float, Mapping[str, Any]], ...] = (
    ("committed, then the connection dropped", 0.02, {"effect": "drop_after"}),
    ("connection dropped before anything was done", 0.01, {"effect": "drop_before"}),
    ("half an answer", 0.01, {"effect": "truncate"}),
    ("503 page of a gateway", 0.01, {"effect": "html_503"}),
    ("503 SERVER_UNAVAILABLE", 0.01, {"effect": "error", "status": 503, "errorCode": "SERVER_UNAVAILABLE"}),
    ("500 UNKNOWN_EXCEPTION", 0.01, {"effect": "error", "status": 500, "errorCode": "UNKNOWN_EXCEPTION"}),
    (
        "rate limit",
        0.01,
        {
            "effect": "error",
            "status": 403,
            "errorCode": "REQUEST_LIMIT_EXCEEDED",
            "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        },
    ),
    ("session expired", 0.01, {"effect": "expire_session"}),
    ("row lock", 0.01, {"effect": "row_lock"}),
    (
        "look-up refused",
        0.01,
        {
            "effect": "error",
            "status": 400,
            "errorCode": "QUERY_TIMEOUT",
            "match": {"object": "Lead", "method": "GET"},
        },
    ),
)

# As long as an org with triggers takes, so that a kill mostly hits a worker in the middle of a call.
_SLOW = {"effect": "latency", "latency_ms": 400, "match": {"path_contains": "composite", "probability": 0.8}}

# Longer than a worker waits for an answer (worker/salesforce/session.py: 30 s): committed, and never heard of.
_TIME_OUT_MS = 32_000
_EVENTS_PER_TIME_OUT = 2500
_MOST_TIME_OUTS = 10

# The org's daily limit stops everything for minutes, so it comes once and late, if there are so many calls at all.
_EVENTS_FOR_THE_DAILY_LIMIT = 4000
_DAILY_LIMIT = {
    "effect": "error",
    "status": 403,
    "errorCode": "REQUEST_LIMIT_EXCEEDED",
    "message": "TotalRequests Limit exceeded.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A blow that falls when so many deliveries have been sent; `target` picks among whatever there is."""

    after: int
    blow: Blow
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgFault:
    """A fault of the org under the name that the report gives it."""

    name: str
    fault: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Parcels of event numbers in the order they are sent, the blows by when they fall, the org's faults."""

    parcels: tuple[tuple[int, ...], ...]
    strikes: tuple[Strike, ...]
    org_faults: tuple[OrgFault, ...]

    @property
    def deliveries(self) -> int:
        return sum(map(len, self.parcels))

    @property
    def digest(self) -> str:
        """Two runs with the same one were hit by the same things at the same event numbers."""
        return hashlib.blake2b(repr(self).encode(), digest_size=6).hexdigest()


def draw_up(seed: int, events: int, *, rabbitmq: bool = False) -> Schedule:
    """The schedule of a run with so many events. With RabbitMQ as broker all is the same, but that it too is hit."""
    dice = random.Random(f"schedule {seed}")  # noqa: S311 - reproducible chance is the point
    order = _shuffled(dice, events)
    parcels = tuple(_parcels(dice, order))
    strikes = [*_strikes(dice, _RATES, events, len(order))]
    if rabbitmq:
        own = random.Random(f"rabbitmq {seed}")  # noqa: S311 - as above
        strikes += _strikes(own, {Blow.RESTART_RABBITMQ: _OF_RABBITMQ}, events, len(order))
    return Schedule(
        parcels=parcels,
        strikes=tuple(sorted(strikes, key=lambda strike: strike.after)),
        org_faults=tuple(_org_faults(dice, events)),
    )


def _shuffled(dice: random.Random, events: int) -> list[int]:
    """Event numbers by delivery: most come near their place, some far behind, a fifth twice."""
    twice = dice.sample(range(events), int(events * DUPLICATES))
    far = max(events // 4, 20)
    places = [(number + dice.expovariate(1 / 10), number) for number in range(events)]
    late = [(place + dice.uniform(0, far) * (dice.random() < 0.1), number) for place, number in places]
    again = [
        (number + dice.expovariate(1 / 10) + dice.uniform(0, far) * (dice.random() < 0.5), number) for number in twice
    ]
    return [number for _, number in sorted([*late, *again])]


def _parcels(dice: random.Random, order: list[int]) -> Iterator[tuple[int, ...]]:
    """What one call of publish_many takes: often one event, sometimes many."""
    start = 0
    while start < len(order):
        size = dice.choice((1, 1, 2, 5, 20))
        yield tuple(order[start : start + size])
        start += size


def _strikes(
    dice: random.Random, rates: Mapping[Blow, tuple[int, int]], events: int, deliveries: int
) -> Iterator[Strike]:
    events = min(events, _EVENTS_AT_FULL_RATE) + max(events - _EVENTS_AT_FULL_RATE, 0) // 4
    for blow, (rate, least) in rates.items():
        for _ in range(max(events // rate, least)):
            # Not before there is something to lose.
            after = dice.randrange(deliveries // 20, deliveries)
            yield Strike(after=after, blow=blow, target=dice.randrange(1000))


def _org_faults(dice: random.Random, events: int) -> Iterator[OrgFault]:
    for name, share, fault in _WEATHER:
        match = {**fault.get("match", {}), "probability": share, "seed": dice.randrange(10**9)}
        yield OrgFault(name=name, fault={**fault, "match": match})
    yield OrgFault(name="slow answer", fault=_SLOW)
    for _ in range(min(max(events // _EVENTS_PER_TIME_OUT, 1), _MOST_TIME_OUTS)):
        match = {"path_contains": "composite", "nth": dice.randrange(10, max(events // 50, 20))}
        yield OrgFault(
            name="committed, then no answer in time",
            fault={"effect": "latency", "latency_ms": _TIME_OUT_MS, "match": match},
        )
    if events >= _EVENTS_FOR_THE_DAILY_LIMIT:
        match = {"path_contains": "composite", "nth": dice.randrange(events // 40, events // 20)}
        yield OrgFault(name="daily limit", fault={**_DAILY_LIMIT, "match": match})
