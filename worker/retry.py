"""Pure policy: what an error means for a booking that has been tried so often."""

from datetime import timedelta

from worker.errors import Disconnected, Drifted, LimitReached, OutOfStorage, Rejected, Stale, SyncError, Transient
from worker.outcome import Cause, Outcome, Park, Retry, Wait

MAX_ATTEMPTS = 17
"""With the pauses below the last try comes about two hours after the first: longer than most incidents of an org."""

_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=20)

# A stale record is read again at once; if that does not help, it is no coincidence.
_STALE_PAUSE = timedelta(milliseconds=200)
_MOST_ALIKE = 4

# How soon a closed door is tried again: often enough to resume soon, seldom enough not to be locked out.
_DISCONNECTED_PAUSE = timedelta(seconds=60)
_NO_ROOM_PAUSE = timedelta(minutes=10)
_DRIFTED_PAUSE = timedelta(seconds=15)


def pause_before(attempt: int, jitter: float) -> timedelta:
    """The pause after the n-th failed attempt (from 1): doubling, capped, spread by jitter (0 to 1) over its half."""
    full = min(_FIRST_PAUSE * float(2 ** (attempt - 1)), _LONGEST_PAUSE)
    return full / 2 + full / 2 * jitter


def cause_of(error: SyncError) -> Cause:
    """The error as it is kept in the journal."""
    return Cause(code=error.code, message=error.message, object=error.object, field=error.field)


def decide(error: SyncError, attempts: int, alike: int, jitter: float) -> Outcome:
    """What happens next. `attempts` counts failed tries including this one, `alike` the last in a row with its code.

    What is mended by reading again, or by the setup stages, gets its tries behind an outage too.
    """
    cause = cause_of(error)
    match error:
        case Rejected():
            return Park(cause=cause)
        case LimitReached():
            return Wait(until_in=error.resets_in, cause=cause)
        case Disconnected():
            return Wait(until_in=_DISCONNECTED_PAUSE, cause=cause)
        case OutOfStorage():
            return Wait(until_in=_NO_ROOM_PAUSE, cause=cause)
        case Drifted() if alike < _MOST_ALIKE and attempts < MAX_ATTEMPTS:
            return Retry(after=_DRIFTED_PAUSE, cause=cause)
        case Stale() if alike < _MOST_ALIKE and attempts < MAX_ATTEMPTS:
            return Retry(after=_STALE_PAUSE, cause=cause, reread=True)
        case Transient() if attempts < MAX_ATTEMPTS:
            return Retry(after=pause_before(attempts, jitter), cause=cause)
        case _:
            return Park(cause=cause)


def decide_unforeseen(cause: Cause, attempts: int, jitter: float) -> Outcome:
    """What happens after a fault of our own: tried again as if it passed, and parked if it does not.

    The jitter sends the customers of the batch apart, so that the one that brings it about stays alone.
    """
    if attempts < MAX_ATTEMPTS:
        return Retry(after=pause_before(attempts, jitter), cause=cause)
    return Park(cause=cause)
