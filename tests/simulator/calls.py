"""The log of calls: what was asked, in which parts, how it ended, and what it cost."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

KEPT = 500
SHOWN_URL = 300


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of a call; `auto_assign` is the header as sent, None when it was absent."""

    method: str
    url: str
    status: int
    records: int = 1
    auto_assign: str | None = None

    @classmethod
    def of(cls, method: str, url: str, status: int, headers: Mapping[str, str], body: Any) -> "PartSeen":
        """Note a part, without its content: how many records it is about and what it says about owners."""
        listed = body.get("records") if isinstance(body, dict) else None
        records = len(listed) if isinstance(listed, list) else 1
        return cls(method, url[:SHOWN_URL], status, records, headers.get("sforce-auto-assign"))


@dataclass(frozen=True, slots=True)
class CallSeen:
    """One HTTP request and its cost in API calls."""

    number: int
    at: str
    method: str
    path: str
    kind: str
    status: int
    cost: int
    parts: tuple[PartSeen, ...] = ()
    fault: str | None = None


class CallLog:
    """Counters of all calls since the last reset, and the latest calls in full."""

    def __init__(self) -> None:
        self.requests = 0
        self.cost = 0
        self.by_kind: Counter[str] = Counter()
        self.written: Counter[tuple[str, str]] = Counter()
        self._latest: deque[CallSeen] = deque(maxlen=KEPT)

    def add(self, call: CallSeen) -> None:
        self.cost += call.cost
        self.by_kind[call.kind] += 1
        self._latest.append(call)

    def latest(self, count: int) -> Iterator[CallSeen]:
        """Newest first."""
        return islice(reversed(self._latest), count)
