"""The shape of a OnceHub v2 webhook: what comes, with the variations that are seen, as types."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .contract import MAX_MINUTES, Email, Identifier, Instant, Named, Owner, Text


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _blank_is_none(value: object) -> object:
    return None if _is_blank(value) else value


def _by_id(value: object) -> object:
    """Related objects come as an id or, expanded, as the object; both become the object."""
    value = _blank_is_none(value)
    return {"id": value} if isinstance(value, str) else value


# Where an answer is an object (a file, a choice with its id), what people would read of it; a file is its link.
_TELLING = ("url", "link", "value", "label", "name")


def _joined(value: object) -> object:
    """A list of choices becomes the text that people would write; what nobody could read is left to be refused."""
    items = [item for item in value if not _is_blank(item)] if isinstance(value, list) else [value]
    texts = [_written(item) for item in items]
    return value if None in texts else ", ".join(filter(None, texts))


def _written(item: object) -> str | None:
    if isinstance(item, dict):
        return next((text for name in _TELLING if (text := _written(item.get(name)))), None)
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item).strip() if isinstance(item, str | int | float) else None


def _without_blanks(value: object) -> object:
    """Guests come as [], [""] or null."""
    if _is_blank(value):
        return []
    return [item for item in value if not _is_blank(item)] if isinstance(value, list) else value


def _one_or_none(value: object) -> object:
    """The object is seen as an object, as null and, in the wild, as a list of one."""
    if isinstance(value, list):
        return value[0] if value else None
    return _blank_is_none(value)


def _text_or_none(value: object) -> object:
    return value.strip() if isinstance(value, str) else None


def _object_or_none(value: object) -> object:
    return value if isinstance(value, dict) else None


def _empty_if_blank(value: object) -> object:
    return [] if _is_blank(value) else value


_Blank = BeforeValidator(_blank_is_none)
_OptionalText = Annotated[Text | None, _Blank]
_OptionalEmail = Annotated[Email | None, _Blank]
_OptionalId = Annotated[Identifier | None, _Blank]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class CustomField(_Part):
    name: Text
    value: Annotated[Text | None, BeforeValidator(_joined)] = None


_CustomFields = Annotated[list[CustomField], BeforeValidator(_empty_if_blank)]


class Form(_Part):
    name: _OptionalText = None
    email: _OptionalEmail = None
    phone: _OptionalText = None
    mobile_phone: _OptionalText = None
    note: _OptionalText = None
    company: _OptionalText = None
    guests: Annotated[list[Text], BeforeValidator(_without_blanks)] = []
    custom_fields: _CustomFields = []


class User(_Part):
    id: _OptionalId = None
    name: _OptionalText = None
    first_name: _OptionalText = None
    last_name: _OptionalText = None
    email: _OptionalEmail = None

    def owner(self) -> Owner:
        name = " ".join(part for part in (self.first_name, self.last_name) if part)
        return Owner(id=self.id, name=name or self.name, email=self.email)


class Related(_Part):
    id: _OptionalId = None
    name: _OptionalText = None
    label: _OptionalText = None
    url: _OptionalText = None

    def named(self) -> Named:
        return Named(id=self.id, name=self.name or self.label, label=self.label, url=self.url)


class Conferencing(_Part):
    join_url: _OptionalText = None


class Calendar(_Part):
    id: _OptionalText = None
    name: _OptionalText = None


class ChangeInformation(_Part):
    reason: _OptionalText = None
    actioned_by: _OptionalText = None
    user_id: _OptionalText = None


_OptionalRelated = Annotated[Related | None, BeforeValidator(_by_id)]


class Extension(_Part):
    """Record ids of a personalized link, which whoever relays the webhook adds; the vendor sends no such object."""

    lead_id: Annotated[str | None, BeforeValidator(_text_or_none)] = None
    contact_id: Annotated[str | None, BeforeValidator(_text_or_none)] = None
    case_id: Annotated[str | None, BeforeValidator(_text_or_none)] = None


class Data(_Part):
    id: Identifier
    tracking_id: _OptionalText = None
    package_id: _OptionalId = None
    subject: _OptionalText = None
    status: _OptionalText = None
    creation_time: Annotated[Instant | None, _Blank] = None
    starting_time: Instant
    last_updated_time: Annotated[Instant | None, _Blank] = None
    customer_timezone: _OptionalText = None
    duration_minutes: int = Field(ge=1, le=MAX_MINUTES)
    owner: Annotated[User | None, BeforeValidator(_by_id)] = None
    host: Annotated[User | None, BeforeValidator(_by_id)] = None
    virtual_conferencing: Annotated[Conferencing | None, _Blank] = None
    location_description: _OptionalText = None
    rescheduled_booking_id: _OptionalId = None
    cancel_reschedule_information: Annotated[ChangeInformation | None, BeforeValidator(_one_or_none)] = None
    cancel_reschedule_url: _OptionalText = None
    external_calendar: Annotated[Calendar | None, _Blank] = None
    attendees: Annotated[list[Text], BeforeValidator(_without_blanks)] = []
    form_submission: Annotated[Form | None, _Blank] = None
    booking_page: _OptionalRelated = None
    booking_calendar: _OptionalRelated = None
    master_page: _OptionalRelated = None
    event_type: _OptionalRelated = None
    custom_fields: _CustomFields = []
    salesforce: Annotated[Extension | None, BeforeValidator(_object_or_none)] = None


class Envelope(_Part):
    id: Identifier
    creation_time: Instant
    type: str
    data: Data
