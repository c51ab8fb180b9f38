"""A job: one event of the journal as operators list it, without what customers typed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from producers.contract import BookingEvent, Named
from worker.claims import REPLACED, state_of


class JobState(StrEnum):
    """Where an event stands: pending while its customer is ready, claimed or waiting; else how it ended."""

    PARKED = "parked"
    WAITING = "waiting"
    READY = "ready"
    CLAIMED = "claimed"
    SYNCED = "synced"
    SUPERSEDED = "superseded"
    SKIPPED = "skipped"


PENDING = (JobState.READY, JobState.CLAIMED, JobState.WAITING)
"""Each is the name of the customers' queue too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One event, or that another booking replaces this one, where that is parked: then `event_id` is REPLACED.

    `codes` are those of its error, or else of its warnings; `place` is the error's object and field.

    `kind` and `pages` (its booking page by id, link, label and name) are None and empty if it cannot be read. `since`
    is when it came to its state, `accepted` when it was journalled; None if the journal does not tell. `tries` are
    those of its booking that did not go through.
    """

    event_id: str
    booking_id: str
    kind: str | None
    pages: tuple[str, ...]
    state: JobState
    codes: tuple[str, ...]
    place: str
    accepted: datetime | None
    since: datetime | None
    tries: int


def read_jobs(booking_id: str, fields: Mapping[str, str], pending: JobState) -> Iterator[Job]:
    """The events of a booking's hash, oldest first. `pending` is where its customer stands."""
    names = [name for name in events_of(fields) if not _is_settled_replacement(name, fields)]
    tries = int(fields.get("tried", 0)) - int(fields.get("replays", 0))
    for event_id in sorted(names, key=lambda name: (int(fields.get(f"accepted:{name}", 0)), name)):
        end = read_json(fields.get(f"state:{event_id}"))
        kind, pages = ("replaced", ()) if event_id == REPLACED else _told(fields.get(f"body:{event_id}", ""))
        cause = (end if end is not None else {"cause": read_json(fields.get("cause"))}).get("cause") or {}
        accepted = read_time(fields.get(f"accepted:{event_id}"))
        yield Job(
            event_id=event_id,
            booking_id=booking_id,
            kind=kind,
            pages=pages,
            state=_state(end) if end is not None else pending,
            codes=_codes(cause, end or {}),
            place=place_of(cause.get("object"), cause.get("field")),
            accepted=accepted,
            since=accepted if end is None else read_time(end.get("at")),
            tries=tries,
        )


def events_of(fields: Mapping[str, str]) -> list[str]:
    """Ids of a booking's events; of an erased one nothing but its end is left."""
    starts = ("body:", "state:")
    return list(dict.fromkeys(name.partition(":")[2] for name in fields if name.startswith(starts)))


def place_of(obj: str | None, field: str | None) -> str:
    """Object and field in one word, empty if neither is known."""
    return ".".join(part for part in (obj, field) if part)


def read_json(text: str | None) -> dict[str, Any] | None:
    """What the journal holds as JSON: None if there is nothing, an empty object if it cannot be read."""
    if text is None:
        return None
    try:
        held = json.loads(text)
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def read_time(milliseconds: str | float | None) -> datetime | None:
    """A time of the journal, in UTC."""
    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC) if milliseconds else None


def _is_settled_replacement(name: str, fields: Mapping[str, str]) -> bool:
    end = fields.get(f"state:{REPLACED}")
    return name == REPLACED and (end is None or state_of(end) != "parked")


def _told(body: str) -> tuple[str | None, tuple[str, ...]]:
    try:
        event = BookingEvent.model_validate_json(body)
    except ValidationError:
        return None, ()
    booking = event.booking
    return event.kind.value, _names(booking.page) or _names(booking.event_type) or _names(booking.master_page)


def _names(thing: Named | None) -> tuple[str, ...]:
    return tuple(name for name in (thing.id, thing.url, thing.label, thing.name) if name) if thing else ()


def _state(end: Mapping[str, Any]) -> JobState:
    """How it ended; what cannot be read is for a person to look at, as in claims.state_of."""
    try:
        return JobState(str(end.get("state")))
    except ValueError:
        return JobState.PARKED


def _codes(cause: Mapping[str, Any], end: Mapping[str, Any]) -> tuple[str, ...]:
    warnings = (str(warning["code"]) for warning in end.get("warnings", ()))
    return (str(cause["code"]),) if cause else tuple(dict.fromkeys(warnings))
