"""What batches measure of themselves: sums that go into the journal, whose counts all workers share."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

STAGE_BOUNDS_MS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000)
BATCH_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 150, 200)
REACHED_BOUNDS_MS = (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 7_200_000)
"""From accepted to Salesforce: seconds as long as all is well, hours while the org or its calls are away."""

STAGES = ("claim", "read", "plan", "write", "invite", "settle")

OVER = "over"
"""The class of what is above all bounds."""


class Measures:
    """Sums since they were last taken, by field of the journal's `metrics`. Not for several threads; one a process."""

    def __init__(self) -> None:
        self._sums: Counter[str] = Counter()

    def add_stage(self, name: str, seconds: float) -> None:
        """How long a stage of a batch took."""
        self._add(f"stage:{name}", round(seconds * 1000), STAGE_BOUNDS_MS)

    def add_batch(self, bookings: int, calls: int) -> None:
        """A batch of so many bookings, and the API calls that it took."""
        self._add("batch", bookings, BATCH_BOUNDS)
        self._sums["batch_calls"] += calls

    def take(self) -> dict[str, int]:
        """What was added; it starts anew."""
        taken, self._sums = self._sums, Counter()
        return dict(taken)

    def _add(self, name: str, value: int, bounds: Sequence[int]) -> None:
        place = bisect_left(bounds, value)
        self._sums[f"{name}:{bounds[place] if place < len(bounds) else OVER}"] += 1
        self._sums[f"{name}:sum"] += value
