"""Session packages: several sessions booked at once, each a booking of its own, which may share one Case."""

from producers.contract import Booking
from rules.ready import ReadySetup

_PREFIX = "package-"


def package_key(booking: Booking, setup: ReadySetup) -> str | None:
    """The external id of the Case that the sessions of a package share; None if the booking has a Case of its own.

    Only some sources name the package: OnceHub does in its older webhooks.
    Source: https://help.oncehub.com/help/session-packages
    """
    shares = booking.package_id is not None and setup.matching.case_per_package
    return f"{_PREFIX}{booking.package_id}" if shares else None


def case_key(booking: Booking, setup: ReadySetup) -> str:
    """The external id of a Case that this booking creates."""
    return package_key(booking, setup) or booking.id
