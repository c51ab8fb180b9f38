"""What the HTTP intake says to Prometheus: who was answered what and how fast, beside what the journal says."""

import asyncio
from collections.abc import Callable, Iterable
from time import perf_counter

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from starlette.types import ASGIApp, Receive, Scope, Send

from producers.intake import Seen
from producers.intake_pages import METRICS
from producers.signatures import Source

# Answers take some milliseconds; senders give up after some seconds.
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_ELSEWHERE = "other"


class IntakeMetrics:
    """Counts of this process, which begin at nothing with it. Labels take no value that a sender can make up."""

    def __init__(self, registry: CollectorRegistry, connections: Iterable[str]) -> None:
        """`connections` are those that are told apart."""
        # When each count began says nothing that Prometheus does not see.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client's
        self._connections = frozenset(connections)
        self._events = Counter(
            "bookforce_intake_events",
            "Events and webhooks that came in over HTTP, by outcome: accepted, known, ignored, refused, or the HTTP "
            "status with which a request was turned away",
            ("source", "connection", "outcome"),
            registry=registry,
        )
        self._durations = Histogram(
            "bookforce_intake_request_duration_seconds",
            "From a request's head until its answer",
            ("source",),
            buckets=_BOUNDS,
            registry=registry,
        )

    def note(self, seen: Seen) -> None:
        """Count one. An event may name any connection where the environment names none."""
        is_told_apart = not seen.connection or seen.connection in self._connections
        self._events.labels(seen.source, seen.connection if is_told_apart else _ELSEWHERE, seen.outcome).inc()

    def note_duration(self, source: str, seconds: float) -> None:
        """Count one answer."""
        self._durations.labels(source).observe(seconds)


class Timed:
    """ASGI middleware: how long the addresses take that bookings come to."""

    def __init__(self, app: ASGIApp, metrics: IntakeMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and note the time."""
        source = _source_of(scope["path"]) if scope["type"] == "http" else ""
        start = perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            if source:
                self._metrics.note_duration(source, perf_counter() - start)


class MetricsPage:
    """`GET /metrics`, for whoever has a key. One answer at a time: each costs the journal some ten round trips."""

    def __init__(self, registry: CollectorRegistry, check_key: Callable[[Request], None]) -> None:
        self._registry = registry
        self._check_key = check_key
        self._turn = asyncio.Lock()

    async def get(self, request: Request) -> Response:
        """What Prometheus reads: the counts of this intake, and what the journal says of all workers."""
        self._check_key(request)
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        async with self._turn:
            body = await to_thread.run_sync(encode, self._registry)
        return Response(body, media_type=content_type)


def add_metrics(
    app: FastAPI, registry: CollectorRegistry, metrics: IntakeMetrics, check_key: Callable[[Request], None]
) -> None:
    """Time what the intake answers, and let it answer at /metrics with all that the registry holds."""
    app.add_middleware(Timed, metrics=metrics)
    app.get("/metrics", **METRICS)(MetricsPage(registry, check_key).get)


def _source_of(path: str) -> str:
    """Which of ours it is; "" for what nobody needs to have timed, or made up."""
    first, _, rest = path.strip("/").partition("/")
    name = rest.partition("/")[0] if first == "webhooks" else first
    return name if name in ({*Source} if first == "webhooks" else {"bookings"}) else ""
