"""The control interface: the org's state, records, settings and faults over HTTP, outside its API and its count."""

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import orjson

from tests.simulator.errors import Refused, malformed, not_found, rest_errors
from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.messages import Answer, Request, locate
from tests.simulator.org_rules import DuplicateRule, ValidationRule
from tests.simulator.settings import CustomField, RecordType, RecordTypeValues, Settings

if TYPE_CHECKING:
    from tests.simulator.org import Org

SHOWN_CALLS = 100
SECONDS = frozenset({"session_lifetime", "long_request_after"})
RULES: dict[str, type[Any]] = {"duplicate_rules": DuplicateRule, "validation_rules": ValidationRule}


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
    outcome = act(org, orjson.loads(request.body) if request.body else {})
    return Answer(200, {"done": name} | (outcome or {}))


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
    if name in RULES:
        return tuple(read_rule(name, given) for given in value)
    hint = get_type_hints(Settings)[name]
    if get_origin(hint) is Literal and value not in get_args(hint):
        raise malformed("INVALID_INPUT", f"{name} must be one of {', '.join(get_args(hint))}")
    return tuple(value) if isinstance(value, list) else value


def read_rule(setting: str, given: dict[str, Any]) -> Any:
    """Read one rule of an admin as JSON writes it."""
    kind = RULES[setting]
    unknown = sorted(set(given) - {field.name for field in fields(kind)})
    if unknown:
        raise malformed("INVALID_INPUT", f"{setting} know no {', '.join(unknown)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def _faults(org: "Org", given: list[dict[str, Any]] | dict[str, Any]) -> None:
    listed = given if isinstance(given, list) else [given] if given else []
    org.set_faults(*map(read_fault, listed))


def read_fault(given: dict[str, Any]) -> Fault:
    """Read a fault as JSON writes it: latency in milliseconds, Salesforce's errorCode, null for no `fields` at all."""
    effect: Any = given.get("effect")
    if effect not in get_args(Effect):
        raise malformed("INVALID_INPUT", f"effect must be one of {', '.join(get_args(Effect))}")
    match = Match(**given.get("match", {}))
    chosen: dict[str, Any] = {name: given[name] for name in ("status", "message") if name in given}
    if "errorCode" in given:
        chosen["code"] = given["errorCode"]
    listed = given.get("fields", ())
    fields_named = None if listed is None else tuple(listed)
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


def _merge(org: "Org", given: dict[str, Any]) -> dict[str, Any]:
    return {"moved": org.merge(given["object"], given["winner"], given["losers"])}


def _convert(org: "Org", given: dict[str, Any]) -> dict[str, Any]:
    return asdict(org.convert(given["lead"], given.get("account"), given.get("contact")))


_ACTIONS: dict[str, Callable[["Org", Any], dict[str, Any] | None]] = {
    "settings": _settings,
    "faults": _faults,
    "fields": _fields,
    "record_types": _record_types,
    "usage": lambda org, given: org.set_usage(int(given["used"])),
    "merge": _merge,
    "convert": _convert,
    "undelete": lambda org, given: {"ids": org.undelete(given["ids"])},
    "archive": lambda org, given: {"ids": org.archive(given.get("ids"))},
    "reset": lambda org, _: org.reset(),
    "expire_sessions": lambda org, _: org.expire_sessions(),
}
