"""What happened to a booking, in order: accepted, tries that did not go through, replays, how its events ended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from worker.claims import REPLACED, state_of
from worker.jobs import events_of, place_of, read_json, read_time
from worker.planned import PlannedWrite, read_plan

MOST_TRIES = 20
"""The journal keeps the newest ones of a booking, and the count of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened. `at` is UTC, None if the journal does not tell.

    `what` is accepted, put back, held back, lapsed lease, parked, replayed, synced, superseded or skipped. `event_id`
    is None where it is about all events of the booking that were pending. The message may quote what a customer typed.
    `plan` is what was to be written.
    """

    at: datetime | None
    what: str
    event_id: str | None = None
    code: str | None = None
    object: str | None = None
    field: str | None = None
    message: str = ""
    plan: tuple[PlannedWrite, ...] = ()

    @property
    def place(self) -> str:
        return place_of(self.object, self.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The moments that are known, oldest first, and how many older tries are not kept."""

    moments: tuple[Moment, ...]
    forgotten: int


_WORDS: Mapping[str, str] = {
    "put_back": "put back",
    "held_back": "held back",
    "lapsed": "lapsed lease",
}


def read_history(fields: Mapping[str, str]) -> History:
    """The history in a booking's hash."""
    tries = [_try(fields[name]) for name in sorted(_named(fields, "try:"), key=lambda name: int(name[4:]))]
    parked_at = {each.at for each in tries if each.what == "parked"}
    # The try says more of it than the end of each event that was parked by it.
    ends = [end for end in _ends(fields) if not (end.what == "parked" and end.at in parked_at)]
    moments = sorted([*_accepted(fields), *tries, *ends], key=_order)
    return History(moments=tuple(moments), forgotten=int(fields.get("tried", 0)) - len(tries))


def _accepted(fields: Mapping[str, str]) -> Iterator[Moment]:
    for event_id in events_of(fields):
        if event_id != REPLACED:
            yield Moment(at=read_time(fields.get(f"accepted:{event_id}")), what="accepted", event_id=event_id)


def _try(text: str) -> Moment:
    facts = read_json(text) or {}
    kind = str(facts.get("kind"))
    return _moment(facts, _WORDS.get(kind, kind), facts.get("event"), facts)


def _ends(fields: Mapping[str, str]) -> Iterator[Moment]:
    for name in _named(fields, "state:"):
        if name[6:] != REPLACED:
            facts = read_json(fields[name]) or {}
            yield _moment(facts, state_of(fields[name]), name[6:], facts.get("cause") or {})


def _moment(facts: Mapping[str, Any], what: str, event_id: str | None, cause: Mapping[str, Any]) -> Moment:
    return Moment(
        at=read_time(facts.get("at")),
        what=what,
        event_id=event_id,
        code=cause.get("code"),
        object=cause.get("object"),
        field=cause.get("field"),
        message=cause.get("message") or _reason(facts),
        plan=read_plan(facts.get("plan")),
    )


def _reason(facts: Mapping[str, Any]) -> str:
    because = "; ".join(facts.get("because", ()))
    return f"discarded by a person: {facts['discarded']['why']}" if "discarded" in facts else because


def _named(fields: Mapping[str, str], start: str) -> list[str]:
    return [name for name in fields if name.startswith(start)]


def _order(moment: Moment) -> tuple[float, bool]:
    """What has no time was journalled by an older version, so it is older."""
    return (moment.at.timestamp() if moment.at else 0.0, moment.what != "accepted")
