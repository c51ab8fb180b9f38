"""The control interface: the org's state, records, settings and faults over HTTP, outside its API and its count."""

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

import orjson

from tests.simulator.errors import Refused, malformed, not_found, rest_errors
from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.messages import Answer, Request, locate
from tests.simulator.settings import CustomField, RecordType, RecordTypeValues, Settings

if TYPE_CHECKING:
    from tests.simulator.org import Org

SHOWN_CALLS = 100
SECONDS = frozenset({"session_lifetime", "long_request_after"})


def answer(org: "Org", request: Request) -> Answer:
    """Answer one control request; a wrong one is told what is wrong with it."""
    try:
        return _answer(org, request)
    except Refused as refused:
        return Answer(refused.status, rest_errors(refused.errors))
    except (orjson.JSONDecodeError, TypeError, ValueError, KeyError, AttributeError) as error:
        return Answer(400, rest_errors(malformed("INVALID_INPUT", f"{type(error).__name__}: {error}").errors))


def _answer(org: "Org", request: Request) -> Answer:
    found = locate(request.target)
    name, rest = found.segments[1] if len(found.segments) > 1 else "", found.segments[2:]
    if request.method == "GET" and name == "state":
        return Answer(200, snapshot(org, int(found.params.get("calls", SHOWN_CALLS))))
    if name == "records" and len(rest) == 1:
        return _records(org, request, rest[0])
    act = _ACTIONS.get(name) if request.method == "POST" and not rest else None
    if act is None:
        raise not_found()
    act(org, orjson.loads(request.body) if request.body else {})
    return Answer(200, {"done": name})


def _records(org: "Org", request: Request, name: str) -> Answer:
    sobject = org.state.schema.find(name)
    if sobject is None:
        raise not_found(f"no object {name}")
    if request.method == "GET":
        return Answer(200, org.records(sobject.name))
    given = orjson.loads(request.body)
    return Answer(200, {"ids": org.seed(sobject.name, given if isinstance(given, list) else [given])})


def snapshot(org: "Org", calls: int) -> dict[str, Any]:
    """Show counters, record counts and the latest calls, newest first."""
    state = org.state
    return {
        "requests": state.calls.requests,
        "api_calls": state.calls.cost,
        "api_usage": state.usage.at(state.clock()),
        "daily_limit": state.settings.daily_limit,
        "by_kind": dict(state.calls.by_kind),
        "written": _written(org),
        "records": state.records.counts(),
        "calls": [asdict(call) for call in state.calls.latest(calls)],
    }


def _written(org: "Org") -> dict[str, dict[str, int]]:
    shown: dict[str, dict[str, int]] = {}
    for (object_name, what), count in org.state.calls.written.items():
        shown.setdefault(object_name, {})[what] = count
    return shown


def _settings(org: "Org", given: dict[str, Any]) -> None:
    known = {field.name for field in fields(Settings)} - {"custom_fields"}
    unknown = sorted(set(given) - known)
    if unknown:
        raise malformed("INVALID_INPUT", f"no such setting: {', '.join(unknown)}")
    org.change(**{name: _setting(name, value) for name, value in given.items()})


def _setting(name: str, value: Any) -> Any:
    if name in SECONDS:
        return timedelta(seconds=value)
    return tuple(value) if isinstance(value, list) else value


def _faults(org: "Org", given: list[dict[str, Any]] | dict[str, Any]) -> None:
    listed = given if isinstance(given, list) else [given] if given else []
    org.set_faults(*map(read_fault, listed))


def read_fault(given: dict[str, Any]) -> Fault:
    """Read a fault as JSON writes it: latency in milliseconds, Salesforce's spelling of errorCode."""
    effect: Any = given.get("effect")
    if effect not in get_args(Effect):
        raise malformed("INVALID_INPUT", f"effect must be one of {', '.join(get_args(Effect))}")
    match = Match(**given.get("match", {}))
    chosen: dict[str, Any] = {name: given[name] for name in ("status", "message") if name in given}
    if "errorCode" in given:
        chosen["code"] = given["errorCode"]
    fields_named = tuple(given.get("fields", ()))
    latency = timedelta(milliseconds=given.get("latency_ms", 0))
    return Fault(effect=effect, match=match, latency=latency, fields=fields_named, **chosen)


def _fields(org: "Org", given: dict[str, Any]) -> None:
    org.create_field(CustomField(**given))


def _record_types(org: "Org", given: dict[str, Any]) -> None:
    offers = tuple(
        RecordTypeValues(field=each["field"], values=tuple(each["values"]), default=each.get("default"))
        for each in given.get("picklists", ())
    )
    org.set_record_type(RecordType(**{**given, "picklists": offers}))


_ACTIONS: dict[str, Callable[["Org", Any], None]] = {
    "settings": _settings,
    "faults": _faults,
    "fields": _fields,
    "record_types": _record_types,
    "usage": lambda org, given: org.set_usage(int(given["used"])),
    "reset": lambda org, _: org.reset(),
    "expire_sessions": lambda org, _: org.expire_sessions(),
}
