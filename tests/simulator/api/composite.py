"""The composite resource: up to 25 subrequests in one call, with references between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.simulator.api.calls import PartSeen
from tests.simulator.api.collections import check_all_or_none
from tests.simulator.api.placeholders import SUCCESS_BELOW, fill_body, fill_url
from tests.simulator.api.rest import find_route, perform
from tests.simulator.api.versions import find_version, no_version
from tests.simulator.data.mixing import check_unmixed
from tests.simulator.errors import Refused, Unreadable, malformed, rest_errors
from tests.simulator.messages import Answer, Part, locate
from tests.simulator.setup.custom_fields import restore
from tests.simulator.state import State
from tests.simulator.texts import say

MOST_SUBREQUESTS = 25
MOST_BULKY = 5
TOOLING = ("tooling",)
BULKY = frozenset({"query", "collections"})
REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
LEGAL_REFERENCES_FROM = 52.0  # before, a reference to an illegal name fails, not the call
COLLECTIONS = ("composite", "sobjects")
INHERITED = frozenset({"accept", "authorization", "content-type"})
ROLLED_BACK = malformed(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)


@dataclass(frozen=True, slots=True)
class Subrequest:
    """One subrequest as sent, before its references are filled in."""

    method: str
    url: str
    reference: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a composite, and what the call log keeps of its parts."""

    answer: Answer
    parts: tuple[PartSeen, ...]


def composite(state: State, part: Part) -> Outcome:
    """Perform all subrequests in the order given; nothing but the three inherited headers reaches them."""
    try:
        subrequests = read_subrequests(state, part)
    except Refused as refused:
        return Outcome(Answer(refused.status, rest_errors(refused.errors)), ())
    start, fields = state.records.savepoint(), dict(state.schema.custom)
    all_or_none = part.body.get("allOrNone") is True
    answers: dict[str, Answer] = {}
    for subrequest in subrequests:
        latest = state.records.savepoint()
        answer = _perform(state, part, subrequest, answers, all_or_none=all_or_none)
        answers[subrequest.reference] = answer = _unmixed(state, answer, start, latest) if all_or_none else answer
        if all_or_none and has_failed(answer):
            state.records.rollback(start)
            restore(state, fields)
            answers = _halt_others(subrequests, subrequest.reference, answers)
            break
    return Outcome(_together(answers), tuple(_seen(each, answers[each.reference]) for each in subrequests))


def has_failed(answer: Answer) -> bool:
    """Tell whether a subrequest has failed; one of collections answers 200 even so."""
    if answer.status >= SUCCESS_BELOW or not isinstance(answer.body, list):
        return answer.status >= SUCCESS_BELOW
    return any(isinstance(each, dict) and each.get("success") is False for each in answer.body)


def read_subrequests(state: State, part: Part) -> list[Subrequest]:
    """Read the body of a composite; a fault in its form refuses the whole call."""
    body = part.body
    listed = body.get("compositeRequest") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not listed:
        raise Unreadable(say("COMPOSITE_FORM", what="compositeRequest must be a list of subrequests"))
    check_all_or_none(body)
    if len(listed) > MOST_SUBREQUESTS:
        raise malformed("INVALID_INPUT", say("COMPOSITE_SUBREQUESTS", most=MOST_SUBREQUESTS))
    strict = float(part.version) >= LEGAL_REFERENCES_FROM
    subrequests = [_read(each, strict=strict) for each in listed]
    if len({each.reference for each in subrequests}) < len(subrequests):
        raise malformed("INVALID_INPUT", say("COMPOSITE_SAME_REFERENCE"))
    if sum(_kind(state, each.url) in BULKY for each in subrequests) > MOST_BULKY:
        raise malformed("INVALID_INPUT", say("COMPOSITE_QUERIES", most=MOST_BULKY))
    return subrequests


