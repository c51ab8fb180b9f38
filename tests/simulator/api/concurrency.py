"""Long-running requests: while as many of them run as the org allows, every further data call is refused."""

import heapq
from datetime import datetime, timedelta

from tests.simulator.errors import Refused, malformed
from tests.simulator.settings import Settings


class LongRequests:
    """When the long requests that run now will be answered; short ones are nobody's limit."""

    def __init__(self) -> None:
        self._answered_at: list[datetime] = []

    def note(self, settings: Settings, now: datetime, delay: timedelta) -> None:
        """Note a request that arrives now and is kept so long; it counts from its arrival on."""
        if delay >= settings.long_request_after:
            heapq.heappush(self._answered_at, now + delay)

    def running(self, now: datetime) -> int:
        while self._answered_at and self._answered_at[0] <= now:
            heapq.heappop(self._answered_at)
        return len(self._answered_at)

    def refusal(self, settings: Settings, now: datetime) -> Refused | None:
        """Return what a data call that arrives now is answered, if too many run already."""
        if not self._answered_at or self.running(now) < settings.concurrent_limit:
            return None
        return malformed("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", 403)
