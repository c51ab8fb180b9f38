"""Events → the customers that a worker would claim after they were published: publish.lua and claim.lua, foreseen.

A customer who is being worked on is taken as if that work were done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from producers.contract import BookingEvent, customer_key, names_customer
from producers.keys import LANE
from worker.claims import REPLACED, ClaimedCustomer, read_booking
from worker.journal import MAX_BOOKINGS
from worker.journal_view import JournalView


class NotRecorded(LookupError):
    """The view says nothing of this event, booking or customer."""


def foresee(view: JournalView, events: Iterable[BookingEvent]) -> list[ClaimedCustomer]:
    """The customers of these events with all their pending bookings, who waits longest first.

    Raises NotRecorded if the view was taken for others.
    """
    journal = _Journal(
        known=dict(view.events),
        bookings={name: dict(fields) for name, fields in view.bookings.items()},
        customers={key: dict(own) for key, own in view.customers.items()},
        order=max((order for own in view.customers.values() for order in own.values()), default=0.0),
    )
    touched: set[str] = set()
    for event in events:
        touched |= journal.publish(event)
    pending = {key: own for key in touched if (own := journal.customers.get(key))}
    return [journal.claim(key) for key in sorted(pending, key=lambda key: (min(pending[key].values()), key))]


def in_batches(customers: Sequence[ClaimedCustomer], most: int = MAX_BOOKINGS) -> list[list[ClaimedCustomer]]:
    """The customers as one worker would claim them; one with more bookings than a claim takes is a batch of his own."""
    batches: list[list[ClaimedCustomer]] = []
    room = 0
    for customer in customers:
        if not batches or len(customer.bookings) > room:
            batches.append([])
            room = most
        batches[-1].append(customer)
        room -= len(customer.bookings)
    return batches


@dataclass(slots=True, kw_only=True)
class _Journal:
    """The keys of the journal that publishing changes, under the names of producers/keys.py."""

    known: dict[str, str | None]
    bookings: dict[str, dict[str, str]]
    customers: dict[str, dict[str, float]]
    order: float

    def publish(self, event: BookingEvent) -> set[str]:
        """Take the event in; the customers that it is about."""
        booking = event.booking
        fields, replaced = self._booking(booking.id), self._booking(booking.replaces) if booking.replaces else None
        if event.event_id not in self.known:
            raise NotRecorded(f"event {event.event_id}")
        if self.known[event.event_id] is None:
            self._take_in(event, fields, replaced)
        own = (fields, replaced or {})
        return {each["customer"] for each in own if "customer" in each}

    def claim(self, key: str) -> ClaimedCustomer:
        """The customer with his bookings by order of acceptance."""
        own = self.customers[key]
        names = sorted(own, key=lambda name: (own[name], name))
        return ClaimedCustomer(
            key=key,
            bookings=tuple(read_booking(name, self._booking(name), self._records_replaced(name)) for name in names),
        )

    def _take_in(self, event: BookingEvent, fields: dict[str, str], replaced: dict[str, str] | None) -> None:
        booking, names_him = event.booking, names_customer(event.booking)
        self.known[event.event_id] = booking.id
        self.order += 1
        customer = self._known_customer(booking.id, customer_key(booking), names_him=names_him)
        if booking.replaces and replaced is not None:
            fields["replaces"] = booking.replaces
            customer = customer or self._replaced_customer(booking.replaces, customer_key(booking), names_him=names_him)
        if not customer and not names_him:
            fields["weak"] = "1"
        customer = customer or customer_key(booking)
        fields |= {"customer": customer, f"body:{event.event_id}": event.model_dump_json(exclude_none=True)}
        self._add(customer, booking.id)
        if booking.replaces and replaced is not None:
            self._mark_replaced(booking.replaces, replaced, customer)

    def _known_customer(self, booking_id: str, customer: str, *, names_him: bool) -> str | None:
        """Whose booking it is by what was known before; one that named nobody joins the customer that is named now."""
        fields = self._booking(booking_id)
        if not (names_him and "weak" in fields):
            return fields.get("customer")
        order = self._customer(fields["customer"]).pop(booking_id, None)
        if order is not None:
            self._customer(customer)[booking_id] = order
        del fields["weak"]
        fields["customer"] = customer
        return customer

    def _replaced_customer(self, replaces: str, customer: str, *, names_him: bool) -> str | None:
        if names_him and "weak" in self._booking(replaces):
            return self._known_customer(replaces, customer, names_him=names_him)
        return self._booking(replaces).get("customer")

    def _mark_replaced(self, replaces: str, fields: dict[str, str], customer: str) -> None:
        if f"body:{REPLACED}" in fields:
            return
        fields[f"body:{REPLACED}"] = "{}"
        if "customer" not in fields:
            fields |= {"customer": customer, "weak": "1"}
        self._add(fields["customer"], replaces)

    def _add(self, customer: str, booking_id: str) -> None:
        place = self.order if "records" in self._booking(booking_id) else LANE + self.order
        own = self._customer(customer)
        own[booking_id] = min(own.get(booking_id, place), place)

    def _records_replaced(self, booking_id: str) -> str:
        replaces = self._booking(booking_id).get("replaces")
        return self._booking(replaces).get("records", "") if replaces else ""

    def _booking(self, name: str) -> dict[str, str]:
        if name not in self.bookings:
            raise NotRecorded(f"booking {name}")
        return self.bookings[name]

    def _customer(self, key: str) -> dict[str, float]:
        if key not in self.customers:
            raise NotRecorded("the customer of a booking")
        return self.customers[key]
