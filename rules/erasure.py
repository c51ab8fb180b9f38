"""Forgetting a person: what says that a booking is about him, and what may be known of it without him."""

import re
from collections.abc import Mapping

from producers.contract import Booking, BookingEvent, Change, Owner, normalise_email

ERASED = "erased"
"""Stands where a text was that may have quoted him."""

_TEXTS = {"message", "because", "why"}

# What an address may continue with or be preceded by: `lea@acme.example` is not in `lea@acme.example.org`.
_BEFORE, _BEHIND = r"(?<![\w.!#$%&'*+/=?^`{|}~-])", r"(?![\w-]|\.\w)"


def names_person(event: BookingEvent, email: str) -> bool:
    """Whether the address stands anywhere in the booking but as its owner's: owners are not whom it is about."""
    booking = event.booking.model_copy(update={"owner": Owner()})
    return carries(booking.model_dump(mode="json"), email)


def carries(document: object, email: str) -> bool:
    """Whether a text of this JSON is the address or quotes it, in whatever case."""
    match document:
        case str():
            pattern = f"{_BEFORE}{re.escape(normalise_email(email))}{_BEHIND}"
            return re.search(pattern, document.casefold()) is not None
        case Mapping():
            return any(carries(name, email) or carries(value, email) for name, value in document.items())
        case list():
            return any(carries(each, email) for each in document)
        case _:
            return False


def remains_of(event: BookingEvent, email: str) -> BookingEvent:
    """The event with its ids, its times, its pages and its owner.

    So much is needed for a later event of the booking to be known as later, and to change what it changes and no more.
    """
    said = event.booking
    change = said.change and Change(actor=said.change.actor, reschedule_requested=said.change.reschedule_requested)
    rest = Booking(
        id=said.id,
        package_id=said.package_id,
        starts_at=said.starts_at,
        duration_minutes=said.duration_minutes,
        created_at=said.created_at,
        updated_at=said.updated_at,
        page=said.page,
        master_page=said.master_page,
        event_type=said.event_type,
        owner=Owner() if carries(said.owner.model_dump(mode="json"), email) else said.owner,
        salesforce=said.salesforce,
        change=change,
        replaces=said.replaces,
    )
    return event.model_copy(update={"booking": rest})


def without_texts(facts: object) -> object:
    """The JSON of how something ended, without the texts that may quote somebody: codes, fields and ids stay."""
    match facts:
        case Mapping():
            return {name: _bare(value) if name in _TEXTS else without_texts(value) for name, value in facts.items()}
        case list():
            return [without_texts(each) for each in facts]
        case _:
            return facts


def _bare(text: object) -> object:
    return [ERASED] if isinstance(text, list) else ERASED
