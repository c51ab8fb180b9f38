"""Taking a person out of the journal: his bookings are found, and of each stays what says nothing of him."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Literal, cast

from pydantic import ValidationError
from redis import Redis
from redis.commands.core import Script

from producers.cipher import Cipher
from producers.contract import BookingEvent, key_of_email
from producers.keys import prefix, to_ms
from rules.erasure import ERASED, carries, names_person, remains_of, without_texts
from worker.claims import REPLACED, State, state_of

Erasure = Literal["erased", "pending", "claimed"]
"""What became of a booking: the last two are left as they are, with events that wait or are being worked on."""

_BODY, _STATE = "body:", "state:"
_APPLIED = {"synced", "superseded"}

_ROUND_TRIP = 500
_SCRIPT = Path(__file__).parent / "lua" / "erase.lua"

_BREATH_SECONDS = 0.2

# Of events that wait, which there are none of any more.
_OF_PENDING = ("attempts", "lapses", "broke_off", "cause", "joins")


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases from the journal of one connection. The Redis client must decode responses.

    `keep` is how long settled bookings are kept, `patience` how long a claim under way is waited for.
    """

    redis: Redis
    connection: str
    cipher: Cipher
    keep: timedelta
    patience: timedelta = timedelta(seconds=30)

    def find(self, email: str) -> list[str]:
        """Ids of the bookings that carry this address. Raises Locked if one cannot be opened: it may be his."""
        return sorted(name for name, fields in self._bookings() if _is_about(fields, email, self.cipher))

    def is_pending(self, booking_id: str) -> bool:
        """Whether something of the booking is still to be worked on."""
        fields = self._read(booking_id)
        return any(f"{_STATE}{name}" not in fields for name in _bodies(fields))

    def erase(self, booking_id: str, email: str, *, include_pending: bool = False) -> Erasure:
        """Take the person out of one booking in one step; its pending events end as skipped if they are included."""
        until = time.monotonic() + self.patience.total_seconds()
        while True:
            found = self._try(booking_id, email, include_pending=include_pending)
            if found in {"erased", "pending"} or (found == "claimed" and time.monotonic() > until):
                return cast("Erasure", found)
            if found == "claimed":
                time.sleep(_BREATH_SECONDS)

    def _try(self, booking_id: str, email: str, *, include_pending: bool) -> str:
        fields = self._read(booking_id)
        if not fields:
            return "erased"  # it was kept long enough
        asked = {"seen": fields, **_changes(fields, email, self.cipher)}
        ms = to_ms(self.keep)
        arguments: list[str | int] = [booking_id, "1" if include_pending else "", json.dumps(asked), ms]
        return str(self._script()(keys=[prefix(self.connection)], args=arguments))

    def _script(self) -> Script:
        return self.redis.register_script(_SCRIPT.read_text(encoding="utf-8"))

    def _read(self, booking_id: str) -> dict[str, str]:
        return cast("dict[str, str]", self.redis.hgetall(f"{prefix(self.connection)}booking:{booking_id}"))

    def _bookings(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        start = f"{prefix(self.connection)}booking:"
        keys = cast("Iterator[str]", self.redis.scan_iter(f"{start}*", count=_ROUND_TRIP))
        while chunk := list(islice(keys, _ROUND_TRIP)):
            pipe = self.redis.pipeline(transaction=False)
            for key in chunk:
                pipe.hgetall(key)
            for key, fields in zip(chunk, cast("Sequence[Mapping[str, str]]", pipe.execute()), strict=True):
                yield key.removeprefix(start), fields


def _is_about(fields: Mapping[str, str], email: str, cipher: Cipher) -> bool:
    """By what its events say; one of which none is known yet by the digest that it waits under."""
    bodies = [cipher.open(fields[f"{_BODY}{name}"]) for name in _bodies(fields)]  # all of them: one may be locked
    if not bodies:
        return fields.get("customer") in {key_of_email(email), key_of_email(email, cipher.digest_key)}
    return any(_says(body, email) for body in bodies)


def _says(text: str, email: str) -> bool:
    """Whether an event's body carries the address; one that is no booking event is searched as it is."""
    try:
        return names_person(BookingEvent.model_validate_json(text), email)
    except ValidationError:
        return carries(text, email)


def _changes(fields: Mapping[str, str], email: str, cipher: Cipher) -> dict[str, object]:
    """What the script is to do: fields to set and to drop, and events that end."""
    bodies = _bodies(fields)
    states = {name.removeprefix(_STATE): text for name, text in fields.items() if name.startswith(_STATE)}
    applied = {name for name in bodies if name in states and state_of(states[name]) in _APPLIED}
    kept = {f"{_BODY}{name}": text for name in applied if (text := _remains(fields[f"{_BODY}{name}"], email, cipher))}
    waiting = [name for name in (*bodies, *_replaced(fields)) if name not in states]
    parked = [name for name, text in states.items() if state_of(text) == "parked"]
    dropped = [field for name in bodies if (field := f"{_BODY}{name}") not in kept]
    others = {name: text for name, text in fields.items() if _may_quote(name)}
    return {
        "set": {
            **kept,
            **{
                name: _bare(text, "skipped" if name.removeprefix(_STATE) in parked else None)
                for name, text in others.items()
            },
            **{f"{_STATE}{name}": json.dumps({"state": "skipped", "because": [ERASED]}) for name in waiting},
            "customer": secrets.token_hex(12),
            # Whoever a later event names is then its customer.
            "weak": "1",
        },
        "drop": [*dropped, *(name for name in _OF_PENDING if name in fields)],
        "ended": [*([name, "", "skipped"] for name in waiting), *([name, "parked", "skipped"] for name in parked)],
    }


def _remains(body: str, email: str, cipher: Cipher) -> str | None:
    try:
        event = BookingEvent.model_validate_json(cipher.open(body))
    except ValidationError:
        return None
    return cipher.seal(remains_of(event, email).model_dump_json(exclude_none=True))


def _bare(text: str, state: State | None) -> str:
    """The facts without their texts, in another state where one is given; of what is no JSON nothing stays."""
    try:
        facts = without_texts(json.loads(text))
    except ValueError:
        facts = {"because": [ERASED]}
    return json.dumps({**facts, "state": state} if state and isinstance(facts, dict) else facts)


def _may_quote(field: str) -> bool:
    """Whether a field of a booking may hold texts: all that is neither known to hold none nor dropped anyway."""
    known = {"customer", "weak", "replaces", "records", *_OF_PENDING}
    return field not in known and not field.startswith(_BODY)


def _bodies(fields: Mapping[str, str]) -> list[str]:
    """Ids of the booking's events whose bodies are kept."""
    names = (name.removeprefix(_BODY) for name in fields if name.startswith(_BODY))
    return [name for name in names if name != REPLACED]


def _replaced(fields: Mapping[str, str]) -> list[str]:
    return [REPLACED] if f"{_BODY}{REPLACED}" in fields else []
