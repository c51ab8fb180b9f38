"""The data API's front door: version, token, limit, body; then the resource, the commit and the limit header."""

from typing import Any

import orjson

from tests.simulator.api import identity
from tests.simulator.api.calls import PartSeen
from tests.simulator.api.composite import Outcome, composite
from tests.simulator.api.limits import limit_header
from tests.simulator.api.rest import find_route, method_not_allowed, perform
from tests.simulator.api.versions import find_version, no_version
from tests.simulator.errors import Refused, malformed, rest_errors
from tests.simulator.messages import Answer, Part, Request, locate
from tests.simulator.state import State
from tests.simulator.texts import say

LONGEST_URI = 16_384
COMPOSITES = (("composite",), ("tooling", "composite"))


class TooLong(Refused):
    """More than the server in front of the org reads: it answers a page of its own, as quoted from live orgs."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status)
        self.page = bad_message(status, reason)


def bad_message(status: int, reason: str) -> bytes:
    return f"<h1>Bad Message {status}</h1><pre>reason: {reason}</pre>".encode()


class SessionExpired(Refused):
    """No live token: the one refusal without a limit header."""

    def __init__(self) -> None:
        refusal = malformed("INVALID_SESSION_ID", "Session expired or invalid", 401)
        super().__init__(401, *refusal.errors)


def call(state: State, request: Request) -> tuple[str, Outcome, int]:
    """Perform one data call; return its kind, its outcome and its cost."""
    _check_size(request)
    found = locate(request.target)
    version, path = find_version(state.settings, found.segments)
    if version is None:
        raise no_version(state.settings, found.segments)
    user_id = identity.bearer(state, request)
    if user_id is None:
        raise SessionExpired
    if state.settings.api_access != "ENABLED":
        raise malformed(state.settings.api_access, say(state.settings.api_access), 403)
    kind = _kind(path)
    cost = 0 if kind == "limits" and not state.settings.limits_call_counts else 1
    crowded = state.long_requests.refusal(state.settings, state.clock())
    if crowded is not None:
        return kind, _refused(state, crowded), 0
    if state.usage.at(state.clock()) >= state.settings.daily_limit:
        return kind, _refused(state, malformed("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)), 0
    if cost:
        state.usage.count(state.clock())
    method = "GET" if request.method == "HEAD" else request.method  # the server leaves the body of the answer off
    part = Part(method, version, path, found.params, request.headers, None, user_id)
    return kind, _with_limit(state, _perform(state, request, part)), cost


def _check_size(request: Request) -> None:
    if len(request.target) > LONGEST_URI:
        raise TooLong(414, "URI Too Long")
    if len(request.target) + sum(len(k) + len(v) for k, v in request.headers.items()) > LONGEST_URI:
        raise TooLong(431, "Request Header Fields Too Large")


def _kind(path: tuple[str, ...]) -> str:
    if path in COMPOSITES:
        return "composite"
    route = find_route(path)
    return route.kind if route else "unknown"


def _perform(state: State, request: Request, bare: Part) -> Outcome:
    try:
        body = read_body(state, request)
    except Refused as refused:
        return Outcome(Answer(refused.status, rest_errors(refused.errors)), ())
    part = Part(bare.method, bare.version, bare.path, bare.params, bare.headers, body, bare.user_id)
    if part.path in COMPOSITES and part.method == "POST":
        outcome = composite(state, part)
    elif part.path in COMPOSITES:
        outcome = _refused(state, method_not_allowed(part.method, ["POST"]))
    else:
        answer = perform(state, part)
        outcome = Outcome(
            answer, (PartSeen.of(part.method, request.target, answer.status, part.headers, body, answer.body),)
        )
    state.calls.written += state.records.commit(state.calls.requests)
    return outcome


def read_body(state: State, request: Request) -> Any:
    """Read the JSON of a request that has a body."""
    if len(request.body) > state.settings.max_body_bytes:
        raise malformed("EXCEEDED_MAX_SIZE_REQUEST", say("BODY_TOO_LARGE"))
    if request.method not in {"POST", "PATCH", "PUT"}:
        return None
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise malformed("UNSUPPORTED_MEDIA_TYPE", say("UNSUPPORTED_MEDIA_TYPE", type=kind), 415)
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise malformed("JSON_PARSER_ERROR", _syntax(error)) from None


def _syntax(error: orjson.JSONDecodeError) -> str:
    return say("JSON_SYNTAX", reason=error.msg, line=error.lineno, column=error.colno)


def _refused(_state: State, refused: Refused) -> Outcome:
    return Outcome(Answer(refused.status, rest_errors(refused.errors)), ())


def _with_limit(state: State, outcome: Outcome) -> Outcome:
    answer = outcome.answer
    return Outcome(Answer(answer.status, answer.body, {**answer.headers, **limit_header(state)}), outcome.parts)