def _read(sent: Any, *, strict: bool) -> Subrequest:
    if not isinstance(sent, dict) or not all(
        isinstance(sent.get(key), str) for key in ("method", "url", "referenceId")
    ):
        raise Unreadable(say("COMPOSITE_FORM", what="method, url and referenceId are required of a subrequest"))
    reference = sent["referenceId"]
    if strict and not REFERENCE_ID.fullmatch(reference):
        raise malformed("INVALID_INPUT", say("COMPOSITE_REFERENCE", reference=reference))
    headers = _named_headers(sent.get("httpHeaders"))
    if not INHERITED.isdisjoint(headers):
        raise malformed("INVALID_INPUT", say("COMPOSITE_HEADERS"))
    return Subrequest(sent["method"], sent["url"], reference, headers, sent.get("body"))


def _named_headers(named: Any) -> dict[str, str]:
    """Read the headers of a subrequest; null is the same as absent, and JSON's booleans are words."""
    if not isinstance(named, dict | None):
        raise Unreadable(say("COMPOSITE_FORM", what="httpHeaders must be an object"))
    told = {name.lower(): value for name, value in (named or {}).items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in told.items()}


def _kind(state: State, url: str) -> str:
    version, path = find_version(state.settings, locate(url.partition("?")[0]).segments)
    route = find_route(path) if version else None
    return route.kind if route else ""


def _perform(
    state: State, outer: Part, subrequest: Subrequest, answers: dict[str, Answer], *, all_or_none: bool
) -> Answer:
    try:
        version = float(outer.version)
        url = fill_url(subrequest.url, answers, version)
        body = fill_body(subrequest.body, answers, version)
        found = locate(url)
        named, path = find_version(state.settings, found.segments)
        if named is None:
            raise no_version(state.settings, found.segments)
        if (path[:1] == TOOLING) is not (outer.path[:1] == TOOLING):
            raise malformed("PROCESSING_HALTED", f"Execution halted as {subrequest.url} is no resource of this API.")
        headers = _headers(state, outer, subrequest)
        part = Part(subrequest.method, named, path, found.params, headers, body, outer.user_id)
    except Refused as refused:
        return Answer(refused.status, rest_errors(refused.errors))
    except RecursionError:
        return Answer(400, rest_errors(Unreadable("The body is nested too deeply at [line:1, column:1]").errors))
    return perform(state, _overruled(part) if all_or_none and part.path[:2] == COLLECTIONS else part)


def _overruled(part: Part) -> Part:
    """Let the allOrNone of the composite overrule that of a collection in it, as documented."""
    body = part.body | {"allOrNone": True} if isinstance(part.body, dict) else part.body
    return replace(part, body=body, params={**part.params, "allOrNone": "true"})


def _headers(state: State, outer: Part, subrequest: Subrequest) -> Mapping[str, str]:
    """Return what reaches a subrequest: its own headers, as nothing says that those of the call do."""
    if not state.settings.composite_inherits_headers:
        return subrequest.headers
    return {name: value for name, value in outer.headers.items() if name.startswith("sforce-")} | subrequest.headers


def _unmixed(state: State, answer: Answer, start: int, latest: int) -> Answer:
    try:
        check_unmixed(state.records, start, latest)
    except Refused as refused:
        return Answer(refused.status, rest_errors(refused.errors))
    return answer


def _halt_others(subrequests: list[Subrequest], culprit: str, answers: dict[str, Answer]) -> dict[str, Answer]:
    halted = Answer(ROLLED_BACK.status, rest_errors(ROLLED_BACK.errors))
    return {each.reference: answers[culprit] if each.reference == culprit else halted for each in subrequests}


def _together(answers: dict[str, Answer]) -> Answer:
    parts = [
        {
            "body": answer.body,
            "httpHeaders": dict(answer.headers),
            "httpStatusCode": answer.status,
            "referenceId": reference,
        }
        for reference, answer in answers.items()
    ]
    return Answer(200, {"compositeResponse": parts})


def _seen(subrequest: Subrequest, answer: Answer) -> PartSeen:
    return PartSeen.of(
        subrequest.method, subrequest.url, answer.status, subrequest.headers, subrequest.body, answer.body
    )
