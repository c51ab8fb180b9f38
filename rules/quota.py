"""How much of the org's API calls may be spent now, and on what: the share as a budget."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from rules.ruleset import Quota

WINDOW = timedelta(hours=24)
"""The org's limit counts the calls of the last 24 hours.

Source: https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm
"""

CALLS_OF_A_BATCH = 5
"""The most that up to 200 bookings take, panel members included: fewer calls left would end a batch in its middle."""

_LONGEST_LINGER = timedelta(minutes=2)
"""A booking that comes late by this is still news; at three calls a batch it spends some 2,000 calls a day."""

_SHORT = 0.5
"""The part of the budget below which batches are let grow: above it every booking goes at once."""


class Lane(IntEnum):
    """What a customer's pending bookings are, the most urgent first. The numbers are those of the journal."""

    LIFE_CYCLE = 0
    NEW = 1
    BULK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """API calls of the last 24 hours.

    `calls` is our share of what the org allows, None while that is not known; `spent` those that we made, `last_hour`
    of them in the last hour. `org_left` is what all applications of the org have left, None if that is not known or
    said too long ago. `frees_in` is when the oldest of ours leave the window.
    """

    calls: int | None = None
    spent: int = 0
    last_hour: int = 0
    org_left: int | None = None
    frees_in: timedelta = WINDOW

    @property
    def left(self) -> int | None:
        """What may still be spent; None while nothing is known."""
        if self.calls is None:
            return None
        own = max(self.calls - self.spent, 0)
        return own if self.org_left is None else min(own, self.org_left)

    @property
    def is_used_up(self) -> bool:
        """Whether what is left does not suffice for a batch."""
        return self.left is not None and self.left < CALLS_OF_A_BATCH

    @property
    def lasts_for(self) -> timedelta | None:
        """How soon the share is used up at the rate of the last hour; None if it never is."""
        if self.left is None or self.calls is None or self.last_hour * (WINDOW // timedelta(hours=1)) <= self.calls:
            return None
        return timedelta(hours=self.left / self.last_hour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What may be claimed: lanes up to `lane` (None: nothing), and how long to wait for more before the next batch."""

    lane: Lane | None
    linger: timedelta = timedelta()


def decide_pace(budget: Budget, quota: Quota) -> Pace:
    """Life-cycle events go on until the budget is used, new bookings and bulk publishing each stop before."""
    left, calls = budget.left, budget.calls
    if left is None or calls is None:
        return Pace(lane=Lane.BULK)
    if budget.is_used_up:
        return Pace(lane=None)
    return Pace(lane=_lane(left / calls, quota), linger=_linger(left / calls))


def _lane(part: float, quota: Quota) -> Lane:
    if part * 100 <= quota.keep_for_life_cycle:
        return Lane.LIFE_CYCLE
    return Lane.NEW if part * 100 <= quota.keep_from_bulk else Lane.BULK


def _linger(part: float) -> timedelta:
    return _LONGEST_LINGER * max(1 - part / _SHORT, 0)
