"""The page for people as values, before it is written as HTML."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.simulator.api.calls import CallSeen


@dataclass(frozen=True, slots=True)
class Shown:
    """A value; if it refers to a record, the name of that, and whether it is on the page."""

    text: str
    name: str = ""
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field's value, and the one before its last change."""

    name: str
    value: Shown
    before: Shown = Shown("")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSeen:
    """A record: its owner, its last change, when and by whom and by which call (0: by control), its other fields."""

    id: str
    title: str
    deleted: bool
    owner: str
    what: str
    at: str
    by: str
    call: int
    call_is_here: bool
    changes: tuple[FieldSeen, ...]
    others: tuple[FieldSeen, ...]


@dataclass(frozen=True, slots=True)
class ObjectSeen:
    """An object: how many records live and are deleted, and those that changed last."""

    name: str
    living: int
    deleted: int
    records: tuple[RecordSeen, ...]


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault in words, how many requests or records it has looked at, and how many it struck."""

    words: str
    seen: int
    struck: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole page; `refresh` is in seconds, 0 for never."""

    used: int
    most: int
    requests: int
    cost: int
    long_requests: int
    refresh: int
    others: Mapping[str, int]
    objects: tuple[ObjectSeen, ...]
    calls: tuple[CallSeen, ...]
    faults: tuple[FaultSeen, ...]
