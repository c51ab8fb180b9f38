"""Bookings as they arrive: in bursts, each published by the command, settled by the worker and paid in API calls."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.demo.bookings import FILE, fill_placeholders, histories, read_bursts, read_deliveries
from tests.demo.command import Tally, publish
from tests.demo.usage import read_usage
from tests.demo.waiting import Watch
from tests.servers import SimulatedOrg
from worker.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What arrives together: its title, its file, and the most API calls that it may cost (design, P6)."""

    title: str
    file: Path
    bookings: int
    most_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What the command made of a part, and what it cost until all of it had ended."""

    part: Part
    tally: Tally
    calls: int
    seconds: float


# P6: at most 4 calls for up to 200 bookings, 2 for a lone new one, 1 for an event of a known one.
_TITLES = (
    ("new bookings, before any worker runs", 4),
    ("changes, one before its booking", 4),
    ("ends of meetings, late and doubled deliveries", 4),
    ("a lone new booking", 2),
    ("its cancellation", 1),
)


def write_parts(folder: Path, ids: Mapping[str, str]) -> tuple[Path, list[Part]]:
    """The whole file with the org's ids in the personalised links, and its parts."""
    whole = folder / FILE.name
    text = fill_placeholders(FILE.read_text(encoding="utf-8"), ids)
    whole.write_text(text, encoding="utf-8")
    parts = []
    for number, (own, (title, most)) in enumerate(zip(read_bursts(text), _TITLES, strict=True), start=1):
        file = folder / f"{FILE.stem}-{number}.jsonl"
        file.write_text(own, encoding="utf-8")
        bookings = len(histories(read_deliveries(own)))
        parts.append(Part(title=title, file=file, bookings=bookings, most_calls=most))
    return whole, parts


@dataclass(slots=True, kw_only=True)
class Desk:
    """Publishes parts and waits for them; knows what has been accepted and paid so far."""

    org: SimulatedOrg
    journal: Journal
    watch: Watch
    accepted: int = 0
    calls: int = 0

    def bring(self, part: Part) -> Burst:
        """Publish a part and wait until all of it has ended. Raises CommandFailed, NotDone."""
        start = time.monotonic()
        return self.settle(part, publish(part.file), start)

    def settle(self, part: Part, tally: Tally, start: float) -> Burst:
        """Wait until what was published has ended. Raises NotDone."""
        self.accepted += tally.accepted
        self.watch.until_settled(self.journal, self.accepted)
        before, self.calls = self.calls, read_usage(self.org).bookings
        return Burst(part=part, tally=tally, calls=self.calls - before, seconds=time.monotonic() - start)


def find_overspent(bursts: Sequence[Burst]) -> list[str]:
    """A line for each burst that cost more API calls than it may."""
    return [
        f"API calls for {burst.part.title}: expected at most {burst.part.most_calls}, found {burst.calls}"
        for burst in bursts
        if burst.calls > burst.part.most_calls
    ]
