"""Events to measure with: new customers over Leads, Contacts and Cases pages."""

from datetime import UTC, datetime, timedelta

from producers.contract import Booking, BookingEvent, Change, Customer, Kind, Named, Owner

_PAGES = ("BP-LEADS", "BP-LEADS", "BP-CONTACTS", "BP-CASES")
_START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def scheduled(series: str, n: int, connection: str = "default") -> BookingEvent:
    """The n-th booking of a series, each of another customer; ten customers share a company."""
    booking = Booking(
        id=f"BKNG-{series}-{n}",
        subject="Product demo",
        starts_at=_START + timedelta(minutes=30 * (n % 5000)),
        duration_minutes=30,
        location="Video call",
        join_url=f"https://video.example/j/{n}",
        page=Named(id=_PAGES[n % len(_PAGES)]),
        owner=Owner(id=f"USR-{n % 6}", email="ada.rep@vendor.example"),
        customer=Customer(
            name=f"Customer Number{n}",
            email=f"customer{n}@{series}.example",
            phone="+33 1 23 45 67 89",
            company=f"Company {series} {n // 10}",
            note="We would like to see the reporting part.",
        ),
        answers={"Your country": "France", "Team size": "20"},
    )
    return BookingEvent(
        event_id=f"EVNT-{series}-{n}",
        kind=Kind.SCHEDULED,
        occurred_at=_START - timedelta(days=30),
        connection=connection,
        booking=booking,
    )


def canceled(event: BookingEvent) -> BookingEvent:
    """The customer cancels an hour later."""
    booking = event.booking.model_copy(update={"change": Change(reason="No time", actor="customer")})
    return event.model_copy(
        update={
            "event_id": f"{event.event_id}-canceled",
            "kind": Kind.CANCELED,
            "occurred_at": event.occurred_at + timedelta(hours=1),
            "booking": booking,
        }
    )
