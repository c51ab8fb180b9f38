"""Everything one org knows, in one value that the modules are handed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulator.api.calls import CallLog
from tests.simulator.api.concurrency import LongRequests
from tests.simulator.api.cursors import Cursors
from tests.simulator.api.sessions import Sessions
from tests.simulator.api.usage import Usage
from tests.simulator.data.records import Records, Row
from tests.simulator.data.values import wire_time
from tests.simulator.faults import Faults
from tests.simulator.ids import Ids
from tests.simulator.messages import NO_HEADERS
from tests.simulator.settings import RecordType, Settings
from tests.simulator.setup.schema import Schema

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Views:
    """The schema as each user sees it, as long as the key holds and no assignment expires."""

    key: tuple[Any, ...] | None = None
    until: datetime | None = None
    by_user: dict[str, Schema] = field(default_factory=dict)
    described: tuple[Any, ...] | None = None
    open: Settings | None = None  # the settings last found to hide nothing: compared by identity, at no cost


@dataclass(slots=True)
class State:
    """One org; `settings` is replaced as a whole.

    `schema` is all there is: for storage, uniqueness and defaults. `visible` is what the user of the call being
    performed may see of it: for every name that comes from a client.
    """

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
    long_requests: LongRequests = field(default_factory=LongRequests)
    record_types: dict[str, dict[str, RecordType]] = field(default_factory=dict)  # by object, then by id
    org_id: str = ""
    views: Views = field(default_factory=Views)
    visible: Schema = field(init=False)

    def __post_init__(self) -> None:
        self.visible = self.schema

    def touch(self) -> None:
        """Note that describes have changed: a later second than before, which is all that Last-Modified can say."""
        earliest = self.schema_changed_at.replace(microsecond=0) + timedelta(seconds=1)
        self.schema_changed_at = max(self.clock(), earliest)


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
