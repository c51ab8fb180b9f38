"""What a person does with parked events: replay them, or discard them. One atomic script for up to 200 events."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from redis import Redis

from producers.cipher import PLAIN, Cipher
from producers.keys import LANE, WAKE_TTL_MS, prefix, to_ms
from worker.claims import REPLACED, state_of
from worker.journal import Journal

_LUA = Path(__file__).with_name("lua")

# One script call blocks Redis for some 10 ms at this size (measured: 10,000 events in 0.6 s on a slow core).
_PER_CALL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An event that a person means; with `even_skipped` also if nothing was to be written for it."""

    booking_id: str
    event_id: str
    even_skipped: bool = False

    @property
    def name(self) -> str:
        """What it is called for people."""
        return f"{self.booking_id} (replaced)" if self.event_id == REPLACED else self.event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of each target: replayed or discarded, or else what it is: unknown, pending, erased, or how it ended.

    `wake` asks the caller to wake a worker.
    """

    results: Mapping[Target, str]
    wake: bool = False


class Replaying:
    """The journal of one connection as operators change it. The Redis client must decode responses."""

    def __init__(self, redis: Redis, connection: str, cipher: Cipher = PLAIN) -> None:
        self._redis = redis
        self._prefix = prefix(connection)
        self._journal = Journal(redis, connection, cipher)
        self._replay = redis.register_script((_LUA / "replay.lua").read_text(encoding="utf-8"))
        self._discard = redis.register_script((_LUA / "discard.lua").read_text(encoding="utf-8"))

    def find_targets(self, name: str) -> list[Target]:
        """What an operator means by an id: the event; or of a booking what is parked, else what was skipped.

        Empty if the journal does not know the id. A booking with neither gives all its events, so that what they are
        can be said.
        """
        booking = self._journal.find_booking_of(name)
        if booking:
            return [Target(booking_id=booking, event_id=name, even_skipped=True)]
        fields = cast("dict[str, str]", self._redis.hgetall(f"{self._prefix}booking:{name}"))
        states = {field[6:]: state_of(text) for field, text in fields.items() if field.startswith("state:")}
        events = [field[5:] for field in fields if field.startswith("body:")]
        for state in ("parked", "skipped"):
            if meant := [event for event in events if states.get(event) == state]:
                return [Target(booking_id=name, event_id=event, even_skipped=True) for event in meant]
        return [Target(booking_id=name, event_id=event) for event in events if event != REPLACED]

    def look(self, targets: Sequence[Target]) -> Done:
        """What a replay would answer now; nothing is done."""
        results: dict[Target, str] = {}
        for chunk in _chunks(targets):
            pipe = self._redis.pipeline(transaction=False)
            for target in chunk:
                key = f"{self._prefix}booking:{target.booking_id}"
                pipe.hmget(key, [f"state:{target.event_id}", f"body:{target.event_id}"])
            results.update(
                (target, _outlook(target, *found)) for target, found in zip(chunk, pipe.execute(), strict=True)
            )
        return Done(results=results)

    def replay(self, targets: Sequence[Target]) -> Done:
        """Make them pending again, to be decided anew by today's setup and org."""
        results: dict[Target, str] = {}
        wake = 0
        for chunk in _chunks(targets):
            each = [(target.booking_id, target.event_id, "1" if target.even_skipped else "") for target in chunk]
            arguments: list[str | int] = [WAKE_TTL_MS, LANE, *(part for parts in each for part in parts)]
            reply = cast("list[str]", self._replay(keys=[self._prefix], args=arguments))
            wake |= int(reply[0])
            results.update(zip(chunk, reply[1:], strict=True))
        return Done(results=results, wake=bool(wake))

    def discard(self, targets: Sequence[Target], why: str, keep: timedelta, now: datetime) -> Done:
        """End them as skipped. They are kept as long as others, counted from the meeting if that is to come."""
        because = [f"discarded by a person: {why}"]
        outcome = json.dumps({"state": "skipped", "because": because, "discarded": {"why": why}})
        lasting = {
            name: to_ms(keep + max(self._time_left(name, now), timedelta()))
            for name in {each.booking_id for each in targets}
        }
        results: dict[Target, str] = {}
        for chunk in _chunks(targets):
            parts = [(each.booking_id, each.event_id, lasting[each.booking_id]) for each in chunk]
            arguments: list[str | int] = [outcome, *(part for each in parts for part in each)]
            results.update(zip(chunk, self._discard(keys=[self._prefix], args=arguments), strict=True))
        return Done(results=results)

    def _time_left(self, booking_id: str, now: datetime) -> timedelta:
        booking = self._journal.read_booking(booking_id)
        events = (*booking.applied, *booking.passed_over, *booking.pending) if booking else ()
        return max((event.booking.starts_at - now for event in events), default=timedelta())


def _outlook(target: Target, state: str | None, body: str | None) -> str:
    if state is None:
        return "pending" if body is not None else "unknown"
    if body is None:
        return "erased"
    ended = state_of(state)
    return "replayed" if ended == "parked" or (ended == "skipped" and target.even_skipped) else ended


def _chunks(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    once = list(dict.fromkeys(targets))
    return (once[start : start + _PER_CALL] for start in range(0, len(once), _PER_CALL))
