"""The bookings of the journal that a finding of the setup would hit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import cast

from redis import Redis

from producers.cipher import PLAIN, Cipher
from producers.keys import prefix
from rules.drift import Footprint, find_hit, pending_footprint, upcoming_footprint
from rules.findings import Finding
from rules.lifecycle import UPCOMING
from rules.ready import ReadySetup
from rules.values import utc_text
from worker.claims import ClaimedBooking, read_booking

# An administrator waits for the answer: at some 0.5 ms a booking this takes a few seconds.
_MOST = 10_000

_ROUND_TRIP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Ids of the bookings that a finding would hit: those that wait, and those whose meeting is still to come.

    Not complete where the journal holds more bookings than were looked at, or some whose key is not set.
    """

    pending: tuple[str, ...]
    upcoming: tuple[str, ...]
    is_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The bookings that have something before them, by id; incomplete where the journal holds too many to look at."""

    pending: Mapping[str, Footprint]
    upcoming: Mapping[str, Footprint]
    is_complete: bool

    def affected_by(self, finding: Finding, setup: ReadySetup) -> Affected | None:
        """The bookings that it would hit: all for an error about none in particular; None for such a warning."""
        concern = finding.concerns
        if concern:
            pending, upcoming = (find_hit(concern, each, setup) for each in (self.pending, self.upcoming))
            return self._affected(pending, upcoming)
        if finding.level == "error":
            return self._affected(self.pending, self.upcoming)
        return None

    def _affected(self, pending: Iterable[str], upcoming: Iterable[str]) -> Affected:
        return Affected(pending=tuple(pending), upcoming=tuple(upcoming), is_complete=self.is_complete)


def read_outlook(redis: Redis, connection: str, setup: ReadySetup, now: datetime, cipher: Cipher = PLAIN) -> Outlook:
    """What the journal's bookings will write next, by the rules of this setup. `now` is UTC."""
    found = list(islice(_bookings(redis, connection, cipher), _MOST + 1))
    seen = [booking for booking in found[:_MOST] if not booking.locked]
    works = [(booking, booking.work()) for booking in seen if booking.pending or booking.applied]
    pending = {booking.id: pending_footprint(work, setup, utc_text(now)) for booking, work in works if booking.has_news}
    upcoming = {
        booking.id: upcoming_footprint(work)
        for booking, work in works
        if not booking.has_news and work.state.phase in UPCOMING and _ends_at(booking) > now
    }
    return Outlook(pending=pending, upcoming=upcoming, is_complete=len(seen) == len(found))


def _bookings(redis: Redis, connection: str, cipher: Cipher) -> Iterator[ClaimedBooking]:
    start = f"{prefix(connection)}booking:"
    keys = cast("Iterator[str]", redis.scan_iter(f"{start}*", count=_ROUND_TRIP))
    while chunk := list(islice(keys, _ROUND_TRIP)):
        pipe = redis.pipeline(transaction=False)
        for key in chunk:
            pipe.hgetall(key)
        for key, fields in zip(chunk, cast("Sequence[Mapping[str, str]]", pipe.execute()), strict=True):
            yield read_booking(key.removeprefix(start), fields, cipher=cipher)


def _ends_at(booking: ClaimedBooking) -> datetime:
    meeting = booking.applied[-1].booking
    return meeting.starts_at + timedelta(minutes=meeting.duration_minutes)
