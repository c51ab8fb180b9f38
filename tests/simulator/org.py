"""The simulated org: requests in, responses out, and the same control for tests that the control interface gives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock
from typing import Any, TypeVar

from tests.simulator.api import auth
from tests.simulator.api.answering import answer, encode
from tests.simulator.control import interface, page
from tests.simulator.data.archiving import archive, old_events
from tests.simulator.data.converting import Converted, convert
from tests.simulator.data.dml import insert
from tests.simulator.data.merging import merge
from tests.simulator.data.person_accounts import overlays
from tests.simulator.data.records import Records, Row
from tests.simulator.data.undeleting import undelete
from tests.simulator.data.values import stored
from tests.simulator.errors import Refused, malformed
from tests.simulator.faults import Fault
from tests.simulator.messages import Request, Response
from tests.simulator.rules.assignment import find_owner
from tests.simulator.rules.screening import check_rules
from tests.simulator.settings import CustomField, RecordType, Settings
from tests.simulator.setup.access import check_names
from tests.simulator.setup.content import fill, put_record_type, show_rules
from tests.simulator.setup.custom_fields import install
from tests.simulator.setup.schema import Schema
from tests.simulator.state import Clock, State, Writing, begin
from tests.simulator.texts import spoken

CONTROL = "/_simulator"
# What describe and the records are made from; record types and custom fields can be added one by one.
FIXED = {"custom_fields", "record_types", "person_accounts", "lead_company_optional_with_person_accounts"}
OWNERS = {"lead_rule_owner", "case_rule_owner", "default_case_owner", "default_lead_owner"}
T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Org:
    """One org: a state machine without sockets, threads or a clock of its own."""

    def __init__(self, settings: Settings | None = None, clock: Clock = utc_now) -> None:
        chosen = settings or Settings()
        schema = Schema(chosen.custom_fields, overlays(chosen))
        self.state = State(chosen, clock, schema, Records(schema), clock())
        check_names(schema, chosen)
        self._turn = RLock()  # a test and the server it has started may both want something at once
        fill(self.state)
        check_rules(self.state, chosen)

    def handle(self, request: Request) -> Response:
        """Answer one request; whatever it holds, the answer is one that Salesforce could give."""
        with self._turn, spoken(self.state.settings.texts):
            outside = request.path == "/" or request.path.startswith(CONTROL)
            return self._outside(request) if outside else answer(self.state, request)

    def _outside(self, request: Request) -> Response:
        if request.path == "/":
            html = page.render(self.state, request.target).encode("utf-8", "replace")
            return Response(200, {"Content-Type": "text/html;charset=UTF-8"}, html)
        return encode(interface.answer(self, request))

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
        if object_name == "RecordType":
            raise malformed("INVALID_INPUT", "record types are more than rows: set_record_type makes them")
        sobject = self.state.schema.objects[object_name]
        unknown = [name for name in given if name not in sobject.fields]
        if unknown:
            raise malformed("INVALID_FIELD", f"No such column '{unknown[0]}' on sobject of type {object_name}")
        values = {name: stored(sobject.fields[name], value) for name, value in given.items() if name != "Id"}
        row_id = insert(begin(self.state, self._run_as(), {"sforce-auto-assign": "FALSE"}), sobject, dict(values))
        row = self.state.records.get(object_name, row_id) or {}
        self.state.records.put(object_name, row_id, row | values)
        return row_id

    def merge(self, object_name: str, winner: str, losers: list[str]) -> list[str]:
        """Merge records as a user does, which REST cannot; return the ids of what changed its parent."""
        return self._admin(lambda writing: merge(writing, object_name, winner, losers))

    def convert(self, lead: str, account: str | None = None, contact: str | None = None) -> Converted:
        """Convert a lead as a user does, into these records or into new ones."""
        return self._admin(lambda writing: convert(writing, lead, account, contact))

    def undelete(self, ids: list[str]) -> list[str]:
        """Take records out of the recycle bin, all or none; return the ids of all that live again."""
        return self._admin(lambda writing: [each for row_id in ids for each in undelete(writing, row_id)])

    def archive(self, ids: list[str] | None = None) -> list[str]:
        """Archive these activities, or the events that are old enough; return their ids."""
        return self._admin(lambda writing: archive(writing, old_events(writing) if ids is None else ids))

    def _admin(self, act: Callable[[Writing], T]) -> T:
        """Do something to records as the org itself does: whole or not at all."""
        with self._turn:
            try:
                done = act(begin(self.state, self._run_as()))
            except (Refused, ValueError):
                self.state.records.rollback(0)
                raise
            self.state.records.commit()
            return done

    def change(self, **settings: Any) -> None:
        """Replace some of the settings."""
        if FIXED & settings.keys():
            raise ValueError(f"chosen when the org is made: {', '.join(sorted(FIXED & settings.keys()))}")
        with self._turn:
            for name in OWNERS & settings.keys():
                find_owner(self.state.records, settings[name])
            chosen = replace(self.state.settings, **settings)
            check_names(self.state.schema, chosen)
            check_rules(self.state, chosen)
            self.state.settings = chosen
            show_rules(self.state)

    def create_field(self, field: CustomField) -> None:
        """Add a custom field while the org runs."""
        install(self.state, field)

    def set_record_type(self, record_type: RecordType) -> None:
        """Add a record type while the org runs, or replace the one with its object and developer name."""
        with self._turn:
            put_record_type(self.state, self._run_as(), record_type)
            self.state.records.commit()
            # In the order of their ids, so that a reset gives each of them its id again.
            known = {row_id: each for types in self.state.record_types.values() for row_id, each in types.items()}
            self.state.settings = replace(
                self.state.settings, record_types=tuple(known[row_id] for row_id in sorted(known))
            )
            self.state.touch()

    def _run_as(self) -> str:
        return auth.find_user(self.state, self.state.settings.run_as) or ""

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
            self.state.touch()  # the grants are gone, and with them what they showed
            fill(self.state)
