"""The simulated org: requests in, responses out, and the same control for tests that the control interface gives."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock
from typing import Any

import orjson

from tests.simulator import auth, control, data, identity, page
from tests.simulator.assignment import find_owner
from tests.simulator.calls import CallSeen
from tests.simulator.composite import Outcome
from tests.simulator.content import fill
from tests.simulator.dml import insert
from tests.simulator.errors import Refused, malformed, rest_errors
from tests.simulator.faults import Fault
from tests.simulator.messages import Answer, Request, Response
from tests.simulator.records import Records, Row
from tests.simulator.rest import method_not_allowed
from tests.simulator.schema import Schema
from tests.simulator.settings import CustomField, Settings
from tests.simulator.state import Clock, State, begin
from tests.simulator.strike import broken, struck
from tests.simulator.texts import spoken
from tests.simulator.values import stored, wire_time
from tests.simulator.versions import list_versions

JSON = "application/json;charset=UTF-8"
CONTROL = "/_simulator"
OWNERS = {"lead_rule_owner", "case_rule_owner", "default_case_owner"}


def utc_now() -> datetime:
    return datetime.now(UTC)


class Org:
    """One org: a state machine without sockets, threads or a clock of its own."""

    def __init__(self, settings: Settings | None = None, clock: Clock = utc_now) -> None:
        chosen = settings or Settings()
        schema = Schema(chosen.custom_fields)
        self.state = State(chosen, clock, schema, Records(schema), clock())
        self._turn = RLock()  # a test and the server it has started may both want something at once
        fill(self.state)

    def handle(self, request: Request) -> Response:
        """Answer one request; whatever it holds, the answer is one that Salesforce could give."""
        with self._turn, spoken(self.state.settings.texts):
            outside = request.path == "/" or request.path.startswith(CONTROL)
            return self._outside(request) if outside else self._answer(request)

    def _answer(self, request: Request) -> Response:
        self.state.calls.requests += 1
        faults = self.state.faults.for_request(request.method, request.target)
        early = struck(self.state, faults, request)
        kind, outcome, cost = early or self._inside(request)
        self._log(request, kind, outcome, cost, faults)
        return broken(_encode(outcome.answer), faults)

    def _inside(self, request: Request) -> tuple[str, Outcome, int]:
        try:
            return self._route(request)
        except data.SessionExpired as expired:
            self.state.records.rollback(0)
            answer = Answer(401, rest_errors(expired.errors), {"WWW-Authenticate": "Token"})
            return "refused", Outcome(answer, ()), 0
        except data.TooLong as long:
            return "refused", Outcome(Answer(long.status, long.page), ()), 0
        except Refused as refused:
            return "refused", Outcome(Answer(refused.status, rest_errors(refused.errors)), ()), 0

    def _route(self, request: Request) -> tuple[str, Outcome, int]:
        host = request.headers.get("host", "localhost")
        path = request.path.rstrip("/")
        if path == auth.TOKEN_PATH:
            return "token", Outcome(auth.token(self.state, request, host), ()), 0
        if path in {identity.REVOKE, identity.INTROSPECT}:
            act = identity.revoke if path == identity.REVOKE else identity.introspect
            return "token", Outcome(act(self.state, request), ()), 0
        if path == "/services/data":
            if request.method not in {"GET", "HEAD"}:
                raise method_not_allowed(request.method, ["HEAD", "GET"])
            return "versions", Outcome(Answer(200, list_versions(self.state.settings)), ()), 0
        if path == identity.USERINFO or path.startswith(identity.IDENTITY):
            return "identity", Outcome(identity.about_bearer(self.state, request, host), ()), 0
        return data.call(self.state, request)

    def _outside(self, request: Request) -> Response:
        if request.path == "/":
            html = page.render(self.state).encode()
            return Response(200, {"Content-Type": "text/html;charset=UTF-8"}, html)
        return _encode(control.answer(self, request))

    def _log(self, request: Request, kind: str, outcome: Outcome, cost: int, faults: list[Fault]) -> None:
        self.state.calls.add(
            CallSeen(
                number=self.state.calls.requests,
                at=wire_time(self.state.clock()),
                method=request.method,
                path=request.path[:300],
                kind=kind,
                status=outcome.answer.status,
                cost=cost,
                parts=outcome.parts,
                fault=", ".join(fault.effect for fault in faults) or None,
            )
        )

    # What tests may do to the org, past its API.

    def records(self, object_name: str) -> list[Row]:
        """Return all records of an object, deleted ones too."""
        with self._turn:
            return [dict(row) for row in self.state.records.tables[object_name].rows.values()]

    def seed(self, object_name: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """Store records past every rule, with ids and defaults; return their ids."""
        with self._turn:
            try:
                ids = [self._seed(object_name, row) for row in rows]
            except Exception:
                self.state.records.rollback(0)
                raise
            self.state.records.commit()
            return ids

    def _seed(self, object_name: str, given: Mapping[str, Any]) -> str:
        sobject = self.state.schema.objects[object_name]
        unknown = [name for name in given if name not in sobject.fields]
        if unknown:
            raise malformed("INVALID_FIELD", f"No such column '{unknown[0]}' on sobject of type {object_name}")
        values = {name: stored(sobject.fields[name], value) for name, value in given.items() if name != "Id"}
        run_as = auth.find_user(self.state, self.state.settings.run_as) or ""
        row_id = insert(begin(self.state, run_as, {"sforce-auto-assign": "FALSE"}), sobject, dict(values))
        row = self.state.records.get(object_name, row_id) or {}
        self.state.records.put(object_name, row_id, row | values)
        return row_id

    def change(self, **settings: Any) -> None:
        """Replace some of the settings."""
        for name in OWNERS & settings.keys():
            find_owner(self.state.records, settings[name])
        self.state.settings = replace(self.state.settings, **settings)

    def create_field(self, field: CustomField) -> None:
        """Add a custom field while the org runs."""
        for name in self.state.schema.add(field):
            sobject, table = self.state.schema.objects[name], self.state.records.tables[name]
            for each in sobject.indexed:
                if each.name == field.name:
                    table.index(each)
        self.state.schema_changed_at = self.state.clock()

    def set_faults(self, *faults: Fault) -> None:
        """Replace all faults; with none, the org is well again."""
        self.state.faults.set(list(faults))

    def set_usage(self, used: int) -> None:
        """Pretend that so many API calls were made within the last 24 hours."""
        self.state.usage.set(used, self.state.clock())

    def expire_sessions(self) -> None:
        """Let every token given out so far be worthless."""
        self.state.sessions.expire_all()

    def reset(self) -> None:
        """Forget records, counters and faults; settings, custom fields and tokens stay."""
        with self._turn:
            old = self.state
            self.state = State(old.settings, old.clock, old.schema, Records(old.schema), old.schema_changed_at)
            self.state.sessions = old.sessions
            fill(self.state)


def _encode(answer: Answer) -> Response:
    if isinstance(answer.body, bytes):
        return Response(answer.status, {"Content-Type": "text/html;charset=UTF-8", **answer.headers}, answer.body)
    if answer.body is None:
        return Response(answer.status, answer.headers, b"")
    return Response(answer.status, {"Content-Type": JSON, **answer.headers}, orjson.dumps(answer.body))
