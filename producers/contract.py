"""The wire contract: task names, the booking event and its parts."""

import hashlib
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

SYNC_TASK = "bookforce.sync"
SWEEP_TASK = "bookforce.sweep"
ACCEPT_TASK = "bookforce.accept"

MAX_MINUTES = 14 * 24 * 60  # Salesforce refuses longer Events, whatever the org's settings

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")
_SALESFORCE_ID = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?")
_CHECKSUM_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


class Kind(StrEnum):
    """What happened to the booking; the order is that of events with the same time."""

    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    REASSIGNED = "reassigned"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELED = "canceled"


def is_email(text: str) -> bool:
    """Whether the text has the form of an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def _plausible_email(text: str) -> str:
    if not is_email(text):
        msg = "expected an e-mail address such as name@example.com"
        raise ValueError(msg)
    return text


def _salesforce_id(text: str) -> str:
    if not _SALESFORCE_ID.fullmatch(text) or text[15:] not in {"", _checksum(text)}:
        msg = "expected a Salesforce id of 15 letters and digits, or of 18 with the right checksum"
        raise ValueError(msg)
    return text


def _checksum(record_id: str) -> str:
    """The last three characters of an id of 18: one for the capitals of each five characters.

    Checked because one id with a wrong one fails the query for the whole batch.
    """
    chunks = (record_id[start : start + 5] for start in (0, 5, 10))
    return "".join(_CHECKSUM_DIGITS[sum(1 << n for n, char in enumerate(chunk) if char.isupper())] for chunk in chunks)


def _possible_time(value: datetime) -> datetime:
    """UTC, within the years that Salesforce stores (1700 to 4000), so that a slip is seen here and not there."""
    first, last = 1700, 3999
    # The year is looked at before the shift, which overflows at both ends of the calendar, and behind it, because what
    # is journalled is read by this rule again.
    utc = value.astimezone(UTC) if first <= value.year <= last else None
    if utc is None or not first <= utc.year <= last:
        msg = f"expected a time between the years {first} and {last}"
        raise ValueError(msg)
    return utc


def _written_time(value: object) -> object:
    """Numbers are refused: nobody can tell seconds from milliseconds, and a slip would be a meeting in 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and ":" in value):
        return value
    msg = "expected a time such as 2026-03-04T15:30:00Z"
    raise ValueError(msg)


def _identifier(text: str) -> str:
    # @{ would be read as a reference where the identifier stands in a composite request.
    if not text.isprintable() or " " in text or "@{" in text:
        msg = "expected an identifier without spaces or control characters"
        raise ValueError(msg)
    return text


Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), AfterValidator(_identifier)
]
Email = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True), AfterValidator(_plausible_email)]
SalesforceId = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_salesforce_id)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_time), AfterValidator(_possible_time)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=131_072)]


class _Frozen(BaseModel):
    # Errors are printed with tracebacks in other people's services: without the customer's data.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Owner(_Frozen):
    """The user of the booking system who receives the booking."""

    id: Identifier | None = None
    name: Text | None = None
    email: Email | None = None


class Customer(_Frozen):
    """The person who books."""

    name: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    email: Email | None = None
    phone: Text | None = None
    mobile_phone: Text | None = None
    company: Text | None = None
    time_zone: Text | None = None
    note: Text | None = None
    guests: tuple[Text, ...] = ()


class Named(_Frozen):
    """A booking page, master page or event type: its id in the booking system, the name that customers see.

    `label` is what the page is called among colleagues, `url` its public link.
    """

    id: Identifier | None = None
    name: Text | None = None
    label: Text | None = None
    url: Text | None = None


class SalesforceIds(_Frozen):
    """Record ids that a personalized link carried, 15 or 18 characters."""

    lead: SalesforceId | None = None
    contact: SalesforceId | None = None
    case: SalesforceId | None = None


class Change(_Frozen):
    """Who canceled or moved the booking, and why.

    `reschedule_requested` tells that the owner asked the customer for another time: the cancellation by which he does,
    and the booking that the customer then makes in its place.
    """

    reason: Text | None = None
    actor: Literal["owner", "customer"] | None = None
    reschedule_requested: bool = False


class Booking(_Frozen):
    """The whole booking as it stands after the event.

    `calendar` names the calendar of the booking system that holds it, `attendees` all who take part, hosts included.
    `calendar_owner` is whose calendar holds a reassigned booking, for sources whose `owner` may stay the first one.
    Bookings of one session package have the same `package_id`.
    """

    id: Identifier
    tracking_id: Text | None = None
    package_id: Identifier | None = None
    subject: Text | None = None
    starts_at: Instant
    duration_minutes: int = Field(ge=1, le=MAX_MINUTES)
    created_at: Instant | None = None
    updated_at: Instant | None = None
    calendar: Text | None = None
    calendar_owner: Email | None = None
    attendees: tuple[Text, ...] = ()
    location: Text | None = None
    join_url: Text | None = None
    change_url: Text | None = None
    page: Named | None = None
    master_page: Named | None = None
    event_type: Named | None = None
    owner: Owner = Owner()
    customer: Customer = Customer()
    answers: dict[Text, Text] = {}
    salesforce: SalesforceIds = SalesforceIds()
    change: Change | None = None
    replaces: Identifier | None = None


class BookingEvent(_Frozen):
    """One thing that happened to one booking.

    `event_id` names the delivery: the same id is the same delivery and is journalled once. `occurred_at` is the
    version: of two events of a booking the later one describes it. `recorded_at`, where the source tells it, is when it
    took note, and orders events of one version. `connection` names the Salesforce org.
    """

    schema_version: Literal[1] = 1
    event_id: Identifier
    kind: Kind
    occurred_at: Instant
    recorded_at: Instant | None = None
    connection: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,31}$")] = "default"
    booking: Booking


def normalise_email(email: str) -> str:
    """The form in which two spellings of one address are equal: Salesforce compares e-mails without case."""
    return email.strip().casefold()


def normalise_phone(phone: str) -> str:
    """The digits of a phone number, in which two spellings of it are equal."""
    return "".join(char for char in phone if char.isdecimal())


def customer_key(booking: Booking, digest_key: bytes = b"") -> str:
    """Whose booking this is: a digest of the e-mail, the Salesforce id, the phone, or else of the booking's id.

    A digest, because the key appears in the names of Redis keys, which monitoring tools show. With a `digest_key` (up
    to 64 bytes) nobody without it can tell whether an e-mail is among them.
    """
    ids = booking.salesforce
    if booking.customer.email:
        return key_of_email(booking.customer.email, digest_key)
    if record_id := ids.case or ids.contact or ids.lead:
        identity = f"record:{record_id[:15]}"
    elif phone := normalise_phone(booking.customer.mobile_phone or booking.customer.phone or ""):
        identity = f"phone:{phone}"
    else:
        identity = f"booking:{booking.id}"
    return _digest(identity, digest_key)


def key_of_email(email: str, digest_key: bytes = b"") -> str:
    """The customer key of bookings whose customer gave this address."""
    return _digest(f"email:{normalise_email(email)}", digest_key)


def _digest(identity: str, digest_key: bytes) -> str:
    return hashlib.blake2b(identity.encode(), key=digest_key, digest_size=12).hexdigest()


def names_customer(booking: Booking) -> bool:
    """Whether the booking says for sure who its customer is; otherwise it moves to whom a later event names."""
    ids = booking.salesforce
    return bool(booking.customer.email or ids.case or ids.contact or ids.lead)
