"""A booking as its newest event told it, for deliveries that say no more than its id."""

from collections.abc import Mapping
from typing import cast

from redis import Redis

from .cipher import PLAIN, Cipher
from .contract import Booking, BookingEvent
from .keys import prefix

# Behind `body:` stands an event's id, or a note that is no event and has a space in its name (producers/keys.py).
_BODY = "body:"


def last_known(redis: Redis, connection: str, booking_id: str, cipher: Cipher = PLAIN) -> Booking | None:
    """None if the journal does not know the booking, or no longer.

    Raises redis.exceptions.RedisError, and Locked if it is encrypted with a key that is not set.
    """
    fields = cast("Mapping[str, str]", redis.hgetall(f"{prefix(connection)}booking:{booking_id}"))
    texts = (text for name, text in fields.items() if name.startswith(_BODY) and " " not in name)
    events = [BookingEvent.model_validate_json(cipher.open(text)) for text in texts]
    return max(events, key=lambda event: event.occurred_at).booking if events else None
