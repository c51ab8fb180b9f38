"""Kinds of events → the net effect: how a booking stands after all its events, whatever order they arrived in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeVar, assert_never

from producers.contract import Booking, BookingEvent, Change, Customer, Kind, Owner, SalesforceIds
from rules.quick import quick


class Phase(StrEnum):
    """The phase of a booking, with the vendor's spelling."""

    SCHEDULED = "Scheduled"
    RESCHEDULED = "Rescheduled"
    COMPLETED = "Completed"
    NO_SHOW = "No-show"
    CANCELED = "Canceled"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class BookingState:
    """How a booking stands.

    `versions` is the booking after each event, newest first, completed from older events where one is silent; `said` is
    what each event said alone.
    `is_replaced` tells that another booking stands in its place.
    `live` is false for a booking of which nothing but its cancellation is known, `started` is true for one whose
    beginning is: that it was made, or that it replaces another.
    """

    versions: tuple[Booking, ...]
    said: tuple[Booking, ...]
    phase: Phase
    reassigned: bool
    moved: Change | None
    reason: str | None
    live: bool
    started: bool
    is_replaced: bool

    @property
    def booking(self) -> Booking:
        """The booking as it stands now."""
        return self.versions[0]


_REBOOK = "Canceled (reschedule requested by Owner)"

_KIND_ORDER = {kind: n for n, kind in enumerate(Kind)}

UPCOMING = {Phase.SCHEDULED, Phase.RESCHEDULED}
"""The phases of a meeting that is to take place."""

# Other events repeat or drop who moved the booking and why, so only these count.
_MOVES = {Kind.CANCELED, Kind.RESCHEDULED}

_Part = TypeVar("_Part", Booking, Customer, Owner, SalesforceIds)


def in_order(events: Iterable[BookingEvent]) -> list[BookingEvent]:
    """Events by version. Equal ones: by when they were recorded, by kind, by delivery: every worker sees one order."""
    return sorted(events, key=_version)


def _version(event: BookingEvent) -> tuple[datetime, datetime, int, str]:
    recorded_at = event.recorded_at or event.occurred_at
    return event.occurred_at, recorded_at, _KIND_ORDER[event.kind], event.event_id


def fold(events: Sequence[BookingEvent], *, is_replaced: bool = False) -> BookingState:
    """The state after these events (at least one), which is the same for every order and any duplicates of them.

    A booking that another one replaces is off, whether or not its own cancellation is ever heard of, and whoever did
    it is then told by that alone.
    """
    ordered = in_order({event.event_id: event for event in events}.values()) if len(events) > 1 else events
    phase, reassigned = _phase(ordered)
    moves = [event.booking.change for event in ordered if event.kind in _MOVES]
    is_own_end = any(event.kind is Kind.CANCELED for event in ordered)
    return BookingState(
        versions=_versions(ordered),
        said=tuple(event.booking for event in reversed(ordered)),
        phase=Phase.CANCELED if is_replaced else phase,
        reassigned=reassigned,
        moved=moves[-1] if moves and (is_own_end or not is_replaced) else None,
        reason=next((move.reason for move in reversed(moves) if move and move.reason), None),
        live=any(event.kind is not Kind.CANCELED for event in ordered),
        started=any(event.kind is Kind.SCHEDULED or event.booking.replaces for event in ordered),
        is_replaced=is_replaced,
    )


def with_fewer_events(state: BookingState) -> Iterator[BookingState]:
    """What the booking may have looked like while fewer of its events were known: one or two of them.

    More would say nothing else of one field: what fills a field comes of two events at the most (a first name and a
    last name, a state and a country).
    """
    for n, newer in enumerate(state.said):
        yield replace(state, versions=(newer,))
        for older in state.said[n + 1 :]:
            yield replace(state, versions=(_completed(newer, older), older))


def status_label(state: BookingState, mode: Literal["detailed", "phase"]) -> str:
    """The text for the event status field.

    The detailed words are the vendor's published vocabulary (reference: tagging by lifecycle), at most 40 characters.
    """
    if state.reassigned and state.phase in {Phase.SCHEDULED, Phase.RESCHEDULED}:
        return f"{state.phase} (Reassigned by User)"
    if mode == "phase":
        return state.phase
    actor = state.moved.actor if state.moved else None
    was_asked = state.moved is not None and state.moved.reschedule_requested
    match state.phase:
        case Phase.RESCHEDULED:
            return "Rescheduled by Owner" if actor == "owner" or was_asked else "Rescheduled by Customer"
        case Phase.CANCELED if was_asked:
            return _REBOOK
        case Phase.CANCELED if actor:
            return f"Canceled by {actor.capitalize()}"
        case _:
            return state.phase


