"""Bookings whose workers die each time that they work on them: parked before they end another one."""

from collections.abc import Mapping

from worker.claims import Claim, ClaimedBooking
from worker.outcome import Cause, Outcome, Park
from worker.retry import MAX_ATTEMPTS

LAPSED = "LEASE_LAPSED"

_CAUSE = Cause(code=LAPSED, message="each worker that worked on the booking died, or lost Redis, before it was done")


def give_up(claim: Claim) -> tuple[Claim, Mapping[str, Outcome]]:
    """The claim without such bookings, and what becomes of these, by id.

    They came alone the last times (worker/lua/claim.lua), so that nobody else is parked with them.
    """
    lethal = {booking.id for booking in claim.bookings if _is_lethal(booking)}
    if not lethal:
        return claim, {}
    return claim.without(lethal), dict.fromkeys(lethal, Park(cause=_CAUSE))


def _is_lethal(booking: ClaimedBooking) -> bool:
    """Whether the last of too many tries lapsed; a try that a worker lived to settle starts the lapses anew."""
    return booking.lapses > 0 and booking.attempts >= MAX_ATTEMPTS
