"""Faults on demand: which calls they strike, and what they do to them."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tests.simulator.errors import Error, Refused

Effect = Literal["error", "latency", "drop_before", "drop_after", "html_503", "truncate", "expire_session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which calls, or which records of one object, a fault strikes; what is not said matches all."""

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
        self._seen = 0
        self._struck = 0
        self._dice = random.Random(fault.match.seed)  # noqa: S311  reproducible chance is the point

    def strikes(self) -> bool:
        match = self.fault.match
        self._seen += 1
        if match.nth is not None and self._seen != match.nth:
            return False
        if match.times is not None and self._struck >= match.times:
            return False
        if match.probability < 1 and self._dice.random() >= match.probability:
            return False
        self._struck += 1
        return True


class Faults:
    """The faults that are set at the moment."""

    def __init__(self) -> None:
        self._requests: list[_Armed] = []
        self._records: list[_Armed] = []

    def set(self, faults: list[Fault]) -> None:
        """Replace all faults; an error that names an object strikes records, everything else strikes requests."""
        armed = [_Armed(fault) for fault in faults]
        self._records = [each for each in armed if _is_for_records(each.fault)]
        self._requests = [each for each in armed if not _is_for_records(each.fault)]

    def for_request(self, method: str, target: str) -> list[Fault]:
        if not self._requests:
            return []
        return [each.fault for each in self._requests if _fits(each.fault.match, method, target) and each.strikes()]

    def strike_record(self, object_name: str, method: str) -> None:
        """Refuse the record if a fault says so."""
        for each in self._records:
            match = each.fault.match
            if match.object == object_name and match.method in {None, method} and each.strikes():
                raise each.fault.refusal


def _is_for_records(fault: Fault) -> bool:
    return fault.effect == "error" and fault.match.object is not None


def _fits(match: Match, method: str, target: str) -> bool:
    if match.method is not None and match.method.upper() != method:
        return False
    if match.object is not None and f"/sobjects/{match.object}".lower() not in target.lower():
        return False
    return match.path_contains is None or match.path_contains in target
