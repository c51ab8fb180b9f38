"""What a replay would come to: the journal as it would stand behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from redis import Redis

from producers.cipher import PLAIN, Cipher
from producers.contract import BookingEvent
from producers.keys import LANE
from worker.journal import Journal
from worker.journal_view import JournalView, view_journal
from worker.replaying import Target


def replayed_events(journal: Journal, targets: Iterable[Target]) -> list[BookingEvent]:
    """The targets' events as far as they can be read; of a booking that has none, one that tells of it."""
    events: list[BookingEvent] = []
    wanted: dict[str, set[str]] = {}
    for target in targets:
        wanted.setdefault(target.booking_id, set()).add(target.event_id)
    for booking_id, ids in wanted.items():
        booking = journal.read_booking(booking_id)
        known = (*booking.applied, *booking.passed_over, *booking.pending) if booking else ()
        events += [event for event in known if event.event_id in ids] or known[-1:]
    return events


def view_replayed(
    redis: Redis, connection: str, targets: Sequence[Target], events: Sequence[BookingEvent], cipher: Cipher = PLAIN
) -> JournalView:
    """The journal as it would be with the targets pending; `events` are theirs. Nothing of it is touched."""
    view = view_journal(redis, connection, events, cipher)
    bookings = {name: dict(fields) for name, fields in view.bookings.items()}
    customers = {key: dict(own) for key, own in view.customers.items()}
    order = max((place % LANE for own in customers.values() for place in own.values()), default=0.0) + 1
    for target in targets:
        fields = bookings.get(target.booking_id)
        if not fields:
            continue
        fields.pop(f"state:{target.event_id}", None)
        fields["attempts"] = "1"
        fields["tried"] = str(int(fields.get("tried", 0)) + 1)
        fields[f"try:{fields['tried']}"] = '{"kind":"replayed"}'
        own = customers.setdefault(fields["customer"], {})
        place = order if "records" in fields else LANE + order
        own[target.booking_id] = min(own.get(target.booking_id, place), place)
    return replace(view, bookings=bookings, customers=customers)
