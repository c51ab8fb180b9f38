"""Which page settings apply to a booking."""

from producers.contract import Booking, Named
from rules.ready import ReadySetup
from rules.ruleset import PageRules

DEFAULT_PAGE = "default"


def page_rules(booking: Booking, setup: ReadySetup) -> PageRules:
    """The settings of the booking page (by id, then name), else the event type, else the master page, else default."""
    for thing in (booking.page, booking.event_type, booking.master_page):
        for name in _names(thing):
            if name in setup.pages:
                return setup.pages[name]
    return setup.pages[DEFAULT_PAGE]


def _names(thing: Named | None) -> list[str]:
    return [name for name in (thing.id, thing.name) if name] if thing else []
