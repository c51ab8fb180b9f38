"""What the org must hold in the end: each booking's events applied once, in order, by a model of its own.

Knows the connector's published behaviour and nothing of `rules`; where the two differ one of them is wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from producers.contract import BookingEvent, Change, Kind


@dataclass(slots=True, kw_only=True)
class Meeting:
    """The one Event of a booking."""

    customer: str
    subject: str
    location: str
    starts_at: datetime
    minutes: int
    owner: str
    status: str = "Scheduled"
    reason: str | None = None
    is_canceled: bool = False
    moved: str = "Scheduled"


@dataclass(slots=True, kw_only=True)
class Person:
    """The one Lead or Contact of a customer.

    Which of his events is heard of first is up to chance, so the owner in any of them may own him, and each of his
    bookings may be the one that created him.
    """

    object: str
    first_name: str
    last_name: str
    company: str
    phone: str
    owners: set[str] = field(default_factory=set)
    bookings: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Meetings by booking, people by e-mail, Accounts by name, and the bookings that have a Case."""

    meetings: Mapping[str, Meeting]
    people: Mapping[str, Person]
    companies: frozenset[str]
    cases: frozenset[str]


_OBJECTS = {"BP-LEADS": "Lead", "BP-CONTACTS": "Contact", "BP-CASES": "Contact"}


def foretell(events: Iterable[BookingEvent]) -> World:
    """The world after these events, in whatever order and however often they are given."""
    meetings: dict[str, Meeting] = {}
    people: dict[str, Person] = {}
    companies, cases = set(), set()
    for event in sorted({event.event_id: event for event in events}.values(), key=lambda each: each.occurred_at):
        booking = event.booking
        meeting = meetings.get(booking.id)
        if meeting is None:
            meeting = meetings[booking.id] = _arranged(event)
        _apply(event, meeting)
        person = people.setdefault(str(booking.customer.email), _introduced(event))
        person.owners.add(str(booking.owner.email))
        person.bookings.add(booking.id)
        if person.object == "Contact":
            companies.add(person.company)
        if booking.page and booking.page.id == "BP-CASES":
            cases.add(booking.id)
    return World(meetings=meetings, people=people, companies=frozenset(companies), cases=frozenset(cases))


def _arranged(event: BookingEvent) -> Meeting:
    booking = event.booking
    return Meeting(
        customer=str(booking.customer.email),
        subject=str(booking.subject),
        location=str(booking.location),
        starts_at=booking.starts_at,
        minutes=booking.duration_minutes,
        owner=str(booking.owner.email),
    )


def _introduced(event: BookingEvent) -> Person:
    customer, page = event.booking.customer, event.booking.page
    first, _, last = str(customer.name).partition(" ")
    return Person(
        object=_OBJECTS[str(page.id if page else None)],
        first_name=first,
        last_name=last,
        company=str(customer.company),
        phone="".join(digit for digit in str(customer.phone) if digit.isdigit()),
    )


def _apply(event: BookingEvent, meeting: Meeting) -> None:
    change = event.booking.change or Change()
    actor = str(change.actor).capitalize()
    match event.kind:
        case Kind.SCHEDULED:
            return
        case Kind.RESCHEDULED:
            meeting.starts_at, meeting.reason = event.booking.starts_at, change.reason
            meeting.status, meeting.moved = f"Rescheduled by {actor}", "Rescheduled"
        case Kind.REASSIGNED:
            meeting.owner, meeting.status = str(event.booking.owner.email), f"{meeting.moved} (Reassigned by User)"
        case Kind.CANCELED:
            meeting.reason, meeting.is_canceled = change.reason, True
            meeting.status = f"Canceled by {actor}"
        case Kind.COMPLETED:
            meeting.status = "Completed"
        case Kind.NO_SHOW:
            meeting.status = "No-show"
