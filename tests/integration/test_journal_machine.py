"""Whatever workers and operators do to a journal, in whatever order: nothing is lost, and its numbers are true."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from celery import Celery
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from redis import Redis

from producers.cipher import PLAIN
from producers.contract import BookingEvent, Kind
from producers.keys import LANE
from producers.publish import Publisher
from rules.plan import Known, Records, SObject
from rules.quota import Lane
from tests.builders import MONDAY, a_booking, a_customer, an_event
from worker.claims import REPLACED, Claim, state_of
from worker.erasing import Eraser
from worker.journal import Journal
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Wait
from worker.replaying import Replaying, Target
from worker.settling import to_settlement
from worker.standing import read_standing

EMAILS = ("lea@acme.example", "ben@up.example")
PHONE = "+33 1"
BOOKINGS = ("B-1", "B-2", "B-3")
KEEP = timedelta(days=1)
LEASE = timedelta(minutes=1)
CAUSE = Cause(code="C", message="m")
LEAD = Records(lead=Known(object=SObject.LEAD, id="00Q000000000001AAA"))

OUTCOMES: Mapping[str, Outcome] = {
    "synced": Synced(records=LEAD, because=("done",)),
    "skipped": Skipped(because="not wanted"),
    "parked": Park(cause=CAUSE),
    "parked half-way": Park(cause=CAUSE, records=LEAD),
    "put back": Retry(after=timedelta(minutes=1), cause=CAUSE),
    "put back half-way": Retry(after=timedelta(minutes=1), cause=CAUSE, records=LEAD, reread=True),
    "held back": Wait(until_in=timedelta(minutes=1), cause=CAUSE, broke_off=True),
}
ENDS = ("synced", "superseded", "skipped", "parked")
QUEUES = ("ready", "claimed", "waiting")
ZSETS = (*QUEUES, "since", "parked", "parked:replaced")

_numbers = itertools.count(1)

a_person = st.sampled_from([*({"email": email} for email in EMAILS), {"phone": PHONE}, {}])
some_bookings = st.lists(st.sampled_from(BOOKINGS), min_size=1, max_size=len(BOOKINGS), unique=True)


@dataclass(slots=True)
class Held:
    """A claim of a worker, and the customers that it still holds by what the machine did."""

    claim: Claim
    customers: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stands in the journal."""

    hashes: Mapping[str, Mapping[str, str]]
    zsets: Mapping[str, Mapping[str, float]]
    lease: Mapping[str, str]
    counts: Mapping[str, str]
    accepted: int
    customers: Sequence[str]

    @property
    def own(self) -> dict[str, set[str]]:
        """The bookings of each customer that have something pending, by what they say themselves."""
        own: dict[str, set[str]] = {}
        for name, fields in self.hashes.items():
            if _pending(fields):
                own.setdefault(fields["customer"], set()).add(name)
        return own


