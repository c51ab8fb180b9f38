"""Which page settings apply to a booking."""

from producers.contract import Booking, Named
from rules.ready import ReadySetup
from rules.ruleset import PageRules

DEFAULT_PAGE = "default"


def page_rules(booking: Booking, setup: ReadySetup) -> PageRules:
    """The settings of the booking page (by id, link, label or name), else the event type, the master page, default."""
    for thing in (booking.page, booking.event_type, booking.master_page):
        for name in _names(thing) if thing else ():
            if name in setup.pages:
                return setup.pages[name]
    return setup.pages[DEFAULT_PAGE]


def _names(thing: Named) -> tuple[str, ...]:
    return tuple(filter(None, (thing.id, thing.url, thing.label, thing.name)))