def status_labels(mode: Literal["detailed", "phase"]) -> tuple[str, ...]:
    """Every text that the event status field can get.

    Sources: https://help.oncehub.com/help/tagging-infusionsoft-contact-records-with-lifecycle-tags and, for the two of
    reassigned bookings, https://help.oncehub.com/help/the-salesforce-activity-event
    """
    reassigned = tuple(f"{phase} (Reassigned by User)" for phase in (Phase.SCHEDULED, Phase.RESCHEDULED))
    if mode == "phase":
        return (*map(str, Phase), *reassigned)
    by = tuple(
        f"{phase} by {actor}" for phase in (Phase.RESCHEDULED, Phase.CANCELED) for actor in ("Customer", "Owner")
    )
    plain = (Phase.SCHEDULED, Phase.COMPLETED, Phase.NO_SHOW, Phase.CANCELED)
    return (*map(str, plain), *by, _REBOOK, *reassigned)


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
            case _:
                assert_never(event.kind)
    return phase, reassigned


def _versions(ordered: Sequence[BookingEvent]) -> tuple[Booking, ...]:
    """The booking after each event, newest first. Where an event says nothing, what an older one said holds.

    Once it is reassigned, the owner who gave it away is not its owner again because a later event still names him:
    a source's `owner` may stay the one who accepted the booking.
    """
    if len(ordered) == 1 and ordered[0].kind is not Kind.REASSIGNED:
        return (ordered[0].booking,)
    versions: list[Booking] = []
    former = named = Owner()
    is_handed_over = False
    for event in ordered:
        said = event.booking
        version = _completed(said, versions[-1]) if versions else said
        if event.kind is Kind.REASSIGNED:
            former, is_handed_over = versions[-1].owner if versions else Owner(), bool(versions)
            version = _handed_over(version, said, named)
        elif is_handed_over and (_is_same_user(version.owner, former) or _is_same_user(said.owner, named)):
            version = version.model_copy(update={"owner": versions[-1].owner})
        named = said.owner if _is_somebody(said.owner) else named
        versions.append(version)
    owners = [event.booking.owner for event in ordered]
    return tuple(_with_owner(version, _completed_owner(version.owner, owners)) for version in reversed(versions))


def _handed_over(version: Booking, said: Booking, before: Owner) -> Booking:
    """The reassigned booking with its new owner: the one who is named, unless that still is the one named before.

    Then it is the one whose calendar holds it. Source: reference, 12.4 (what `owner` is after a reassignment).
    """
    calendar, owner = said.calendar_owner, version.owner
    known_email = owner.email or before.email or ""
    if calendar is None or calendar.casefold() == known_email.casefold():
        return version
    if _is_somebody(said.owner) and _is_somebody(before) and not _is_same_user(said.owner, before):
        return version if owner.email else _with_owner(version, owner.model_copy(update={"email": calendar}))
    return _with_owner(version, Owner(email=calendar))


def _is_somebody(owner: Owner) -> bool:
    return owner.id is not None or owner.email is not None


def _with_owner(booking: Booking, owner: Owner) -> Booking:
    return booking if owner is booking.owner else booking.model_copy(update={"owner": owner})


def _is_same_user(one: Owner, other: Owner) -> bool:
    by_id = one.id is not None and one.id == other.id
    return by_id or (one.email is not None and one.email == other.email)


def _completed(newer: Booking, older: Booking) -> Booking:
    said = {name: text for name, text in newer.answers.items() if text}
    return newer.model_copy(
        update={
            **_missing(newer, older),
            "customer": _filled(newer.customer, older.customer),
            "salesforce": _filled(newer.salesforce, older.salesforce),
            "answers": {**older.answers, **said},
            "owner": _newer_owner(newer.owner, older.owner),
        }
    )


def _newer_owner(newer: Owner, older: Owner) -> Owner:
    if newer.id or newer.email:
        return newer
    return older if older.id or older.email else _filled(newer, older)


def _completed_owner(owner: Owner, owners: Sequence[Owner]) -> Owner:
    """The owner with what other events say of the same user: sources send the whole user or no more than the id."""
    for other in reversed(owners):
        if other is not owner and owner.id and owner.id == other.id:
            owner = _filled(owner, other)
    return owner


def _filled(newer: _Part, older: _Part) -> _Part:
    """The newer one, where it says nothing the older one. Silence never erases."""
    found = _missing(newer, older)
    return newer.model_copy(update=found) if found else newer


def _missing(newer: _Part, older: _Part) -> dict[str, object]:
    """What only the older one says. A source that has nothing to say sends null, an empty text or an empty list."""
    before = vars(older)
    return {name: before[name] for name, value in vars(newer).items() if not value and before[name]}
