"""Waiting for the worker: until the setup is ready, until every event has ended."""

import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worker.journal import Journal
from worker.setup import Setup, Stage

PATIENCE_SECONDS = 60.0

_POLL_SECONDS = 0.02
_TAIL_LINES = 25
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NotDone(RuntimeError):
    """The worker did not do it, in time or at all; says what is missing and what the worker last said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Keeps an eye on a worker; all waits together end `PATIENCE_SECONDS` after `since` (monotonic)."""

    worker: subprocess.Popen[bytes]
    log: Path
    since: float

    def until_ready(self, setup: Setup) -> None:
        """Until all five setup stages are ready, and the worker may start on bookings. Raises NotDone."""

        def missing() -> str:
            reports = setup.reports()
            waiting = [stage for stage in Stage if stage not in reports or reports[stage].state != "ready"]
            return f"setup not ready: {', '.join(waiting)}" if waiting else ""

        self._until(missing)

    def until_settled(self, journal: Journal, accepted: int) -> None:
        """Until each of so many accepted events has ended and no customer is left. Raises NotDone."""

        def missing() -> str:
            counts = journal.counts()
            ended = sum(counts[state] for state in ("synced", "superseded", "skipped", "parked"))
            left = {name: counts[name] for name in ("ready", "claimed", "waiting") if counts[name]}
            return "" if ended == accepted and not left else f"{ended} of {accepted} events ended, customers: {left}"

        self._until(missing)

    def _until(self, missing: Callable[[], str]) -> None:
        while lack := missing():
            if self.worker.poll() is not None:
                raise NotDone(f"the worker ended with {self.worker.returncode}; {lack}\n{self._tail()}")
            if time.monotonic() > self.since + PATIENCE_SECONDS:
                raise NotDone(f"not done within {PATIENCE_SECONDS:.0f} s; {lack}\n{self._tail()}")
            time.sleep(_POLL_SECONDS)

    def _tail(self) -> str:
        lines = _COLOURS.sub("", self.log.read_text(errors="replace")).splitlines()[-_TAIL_LINES:]
        return "\n".join([f"The end of {self.log}:", *lines])
