"""Prometheus metrics: read from the journal, whose counts all workers of all machines share.

Nothing is counted in the process that answers, so it may be restarted, doubled, or live inside another one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError

from producers.cipher import PLAIN, Cipher
from producers.keys import prefix
from producers.refused import RefusedEvents
from worker.measures import BATCH_BOUNDS, OVER, REACHED_BOUNDS_MS, STAGE_BOUNDS_MS, STAGES
from worker.parked_codes import count_parked
from worker.standing import Standing, read_standing

OUTCOMES = ("synced", "superseded", "skipped", "parked")
QUEUES = ("ready", "claimed", "waiting")

_MS = 1000.0

Counts = Mapping[str, int]


class JournalCollector(Collector):
    """All connections of one journal. Labels are names of the setup and codes, never what a customer typed."""

    def __init__(self, redis: Redis, connections: Callable[[], Sequence[str]], cipher: Cipher = PLAIN) -> None:
        """The Redis client must decode responses."""
        self._redis = redis
        self._connections = connections
        self._cipher = cipher

    def collect(self) -> Iterable[Metric]:
        """What stands in the journal now; `bookforce_journal_up` alone where it does not answer."""
        up = GaugeMetricFamily("bookforce_journal_up", "1 if the journal's Redis answers")
        try:
            found = list(self._read())
        except RedisError:
            found = []
            up.add_metric([], 0)
        else:
            up.add_metric([], 1)
        return [up, *found]

    def describe(self) -> Iterable[Metric]:
        """Nothing: names are known without a look into the journal."""
        return ()

    def _read(self) -> Iterator[Metric]:
        families = _Families()
        for name in self._connections():
            start = prefix(name)
            standing = read_standing(self._redis, name, self._cipher)
            accepted = int(cast("str | None", self._redis.get(f"{start}accepted")) or 0)
            stored = cast("dict[str, str]", self._redis.hgetall(f"{start}metrics"))
            counts = {field: int(value) for field, value in stored.items()}
            families.add_counts(name, accepted, counts)
            families.add_durations(name, counts)
            families.add_standing(name, standing)
            for code, count in count_parked(self._redis, name).items():
                families.parked.add_metric([name, code], count)
        yield from families.all()
        yield from _refused(RefusedEvents(self._redis))


class _Families:
    """The metrics, which grow by one connection at a time."""

    def __init__(self) -> None:
        own = ("connection",)
        self.accepted = CounterMetricFamily("bookforce_events_accepted", "Events that were journalled", labels=own)
        self.ended = CounterMetricFamily(
            "bookforce_events_settled",
            "Events that ended, by outcome; a replayed one ends again",
            labels=(*own, "outcome"),
        )
        self.was_parked = CounterMetricFamily(
            "bookforce_events_parked", "Events that were parked, by error code", labels=(*own, "code")
        )
        self.tried = CounterMetricFamily(
            "bookforce_tries_failed",
            "Tries of bookings that went back into the journal: put_back after an error, held_back until calls, "
            "connection or setup are there; by error code",
            labels=(*own, "kind", "code"),
        )
        self.calls = CounterMetricFamily("bookforce_api_calls", "API calls made to Salesforce", labels=own)
        self.batch_calls = CounterMetricFamily(
            "bookforce_batch_api_calls", "API calls made for bookings, without those of the setup", labels=own
        )
        self.batch = HistogramMetricFamily("bookforce_batch_bookings", "Bookings in a batch", labels=own)
        self.stage = HistogramMetricFamily(
            "bookforce_stage_duration_seconds", "How long a stage of a batch took", labels=(*own, "stage")
        )
        self.reached = HistogramMetricFamily(
            "bookforce_time_to_salesforce_seconds",
            "From the journalling of an event until Salesforce had it; events of replayed bookings are left out",
            labels=own,
        )
        self.pending = _gauge("bookforce_events_waiting", "Events that were accepted and have not ended")
        self.oldest = _gauge("bookforce_oldest_waiting_seconds", "How long the customer who waits longest has waited")
        self.queues = _gauge("bookforce_customers", "Customers with waiting events, by queue", "queue")
        self.parked = _gauge("bookforce_parked", "Events that a person must look at, by error code", "code")
        self.locked = _gauge("bookforce_locked_bookings", "Bookings, of the oldest, whose journal key is not set")
        self.ready = _gauge("bookforce_setup_ready", "1 if all five setup stages are ready")
        self.spent = _gauge("bookforce_api_calls_spent", "API calls that bookforce made in the last 24 hours")
        self.share = _gauge("bookforce_api_calls_share", "API calls in 24 hours that are bookforce's share")
        self.used = _gauge("bookforce_org_api_calls_used", "API calls of all applications, as Salesforce last said")
        self.allowed = _gauge("bookforce_org_api_calls_allowed", "API calls that the org allows in 24 hours")
        self.paused = _gauge("bookforce_paused_seconds", "How long nothing is claimed, because calls get short")
        self.breaker = _gauge("bookforce_salesforce_away", "1 while no call to Salesforce goes through", "code")

    def all(self) -> Iterator[Metric]:
        return (metric for metric in vars(self).values())

    def add_counts(self, name: str, accepted: int, counts: Counts) -> None:
        self.accepted.add_metric([name], accepted)
        for outcome in OUTCOMES:
            self.ended.add_metric([name, outcome], counts.get(f"ended:{outcome}", 0))
        for field, count in counts.items():
            kind, *rest = field.split(":", 2)
            if kind == "parked":
                self.was_parked.add_metric([name, ":".join(rest)], count)
            elif kind == "tried" and rest[0] != "parked":
                self.tried.add_metric([name, *rest], count)
        self.calls.add_metric([name], counts.get("api_calls", 0))
        self.batch_calls.add_metric([name], counts.get("batch_calls", 0))

    def add_durations(self, name: str, counts: Counts) -> None:
        _add_histogram(self.batch, [name], "batch", BATCH_BOUNDS, 1, counts)
        _add_histogram(self.reached, [name], "reached", REACHED_BOUNDS_MS, _MS, counts)
        for stage in STAGES:
            _add_histogram(self.stage, [name, stage], f"stage:{stage}", STAGE_BOUNDS_MS, _MS, counts)

    def add_standing(self, name: str, standing: Standing) -> None:
        self.pending.add_metric([name], standing.pending)
        waited = (standing.at - standing.oldest).total_seconds() if standing.oldest else 0
        self.oldest.add_metric([name], max(waited, 0))
        for queue in QUEUES:
            self.queues.add_metric([name, queue], standing.counts[queue])
        self.locked.add_metric([name], standing.locked)
        self.ready.add_metric([name], standing.is_setup_ready)
        self.spent.add_metric([name], standing.budget.spent)
        if standing.budget.calls is not None:
            self.share.add_metric([name], standing.budget.calls)
        if standing.usage:
            self.used.add_metric([name], standing.usage.used)
            self.allowed.add_metric([name], standing.usage.allowed)
        self.paused.add_metric([name], standing.paused_for.total_seconds() if standing.paused_for else 0)
        if standing.breaker:
            self.breaker.add_metric([name, standing.breaker.code], 1)


def metrics_registry(
    redis: Redis, connections: Callable[[], Sequence[str]], cipher: Cipher = PLAIN
) -> CollectorRegistry:
    """What prometheus_client needs to answer. The Redis client must decode responses."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(JournalCollector(redis, connections, cipher))
    return registry


def _refused(events: RefusedEvents) -> Iterator[Metric]:
    """Of all connections together: what is refused may not say for which one it is."""
    yield CounterMetricFamily("bookforce_events_refused", "Events that nobody could journal", value=events.count())
    kept = "Events that nobody could journal and that are kept for a person"
    yield GaugeMetricFamily("bookforce_refused", kept, value=events.kept())


def _gauge(name: str, what: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, labels=("connection", *labels))


def _add_histogram(
    metric: HistogramMetricFamily, labels: Sequence[str], name: str, bounds: Sequence[int], unit: float, counts: Counts
) -> None:
    """The journal counts each class for itself, Prometheus all up to a bound."""
    total, buckets = 0, []
    for bound in (*bounds, OVER):
        total += counts.get(f"{name}:{bound}", 0)
        buckets.append(("+Inf" if bound == OVER else str(cast("int", bound) / unit), total))
    metric.add_metric(labels, buckets, counts.get(f"{name}:sum", 0) / unit)
