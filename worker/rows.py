"""Every settled booking as the Celery task events of a row of its own: what Flower and other monitors show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from worker.claims import ClaimedBooking
from worker.explained.catalogue import explain
from worker.jobs import place_of
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Wait

BOOKING_TASK = "bookforce.booking"

TaskEvent = tuple[str, Mapping[str, Any]]
"""A type of Celery's, such as task-succeeded, and the fields that its documentation names."""

# As in settling: what the journal holds under such an id is no booking event.
_UNREADABLE = Cause(code="UNREADABLE_EVENT", message="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch that was settled: when it was claimed (UTC), how long it took, and each booking's outcome by its id."""

    connection: str
    claimed_at: datetime
    took: timedelta
    bookings: Sequence[ClaimedBooking]
    outcomes: Mapping[str, Outcome]


def booking_rows(batch: Batch) -> Iterator[TaskEvent]:
    """Received, started and ended for each booking, in this order. Nothing in it was typed by a customer.

    A row is one booking from the first event that was pending: it stays the same over tries and replays, and a later
    event of the booking begins another, because to Celery a task that has succeeded never fails.
    https://docs.celeryq.dev/en/stable/userguide/monitoring.html#task-events
    """
    for booking in batch.bookings:
        if booking.pending or booking.is_replaced:
            first = booking.pending[0].event_id if booking.pending else "replaced"
            ended = _ended(booking, batch.outcomes[booking.id])
            yield from _row(
                f"{booking.id}:{first}", BOOKING_TASK, _facts(booking, batch), ended, batch, booking.attempts
            )
        for event_id in booking.unreadable:
            ended = ("task-failed", _failure(booking.id, "parked", _UNREADABLE))
            yield from _row(
                f"{booking.id}:{event_id}", BOOKING_TASK, _facts(booking, batch), ended, batch, booking.attempts
            )


def sweep_row(uuid: str, name: str, connection: str, found: Mapping[str, int], at: datetime) -> Iterator[TaskEvent]:
    """A sweep that repaired something; `found` says what."""
    batch = Batch(connection=connection, claimed_at=at, took=timedelta(), bookings=(), outcomes={})
    said = ", ".join(f"{count} {what}" for what, count in found.items())
    yield from _row(uuid, name, {"connection": connection}, ("task-succeeded", {"result": said}), batch)


def _row(
    uuid: str, name: str, facts: Mapping[str, object], ended: TaskEvent, batch: Batch, retries: int = 0
) -> Iterable[TaskEvent]:
    began, took = batch.claimed_at.timestamp(), batch.took.total_seconds()
    kind, how = ended
    received = {"name": name, "args": "()", "kwargs": repr(dict(facts))}
    return (
        (
            "task-received",
            {"uuid": uuid, "timestamp": began, "retries": retries, "eta": None, "expires": None, **received},
        ),
        ("task-started", {"uuid": uuid, "timestamp": began}),
        (kind, {"uuid": uuid, "timestamp": began + took, "runtime": took, **how}),
    )


def _facts(booking: ClaimedBooking, batch: Batch) -> dict[str, object]:
    """The page by its id: its name and link may be those of the person whose page it is."""
    pages = [event.booking.page.id for event in booking.pending if event.booking.page]
    return {
        "booking": booking.id,
        "connection": batch.connection,
        "page": pages[-1] if pages else None,
        "events": len(booking.pending),
    }


def _ended(booking: ClaimedBooking, outcome: Outcome) -> TaskEvent:
    match outcome:
        case Synced():
            warned = sorted({warning.code for warning in outcome.warnings})
            return "task-succeeded", _success(f"synced, with warnings: {', '.join(warned)}" if warned else "synced")
        case Skipped():
            return "task-succeeded", _success(f"skipped: {outcome.because}")
        case Retry():
            return "task-retried", _failure(booking.id, "put back", outcome.cause)
        case Wait():
            return "task-retried", _failure(booking.id, "held back", outcome.cause)
        case Park():
            return "task-failed", _failure(booking.id, "parked", outcome.cause)
        case _:
            assert_never(outcome)


def _success(result: str) -> dict[str, object]:
    """A replay that went through takes back what the row said of its failure."""
    return {"result": result, "exception": None, "traceback": None}


def _failure(booking_id: str, what: str, cause: Cause) -> dict[str, object]:
    """The code and what it means, never the message: Salesforce quotes what it refuses."""
    said = explain(cause.code, cause.object, cause.field)
    name = f"{cause.code} {place_of(cause.object, cause.field)}".strip()
    told = (
        f"what happened: {said.what}",
        f"whose side: {said.side.words}",
        f"what to do: {said.do}",
        f"all of it: bookforce show {booking_id}",
    )
    return {"result": f"{what}: {name}", "exception": f"{name}: {said.what}", "traceback": "\n".join(told)}
