"""How many API calls the last 24 hours have seen."""

from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)


class Usage:
    """A rolling count, kept by the minute so that it needs no memory for each call."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[datetime, int]] = deque()
        self.used = 0

    def count(self, now: datetime) -> None:
        minute = now.replace(second=0, microsecond=0)
        self.used += 1
        if self._minutes and self._minutes[-1][0] == minute:
            self._minutes[-1] = (minute, self._minutes[-1][1] + 1)
        else:
            self._minutes.append((minute, 1))

    def at(self, now: datetime) -> int:
        """Forget what is older than the window, and return what is left."""
        while self._minutes and self._minutes[0][0] <= now - WINDOW:
            self.used -= self._minutes.popleft()[1]
        return self.used

    def set(self, used: int, now: datetime) -> None:
        """Pretend that so many calls were just made."""
        self._minutes.clear()
        self._minutes.append((now.replace(second=0, microsecond=0), used))
        self.used = used
