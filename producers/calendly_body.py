"""The shape of a Calendly v2 webhook about an invitee, as types.

Source: https://developer.calendly.com/api-docs/overview/webhooks/webhook-payload
"""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from .contract import Identifier, Instant, Text
from .shapes import AS_SENT, Blank, OptionalEmail, OptionalText, blank_is_none, joined, object_or_none, without_blanks


def _last_segment(value: object) -> object:
    """Everything is named by its address in Calendly's API, which is longer than an id may be; its end is unique."""
    value = blank_is_none(value)
    return value.rstrip("/").rpartition("/")[2] if isinstance(value, str) else value


Reference = Annotated[Identifier, BeforeValidator(_last_segment)]
_OptionalReference = Annotated[Identifier | None, BeforeValidator(_last_segment)]
_OptionalInstant = Annotated[Instant | None, Blank]


class _Part(BaseModel):
    model_config = AS_SENT


class Answer(_Part):
    question: Text
    answer: Annotated[Text | None, BeforeValidator(joined)] = None


class Host(_Part):
    user: _OptionalReference = None
    user_email: OptionalEmail = None
    user_name: OptionalText = None


class Guest(_Part):
    email: OptionalText = None


class Location(_Part):
    location: OptionalText = None
    join_url: OptionalText = None


class Cancellation(_Part):
    reason: OptionalText = None
    canceler_type: OptionalText = None
    created_at: _OptionalInstant = None


class NoShow(_Part):
    created_at: _OptionalInstant = None


class Tracking(_Part):
    salesforce_uuid: OptionalText = None


class ScheduledEvent(_Part):
    name: OptionalText = None
    start_time: Instant
    end_time: Instant
    event_type: _OptionalReference = None
    location: Annotated[Location | None, BeforeValidator(object_or_none)] = None
    event_memberships: Annotated[tuple[Host, ...], BeforeValidator(without_blanks)] = ()
    event_guests: Annotated[tuple[Guest, ...], BeforeValidator(without_blanks)] = ()


class Invitee(_Part):
    uri: Reference
    email: OptionalEmail = None
    name: OptionalText = None
    first_name: OptionalText = None
    last_name: OptionalText = None
    timezone: OptionalText = None
    text_reminder_number: OptionalText = None
    rescheduled: bool = False
    old_invitee: _OptionalReference = None
    new_invitee: _OptionalReference = None
    cancel_url: OptionalText = None
    reschedule_url: OptionalText = None
    cancellation: Annotated[Cancellation | None, Blank] = None
    no_show: Annotated[NoShow | None, Blank] = None
    questions_and_answers: Annotated[tuple[Answer, ...], BeforeValidator(without_blanks)] = ()
    tracking: Annotated[Tracking | None, BeforeValidator(object_or_none)] = None
    created_at: _OptionalInstant = None
    updated_at: _OptionalInstant = None
    scheduled_event: ScheduledEvent


class Moved(_Part):
    """What is read of the half of a move that closes the old booking."""

    uri: Reference
    new_invitee: _OptionalReference = None


class MovedEnvelope(_Part):
    payload: Moved


class Envelope(_Part):
    event: str
    created_at: Instant
    payload: Invitee
