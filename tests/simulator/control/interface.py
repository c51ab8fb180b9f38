"""The control interface: the org's state, records, settings and faults over HTTP, outside its API and its count."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from tests.simulator.control.readings import read_custom_field, read_fault, read_record_type, read_settings, within
from tests.simulator.errors import Refused, malformed, not_found, rest_errors
from tests.simulator.messages import Answer, Request, locate

if TYPE_CHECKING:
    from tests.simulator.org import Org

SHOWN_CALLS = 100
MOST_USED = 10**12


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
    if request.method == "GET" and name == "faults":
        return Answer(200, list(_shown_faults(org)))
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


def _shown_faults(org: "Org") -> Iterator[dict[str, Any]]:
    """Each fault with how many requests or records it could have struck, and how many it did."""
    for fault, seen, struck in org.state.faults.shown():
        yield {"effect": fault.effect, "match": asdict(fault.match), "seen": seen, "struck": struck}


def _faults(org: "Org", given: list[dict[str, Any]] | dict[str, Any]) -> None:
    listed = given if isinstance(given, list) else [given] if given else []
    org.set_faults(*map(read_fault, listed))


def _merge(org: "Org", given: dict[str, Any]) -> dict[str, Any]:
    return {"moved": org.merge(given["object"], given["winner"], given["losers"])}


def _convert(org: "Org", given: dict[str, Any]) -> dict[str, Any]:
    return asdict(org.convert(given["lead"], given.get("account"), given.get("contact")))


_ACTIONS: dict[str, Callable[["Org", Any], dict[str, Any] | None]] = {
    "settings": lambda org, given: org.change(**read_settings(given)),
    "faults": _faults,
    "fields": lambda org, given: org.create_field(read_custom_field(given)),
    "record_types": lambda org, given: org.set_record_type(read_record_type(given)),
    "usage": lambda org, given: org.set_usage(within(int(given["used"]), 0, MOST_USED)),
    "merge": _merge,
    "convert": _convert,
    "undelete": lambda org, given: {"ids": org.undelete(given["ids"])},
    "archive": lambda org, given: {"ids": org.archive(given.get("ids"))},
    "reset": lambda org, _: org.reset(),
    "expire_sessions": lambda org, _: org.expire_sessions(),
}
