"""What publishing some events would come to: everything is gathered, then decided and counted without touching it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from producers.contract import BookingEvent
from rules.batch import merge_writes
from rules.lookups import Lookups, find_followed, find_lookups
from rules.plan import Decision, Nothing, Plan, Scalar
from rules.preview import DecisionShown, show_decisions, values_to_show
from rules.ready import ReadySetup
from rules.snapshot import OrgSnapshot
from rules.values import utc_text
from worker.claims import ClaimedCustomer, read_booking
from worker.connections import Org
from worker.foreseen import NotRecorded, foresee, in_batches
from worker.inviting import count_invitation_calls
from worker.journal_view import JournalView, view_journal
from worker.planning import Reading, plan_works, read_for, works_of
from worker.salesforce.values import read_values
from worker.salesforce.write import count_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All that the preview of some events needs to know. It holds personal data.

    `at` is when it was taken, ISO text in UTC; `users` are user names by id; `asked` is what was looked up to read
    `reading`; `before` are old field values by record id. Ids count with their first 15 characters.
    """

    connection: str
    at: str
    setup: ReadySetup
    users: Mapping[str, str]
    journal: JournalView
    asked: Lookups = field(default_factory=Lookups)
    reading: Reading = field(default_factory=Reading)
    before: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """API calls to read and to write. A read takes one more for each further page of 2,000 rows."""

    read: int
    write: int

    @property
    def total(self) -> int:
        return self.read + self.write


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAsked:
    """An event that a preview is asked for; `is_known` tells that the journal has this delivery already."""

    event: BookingEvent
    is_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPreview:
    """One booking: its events among those asked for, what is decided, and its cost if synced alone.

    A booking without events waits in the journal and would be synced with the others of its customer.
    """

    booking_id: str
    events: tuple[EventAsked, ...]
    shown: DecisionShown
    alone: Calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All bookings in the order in which they would be decided, and the cost of each batch of them."""

    connection: str
    at: str
    setup: str
    users: Mapping[str, str]
    bookings: tuple[BookingPreview, ...]
    batches: tuple[Calls, ...]

    @property
    def together(self) -> Calls:
        return Calls(read=sum(calls.read for calls in self.batches), write=sum(calls.write for calls in self.batches))


def gather(
    here: Org, setup: ReadySetup, events: Sequence[BookingEvent], now: datetime, journal: JournalView | None = None
) -> Recording:
    """Read the journal and the org for these events, and change neither. Raises RedisError or SyncError.

    A `journal` that is given stands for the one that would be read.
    """
    taken = Recording(
        connection=here.setup.name,
        at=utc_text(now),
        setup=setup,
        users={user.id[:15]: user.username for user in here.setup.users()},
        journal=journal or view_journal(here.redis, here.setup.name, events),
    )
    customers = foresee(taken.journal, events)
    for batch in in_batches(customers):
        works = works_of(batch)
        lookups = find_lookups(works.values(), setup, taken.at)
        reading = read_for(works, lookups, here.tools.session, setup)
        taken = replace(taken, asked=taken.asked | lookups, reading=taken.reading.merged(reading))
    decisions = _decide(customers, taken.reading.org, taken)
    return replace(taken, before=read_values(here.tools.session, values_to_show(decisions.values())))


def preview(taken: Recording, events: Sequence[BookingEvent]) -> Preview:
    """What publishing these events would come to. Raises NotRecorded if the recording was taken for others."""
    customers, org = foresee(taken.journal, events), taken.reading.org
    decisions = _decide(customers, org, taken)
    shown = show_decisions(list(decisions.values()), taken.before)
    asked: dict[str, dict[str, EventAsked]] = {}
    for event in events:
        seen = EventAsked(event=event, is_known=taken.journal.events[event.event_id] is not None)
        asked.setdefault(event.booking.id, {}).setdefault(event.event_id, seen)
    settled = [_settled_before(name, taken.journal) for name in asked if name not in decisions]
    alone = _costs_alone(customers, org, taken)
    return Preview(
        connection=taken.connection,
        at=taken.at,
        setup=taken.setup.version,
        users=taken.users,
        bookings=tuple(
            BookingPreview(
                booking_id=(name := each.decision.booking_id),
                events=tuple(asked.get(name, {}).values()),
                shown=each,
                alone=alone.get(name, Calls(read=0, write=0)),
            )
            for each in (*shown, *settled)
        ),
        batches=tuple(_cost(batch, decisions, taken) for batch in in_batches(customers)),
    )


def _decide(customers: Sequence[ClaimedCustomer], org: OrgSnapshot, taken: Recording) -> dict[str, Decision]:
    works = works_of(customers)
    if not taken.asked.covers(find_lookups(works.values(), taken.setup, taken.at)):
        raise NotRecorded("what the org holds for a booking")
    return plan_works(customers, works, org, taken.setup, taken.at)


def _costs_alone(customers: Sequence[ClaimedCustomer], org: OrgSnapshot, taken: Recording) -> dict[str, Calls]:
    """Of each booking as if a claim held nothing but it."""
    claims = {
        booking.id: [ClaimedCustomer(key=customer.key, bookings=(booking,))]
        for customer in customers
        for booking in customer.bookings
    }
    return {name: _cost(claim, _decide(claim, org, taken), taken) for name, claim in claims.items()}


def _cost(customers: Sequence[ClaimedCustomer], decisions: Mapping[str, Decision], taken: Recording) -> Calls:
    works = works_of(customers)
    asks = bool(find_lookups(works.values(), taken.setup, taken.at))
    follows = asks and bool(find_followed(works.values(), taken.reading.first))
    plans = [plan for name in works if isinstance(plan := decisions[name], Plan)]
    met, invited = count_invitation_calls(plans)
    return Calls(read=asks + follows + met, write=count_calls(merge_writes(plans)) + invited)


def _settled_before(booking_id: str, journal: JournalView) -> DecisionShown:
    """A booking of which the journal has settled all events."""
    booking = read_booking(booking_id, journal.bookings[booking_id])
    ends = {"in Salesforce": booking.applied, "parked or skipped": booking.passed_over}
    said = " and ".join(f"{len(events)} {end}" for end, events in ends.items() if events)
    because = f"the journal has these events already: {said or 'none of them can be read'}"
    return DecisionShown(decision=Nothing(booking_id=booking_id, because=because))
