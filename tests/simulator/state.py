"""Everything one org knows, in one value that the modules are handed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulator.calls import CallLog
from tests.simulator.cursors import Cursors
from tests.simulator.faults import Faults
from tests.simulator.ids import Ids
from tests.simulator.messages import NO_HEADERS
from tests.simulator.records import Records, Row
from tests.simulator.schema import Schema
from tests.simulator.sessions import Sessions
from tests.simulator.settings import RecordType, Settings
from tests.simulator.usage import Usage
from tests.simulator.values import wire_time

Clock = Callable[[], datetime]


@dataclass(slots=True)
class State:
    """One org; `settings` is replaced as a whole."""

    settings: Settings
    clock: Clock
    schema: Schema
    records: Records
    schema_changed_at: datetime
    ids: Ids = field(default_factory=Ids)
    sessions: Sessions = field(default_factory=Sessions)
    usage: Usage = field(default_factory=Usage)
    calls: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    cursors: Cursors = field(default_factory=Cursors)
    record_types: dict[str, dict[str, RecordType]] = field(default_factory=dict)  # by object, then by id
    org_id: str = ""


@dataclass(slots=True)
class Writing:
    """One data call while it writes: who, when and under which headers."""

    state: State
    user_id: str
    now: str
    headers: Mapping[str, str] = field(default_factory=dict)
    version: float = 0
    created: set[str] = field(default_factory=set)
    owners: dict[tuple[str, bool], Callable[[Row], str | None]] = field(default_factory=dict)
    conditions: dict[tuple[str, str], Callable[[Row], bool]] = field(default_factory=dict)


def begin(state: State, user_id: str, headers: Mapping[str, str] = NO_HEADERS, version: str = "") -> Writing:
    """Start to write; without a version it is the newest."""
    return Writing(state, user_id, wire_time(state.clock()), headers, float(version or state.settings.newest_version))
