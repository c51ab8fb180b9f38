"""Faults on demand: which calls they strike, and what they do to them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tests.simulator.control.aims import Aim
from tests.simulator.errors import Error, Refused

Effect = Literal["error", "row_lock", "latency", "drop_before", "drop_after", "html_503", "truncate", "expire_session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which calls, or which records of one object, a fault strikes; what is not said matches all.

    An object's requests are those that name it themselves, in a subrequest, in a record or after FROM. An error of
    an object strikes the records that are written one by one, wherever they stand; with the method GET it strikes
    the object's reads: queries, records, describes, by themselves or as subrequests.
    """

    method: str | None = None
    path_contains: str | None = None
    object: str | None = None
    nth: int | None = None
    probability: float = 1.0
    seed: int = 0
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: an error with its status and code, or something that happens to the connection."""

    effect: Effect
    match: Match = field(default_factory=Match)
    status: int = 500
    code: str = "UNKNOWN_EXCEPTION"
    message: str = "An unexpected error occurred. Please include this ErrorId if you contact support"
    fields: tuple[str, ...] | None = ()
    latency: timedelta = timedelta()

    @property
    def refusal(self) -> Refused:
        return Refused(self.status, Error(self.code, self.message, self.fields))


class _Armed:
    """A fault with its memory: what it has seen, how often it struck, its own dice."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.struck = 0
        self._dice = random.Random(fault.match.seed)  # noqa: S311  reproducible chance is the point

    def strikes(self) -> bool:
        match = self.fault.match
        self.seen += 1
        if match.nth is not None and self.seen != match.nth:
            return False
        if match.times is not None and self.struck >= match.times:
            return False
        if match.probability < 1 and self._dice.random() >= match.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The faults that are set at the moment."""

    def __init__(self) -> None:
        self._requests: list[_Armed] = []
        self._records: list[_Armed] = []
        self._reads: list[_Armed] = []

    def set(self, faults: list[Fault]) -> None:
        """Replace all faults; an error of an object strikes its records or its reads, a lock strikes records."""
        armed = [_Armed(fault) for fault in faults]
        self._records = [each for each in armed if _strikes_what(each.fault) == "records"]
        self._reads = [each for each in armed if _strikes_what(each.fault) == "reads"]
        self._requests = [each for each in armed if _strikes_what(each.fault) == "requests"]

    def shown(self) -> Iterator[tuple[Fault, int, int]]:
        """Each fault that is set, how many it could have struck, and how many it did."""
        for each in (*self._requests, *self._records, *self._reads):
            yield each.fault, each.seen, each.struck

    @property
    def on_reads(self) -> bool:
        return bool(self._reads)

    def for_request(self, method: str, target: str, find_aims: Callable[[], frozenset[Aim]]) -> list[Fault]:
        """Return what strikes a request; what it is about is only looked for when a fault depends on it."""
        if not self._requests:
            return []
        by_object = any(each.fault.match.object for each in self._requests)
        aims = find_aims() if by_object else frozenset()
        return [e.fault for e in self._requests if _fits(e.fault.match, method, target, aims) and e.strikes()]

    def for_record(self, method: str, object_name: str) -> Fault | None:
        """Return the first fault that strikes a record of this object when it is written like this."""
        aim = method, object_name.lower()
        return next((e.fault for e in self._records if _is_aimed_at(e.fault.match, aim) and e.strikes()), None)

    def for_read(self, object_name: str) -> Fault | None:
        aim = "GET", object_name.lower()
        return next((e.fault for e in self._reads if _is_aimed_at(e.fault.match, aim) and e.strikes()), None)


def _strikes_what(fault: Fault) -> Literal["records", "reads", "requests"]:
    if fault.effect == "row_lock":
        return "records"
    if fault.effect != "error" or fault.match.object is None:
        return "requests"
    return "reads" if (fault.match.method or "").upper() == "GET" else "records"


def _fits(match: Match, method: str, target: str, aims: frozenset[Aim]) -> bool:
    if match.path_contains is not None and match.path_contains not in target:
        return False
    if match.object is not None:
        return any(_is_aimed_at(match, aim) for aim in aims)
    return match.method is None or match.method.upper() == method


def _is_aimed_at(match: Match, aim: Aim) -> bool:
    method, object_name = aim
    if match.method is not None and match.method.upper() != method:
        return False
    return match.object is None or match.object.lower() == object_name
