"""What a worker holds: customers with their pending bookings, as they stand in the journal."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Literal, Self

from pydantic import BaseModel, ValidationError

from producers.cipher import PLAIN, Cipher, Locked
from producers.contract import BookingEvent
from rules.lifecycle import fold, in_order
from rules.plan import Known, Records, SObject
from rules.quick import quick
from rules.snapshot import Work, known

State = Literal["synced", "superseded", "skipped", "parked"]
"""How an event ends."""


class _StoredState(BaseModel):
    state: State


class _StoredTry(BaseModel):
    code: str | None = None


class _StoredRecords(BaseModel):
    lead: str | None = None
    contact: str | None = None
    case: str | None = None
    event: str | None = None
    account: str | None = None
    person_account: str | None = None
    assigned: tuple[SObject, ...] = ()
    filled: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    doubted: bool = False


_SLOTS = ("account", "lead", "contact", "case", "event", "person_account")

_APPLIED: tuple[State, ...] = ("synced", "superseded")

_BODY, _STATE, _TRY = "body:", "state:", "try:"

REPLACED = " replaced"
"""Stands in the journal like an event: another booking replaces this one. No event's id has a space."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedBooking:
    """A booking with events by what became of them, oldest version first.

    `pending` are to be settled, `applied` are in Salesforce, `passed_over` were parked or skipped and count again now
    that something new is known. `unreadable` are ids of events that are no booking events, `parked` those of events
    that a person was to look at before, readable or not. `lapses` are the claims of it in a row whose worker did not
    live to settle, `codes` why the tries that count failed, the newest first. `locked` are those of events,
    whatever became of them, that are encrypted with a key that is not set: nothing can be decided of the booking then.
    `broke_off` if the last try stopped behind its first write.
    """

    id: str
    pending: tuple[BookingEvent, ...]
    applied: tuple[BookingEvent, ...] = ()
    passed_over: tuple[BookingEvent, ...] = ()
    unreadable: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    records: Records | None = None
    replaced: Records | None = None
    attempts: int = 0
    lapses: int = 0
    codes: tuple[str | None, ...] = ()
    broke_off: bool = False
    is_replaced: bool = False
    was_replaced: bool = False

    @property
    def has_news(self) -> bool:
        """Whether something is to be decided: a new event, or its replacement by another booking."""
        known = bool(self.applied or self.passed_over)
        return bool(self.pending) or (known and self.is_replaced and not self.was_replaced)

    @property
    def has_begun(self) -> bool:
        """Whether an earlier try of what is pending broke off: nobody knows what of it Salesforce has taken."""
        was_parked = any(event.event_id in self.parked for event in self.passed_over)
        return self.attempts > 0 or self.broke_off or was_parked

    def tries_like(self, code: str) -> int:
        """How many tries in a row ended with this code, if the one under way does too."""
        return 1 + sum(1 for _ in takewhile(lambda tried: tried == code, self.codes))

    def work(self) -> Work:
        """What the rules decide on: the state after all events, and the one that Salesforce knows."""
        return Work(
            booking_id=self.id,
            state=fold((*self.applied, *self.passed_over, *self.pending), is_replaced=self.is_replaced),
            prior=fold(self.applied, is_replaced=self.was_replaced) if self.applied else None,
            records=self.records,
            replaced=self.replaced,
            is_retry=self.has_begun,
        )


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedCustomer:
    """A customer under lease; `key` is a digest."""

    key: str
    bookings: tuple[ClaimedBooking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one task works on. `wake` asks the holder to wake another worker, because more is ready."""

    token: str
    wake: bool
    customers: tuple[ClaimedCustomer, ...]

    @property
    def bookings(self) -> list[ClaimedBooking]:
        return [booking for customer in self.customers for booking in customer.bookings]

    def without(self, ids: Container[str]) -> Self:
        """The claim without these bookings, and without the customers who have no other."""
        customers = [
            replace(customer, bookings=tuple(booking for booking in customer.bookings if booking.id not in ids))
            for customer in self.customers
        ]
        return replace(self, customers=tuple(customer for customer in customers if customer.bookings))


def read_claim(token: str, reply: Mapping[str, Any], cipher: Cipher = PLAIN) -> Claim:
    """The claim script's reply, as decoded JSON."""
    customers = [
        ClaimedCustomer(key=item["key"], bookings=tuple(_read_booking(each, cipher) for each in item["bookings"]))
        for item in reply["customers"] or ()  # Lua has one kind of empty table, which comes as {}
    ]
    return Claim(token=token, wake=bool(reply["wake"]), customers=tuple(customers))


def read_booking(
    booking_id: str, fields: Mapping[str, str], replaced: str = "", cipher: Cipher = PLAIN
) -> ClaimedBooking:
    """One booking's hash."""
    states = {name[len(_STATE) :]: state_of(text) for name, text in fields.items() if name.startswith(_STATE)}
    events, unreadable, locked = _read_events(fields, cipher)
    return ClaimedBooking(
        id=booking_id,
        pending=_those(events, states, None) if states else tuple(events),
        applied=_those(events, states, *_APPLIED) if states else (),
        passed_over=_those(events, states, "skipped", "parked") if states else (),
        unreadable=tuple(event_id for event_id in unreadable if event_id not in states),
        parked=tuple(event_id for event_id, state in states.items() if state == "parked"),
        locked=tuple(locked),
        records=_read_records(fields.get("records", "")),
        replaced=_read_records(replaced),
        attempts=int(fields.get("attempts", 0)),
        lapses=int(fields.get("lapses", 0)),
        codes=_codes_of_tries(fields, int(fields.get("attempts", 0))),
        broke_off="broke_off" in fields,
        is_replaced=f"{_BODY}{REPLACED}" in fields,
        was_replaced=states.get(REPLACED) in _APPLIED,
    )


def state_of(text: str) -> State:
    """The state in a stored outcome; one that cannot be read is for a person to look at."""
    try:
        return _StoredState.model_validate_json(text).state
    except ValidationError:
        return "parked"


def records_json(records: Records) -> dict[str, object]:
    """The ids of records as the journal keeps them; those that are not created yet are left out."""
    ids: dict[str, object] = {name: record.id for name in _SLOTS if isinstance(record := getattr(records, name), Known)}
    if records.assigned:
        ids["assigned"] = [str(obj) for obj in records.assigned]  # as text: of an enum's member the writer asks more
    if records.filled:
        ids["filled"] = list(records.filled)
    if records.invited:
        ids["invited"] = list(records.invited)
    if records.doubted:
        ids["doubted"] = True
    return ids


def _read_booking(item: Mapping[str, Any], cipher: Cipher) -> ClaimedBooking:
    flat: Sequence[str] = item["fields"] or ()
    return read_booking(item["id"], dict(zip(flat[::2], flat[1::2], strict=True)), item["replaced"] or "", cipher)


def _read_events(fields: Mapping[str, str], cipher: Cipher) -> tuple[list[BookingEvent], list[str], list[str]]:
    events, unreadable, locked = [], [], []
    for name, body in fields.items():
        if not name.startswith(_BODY) or name == f"{_BODY}{REPLACED}":
            continue
        try:
            events.append(BookingEvent.model_validate_json(cipher.open(body)))
        except Locked:
            locked.append(name[len(_BODY) :])
        except ValidationError:
            unreadable.append(name[len(_BODY) :])
    return in_order(events) if len(events) > 1 else events, unreadable, locked


def _those(
    events: Sequence[BookingEvent], states: Mapping[str, State], *wanted: State | None
) -> tuple[BookingEvent, ...]:
    return tuple(event for event in events if states.get(event.event_id) in wanted)


def _codes_of_tries(fields: Mapping[str, str], attempts: int) -> tuple[str | None, ...]:
    """Not of more than count: those before are of what was settled since. None of a replay, which starts anew."""
    if not attempts:
        return ()
    newest = sorted((name for name in fields if name.startswith(_TRY)), key=lambda name: -int(name[len(_TRY) :]))
    return tuple(_code_of(fields[name]) for name in newest[:attempts])


def _code_of(text: str) -> str | None:
    try:
        return _StoredTry.model_validate_json(text).code
    except ValidationError:
        return None


def _read_records(text: str) -> Records | None:
    """The ids, None if there are none or they cannot be read: then the org is asked again."""
    if not text:
        return None
    try:
        stored = _StoredRecords.model_validate_json(text)
    except ValidationError:
        return None
    return Records(
        lead=known(SObject.LEAD, stored.lead),
        contact=known(SObject.CONTACT, stored.contact),
        case=known(SObject.CASE, stored.case),
        event=known(SObject.EVENT, stored.event),
        account=known(SObject.ACCOUNT, stored.account),
        person_account=known(SObject.ACCOUNT, stored.person_account),
        assigned=stored.assigned,
        filled=stored.filled,
        invited=stored.invited,
        doubted=stored.doubted,
    )
