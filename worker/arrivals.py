"""One line for each booking event that comes in: by its ids it is followed from here to Salesforce."""

import structlog
from structlog.typing import FilteringBoundLogger


def arrivals_log() -> FilteringBoundLogger:
    """What lines are written with; make it once: the lazy logger puts itself together anew for every line."""
    log: FilteringBoundLogger = structlog.get_logger().bind()
    return log


def note_arrival(
    log: FilteringBoundLogger, *, is_new: bool, delivery: str, booking: str, connection: str, source: str
) -> None:
    """Say that it is in the journal now, or was before; `deliveries` as in the line that says how it ended."""
    name = "booking.accepted" if is_new else "booking.known_before"
    log.info(name, booking=booking, deliveries=[delivery], connection=connection, source=source)
