"""What is foreseen of the journal is what its scripts then do, in a real Redis."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis

from producers.contract import BookingEvent, Kind, SalesforceIds, customer_key
from producers.keys import prefix
from producers.publish import Publisher
from rules.plan import Known, Records, SObject
from tests.builders import a_booking, a_customer, an_event
from worker.claims import ClaimedCustomer
from worker.foreseen import NotRecorded, foresee, in_batches
from worker.journal import EventEnd, Journal, Settlement
from worker.journal_view import JournalView, view_journal

_numbers = itertools.count(1)
_LEASE = timedelta(seconds=60)


@pytest.fixture(scope="module")
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture(scope="module")
def publisher(redis_url: str) -> Publisher:
    return Publisher.connect(redis_url, "memory://")


@st.composite
def an_arrival(draw: st.DrawFn) -> BookingEvent:
    """An event of one of a few bookings, which may name its customer and a booking that it replaces."""
    name = draw(st.sampled_from("ABCD"))
    replaces = draw(st.none() | st.sampled_from("ABCDE"))
    email = draw(st.sampled_from([None, "lea@acme.example", "LEA@acme.example", "bo@acme.example"]))
    lead = draw(st.sampled_from([None, None, "00Q000000000001EAA"]))
    minute = draw(st.integers(0, 3))
    kind = draw(st.sampled_from([Kind.SCHEDULED, Kind.RESCHEDULED, Kind.CANCELED]))
    booking = a_booking(
        f"BKNG-{name}",
        customer=a_customer(email=email),
        salesforce=SalesforceIds(lead=lead),
        replaces=f"BKNG-{replaces}" if replaces and replaces != name else None,
    )
    return an_event(kind, minute=minute, booking=booking, event_id=f"EVNT-{name}-{minute}")


@settings(max_examples=150, deadline=None)
@given(
    before=st.lists(an_arrival(), max_size=6),
    settled=st.lists(st.booleans(), min_size=8, max_size=8),
    events=st.lists(an_arrival(), min_size=1, max_size=6),
)
def test_the_customers_that_are_foreseen_are_those_that_are_claimed(
    redis: Redis, publisher: Publisher, before: list[BookingEvent], settled: list[bool], events: list[BookingEvent]
) -> None:
    name = f"foreseen{next(_numbers)}"
    own = [event.model_copy(update={"connection": name}) for event in events]
    journal = Journal(redis, name)
    publisher.publish_many([event.model_copy(update={"connection": name}) for event in before])
    _settle(journal, settled)

    redis.delete(f"{prefix(name)}woken")  # lapses by itself, perhaps while we look
    keys = _keys(redis, name)
    foreseen = foresee(view_journal(redis, name, own), own)
    assert _keys(redis, name) == keys

    publisher.publish_many(own)
    claimed = journal.claim(_LEASE).customers
    touched = {customer.key for customer in foreseen}
    assert by_key(foreseen) == by_key(customer for customer in claimed if customer.key in touched)
    names = {event.booking.id for event in events}
    others = [customer for customer in claimed if customer.key not in touched]
    assert not [booking for customer in others for booking in customer.bookings if booking.id in names]


def by_key(customers: Iterable[ClaimedCustomer]) -> list[ClaimedCustomer]:
    return sorted(customers, key=lambda customer: customer.key)


def _settle(journal: Journal, settled: list[bool]) -> None:
    """Bring the customers to Salesforce for whom the list says so; the others are put back."""
    claim = journal.claim(_LEASE)
    settlements = {}
    for customer, is_synced in zip(claim.customers, itertools.cycle(settled), strict=False):
        for booking in customer.bookings:
            events = [event.event_id for event in booking.pending] + ([" replaced"] if booking.is_replaced else [])
            ended = tuple(EventEnd(event_id=event_id, state="synced", facts={}) for event_id in events)
            records = Records(lead=Known(object=SObject.LEAD, id="00Q000000000001EAA"))
            settlements[booking.id] = (
                Settlement(booking_id=booking.id, ended=ended, records=records)
                if is_synced
                else Settlement(booking_id=booking.id, attempts=1)
            )
    journal.settle(claim, settlements)


def _keys(redis: Redis, name: str) -> dict[str, object]:
    keys = sorted(cast("Iterator[str]", redis.scan_iter(f"{prefix(name)}*")))
    return {key: redis.dump(key) for key in keys}


def customers(*sizes: int) -> list[ClaimedCustomer]:
    """Customers with so many bookings each."""
    events = [[an_event(booking=a_booking(f"BKNG-{n}-{m}")) for m in range(size)] for n, size in enumerate(sizes)]
    empty = JournalView(
        events={event.event_id: None for own in events for event in own},
        bookings={event.booking.id: {} for own in events for event in own},
    )
    claims = [
        foresee(JournalView(events=empty.events, bookings=empty.bookings, customers={_key(own): {}}), own)
        for own in events
    ]
    return [claim for (claim,) in claims]


def _key(events: list[BookingEvent]) -> str:
    return customer_key(events[0].booking)


@pytest.mark.parametrize(
    ("sizes", "batches"),
    [
        ((), []),
        ((1, 2), [[1, 2]]),
        ((2, 2, 1), [[2, 2], [1]]),
        ((5,), [[5]]),
        ((1, 5, 1), [[1], [5], [1]]),
    ],
)
def test_customers_are_parted_into_batches_as_claims_take_them(
    sizes: tuple[int, ...], batches: list[list[int]]
) -> None:
    parts = in_batches(customers(*sizes), most=4)
    assert [[len(customer.bookings) for customer in part] for part in parts] == batches


WHOLE = JournalView(events={"E": None}, bookings={"BKNG-1": {}}, customers={})


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (JournalView(), "booking BKNG-1"),
        (JournalView(bookings={"BKNG-1": {}}), "event E"),
        (WHOLE, "the customer of a booking"),
    ],
)
def test_what_the_view_does_not_hold_is_no_absence(view: JournalView, words: str) -> None:
    with pytest.raises(NotRecorded, match=words):
        foresee(view, [an_event(event_id="E")])
