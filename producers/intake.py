"""The HTTP intake: bookings of other services and webhooks of booking systems, answered once they are journalled."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from anyio import to_thread
from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from .cipher import Locked
from .contract import BookingEvent
from .intake_batches import Batches
from .intake_desk import Desk, Result, read_event, read_webhook
from .intake_gate import Gate, parse
from .intake_pages import BOOKINGS, HEALTH, MOST_EVENTS, READINESS, WEBHOOK, complete
from .refusal import Refused, shape_of
from .signatures import Source

# The time that a Redis takes to restart.
_RETRY_AFTER_SECONDS = "5"

_BOOKINGS = "bookings"

_DEFAULT_CONNECTION = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came in, for logs and metrics, without personal data.

    `outcome` is that of a Result, or the HTTP status of what was turned away. The ids are those of an event.
    """

    source: str
    connection: str
    outcome: str
    because: str = ""
    event_id: str = ""
    booking_id: str = ""


_Source = Annotated[str, Path(json_schema_extra={"enum": [*Source]})]


class Intake:
    """What happens at each address. `observe` is told of all that came in, in the event loop: it must not block."""

    def __init__(self, gate: Gate, desk: Desk, observe: Callable[[Seen], None]) -> None:
        self._gate = gate
        self._desk = desk
        self._batches = Batches(desk.take)
        self._observe = observe

    async def post_bookings(self, request: Request) -> JSONResponse:
        """Accept booking events: one, or a list of them. Good ones go through, bad ones are named."""
        self._gate.check_key(request)
        body = parse(await self._gate.read(request))
        items = body if isinstance(body, list) else [body]
        if len(items) > MOST_EVENTS:
            raise HTTPException(413, f"expected at most {MOST_EVENTS} events; send less at once")
        events, refusals = _sorted_out(items, self._gate.connections)
        results = await self._batches.take(events)
        for event, result in zip(events, results, strict=True):
            self._observe(_seen(_BOOKINGS, event.connection, result))
        for refusal in refusals:
            self._observe(Seen(source=_BOOKINGS, connection="", outcome="refused", because=str(refusal["problem"])))
        outcomes = [result.outcome for result in results]
        answer = {"accepted": outcomes.count("accepted"), "known": outcomes.count("known"), "refused": refusals}
        return JSONResponse(answer, 400 if refusals else 202)

    async def post_webhook(self, source: _Source, request: Request) -> JSONResponse:
        """Accept a delivery of a booking system for the default connection."""
        return await self._deliver(source, _DEFAULT_CONNECTION, request)

    async def post_webhook_of_connection(self, source: _Source, connection: str, request: Request) -> JSONResponse:
        """Accept a delivery of a booking system for this connection."""
        return await self._deliver(source, connection, request)

    async def is_alive(self) -> JSONResponse:
        """Whether this process answers."""
        return JSONResponse({"status": "ok"})

    async def is_ready(self) -> JSONResponse:
        """Whether bookings can be journalled."""
        await to_thread.run_sync(self._desk.is_reachable)
        return JSONResponse({"status": "ok"})

    async def refuse(self, request: Request, refusal: Exception) -> JSONResponse:
        """The answer to what the gate turned away, or to an address that is none."""
        if not isinstance(refusal, HTTPException):
            raise refusal
        self._observe(_turned_away(request, refusal.status_code, refusal.detail))
        return JSONResponse({"detail": refusal.detail}, refusal.status_code, refusal.headers)

    async def ask_to_come_back(self, request: Request, error: Exception) -> JSONResponse:
        """The answer while nothing can be journalled."""
        self._observe(_turned_away(request, 503, type(error).__name__))
        detail = "the journal cannot be reached; send it again, it counts once"
        return JSONResponse({"detail": detail}, 503, {"Retry-After": _RETRY_AFTER_SECONDS})

    async def _deliver(self, name: str, connection: str, request: Request) -> JSONResponse:
        source = _source(name)
        self._gate.check_connection(source, connection)
        body = await self._gate.read(request)
        self._gate.check_signature(source, connection, request, body)
        try:
            result = await self._take(source, connection, _document(body), request.query_params)
        except Refused as refused:
            sender = name if connection == _DEFAULT_CONNECTION else f"{name}/{connection}"
            await to_thread.run_sync(self._desk.keep, body, refused, sender)
            result = Result(outcome="refused", because=str(refused))
        self._observe(_seen(name, connection, result))
        answer = {"outcome": result.outcome, "because": result.because}
        return JSONResponse(answer, 400 if result.outcome == "refused" else 200)

    async def _take(self, source: Source, connection: str, document: object, parameters: Mapping[str, str]) -> Result:
        if not isinstance(document, dict):
            raise Refused(field="", shape=shape_of(document), expected="expected a JSON object")
        self._gate.check_age(source, document)
        delivery = read_webhook(source, document, connection=connection, parameters=parameters)
        if isinstance(delivery, BookingEvent):
            return (await self._batches.take([delivery]))[0]
        return await to_thread.run_sync(self._desk.deliver, delivery, connection)


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI page."""
        if not self.openapi_schema:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


def create_intake(gate: Gate, desk: Desk, observe: Callable[[Seen], None]) -> FastAPI:
    """The application."""
    app, intake = (
        _App(title="bookforce intake", version="1", summary=__doc__, redoc_url=None),
        Intake(gate, desk, observe),
    )
    app.post("/bookings", status_code=202, **BOOKINGS)(intake.post_bookings)
    app.post("/webhooks/{source}", **WEBHOOK)(intake.post_webhook)
    app.post("/webhooks/{source}/{connection}", **WEBHOOK)(intake.post_webhook_of_connection)
    app.get("/healthz", **HEALTH)(intake.is_alive)
    app.get("/readyz", **READINESS)(intake.is_ready)
    app.add_exception_handler(HTTPException, intake.refuse)
    app.add_exception_handler(RedisError, intake.ask_to_come_back)
    app.add_exception_handler(Locked, intake.ask_to_come_back)
    return app


def _source(name: str) -> Source:
    try:
        return Source(name)
    except ValueError:
        raise HTTPException(404, f"expected one of {', '.join(Source)}") from None


def _document(body: bytes) -> object:
    """The JSON of a signed body. Raises Refused: it is the source's, so somebody has to look at it."""
    try:
        return parse(body)
    except HTTPException as error:
        raise Refused(field="", shape=f"{len(body)} bytes", expected=error.detail) from None


def _sorted_out(
    items: Iterable[object], connections: tuple[str, ...]
) -> tuple[list[BookingEvent], list[dict[str, object]]]:
    """The events, and what is wrong with each of the other items."""
    events, refusals = [], []
    for index, item in enumerate(items):
        try:
            events.append(read_event(item, connections))
        except Refused as refused:
            refusals.append({"index": index, "field": refused.field, "problem": str(refused)})
    return events, refusals


def _seen(source: str, connection: str, result: Result) -> Seen:
    return Seen(
        source=source,
        connection=connection,
        outcome=result.outcome,
        because=result.because,
        event_id=result.event_id,
        booking_id=result.booking_id,
    )


def _turned_away(request: Request, status: int, because: str) -> Seen:
    """Of the path no more than which of ours it is: what else stands there may be anything."""
    named = request.path_params.get("source", request.url.path.strip("/"))
    known = named if named in {*Source, _BOOKINGS, "readyz"} else "elsewhere"
    return Seen(source=known, connection="", outcome=str(status), because=because)
