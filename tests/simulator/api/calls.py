"""The log of calls: what was asked, in which parts, how it ended, and what it cost."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

KEPT = 500
SHOWN_URL = 300
SHOWN_CODES = 5


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of a call; `auto_assign` is the header as sent, None when it was absent."""

    method: str
    url: str
    status: int
    records: int = 1
    auto_assign: str | None = None
    codes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, method: str, url: str, status: int, headers: Mapping[str, str], body: Any, answered: Any = None
    ) -> "PartSeen":
        """Note a part, without its content: how many records it is about and what it says about owners."""
        listed = body.get("records") if isinstance(body, dict) else None
        records = len(listed) if isinstance(listed, list) else 1
        return cls(method, url[:SHOWN_URL], status, records, headers.get("sforce-auto-assign"), codes_of(answered))


def codes_of(answered: Any) -> tuple[str, ...]:
    """The error codes in an answer, each once: of a refused call, of its refused records, of a denied token."""
    if isinstance(answered, dict):
        return (str(answered["error"]),) if "error" in answered else ()
    if not isinstance(answered, list):
        return ()
    found = dict.fromkeys(code for each in answered if isinstance(each, dict) for code in _codes(each))
    return tuple(found)[:SHOWN_CODES]


def _codes(result: dict[str, Any]) -> Iterator[str]:
    if "errorCode" in result:
        yield str(result["errorCode"])
    elif result.get("success") is False:
        yield from (error["statusCode"] for error in result["errors"])


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
    codes: tuple[str, ...] = ()


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
