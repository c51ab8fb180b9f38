"""The control interface: the org's state, records, settings and faults over HTTP, outside its API and its count."""

import re
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

import orjson

from tests.simulator.errors import Refused, malformed, not_found, rest_errors
from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.messages import Answer, Request, locate
from tests.simulator.settings import CustomField, Settings
from tests.simulator.typed import check_types
from tests.simulator.values import is_kept

if TYPE_CHECKING:
    from tests.simulator.org import Org

SHOWN_CALLS = 100
VERSIONS = {"oldest_version", "newest_version"}
NEWEST_WRITTEN = 99
MOST_USED = 10**12
SECONDS = frozenset({"session_lifetime"})
LONGEST_SPAN = timedelta(days=3650)
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*__c")


def answer(org: "Org", request: Request) -> Answer:
    """Answer one control request; a wrong one is told what is wrong with it."""
    try:
        return _answer(org, request)
    except Refused as refused:
        return Answer(refused.status, rest_errors(refused.errors))
    except (orjson.JSONDecodeError, TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
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
    changed = {name: _setting(name, value) for name, value in given.items()}
    check_types(Settings, changed)
    for name in VERSIONS & changed.keys():
        _within(changed[name], 1, NEWEST_WRITTEN)
    org.change(**changed)


def _setting(name: str, value: Any) -> Any:
    if name in SECONDS:
        return _span(timedelta(seconds=value))
    return tuple(value) if isinstance(value, list) else value


def _within(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise ValueError(f"a number between {least} and {most} is wanted, not {number}")
    return number


def _span(span: timedelta) -> timedelta:
    if not timedelta() <= span <= LONGEST_SPAN:
        raise ValueError(f"a time between 0 and {LONGEST_SPAN} is wanted, not {span}")
    return span


def _faults(org: "Org", given: list[dict[str, Any]] | dict[str, Any]) -> None:
    listed = given if isinstance(given, list) else [given] if given else []
    org.set_faults(*map(read_fault, listed))


def read_fault(given: dict[str, Any]) -> Fault:
    """Read a fault as JSON writes it: latency in milliseconds, Salesforce's spelling of errorCode."""
    effect: Any = given.get("effect")
    if effect not in get_args(Effect):
        raise malformed("INVALID_INPUT", f"effect must be one of {', '.join(get_args(Effect))}")
    check_types(Match, given.get("match", {}))
    match = Match(**given.get("match", {}))
    chosen: dict[str, Any] = {name: given[name] for name in ("status", "message") if name in given}
    if "errorCode" in given:
        chosen["code"] = given["errorCode"]
    fields_named = tuple(given.get("fields", ()))
    check_types(Fault, chosen | {"fields": fields_named})
    _within(chosen.get("status", 500), 200, 599)
    latency = _span(timedelta(milliseconds=given.get("latency_ms", 0)))
    return Fault(effect=effect, match=match, latency=latency, fields=fields_named, **chosen)


def _fields(org: "Org", given: dict[str, Any]) -> None:
    check_types(CustomField, given)
    field = CustomField(**given | {"picklist": tuple(given.get("picklist", ()))})
    if not FIELD_NAME.fullmatch(field.name) or not is_kept(field.type) or field.length < 0:
        raise ValueError(f"{field.name} of type {field.type} is no custom field")
    org.create_field(field)


_ACTIONS: dict[str, Callable[["Org", Any], None]] = {
    "settings": _settings,
    "faults": _faults,
    "fields": _fields,
    "usage": lambda org, given: org.set_usage(_within(int(given["used"]), 0, MOST_USED)),
    "reset": lambda org, _: org.reset(),
    "expire_sessions": lambda org, _: org.expire_sessions(),
}
