"""What happens to bookings: strategies."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from producers.contract import BookingEvent, Change, Kind, Owner
from tests.builders import MONDAY, a_booking, a_customer, an_event

OWNERS = (
    Owner(),
    Owner(name="Ada"),
    Owner(id="USR-ADA", name="Ada", email="ada@vendor.example"),
    Owner(id="USR-ADA"),
    Owner(email="ben@vendor.example"),
    Owner(id="USR-GONE", email="gone@vendor.example"),
)

_SILENT = (None, "")
_NAMES = st.sampled_from((*_SILENT, "Lea Marin", "Marin", "Dupont, Lea", "Lea Claire Marin", "@{Lea} Marin"))
_PHONES = st.sampled_from((*_SILENT, "+33 1", "+33 2", "+33 3", "9" * 41))
_TEXTS = st.sampled_from((*_SILENT, "one", "two", "@{r0.id}", "x" * 300))


def changes() -> st.SearchStrategy[Change | None]:
    """Who moved or canceled it, and why."""
    actors = st.sampled_from((None, "owner", "customer"))
    change = st.builds(Change, reason=_TEXTS, actor=actors, reschedule_requested=st.booleans())
    return st.none() | change


@st.composite
def bookings(draw: st.DrawFn, /, booking_id: str = "BKNG-1", **fixed: Any) -> Any:
    """One booking as one event describes it: anything but its id, its customer's e-mail and its page may differ."""
    customer = a_customer(
        name=draw(_NAMES),
        first_name=draw(st.sampled_from((*_SILENT, "Lea"))),
        phone=draw(_PHONES),
        company=draw(fixed.pop("company", st.sampled_from((*_SILENT, "Acme", "Globex")))),
        note=draw(_TEXTS),
        email=draw(fixed.pop("email", st.just("lea@acme.example"))),
    )
    facts = {
        "customer": customer,
        "subject": draw(_TEXTS),
        "starts_at": MONDAY + timedelta(hours=draw(st.integers(0, 3))),
        "duration_minutes": draw(st.sampled_from((15, 30))),
        "location": draw(_TEXTS),
        "owner": draw(st.sampled_from(OWNERS)),
        "answers": draw(st.dictionaries(st.sampled_from(("Your country", "Color")), st.sampled_from(("", "a", "b")))),
        "change": draw(changes()),
    }
    return a_booking(booking_id, **facts | fixed)


@st.composite
def histories(draw: st.DrawFn, /, booking_id: str = "BKNG-1", **fixed: Any) -> list[BookingEvent]:
    """The events of one booking, in the order of their versions; some at the same time, cancellations anywhere."""
    count = draw(st.integers(1, 4))
    moments = sorted(draw(st.lists(st.integers(0, 6), min_size=count, max_size=count)))
    kinds = draw(st.lists(st.sampled_from(list(Kind)), min_size=count, max_size=count))
    return [
        an_event(kind, minute=minute, event_id=f"EVNT-{n}", booking=draw(bookings(booking_id, **fixed)))
        for n, (kind, minute) in enumerate(zip(kinds, moments, strict=True))
    ]


@st.composite
def deliveries(draw: st.DrawFn, /, events: list[BookingEvent]) -> list[list[BookingEvent]]:
    """The same events in any order, in any batches."""
    left = draw(st.permutations(events))
    batches = []
    while left:
        size = draw(st.integers(1, len(left)))
        batches.append(left[:size])
        left = left[size:]
    return batches
