"""Kinds of events → the net effect: how a booking stands after all its events, whatever order they arrived in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeVar

from producers.contract import Booking, BookingEvent, Change, Customer, Kind, Owner, SalesforceIds


class Phase(StrEnum):
    """The phase of a booking, with the vendor's spelling."""

    SCHEDULED = "Scheduled"
    RESCHEDULED = "Rescheduled"
    COMPLETED = "Completed"
    NO_SHOW = "No-show"
    CANCELED = "Canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingState:
    """How a booking stands.

    `booking` is as the newest event says, completed from older ones where it is silent. `first_owner` is the owner at
    booking time: records are assigned once, so a later reassignment moves the Event alone. `live` is false for a
    booking of which nothing but its cancellation is known.
    """

    booking: Booking
    phase: Phase
    reassigned: bool
    moved: Change | None
    reason: str | None
    first_owner: Owner
    live: bool


_KIND_ORDER = {kind: n for n, kind in enumerate(Kind)}

# Other events repeat or drop who moved the booking and why, so only these count.
_MOVES = {Kind.CANCELED, Kind.RESCHEDULED}

_Part = TypeVar("_Part", Booking, Customer, SalesforceIds)


def in_order(events: Iterable[BookingEvent]) -> list[BookingEvent]:
    """Events by version. Equal times: by kind, then by delivery, so that every worker sees one order."""
    return sorted(events, key=lambda event: (event.occurred_at, _KIND_ORDER[event.kind], event.event_id))


def fold(events: Sequence[BookingEvent]) -> BookingState:
    """The state after these events (at least one), which is the same for every order of the sequence."""
    ordered = in_order(events)
    phase, reassigned = _phase(ordered)
    moves = [event.booking.change for event in ordered if event.kind in _MOVES]
    return BookingState(
        booking=_newest_known(ordered),
        phase=phase,
        reassigned=reassigned,
        moved=moves[-1] if moves else None,
        reason=next((move.reason for move in reversed(moves) if move and move.reason), None),
        first_owner=_first_owner(ordered),
        live=any(event.kind is not Kind.CANCELED for event in ordered),
    )


def status_label(state: BookingState, mode: Literal["detailed", "phase"]) -> str:
    """The text for the event status field.

    The detailed words are the vendor's published vocabulary (reference: tagging by lifecycle), at most 40 characters.
    """
    if state.reassigned and state.phase in {Phase.SCHEDULED, Phase.RESCHEDULED}:
        return f"{state.phase} (Reassigned by User)"
    if mode == "phase":
        return state.phase
    actor = state.moved.actor if state.moved else None
    match state.phase:
        case Phase.RESCHEDULED:
            return "Rescheduled by Owner" if actor == "owner" else "Rescheduled by Customer"
        case Phase.CANCELED if state.moved and state.moved.reschedule_requested:
            return "Canceled (reschedule requested by Owner)"
        case Phase.CANCELED if actor:
            return f"Canceled by {actor.capitalize()}"
        case _:
            return state.phase


def _phase(ordered: Sequence[BookingEvent]) -> tuple[Phase, bool]:
    """The vendor's transitions: a cancellation overrides all, completion neither it nor a no-show."""
    phase, reassigned = Phase.SCHEDULED, False
    for event in ordered:
        closed = phase in {Phase.CANCELED, Phase.NO_SHOW}
        match event.kind:
            case Kind.SCHEDULED:
                continue
            case Kind.RESCHEDULED:
                phase, reassigned = Phase.RESCHEDULED, False
            case Kind.REASSIGNED:
                reassigned = True
            case Kind.COMPLETED:
                phase = phase if closed else Phase.COMPLETED
            case Kind.NO_SHOW:
                phase = phase if phase is Phase.CANCELED else Phase.NO_SHOW
            case Kind.CANCELED:
                phase = Phase.CANCELED
    return phase, reassigned


def _first_owner(ordered: Sequence[BookingEvent]) -> Owner:
    owners = (event.booking.owner for event in ordered)
    return next((owner for owner in owners if owner.id or owner.email), Owner())


def _newest_known(ordered: Sequence[BookingEvent]) -> Booking:
    """The newest booking; where it says nothing, what an older one said: silence never erases."""
    if len(ordered) == 1:
        return ordered[0].booking
    bookings = [event.booking for event in reversed(ordered)]
    merged = _filled(bookings[0], bookings[1:])
    return merged.model_copy(
        update={
            "customer": _filled(merged.customer, [b.customer for b in bookings]),
            "salesforce": _filled(merged.salesforce, [b.salesforce for b in bookings]),
            "answers": {name: text for b in reversed(bookings) for name, text in b.answers.items()},
            "owner": next((b.owner for b in bookings if b.owner.id or b.owner.email), Owner()),
        }
    )


def _filled(newest: _Part, older: Sequence[_Part]) -> _Part:
    missing = [name for name, value in newest if value in (None, ())]
    found = {
        name: next((v for part in older if (v := getattr(part, name)) not in (None, ())), None) for name in missing
    }
    return newest.model_copy(update={name: value for name, value in found.items() if value is not None})
