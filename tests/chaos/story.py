"""The bookings of a run: who meets whom when, and what becomes of it; the same for the same seed."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from producers.contract import Booking, BookingEvent, Change, Customer, Kind, Named, Owner

PAGES = ("BP-LEADS", "BP-LEADS", "BP-LEADS", "BP-CONTACTS", "BP-CASES")
"""Each customer books on one page, so that what he is does not depend on which of his bookings is heard of first."""

OWNERS = ("ada.rep", "ben.rep", "cleo.rep", "dan.rep", "eva.rep", "finn.rep")

SETUP = """
[pages."BP-CONTACTS"]
object = "contact"

[pages."BP-CASES"]
object = "case"
"""

_START = datetime(2027, 3, 1, 9, tzinfo=UTC)
_EVENTS_PER_CUSTOMER = 6
_CUSTOMERS_PER_COMPANY = 5
_ENDS = (Kind.CANCELED, Kind.COMPLETED, Kind.NO_SHOW, None)
_REASONS = ("No time", "Travelling that week", "Found another supplier", "Ill")
_SUBJECTS = ("Product demo", "Quarterly review", "Support session")


def tell(seed: int, events: int) -> list[BookingEvent]:
    """So many events, each once, those of a booking in the order of their versions."""
    dice = random.Random(f"story {seed}")  # noqa: S311 - reproducible chance is the point
    customers = max(events // _EVENTS_PER_CUSTOMER, 1)
    told: list[BookingEvent] = []
    number = 0
    while len(told) < events:
        number += 1
        told += _history(dice, seed, number, dice.randrange(customers))
    return told[:events]


def _history(dice: random.Random, seed: int, number: int, customer: int) -> Iterator[BookingEvent]:
    """One booking from its making to its end, if it has one."""
    booking = _booking(dice, f"BKNG-{seed}-{number}", customer)
    at = _START - timedelta(days=40) + timedelta(minutes=number)
    yield _event(Kind.SCHEDULED, booking, at, 0)
    turns = [dice.choice((Kind.RESCHEDULED, Kind.REASSIGNED)) for _ in range(dice.choice((0, 0, 1, 1, 2)))]
    end = dice.choice(_ENDS)
    for turn, kind in enumerate([*turns, *([end] if end else [])], start=1):
        booking = _changed(dice, kind, booking)
        yield _event(kind, booking, at + timedelta(minutes=turn), turn)


def _event(kind: Kind, booking: Booking, at: datetime, turn: int) -> BookingEvent:
    return BookingEvent(event_id=f"EVNT-{booking.id[5:]}-{turn}", kind=kind, occurred_at=at, booking=booking)


def _booking(dice: random.Random, booking_id: str, customer: int) -> Booking:
    return Booking(
        id=booking_id,
        subject=dice.choice(_SUBJECTS),
        starts_at=_START + timedelta(minutes=30 * dice.randrange(5000)),
        duration_minutes=dice.choice((15, 30, 60)),
        location=f"Room {dice.randrange(100)}",
        page=Named(id=PAGES[customer % len(PAGES)]),
        owner=_owner(dice),
        customer=Customer(
            name=f"Customer Number{customer}",
            email=f"customer{customer}@chaos.example",
            phone=f"+33 1 {customer:08}",
            company=f"Company {customer // _CUSTOMERS_PER_COMPANY}",
        ),
    )


def _owner(dice: random.Random) -> Owner:
    name = dice.choice(OWNERS)
    return Owner(id=f"USR-{name}", email=f"{name}@vendor.example")


def _changed(dice: random.Random, kind: Kind, booking: Booking) -> Booking:
    if kind is Kind.REASSIGNED:
        others = [name for name in OWNERS if f"USR-{name}" != booking.owner.id]
        name = dice.choice(others)
        return booking.model_copy(update={"owner": Owner(id=f"USR-{name}", email=f"{name}@vendor.example")})
    if kind is Kind.RESCHEDULED:
        starts = _START + timedelta(minutes=30 * dice.randrange(5000))
        return booking.model_copy(update={"starts_at": starts, "change": _change(dice)})
    if kind is Kind.CANCELED:
        return booking.model_copy(update={"change": _change(dice)})
    return booking.model_copy(update={"change": None})


def _change(dice: random.Random) -> Change:
    return Change(reason=dice.choice(_REASONS), actor=dice.choice(("owner", "customer")))
