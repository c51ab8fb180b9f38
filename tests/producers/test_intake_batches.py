"""Requests that come together share a call, in order, and each gets its own answers."""

import asyncio
import threading
from collections.abc import Sequence

from redis.exceptions import RedisError

from producers.contract import BookingEvent
from producers.intake_batches import Batches
from producers.intake_desk import Result
from tests.builders import an_event


class Calls:
    """Takes events one call at a time, each when it may."""

    def __init__(self, error: Exception | None = None) -> None:
        self.taken: list[list[str]] = []
        self.may_go = threading.Event()
        self._error = error

    def take(self, events: Sequence[BookingEvent]) -> list[Result]:
        self.may_go.wait(10)
        self.taken.append([event.event_id for event in events])
        if self._error:
            raise self._error
        return [Result(outcome="accepted", because=event.event_id) for event in events]


def events(*ids: str) -> list[BookingEvent]:
    return [an_event(event_id=each) for each in ids]


async def ask(batches: Batches, calls: Calls) -> list[list[Result] | BaseException]:
    """One request, two more while it is on its way, of which the first hangs up."""
    first = asyncio.create_task(batches.take(events("1")))
    await asyncio.sleep(0.05)
    gone = asyncio.create_task(batches.take(events("2")))
    last = asyncio.create_task(batches.take(events("3", "4")))
    await asyncio.sleep(0.05)
    gone.cancel()
    calls.may_go.set()
    return list(await asyncio.gather(first, gone, last, return_exceptions=True))


def test_what_comes_while_one_call_is_under_way_goes_together_in_the_next() -> None:
    calls = Calls()
    first, gone, last = asyncio.run(ask(Batches(calls.take), calls))
    assert calls.taken == [["1"], ["2", "3", "4"]]
    assert isinstance(first, list)
    assert isinstance(last, list)
    assert [result.because for result in (*first, *last)] == ["1", "3", "4"]
    assert isinstance(gone, asyncio.CancelledError)


def test_all_of_a_call_that_fails_are_told_and_the_next_goes_on() -> None:
    calls = Calls(RedisError())
    answers = asyncio.run(ask(Batches(calls.take), calls))
    assert [type(answer) for answer in answers] == [RedisError, asyncio.CancelledError, RedisError]
    assert len(calls.taken) == 2


def test_calls_one_after_the_other_go_alone() -> None:
    calls = Calls()
    calls.may_go.set()

    async def one_by_one() -> None:
        batches = Batches(calls.take)
        for n in range(3):
            await batches.take(events(str(n)))

    asyncio.run(one_by_one())
    assert calls.taken == [["0"], ["1"], ["2"]]
