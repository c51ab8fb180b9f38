"""What the page for people shows: what is in the org, what changed last and by which call, and what each call cost."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulator.control.markup import write
from tests.simulator.control.view import FaultSeen, FieldSeen, ObjectSeen, RecordSeen, Shown, View
from tests.simulator.data.changes import Change
from tests.simulator.data.records import Row, Value
from tests.simulator.data.recycle_bin import DELETED_WITH
from tests.simulator.faults import Fault
from tests.simulator.messages import locate
from tests.simulator.state import State

SHOWN_RECORDS, SHOWN_CALLS = 15, 60
SHOWN_OBJECTS = ("Lead", "Contact", "Account", "Case", "Event", "Task")
STAMPS = frozenset({"SystemModstamp", "LastModifiedDate", "LastModifiedById", "CreatedById", "CreatedDate"})
HIDDEN = STAMPS | {"Id", "Name", DELETED_WITH}  # at the head of the record, as its last change, or no field at all
TITLES = ("Name", "Subject", "CaseNumber")
LONGEST_REFRESH = 3600


def render(state: State, target: str) -> str:
    """Write the page; ?refresh=5 makes it load itself again every five seconds."""
    asked = locate(target).params.get("refresh", "")
    refresh = min(int(asked), LONGEST_REFRESH) if asked.isascii() and asked.isdigit() else 0
    return write(look_at(state, refresh))


def look_at(state: State, refresh: int = 0) -> View:
    """Gather what the page shows; how much that is does not depend on how many records there are."""
    latest = {name: list(state.records.changes.newest(name, SHOWN_RECORDS)) for name in SHOWN_OBJECTS}
    calls = list(state.calls.latest(SHOWN_CALLS))
    here = Here(state, frozenset(c.id for each in latest.values() for c in each), frozenset(c.number for c in calls))
    now = state.clock()
    return View(
        used=state.usage.at(now),
        most=state.settings.daily_limit,
        requests=state.calls.requests,
        cost=state.calls.cost,
        long_requests=state.long_requests.running(now),
        refresh=refresh,
        others={name: count for name, count in state.records.counts().items() if name not in SHOWN_OBJECTS},
        objects=tuple(here.object(name, latest[name]) for name in SHOWN_OBJECTS),
        calls=tuple(calls),
        faults=tuple(FaultSeen(_words(fault), seen, struck) for fault, seen, struck in state.faults.shown()),
    )


@dataclass(frozen=True, slots=True)
class Here:
    """The org, and what of it is on the page."""

    state: State
    ids: frozenset[str]
    numbers: frozenset[int]

    def object(self, name: str, latest: list[Change]) -> ObjectSeen:
        table = self.state.records.tables[name]
        records = tuple(self.record(name, change, table.rows[change.id]) for change in latest)
        return ObjectSeen(name, table.living, len(table.rows) - table.living, records)

    def record(self, name: str, change: Change, row: Row) -> RecordSeen:
        changed = [each for each in row if each not in HIDDEN and _differs(change, row, each)]
        shown = [each for each, value in row.items() if each not in HIDDEN and value not in {None, False}]
        before = change.before or {}
        return RecordSeen(
            id=change.id,
            title=_title(row),
            deleted=bool(row.get("IsDeleted")),
            owner=_title(self.state.records.find(str(row.get("OwnerId"))) or {}),
            what=_what(change, row),
            at=str(row["LastModifiedDate"]),
            by=_title(self.state.records.find(str(row.get("LastModifiedById"))) or {}),
            call=change.call,
            call_is_here=change.call in self.numbers,
            changes=tuple(
                FieldSeen(each, self.shown(name, each, row[each]), self.shown(name, each, before.get(each)))
                for each in changed
            ),
            others=tuple(FieldSeen(each, self.shown(name, each, row[each])) for each in shown if each not in changed),
        )

    def shown(self, object_name: str, field_name: str, value: Value) -> Shown:
        """A value as text; of a reference also the name of what it refers to."""
        field = self.state.schema.objects[object_name].fields[field_name]
        text = "" if value is None else str(value)
        if field.type == "datetime":
            return Shown(text[:19].replace("T", " "))
        if field.type != "reference" or not text:
            return Shown(text)
        return Shown(text, name=_title(self.state.records.find(text) or {}), is_here=text in self.ids)


def _differs(change: Change, row: Row, name: str) -> bool:
    if change.before is None:
        return row[name] not in {None, False}
    return change.before.get(name) != row[name]


def _what(change: Change, row: Row) -> str:
    if change.before is None:
        return "created"
    gone, was_gone = bool(row.get("IsDeleted")), bool(change.before.get("IsDeleted"))
    if gone is was_gone:
        return "updated"
    return "deleted" if gone else "undeleted"


def _title(row: Row) -> str:
    return next((str(row[name]) for name in TITLES if row.get(name)), "")


def _words(fault: Fault) -> str:
    return " · ".join(_facts(fault))


def _facts(fault: Fault) -> Iterator[str]:
    yield fault.effect
    if fault.effect == "error":
        yield f"{fault.status} {fault.code}"
    if fault.effect == "latency":
        yield f"{fault.latency.total_seconds():g} s"
    match = fault.match
    for name in ("method", "object", "path_contains", "nth", "times"):
        if getattr(match, name) is not None:
            yield f"{name.replace('_', ' ')} {getattr(match, name)}"
    if match.probability < 1:
        yield f"probability {match.probability:g}, seed {match.seed}"
