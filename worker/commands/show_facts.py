"""All that is shown of one booking, for machines: the keys are part of the command's interface."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from worker.claims import REPLACED
from worker.commands.times import iso_time
from worker.explained.catalogue import Explained, explain
from worker.history import Moment, read_history
from worker.job_search import Standing
from worker.jobs import events_of, read_json, read_time
from worker.planned import PlannedWrite, read_plan

Facts = dict[str, Any]


def show_facts(booking_id: str, fields: Mapping[str, str], standing: Standing | None) -> Facts:
    """A booking's hash as JSON can hold it."""
    history = read_history(fields)
    return {
        "booking": booking_id,
        "events": event_facts(fields),
        "stands": {"queue": standing.queue.value, "until": iso_time(standing.until)} if standing else None,
        "records": record_ids(fields),
        "attempts": int(fields.get("attempts", 0)),
        "cause": read_json(fields.get("cause")),
        "timeline": [_moment(moment) for moment in history.moments],
        "forgotten": history.forgotten,
        "explained": [{**place, **_explained(said)} for place, said in explanations(fields)],
    }


def event_facts(fields: Mapping[str, str]) -> dict[str, Facts]:
    """How each event stands, by its id; those that ended first."""
    names = [name for name in events_of(fields) if name != REPLACED]
    ends = {name: end for name in names if (end := read_json(fields.get(f"state:{name}"))) is not None}
    told = {name: _end(end) for name, end in ends.items()}
    return told | {name: {"state": "pending"} for name in names if name not in ends}


def _end(end: Facts) -> Facts:
    planned = {"plan": plan_facts(read_plan(end["plan"]))} if "plan" in end else {}
    return {**end, "at": iso_time(read_time(end.get("at"))), **planned}


def plan_facts(plan: Iterable[PlannedWrite]) -> list[Facts]:
    """What was to be written, with the keys of a preview, which has the values too."""
    return [_write(write) for write in plan]


def record_ids(fields: Mapping[str, str]) -> dict[str, str]:
    """The booking's Salesforce ids by object."""
    return {name: held for name, held in (read_json(fields.get("records")) or {}).items() if isinstance(held, str)}


def explanations(fields: Mapping[str, str]) -> Iterator[tuple[Facts, Explained]]:
    """Each error and warning that stands, once: its code, object and field, and what they mean."""
    seen: list[Facts] = []
    for cause in _standing(fields):
        place = {name: cause.get(name) for name in ("code", "object", "field")}
        if place not in seen:
            seen.append(place)
            yield place, explain(str(place["code"]), place["object"], place["field"])


def _standing(fields: Mapping[str, str]) -> Iterator[Facts]:
    """The errors of parked events and of what is pending, and the warnings of what went through."""
    ends = [end for name, text in fields.items() if name.startswith("state:") and (end := read_json(text))]
    yield from (end["cause"] for end in ends if end.get("cause"))
    pending = read_json(fields.get("cause"))
    if pending:
        yield pending
    for end in ends:
        yield from end.get("warnings", ())


def _moment(moment: Moment) -> Facts:
    return {
        "at": iso_time(moment.at),
        "what": moment.what,
        "event": moment.event_id,
        "code": moment.code,
        "object": moment.object,
        "field": moment.field,
        "message": moment.message,
        "plan": plan_facts(moment.plan),
    }


def _write(write: PlannedWrite) -> Facts:
    return {
        "object": write.object,
        "id": write.record_id,
        "action": write.action,
        "fields": list(write.fields),
        "assignment_rules": write.assignment_rules,
    }


def _explained(said: Explained) -> Facts:
    return {"what": said.what, "side": said.side.value, "do": said.do, "known": said.is_known}
