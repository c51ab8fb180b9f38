"""What one delivery of a booking system comes to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .contract import Booking, BookingEvent, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event of a source that moves a booking by closing it and opening another, `moved_from` and this one.

    To us they are one.
    """

    event: BookingEvent
    moved_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldById:
    """An event of which nothing is told but the booking's id; `of` makes it whole."""

    event_id: str
    kind: Kind
    occurred_at: datetime
    connection: str
    booking_id: str

    def of(self, booking: Booking) -> BookingEvent:
        """The event, of this booking as it was last told."""
        return BookingEvent(
            event_id=self.event_id,
            kind=self.kind,
            occurred_at=self.occurred_at,
            connection=self.connection,
            booking=booking,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Nothing to bring to Salesforce, and why. `moved` are the old and the new id of a booking that was moved."""

    because: str
    moved: tuple[str, str] | None = None


Delivery = BookingEvent | Told | ToldById | Ignored


def delivery_key(source: str, *facts: object) -> str:
    """An id for deliveries that have none, the same for the same facts."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return f"{source}-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:40]}"


def kind_of(body: Mapping[str, Any], field: str) -> str:
    """What the body says that it is about, "" if it says nothing that could be it."""
    kind = body.get(field)
    return kind if isinstance(kind, str) else ""
