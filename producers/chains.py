"""One booking through all its moves, for sources that close a booking and open another to move it."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from redis import Redis

from .contract import BookingEvent
from .deliveries import Told
from .keys import prefix

# A booking can be moved as long as its meeting lies ahead, and no calendar opens much further than a year.
_KEEP = timedelta(days=400)

_SCRIPT = Path(__file__).with_name("lua") / "chain.lua"


class Chains:
    """What is known of moves, of every connection. The Redis client must decode responses."""

    def __init__(self, redis: Redis) -> None:
        self._script = redis.register_script(_SCRIPT.read_text(encoding="utf-8"))

    def first_of(self, connection: str, booking_id: str) -> str:
        """The id under which the booking is known. Raises redis.exceptions.RedisError."""
        return self._join(connection, booking_id, "", is_told=False)[0]

    def note_move(self, connection: str, old: str, new: str) -> None:
        """Remember that both are one booking. Raises redis.exceptions.RedisError."""
        self._join(connection, new, old, is_told=False)

    def joined(self, told: Told) -> BookingEvent:
        """The event under the id by which its booking is known. Raises redis.exceptions.RedisError.

        Where a later move came before any word of an earlier one, each has told a booking already: then the event
        says that one replaces the other, and Salesforce gets an Event for each, one of them canceled.
        """
        event = told.event
        first, replaced = self._join(event.connection, event.booking.id, told.moved_from or "", is_told=True)
        booking = event.booking.model_copy(update={"id": first, "replaces": replaced or None})
        return event.model_copy(update={"booking": booking})

    def _join(self, connection: str, booking_id: str, old: str, *, is_told: bool) -> tuple[str, str]:
        arguments: list[str | int] = [booking_id, old, int(is_told), int(_KEEP.total_seconds() * 1000)]
        first, replaced = cast("list[str]", self._script(keys=[prefix(connection)], args=arguments))
        return first, replaced
