"""The journal: claim, renew, note, settle and sweep, each one atomic script."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pydantic_core
from redis import Redis

from producers.cipher import PLAIN, Cipher
from producers.keys import LANE, WAKE_TTL_MS, prefix, to_ms
from rules.plan import Records
from rules.quick import quick
from rules.quota import Lane
from worker.as_json import to_text
from worker.claims import REPLACED, Claim, ClaimedBooking, State, read_booking, read_claim, records_json
from worker.measures import REACHED_BOUNDS_MS
from worker.outcome import Cause, Tried
from worker.planned import plan_json
from worker.sealing import from_json, to_json

MAX_BOOKINGS = 200
"""In one claim: as many records as one collections call takes."""

LONGEST_LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(minutes=5)
"""Whatever is to end later than in so long stands there because the clock of Redis went back. To be tried too early
does no harm."""

_LUA = Path(__file__).with_name("lua")


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class EventEnd:
    """How one event ended, with what people will ask about it."""

    event_id: str
    state: State
    facts: Mapping[str, object]


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one booking's outcome means for the journal.

    `wait` is how long its customer is to be left alone if events stay pending. `records` None leaves the known ids
    as they are. `attempts` and `cause` are of the pending events; `tried` is noted for people.
    """

    booking_id: str
    ended: tuple[EventEnd, ...] = ()
    wait: timedelta | None = None
    records: Records | None = None
    attempts: int = 0
    broke_off: bool = False
    cause: Cause | None = None
    tried: Tried | None = None
    keep: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Whether more is ready, and the customers that this claim had lost: another worker settles them."""

    wake: bool
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many customers are ready, and how many leases had lapsed or waits were over."""

    ready: int
    lapsed: int
    due: int


