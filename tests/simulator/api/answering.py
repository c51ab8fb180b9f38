"""One request in, one response out: what strikes it comes first, then the resource, then the log."""

import orjson

from tests.simulator.api import auth, entry, identity
from tests.simulator.api.calls import CallSeen, codes_of
from tests.simulator.api.composite import Outcome
from tests.simulator.api.rest import method_not_allowed
from tests.simulator.api.versions import list_versions
from tests.simulator.control.aims import aims_of
from tests.simulator.control.strike import broken, delay_of, struck
from tests.simulator.data.values import wire_time
from tests.simulator.errors import Refused, rest_errors
from tests.simulator.faults import Fault
from tests.simulator.messages import Answer, Request, Response
from tests.simulator.state import State

JSON = "application/json;charset=UTF-8"
DATA = "/services/data/"
REFUSED_FROM = 400


def answer(state: State, request: Request) -> Response:
    """Answer one request: what strikes it first, then the resource, then the log."""
    state.calls.requests += 1
    faults = _faults(state, request)
    early = struck(state, faults, request)
    kind, outcome, cost = early or _inside(state, request)
    if faults and request.path.startswith(DATA):
        state.long_requests.note(state.settings, state.clock(), delay_of(faults))
    _log(state, request, kind, outcome, cost, faults)
    return broken(encode(outcome.answer), faults)


def _faults(state: State, request: Request) -> list[Fault]:
    """What strikes a request; none keeps one waiting that is refused because too many are kept waiting."""
    faults = state.faults.for_request(request.method, request.target, lambda: aims_of(state.schema, request))
    if not faults or not request.path.startswith(DATA):
        return faults
    crowded = state.long_requests.refusal(state.settings, state.clock()) is not None
    return [fault for fault in faults if not (crowded and fault.effect == "latency")]


def _inside(state: State, request: Request) -> tuple[str, Outcome, int]:
    try:
        return _route(state, request)
    except entry.SessionExpired as expired:
        state.records.rollback(0)
        answer = Answer(401, rest_errors(expired.errors), {"WWW-Authenticate": "Token"})
        return "refused", Outcome(answer, ()), 0
    except entry.TooLong as long:
        return "refused", Outcome(Answer(long.status, long.page), ()), 0
    except Refused as refused:
        return "refused", Outcome(Answer(refused.status, rest_errors(refused.errors)), ()), 0


def _route(state: State, request: Request) -> tuple[str, Outcome, int]:
    host = request.headers.get("host", "localhost")
    path = request.path.rstrip("/")
    if path == auth.TOKEN_PATH:
        return "token", Outcome(auth.token(state, request, host), ()), 0
    if path in {identity.REVOKE, identity.INTROSPECT}:
        act = identity.revoke if path == identity.REVOKE else identity.introspect
        return "token", Outcome(act(state, request), ()), 0
    if path == "/services/data":
        if request.method not in {"GET", "HEAD"}:
            raise method_not_allowed(request.method, ["HEAD", "GET"])
        return "versions", Outcome(Answer(200, list_versions(state.settings)), ()), 0
    if path == identity.USERINFO or path.startswith(identity.IDENTITY):
        return "identity", Outcome(identity.about_bearer(state, request, host), ()), 0
    return entry.call(state, request)


def _log(state: State, request: Request, kind: str, outcome: Outcome, cost: int, faults: list[Fault]) -> None:
    state.calls.add(
        CallSeen(
            number=state.calls.requests,
            at=wire_time(state.clock()),
            method=request.method,
            path=request.path[:300],
            kind=kind,
            status=outcome.answer.status,
            cost=cost,
            parts=outcome.parts,
            codes=codes_of(outcome.answer.body) if outcome.answer.status >= REFUSED_FROM else (),
            fault=", ".join(fault.effect for fault in faults) or None,
        )
    )


def encode(answer: Answer) -> Response:
    """Write an answer as JSON; bytes are a page as they are."""
    if isinstance(answer.body, bytes):
        return Response(answer.status, {"Content-Type": "text/html;charset=UTF-8", **answer.headers}, answer.body)
    if answer.body is None:
        return Response(answer.status, answer.headers, b"")
    return Response(answer.status, {"Content-Type": JSON, **answer.headers}, orjson.dumps(answer.body))
