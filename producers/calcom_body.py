"""The shape of a Cal.com webhook (version 2021-10-20) about a booking, as types.

Sources: https://cal.com/docs/developing/guides/automation/webhooks and, for the scheduled triggers, which send the row
of the database, Cal.com's scheduleTrigger.ts.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field

from .contract import Identifier, Instant, Text
from .shapes import (
    AS_SENT,
    Blank,
    OptionalEmail,
    OptionalId,
    OptionalText,
    blank_is_none,
    joined,
    object_or_none,
    without_blanks,
)


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else blank_is_none(value)


def _answer(value: object) -> object:
    """The text of an answer: plain, a list of choices, or wrapped with what was chosen beside it."""
    if isinstance(value, Mapping):
        return _answer(value.get("optionValue") or value.get("value") or value.get("label"))
    value = joined(value)
    return value.strip() or None if isinstance(value, str) else None


_OptionalNumber = Annotated[Identifier | None, BeforeValidator(_number_as_text)]


class _Part(BaseModel):
    model_config = AS_SENT


class Person(_Part):
    id: _OptionalNumber = None
    name: OptionalText = None
    email: OptionalEmail = None
    time_zone: OptionalText = Field(default=None, alias="timeZone")
    phone: OptionalText = Field(default=None, alias="phoneNumber")


class Response(_Part):
    label: OptionalText = None
    value: Annotated[Text | None, BeforeValidator(_answer)] = None


def _responses(value: object) -> object:
    """What is no response by its shape says nothing."""
    return {name: each for name, each in value.items() if isinstance(each, dict)} if isinstance(value, dict) else {}


class _Video(_Part):
    url: OptionalText = None


class _Metadata(_Part):
    video_call_url: OptionalText = Field(default=None, alias="videoCallUrl")


class Row(_Part):
    """What the two shapes have in common: the payload, and the row of the database."""

    uid: Identifier
    title: OptionalText = None
    start_time: Instant = Field(alias="startTime")
    end_time: Instant = Field(alias="endTime")
    status: OptionalText = None
    attendees: Annotated[tuple[Person, ...], BeforeValidator(without_blanks)] = ()
    location: OptionalText = None
    event_type_id: _OptionalNumber = Field(default=None, alias="eventTypeId")
    metadata: Annotated[_Metadata | None, BeforeValidator(object_or_none)] = None


class Payload(Row):
    event_title: OptionalText = Field(default=None, alias="eventTitle")
    type: OptionalText = None
    organizer: Annotated[Person | None, Blank] = None
    notes: OptionalText = Field(default=None, alias="additionalNotes")
    responses: Annotated[dict[Text, Response], BeforeValidator(_responses)] = {}
    reminder_number: OptionalText = Field(default=None, alias="smsReminderNumber")
    video: Annotated[_Video | None, BeforeValidator(object_or_none)] = Field(default=None, alias="videoCallData")
    canceled_by: OptionalText = Field(default=None, alias="cancelledBy")
    rescheduled_by: OptionalText = Field(default=None, alias="rescheduledBy")
    reason: OptionalText = Field(
        default=None, validation_alias=AliasChoices("cancellationReason", "rejectionReason", "rescheduleReason")
    )
    asks_to_reschedule: bool | None = Field(default=None, alias="requestReschedule")
    moved_from: OptionalId = Field(default=None, alias="rescheduleUid")


class Envelope(_Part):
    trigger: str = Field(alias="triggerEvent")
    created_at: Instant = Field(alias="createdAt")
    payload: Payload


class Absence(_Part):
    email: OptionalText = None
    no_show: bool = Field(default=False, alias="noShow")


class NoShow(_Part):
    uid: Identifier = Field(alias="bookingUid")
    attendees: tuple[Absence, ...] = ()


class NoShowEnvelope(_Part):
    created_at: Instant = Field(alias="createdAt")
    payload: NoShow


class Sent(_Part):
    """When, by what the sender says."""

    created_at: Instant = Field(alias="createdAt")


def is_row(body: Mapping[str, Any]) -> bool:
    """Whether it is the row of the database, which has no envelope and no time of its own."""
    return "payload" not in body and "uid" in body
