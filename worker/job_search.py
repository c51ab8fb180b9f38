"""The jobs that an operator asks for, found in small steps: no command walks the whole journal at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from redis import Redis

from producers.keys import prefix
from worker.claims import REPLACED
from worker.jobs import PENDING, Job, JobState, read_jobs, read_time

T = TypeVar("T")

_STEP = 200
"""Bookings in one round trip: some milliseconds of Redis' time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which jobs: None asks for any. `since` is UTC; `page` is a booking page's id, link, label or name."""

    state: JobState | None = JobState.PARKED
    code: str | None = None
    since: datetime | None = None
    page: str | None = None
    customer: str | None = None

    def takes(self, job: Job) -> bool:
        """Whether the job is one of them, but for its customer."""
        return (
            (self.state is None or job.state is self.state)
            and (self.code is None or self.code.upper() in {code.upper() for code in job.codes})
            and (self.since is None or (job.since is not None and job.since >= self.since))
            and (self.page is None or self.page.casefold() in {name.casefold() for name in job.pages})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The queue of a customer with pending events, and until when he is claimed at most, or waits. UTC."""

    queue: JobState
    until: datetime | None = None


class JobSearch:
    """Reads the journal of one connection and changes nothing. The Redis client must decode responses."""

    def __init__(self, redis: Redis, connection: str) -> None:
        self._redis = redis
        self._prefix = prefix(connection)

    def find(self, wanted: Wanted) -> Iterator[Job]:
        """The jobs one by one, as they are found: parked and pending ones by age, others in no order."""
        return (job for job in self._candidates(wanted) if wanted.takes(job))

    def customer_of(self, name: str) -> str | None:
        """The key of the customer of this booking or event; None if the journal does not know it."""
        found = self.find_booking(name)
        return found[1].get("customer") if found else None

    def find_booking(self, name: str) -> tuple[str, dict[str, str]] | None:
        """The booking of this id or of this event's, and its hash; None if the journal knows neither."""
        booking = str(self._redis.get(f"{self._prefix}event:{name}") or name)
        fields = cast("dict[str, str]", self._redis.hgetall(f"{self._prefix}booking:{booking}"))
        return (booking, fields) if fields else None

    def standing(self, booking_id: str, customer: str) -> Standing | None:
        """Where the booking's pending events stand; None if it has none."""
        pipe = self._redis.pipeline(transaction=False)
        for key in (f"customer:{customer}", *PENDING):
            pipe.zscore(f"{self._prefix}{key}", booking_id if key not in PENDING else customer)
        is_pending, *scores = pipe.execute()
        found = [(queue, score) for queue, score in zip(PENDING, scores, strict=True) if score is not None]
        if is_pending is None or not found:
            return None
        queue, score = found[0]
        return Standing(queue=queue, until=None if queue is JobState.READY else read_time(score))

    def _candidates(self, wanted: Wanted) -> Iterator[Job]:
        if wanted.customer:
            return self._of_customer(wanted.customer)
        if wanted.state is JobState.PARKED:
            return self._parked(wanted.since)
        if wanted.state in PENDING:
            return self._queued(cast("JobState", wanted.state))
        return self._all()

    def _parked(self, since: datetime | None) -> Iterator[Job]:
        """From the lists of what is parked, read once: there may be tens of thousands, of some 50 bytes each."""
        oldest = since.timestamp() * 1000 if since else "-inf"
        events, replaced = (self._listed(name, oldest) for name in ("parked", "parked:replaced"))
        entries = [(at, event, None) for event, at in events] + [(at, REPLACED, booking) for booking, at in replaced]
        for chunk in _chunks(sorted(entries, key=lambda entry: entry[0])):
            found = self._pipe("get", [f"event:{event}" for _, event, _ in chunk])
            keys = [(known or booking, event) for (_, event, known), booking in zip(chunk, found, strict=True)]
            jobs = {(job.booking_id, job.event_id): job for job in self._read([key[0] for key in keys if key[0]])}
            yield from (jobs[key] for key in keys if key in jobs)

    def _listed(self, name: str, oldest: float | str) -> list[tuple[str, float]]:
        found = self._redis.zrangebyscore(f"{self._prefix}{name}", oldest, "+inf", withscores=True)
        return cast("list[tuple[str, float]]", found)

    def _queued(self, queue: JobState) -> Iterator[Job]:
        customers = cast("list[str]", self._redis.zrange(f"{self._prefix}{queue}", 0, -1))
        for chunk in _chunks(customers):
            found = self._pipe("zrange", [f"customer:{customer}" for customer in chunk], 0, -1)
            for bookings in _chunks([booking for own in found for booking in own]):
                yield from self._read(bookings, queue)

    def _of_customer(self, customer: str) -> Iterator[Job]:
        for bookings in self._scan():
            customers = self._pipe("hget", [f"booking:{booking}" for booking in bookings], "customer")
            own = [name for name, key in zip(bookings, customers, strict=True) if key == customer]
            yield from self._read(own)

    def _all(self) -> Iterator[Job]:
        for bookings in self._scan():
            yield from self._read(bookings)

    def _scan(self) -> Iterator[list[str]]:
        """The ids of all bookings; each once, though SCAN may name one twice."""
        start, seen = f"{self._prefix}booking:", set[str]()
        cursor = -1
        while cursor:
            reply = self._redis.scan(max(cursor, 0), match=f"{start}*", count=_STEP)
            cursor, keys = cast("tuple[int, list[str]]", reply)
            names = [key.removeprefix(start) for key in dict.fromkeys(keys)]
            yield [name for name in names if name not in seen]
            seen.update(names)

    def _read(self, bookings: Sequence[str], pending: JobState | None = None) -> list[Job]:
        names = list(dict.fromkeys(bookings))
        hashes = self._pipe("hgetall", [f"booking:{name}" for name in names])
        known = [(name, fields) for name, fields in zip(names, hashes, strict=True) if fields]
        customers = [fields.get("customer", "") for _, fields in known]
        queues = [pending] * len(known) if pending else self._standings(customers)
        return [
            job
            for (name, fields), queue in zip(known, queues, strict=True)
            for job in read_jobs(name, fields, queue or JobState.READY)
        ]

    def _standings(self, customers: Sequence[str]) -> list[JobState | None]:
        """The queue that each customer is in, None if he is in none."""
        in_queues = [self._scores(queue, customers) for queue in PENDING]
        return [
            next((queue for queue, score in zip(PENDING, scores, strict=True) if score is not None), None)
            for scores in zip(*in_queues, strict=True)
        ]

    def _scores(self, queue: JobState, customers: Sequence[str]) -> list[float | None]:
        if not customers:
            return []
        return cast("list[float | None]", self._redis.zmscore(f"{self._prefix}{queue}", list(customers)))

    def _pipe(self, command: str, keys: Sequence[str], *arguments: object) -> list[Any]:
        """One command for each key, in one round trip."""
        pipe = self._redis.pipeline(transaction=False)
        for key in keys:
            getattr(pipe, command)(f"{self._prefix}{key}", *arguments)
        return pipe.execute()


def _chunks(names: Sequence[T]) -> Iterator[Sequence[T]]:
    return (names[start : start + _STEP] for start in range(0, len(names), _STEP))
