"""Requests that come at the same time share a round trip to the journal."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anyio import to_thread

from .contract import BookingEvent
from .intake_desk import Result

Take = Callable[[Sequence[BookingEvent]], list[Result]]


@dataclass(slots=True, kw_only=True)
class _Batch:
    events: list[BookingEvent]
    done: asyncio.Task[list[Result]]


class Batches:
    """One batch is on its way at a time, and what comes meanwhile is the next.

    A thread for each request took twice the time of a core (1.4 ms a request at 500/s), most of it waiting for the
    interpreter's lock.
    """

    def __init__(self, take: Take) -> None:
        self._take = take
        self._open: _Batch | None = None
        self._last: asyncio.Task[list[Result]] | None = None

    async def take(self, events: Sequence[BookingEvent]) -> list[Result]:
        """What became of these; raises what `take` raises, to all whose events were in the batch."""
        batch = self._open or self._begin()
        start = len(batch.events)
        batch.events.extend(events)
        # Shielded: a sender who hangs up does not take the others with him.
        return (await asyncio.shield(batch.done))[start : start + len(events)]

    def _begin(self) -> _Batch:
        events: list[BookingEvent] = []
        self._last = asyncio.create_task(self._run(events, self._last))
        self._open = _Batch(events=events, done=self._last)
        return self._open

    async def _run(self, events: list[BookingEvent], previous: asyncio.Task[list[Result]] | None) -> list[Result]:
        if previous is not None and not previous.done():
            await asyncio.wait({previous})
        self._open = None
        return await to_thread.run_sync(self._take, events)
