"""The shape of a OnceHub v2 webhook: what comes, with the variations that are seen, as types."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from .contract import MAX_MINUTES, Identifier, Instant, Named, Owner, Text
from .shapes import (
    AS_SENT,
    Blank,
    OptionalEmail,
    OptionalId,
    OptionalText,
    blank_is_none,
    empty_if_blank,
    joined,
    object_or_none,
    text_or_none,
    without_blanks,
)


def _by_id(value: object) -> object:
    """Related objects come as an id or, expanded, as the object; both become the object."""
    value = blank_is_none(value)
    return {"id": value} if isinstance(value, str) else value


def _one_or_none(value: object) -> object:
    """The object is seen as an object, as null and, in the wild, as a list of one."""
    if isinstance(value, list):
        return value[0] if value else None
    return blank_is_none(value)


class _Part(BaseModel):
    model_config = AS_SENT


class CustomField(_Part):
    name: Text
    value: Annotated[Text | None, BeforeValidator(joined)] = None


_CustomFields = Annotated[list[CustomField], BeforeValidator(empty_if_blank)]


class Form(_Part):
    name: OptionalText = None
    email: OptionalEmail = None
    phone: OptionalText = None
    mobile_phone: OptionalText = None
    note: OptionalText = None
    company: OptionalText = None
    guests: Annotated[list[Text], BeforeValidator(without_blanks)] = []
    custom_fields: _CustomFields = []


class User(_Part):
    id: OptionalId = None
    name: OptionalText = None
    first_name: OptionalText = None
    last_name: OptionalText = None
    email: OptionalEmail = None

    def owner(self) -> Owner:
        name = " ".join(part for part in (self.first_name, self.last_name) if part)
        return Owner(id=self.id, name=name or self.name, email=self.email)


class Related(_Part):
    id: OptionalId = None
    name: OptionalText = None
    label: OptionalText = None
    url: OptionalText = None

    def named(self) -> Named:
        return Named(id=self.id, name=self.name or self.label, label=self.label, url=self.url)


class Conferencing(_Part):
    join_url: OptionalText = None


class Calendar(_Part):
    id: OptionalText = None
    name: OptionalText = None


class ChangeInformation(_Part):
    reason: OptionalText = None
    actioned_by: OptionalText = None
    user_id: OptionalText = None


_OptionalRelated = Annotated[Related | None, BeforeValidator(_by_id)]


class Extension(_Part):
    """Record ids of a personalized link, which whoever relays the webhook adds; the vendor sends no such object."""

    lead_id: Annotated[str | None, BeforeValidator(text_or_none)] = None
    contact_id: Annotated[str | None, BeforeValidator(text_or_none)] = None
    case_id: Annotated[str | None, BeforeValidator(text_or_none)] = None


class Data(_Part):
    id: Identifier
    tracking_id: OptionalText = None
    package_id: OptionalId = None
    subject: OptionalText = None
    status: OptionalText = None
    creation_time: Annotated[Instant | None, Blank] = None
    starting_time: Instant
    last_updated_time: Annotated[Instant | None, Blank] = None
    customer_timezone: OptionalText = None
    duration_minutes: int = Field(ge=1, le=MAX_MINUTES)
    owner: Annotated[User | None, BeforeValidator(_by_id)] = None
    host: Annotated[User | None, BeforeValidator(_by_id)] = None
    virtual_conferencing: Annotated[Conferencing | None, Blank] = None
    location_description: OptionalText = None
    rescheduled_booking_id: OptionalId = None
    cancel_reschedule_information: Annotated[ChangeInformation | None, BeforeValidator(_one_or_none)] = None
    cancel_reschedule_url: OptionalText = None
    external_calendar: Annotated[Calendar | None, Blank] = None
    attendees: Annotated[list[Text], BeforeValidator(without_blanks)] = []
    form_submission: Annotated[Form | None, Blank] = None
    booking_page: _OptionalRelated = None
    booking_calendar: _OptionalRelated = None
    master_page: _OptionalRelated = None
    event_type: _OptionalRelated = None
    custom_fields: _CustomFields = []
    salesforce: Annotated[Extension | None, BeforeValidator(object_or_none)] = None


class Envelope(_Part):
    id: Identifier
    creation_time: Instant
    type: str
    data: Data