class Journal:
    """The journal of one connection. The Redis client must decode responses."""

    def __init__(self, redis: Redis, connection: str, cipher: Cipher = PLAIN) -> None:
        self._redis = redis
        self._cipher = cipher
        self.connection = connection
        self._prefix = prefix(connection)
        self._claim = redis.register_script((_LUA / "claim.lua").read_text(encoding="utf-8"))
        self._renew = redis.register_script((_LUA / "renew.lua").read_text(encoding="utf-8"))
        self._note = redis.register_script((_LUA / "note.lua").read_text(encoding="utf-8"))
        self._settle = redis.register_script((_LUA / "settle.lua").read_text(encoding="utf-8"))
        self._sweep = redis.register_script((_LUA / "sweep.lua").read_text(encoding="utf-8"))

    def claim(self, lease: timedelta, most: int = MAX_BOOKINGS, up_to: Lane = Lane.BULK) -> Claim:
        """Take customers that are ready, with at most that many bookings, for as long as the lease."""
        token, below = secrets.token_hex(8), (up_to + 1) * LANE
        reply = self._claim(keys=[self._prefix], args=[token, to_ms(lease), most, WAKE_TTL_MS, below])
        return read_claim(token, pydantic_core.from_json(cast("str", reply)), self._cipher)

    def renew(self, claim: Claim, lease: timedelta) -> tuple[str, ...]:
        """Prolong the lease of a claim that is worked on; the customers that it no longer holds."""
        customers = [customer.key for customer in claim.customers]
        return tuple(cast("list[str]", self._renew(keys=[self._prefix], args=[claim.token, to_ms(lease), *customers])))

    def note(self, claim: Claim, records: Mapping[str, Records]) -> None:
        """Keep the ids of records that exist now, by booking id, while the claim goes on."""
        arguments: list[str] = []
        for customer in claim.customers:
            for booking in customer.bookings:
                if booking.id in records:
                    arguments += [customer.key, booking.id, to_text(records_json(records[booking.id]))]
        if arguments:
            self._note(keys=[self._prefix], args=[claim.token, *arguments])

    def settle(self, claim: Claim, settlements: Mapping[str, Settlement]) -> Settled:
        """End the claim: every booking of it must have a settlement, by its id."""
        customers = [
            _customer(customer.key, [settlements[booking.id] for booking in customer.bookings], self._cipher)
            for customer in claim.customers
        ]
        arguments: list[str | int] = [
            claim.token,
            WAKE_TTL_MS,
            to_text(customers),
            ",".join(map(str, REACHED_BOUNDS_MS)),
        ]
        reply = self._settle(keys=[self._prefix], args=arguments)
        wake, *lost = cast("list[Any]", reply)
        return Settled(wake=bool(wake), lost=tuple(lost))

    def sweep(self) -> Swept:
        """Make ready again whatever a lapsed lease or a finished wait held back."""
        arguments = [WAKE_TTL_MS, to_ms(LONGEST_LEASE), to_ms(LONGEST_WAIT)]
        self._redis.pexpire(f"{self._prefix}paused", to_ms(LONGEST_PAUSE), lt=True)
        ready, lapsed, due = cast("list[int]", self._sweep(keys=[self._prefix], args=arguments))
        return Swept(ready=ready, lapsed=lapsed, due=due)

    def add_measures(self, sums: Mapping[str, int]) -> None:
        """Add what was measured to the counts of all workers (worker/measures.py)."""
        pipe = self._redis.pipeline(transaction=False)
        for name, by in sums.items():
            pipe.hincrby(f"{self._prefix}metrics", name, by)
        pipe.execute()

    def pause(self, duration: timedelta) -> None:
        """Let nobody claim for this long, or for longer where that was said before."""
        key, ms = f"{self._prefix}paused", max(to_ms(duration), 1)
        pipe = self._redis.pipeline()
        pipe.set(key, 1, px=ms, nx=True)
        pipe.pexpire(key, ms, gt=True)
        pipe.execute()

    def read_booking(self, booking_id: str) -> ClaimedBooking | None:
        """A booking as the journal knows it, None if it does not."""
        fields = cast("dict[str, str]", self._redis.hgetall(f"{self._prefix}booking:{booking_id}"))
        return read_booking(booking_id, fields, cipher=self._cipher) if fields else None

    def read_ends(self, booking_id: str) -> dict[str, dict[str, Any]]:
        """How the events of a booking ended, by event id; pending ones are absent."""
        fields = cast("dict[str, str]", self._redis.hgetall(f"{self._prefix}booking:{booking_id}"))
        states = {name[6:]: text for name, text in fields.items() if name.startswith("state:")}
        return {name: from_json(text, self._cipher) for name, text in states.items() if name != REPLACED}

    def find_booking_of(self, event_id: str) -> str | None:
        """The booking that a delivery was about, None if the journal does not know the delivery."""
        return cast("str | None", self._redis.get(f"{self._prefix}event:{event_id}"))

    def counts(self) -> dict[str, int]:
        """Events by how they ended, and customers by where they stand."""
        return self.tally()[1]

    def tally(self) -> tuple[int, dict[str, int]]:
        """How many events were accepted, and the counts of the same moment."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.get(f"{self._prefix}accepted")
        pipe.hgetall(f"{self._prefix}counts")
        for queue in ("ready", "claimed", "waiting"):
            pipe.zcard(f"{self._prefix}{queue}")
        accepted, ended, ready, claimed, waiting = pipe.execute()
        ends = {state: int(ended.get(state, 0)) for state in ("synced", "superseded", "skipped", "parked")}
        return int(accepted or 0), {"ready": ready, "claimed": claimed, "waiting": waiting, **ends}

    def parked(self) -> list[str]:
        """Ids of the events that a person must look at, oldest first."""
        return cast("list[str]", self._redis.zrange(f"{self._prefix}parked", 0, -1))


def _customer(key: str, settlements: Sequence[Settlement], cipher: Cipher) -> dict[str, object]:
    waits = [to_ms(settlement.wait) for settlement in settlements if settlement.wait is not None]
    # The longest wait counts: a customer is tried as a whole, and the others of his bookings are settled anyway.
    return {"key": key, "wait_ms": max(waits, default=-1), "bookings": [_booking(item, cipher) for item in settlements]}


def _booking(settlement: Settlement, cipher: Cipher) -> dict[str, object]:
    cause, tried = settlement.cause, settlement.tried
    return {
        "id": settlement.booking_id,
        "events": [
            [end.event_id, end.state, to_json({"state": end.state, **end.facts}, cipher)] for end in settlement.ended
        ],
        "records": to_text(records_json(settlement.records)) if settlement.records else "",
        "attempts": settlement.attempts,
        "broke_off": int(settlement.broke_off),
        "cause": to_json(_cause(cause), cipher) if cause else "",
        "tried": to_json(_tried(tried), cipher) if tried else "",
        "keep_ms": to_ms(settlement.keep) if settlement.keep else 0,
    }


def _tried(tried: Tried) -> dict[str, object]:
    planned = {"plan": plan_json(tried.writes)} if tried.writes else {}
    return {"kind": tried.kind, **_cause(tried.cause), **planned}


def _cause(cause: Cause) -> dict[str, str | None]:
    return {"code": cause.code, "message": cause.message, "object": cause.object, "field": cause.field}
