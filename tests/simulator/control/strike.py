"""What the faults of one request do: before it is performed, and to its response."""

from dataclasses import replace
from datetime import timedelta

from tests.simulator.api.auth import NOT_STORED, TOKEN_PATH
from tests.simulator.api.composite import Outcome
from tests.simulator.errors import rest_errors
from tests.simulator.faults import Fault
from tests.simulator.messages import Answer, Request, Response
from tests.simulator.state import State

HTML_503 = b"<html><head><title>Service Unavailable</title></head><body><h1>503 Service Unavailable</h1></body></html>"
Performed = tuple[str, Outcome, int]


def struck(state: State, faults: list[Fault], request: Request) -> Performed | None:
    """Return what a fault answers instead of the org, or None if the request is to be performed."""
    early: Performed | None = None
    for fault in faults:
        if fault.effect == "expire_session":
            state.sessions.expire_all()
        elif fault.effect == "drop_before":
            early = "dropped", Outcome(Answer(503), ()), 0
        elif fault.effect == "html_503":
            early = "refused", Outcome(Answer(503, HTML_503), ()), 0
        elif fault.effect == "error":
            early = "refused", Outcome(_refusal(fault, request), ()), 0
    return early


def delay_of(faults: list[Fault]) -> timedelta:
    """How long the faults keep a request before it is answered."""
    return sum((fault.latency for fault in faults if fault.effect == "latency"), timedelta())


def _refusal(fault: Fault, request: Request) -> Answer:
    """Answer an error in the shape of the resource: the token endpoint has one of its own."""
    if request.path.rstrip("/") == TOKEN_PATH:
        return Answer(fault.status, {"error": fault.code, "error_description": fault.message}, NOT_STORED)
    return Answer(fault.status, rest_errors(fault.refusal.errors))


def broken(response: Response, faults: list[Fault]) -> Response:
    """Return the response as the faults let it be sent."""
    delay = delay_of(faults)
    effects = {fault.effect for fault in faults}
    if effects & {"drop_before", "drop_after"}:
        return replace(response, delay=delay, fate="drop")
    return replace(response, delay=delay, fate="truncate" if "truncate" in effects else "send")