class Journals(RuleBasedStateMachine):
    """A journal in a real Redis, and what is known of its events without looking: `pending` are by booking."""

    def __init__(self, redis: Redis, broker: Celery) -> None:
        super().__init__()
        self.redis, self.name = redis, f"machine{next(_numbers)}"
        self.start = f"bookforce:{{{self.name}}}:"
        self.journal = Journal(redis, self.name)
        self.publisher = Publisher(redis, broker)
        self.replaying = Replaying(redis, self.name)
        self.published: list[BookingEvent] = []
        self.accepted = 0
        self.pending: set[tuple[str, str]] = set()
        self.gone: Counter[str] = Counter()
        self.held: list[Held] = []

    @rule(
        booking=st.sampled_from(BOOKINGS),
        who=a_person,
        replaces=st.none() | st.sampled_from(BOOKINGS),
        kind=st.sampled_from((Kind.SCHEDULED, Kind.RESCHEDULED, Kind.CANCELED)),
        minute=st.integers(0, 9),
        bulk=st.booleans(),
    )
    def publish(self, booking: str, who: dict[str, str], replaces: str | None, **facts: Any) -> None:
        self._publish(booking, who, replaces, **facts)

    @precondition(lambda self: any("weak" in self._hash(name) for name in BOOKINGS))
    @rule(data=st.data(), email=st.sampled_from(EMAILS))
    def name_somebody(self, data: st.DataObject, email: str) -> None:
        nobodys = [name for name in BOOKINGS if "weak" in self._hash(name)]
        self._publish(data.draw(st.sampled_from(nobodys), label="booking"), {"email": email})

    def _publish(
        self,
        booking: str,
        who: Mapping[str, str],
        replaces: str | None = None,
        *,
        kind: Kind = Kind.RESCHEDULED,
        minute: int = 5,
        bulk: bool = False,
    ) -> None:
        customer = a_customer(**{"email": None, "phone": None, **who})
        said = a_booking(booking, customer=customer, replaces=replaces if replaces != booking else None)
        event = an_event(kind, minute=minute, event_id=f"E-{len(self.published)}", booking=said)
        event = event.model_copy(update={"connection": self.name})
        self.published.append(event)
        assert self.publisher.publish_many([event], bulk=bulk) == [True]
        self._accept(event)

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        event = self.published[data.draw(st.integers(0, len(self.published) - 1), label="event")]
        fields = self._hash(event.booking.id)
        is_known = bool({f"body:{event.event_id}", f"state:{event.event_id}"} & fields.keys())
        assert self.publisher.publish_many([event]) == [not is_known]
        if not is_known:
            self._accept(event)

    @rule(most=st.sampled_from((1, 2, 200)), lane=st.sampled_from((*Lane, Lane.BULK, Lane.BULK)))
    def claim(self, most: int, lane: Lane) -> None:
        urgent = {key for key, place in self._zset("ready").items() if place < (lane + 1) * LANE}
        claim = self.journal.claim(LEASE, most, lane)
        taken = {customer.key for customer in claim.customers}
        assert taken <= urgent
        assert bool(taken) == bool(urgent)
        if taken:
            self.held.append(Held(claim, set(taken)))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def note(self, data: st.DataObject) -> None:
        held = self.held[data.draw(st.integers(0, len(self.held) - 1), label="claim")]
        self.journal.note(held.claim, {booking.id: LEAD for booking in held.claim.bookings})

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        held = self.held[data.draw(st.integers(0, len(self.held) - 1), label="claim")]
        names = {b.id: data.draw(st.sampled_from(sorted(OUTCOMES)), label=b.id) for b in held.claim.bookings}
        self._settle(held, {name: OUTCOMES[chosen] for name, chosen in names.items()})
        self.held.remove(held)

    @precondition(lambda self: any(held.customers for held in self.held))
    @rule(data=st.data())
    def lapse(self, data: st.DataObject) -> None:
        """The worker is dead, or so slow that it settles later."""
        live = [held for held in self.held if held.customers]
        held = live[data.draw(st.integers(0, len(live) - 1), label="claim")]
        lapsed = held.customers.copy()
        self._end("claimed", lapsed)
        assert self.journal.sweep().lapsed == len(lapsed)
        held.customers.clear()

    @rule()
    def waits_are_over(self) -> None:
        self._end("waiting", self._zset("waiting"))
        self.journal.sweep()

    @rule(names=some_bookings)
    def replay(self, names: list[str]) -> None:
        targets = [target for name in names for target in self.replaying.find_targets(name)]
        self._replay(targets)

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def replay_an_event(self, data: st.DataObject) -> None:
        event = self.published[data.draw(st.integers(0, len(self.published) - 1), label="event")]
        self._replay(self.replaying.find_targets(event.event_id))

    @rule(names=some_bookings)
    def discard(self, names: list[str]) -> None:
        targets = [target for name in names for target in self.replaying.find_targets(name)]
        self.replaying.discard(targets, "a test", KEEP, datetime.now(UTC))

    @rule(email=st.sampled_from(EMAILS), include_pending=st.booleans())
    def erase(self, email: str, include_pending: bool) -> None:
        eraser = Eraser(self.redis, self.name, PLAIN, KEEP, timedelta())
        for name in eraser.find(email):
            if eraser.erase(name, email, include_pending=include_pending) == "erased":
                self.pending = {(booking, event) for booking, event in self.pending if booking != name}

    @rule(days=st.sampled_from((2, 40)))
    def time_passes(self, days: int) -> None:
        """What Redis forgets by then is forgotten; the rest comes so much nearer to it."""
        step = int(timedelta(days=days).total_seconds() * 1000)
        kinds = (f"{self.start}booking:*", f"{self.start}event:*")
        for key in [key for kind in kinds for key in cast("list[str]", self.redis.keys(kind))]:
            left = cast("int", self.redis.pttl(key))
            if left > step:
                self.redis.pexpire(key, left - step)
            elif left >= 0:
                if key.startswith(f"{self.start}booking:"):
                    self.gone.update(_ended(cast("dict[str, str]", self.redis.hgetall(key))).values())
                self.redis.delete(key)

    @rule()
    def look_at_the_status(self) -> None:
        standing = read_standing(self.redis, self.name)
        assert standing.pending == len(self.pending)
        assert (standing.oldest is not None) == bool(self._see().own)

    @invariant()
    def nothing_is_lost_and_all_numbers_are_true(self) -> None:
        seen = self._see()
        self._every_event_is_pending_or_has_ended(seen)
        self._every_customer_with_pending_bookings_is_in_one_queue(seen)
        self._what_somebody_must_look_at_is_kept(seen)

    def _every_event_is_pending_or_has_ended(self, seen: "Seen") -> None:
        pending = {(name, event) for name, fields in seen.hashes.items() for event in _pending(fields)}
        assert {(name, event) for name, event in pending if event != REPLACED} == self.pending
        ended = [(event, state) for fields in seen.hashes.values() for event, state in _ended(fields).items()]
        tally = self.gone + Counter(state for _, state in ended)
        assert {state: int(seen.counts.get(state, 0)) for state in ENDS} == {state: tally[state] for state in ENDS}
        assert self.accepted == seen.accepted == len(self.pending) + sum(tally.values())
        assert sorted(seen.zsets["parked"]) == sorted(event for event, state in ended if state == "parked")
        untold = f"state:{REPLACED}"
        replaced = [name for name, fields in seen.hashes.items() if untold in fields]
        assert seen.zsets["parked:replaced"].keys() == {
            name for name in replaced if state_of(seen.hashes[name][untold]) == "parked"
        }

    def _every_customer_with_pending_bookings_is_in_one_queue(self, seen: "Seen") -> None:
        places = {key: self._zset(f"customer:{key}") for key in seen.customers}
        assert {key: set(bookings) for key, bookings in places.items()} == seen.own
        queues = {queue: seen.zsets[queue] for queue in QUEUES}
        assert sorted(key for queue in queues.values() for key in queue) == sorted(seen.own)
        assert seen.zsets["since"].keys() == seen.own.keys()
        held = {key for held in self.held for key in held.customers}
        assert seen.lease.keys() == queues["claimed"].keys() == held
        assert queues["ready"] == {key: min(places[key].values()) for key in queues["ready"]}
        # Who is known to belong to another customer is not worked on under this one again.
        assert {fields["customer"] for fields in seen.hashes.values() if "joins" in fields} <= held

    def _what_somebody_must_look_at_is_kept(self, seen: "Seen") -> None:
        for name, fields in seen.hashes.items():
            open_ones = {*_pending(fields), *(event for event, state in _ended(fields).items() if state == "parked")}
            if open_ones:
                assert self.redis.pttl(f"{self.start}booking:{name}") == -1
            for event in open_ones - {REPLACED}:
                assert self.redis.pttl(f"{self.start}event:{event}") == -1

    def teardown(self) -> None:
        """Left to the workers, everything ends."""
        for held in self.held:
            self._end("claimed", held.customers)
            held.customers.clear()
        for _ in BOOKINGS:
            self.waits_are_over()
            while (claim := self.journal.claim(LEASE)).customers:
                keys = {customer.key for customer in claim.customers}
                self._settle(Held(claim, keys), dict.fromkeys((b.id for b in claim.bookings), OUTCOMES["synced"]))
        self.look_at_the_status()
        self.nothing_is_lost_and_all_numbers_are_true()
        assert not self.pending
        assert not self._see().own
        if left := cast("list[str]", self.redis.keys(f"{self.start}*")):
            self.redis.delete(*left)

    def _accept(self, event: BookingEvent) -> None:
        self.accepted += 1
        self.pending.add((event.booking.id, event.event_id))

    def _settle(self, held: Held, outcomes: Mapping[str, Outcome]) -> None:
        decided = {b.id: outcomes[b.id] if b.has_news else OUTCOMES["skipped"] for b in held.claim.bookings}
        settlements = {b.id: to_settlement(b, decided[b.id], KEEP, MONDAY) for b in held.claim.bookings}
        lost = self.journal.settle(held.claim, settlements).lost
        assert set(lost) == {customer.key for customer in held.claim.customers} - held.customers
        for customer in held.claim.customers:
            if customer.key in held.customers:
                ended = {(b.id, end.event_id) for b in customer.bookings for end in settlements[b.id].ended}
                self.pending -= ended
        held.customers.clear()

    def _replay(self, targets: Sequence[Target]) -> None:
        for target, result in self.replaying.replay(targets).results.items():
            if result == "replayed" and target.event_id != REPLACED:
                self.pending.add((target.booking_id, target.event_id))

    def _end(self, queue: str, customers: Any) -> None:
        if customers:
            self.redis.zadd(f"{self.start}{queue}", dict.fromkeys(customers, 0))

    def _hash(self, booking: str) -> dict[str, str]:
        return cast("dict[str, str]", self.redis.hgetall(f"{self.start}booking:{booking}"))

    def _zset(self, name: str) -> dict[str, float]:
        return dict(cast("list[tuple[str, float]]", self.redis.zrange(f"{self.start}{name}", 0, -1, withscores=True)))

    def _see(self) -> "Seen":
        """In one round trip: there is one behind each step."""
        pipe = self.redis.pipeline(transaction=False)
        for booking in BOOKINGS:
            pipe.hgetall(f"{self.start}booking:{booking}")
        for name in ZSETS:
            pipe.zrange(f"{self.start}{name}", 0, -1, withscores=True)
        pipe.hgetall(f"{self.start}lease")
        pipe.hgetall(f"{self.start}counts")
        pipe.get(f"{self.start}accepted")
        pipe.keys(f"{self.start}customer:*")
        *found, lease, counts, accepted, customers = pipe.execute()
        return Seen(
            hashes=dict(zip(BOOKINGS, found, strict=False)),
            zsets=dict(zip(ZSETS, map(dict, found[len(BOOKINGS) :]), strict=True)),
            lease={customer: token for customer, token in lease.items() if customer != " "},  # see claim.lua
            counts=counts,
            accepted=int(accepted or 0),
            customers=[key.rpartition(":")[2] for key in customers],
        )


def _pending(fields: Mapping[str, str]) -> list[str]:
    names = [name[5:] for name in fields if name.startswith("body:")]
    return [name for name in names if f"state:{name}" not in fields]


def _ended(fields: Mapping[str, str]) -> dict[str, str]:
    """How the events of a booking ended, but for what is no event."""
    states = {name[6:]: state_of(text) for name, text in fields.items() if name.startswith("state:")}
    return {event: state for event, state in states.items() if event != REPLACED}


def test_the_journal_holds_whatever_is_done_to_it(redis_url: str) -> None:
    broker = Celery("machine", broker="memory://", set_as_current=False)
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        run_state_machine_as_test(
            cast("type[RuleBasedStateMachine]", lambda: Journals(redis, broker)),
            settings=settings(
                max_examples=60,
                stateful_step_count=40,
                # What fails is told as it was found: making it smaller takes minutes at this many round trips.
                phases=[Phase.generate],
                report_multiple_bugs=False,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    broker.close()
