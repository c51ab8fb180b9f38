"""What became of each booking: the journal's answer in a form for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.demo.bookings import History
from tests.demo.org import Records, Row
from worker.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One booking as it stands: its records, why they are so, what the admin should know, and how it ended."""

    history: History
    records: tuple[str, ...]
    because: tuple[str, ...]
    warnings: tuple[str, ...]
    state: str


def read_outcomes(journal: Journal, histories: list[History], org: Records) -> list[Outcome]:
    """The outcome of every booking."""
    rows = {str(row["Id"]): row for own in org.values() for row in own}
    return [_outcome(history, journal.read_ends(history.booking), rows) for history in histories]


def _outcome(history: History, ends: Mapping[str, Mapping[str, Any]], rows: Mapping[str, Row]) -> Outcome:
    """Ends in the order in which the events arrived."""
    arrived = list(dict.fromkeys(delivery.event_id for delivery in history.deliveries))
    told = [ends[event_id] for event_id in arrived if event_id in ends]
    spoken = [end for end in told if end["state"] != "superseded"]
    records: dict[str, str] = {}
    for end in spoken:
        records |= end.get("records", {})
    return Outcome(
        history=history,
        records=tuple(_named(kind, rows.get(records[kind])) for kind in ("lead", "contact", "case") if kind in records),
        because=_once(reason for end in spoken for reason in _reasons(end)),
        warnings=_once(
            f"{w['object']}.{w['field']}: {w['message']}" for end in spoken for w in end.get("warnings", [])
        ),
        state=_state([end["state"] for end in told], pending=len(told) < len(arrived)),
    )


def _reasons(end: Mapping[str, Any]) -> list[str]:
    cause = end.get("cause")
    parked = [f"{cause['code']} {cause['object']}.{cause['field']}: {cause['message']}"] if cause else []
    return [*end.get("because", []), *parked]


def _state(states: list[str], *, pending: bool) -> str:
    if pending:
        return "pending"
    return next((state for state in ("parked", "synced", "skipped") if state in states), "superseded")


def _named(kind: str, row: Row | None) -> str:
    if row is None:
        return f"{kind.title()} (gone)"
    return f"{kind.title()} {row.get('Name') or row['CaseNumber']}"


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
