"""OnceHub webhook body → BookingEvent: v2 as it is, v1 brought to its shape."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ValidationError

from . import oncehub_v1
from .contract import Booking, BookingEvent, Change, Customer, Kind, Owner
from .link_ids import find_ids
from .oncehub_body import Data, Envelope, Extension, Form
from .refusal import Refused, shape_of

_NONE: Mapping[str, str] = MappingProxyType({})

_REASSIGNED = "booking.reassigned"

_KINDS = {
    "booking.scheduled": Kind.SCHEDULED,
    "booking.rescheduled": Kind.RESCHEDULED,
    "booking.canceled_then_rescheduled": Kind.RESCHEDULED,
    "booking.canceled_reschedule_requested": Kind.CANCELED,
    "booking.canceled": Kind.CANCELED,
    "booking.completed": Kind.COMPLETED,
    "booking.no_show": Kind.NO_SHOW,
    _REASSIGNED: Kind.REASSIGNED,
}


def is_webhook(body: Mapping[str, Any]) -> bool:
    """Whether the document has the shape of a OnceHub webhook."""
    return body.get("object") == "event" and "type" in body


def is_ignored(body: Mapping[str, Any]) -> bool:
    """Whether the webhook is about something that is no booking: a conversation, or a request not yet approved."""
    kind, data = body.get("type"), body.get("data")
    if isinstance(kind, str) and kind.startswith("conversation."):
        return True
    return isinstance(data, Mapping) and str(data.get("status")).lower() == "requested"


def translate(
    body: Mapping[str, Any], *, connection: str = "default", parameters: Mapping[str, str] = _NONE
) -> BookingEvent:
    """One webhook body, as parsed JSON, as a booking event; raises Refused with the field that is wrong.

    `parameters` are those of the webhook's address, where a relay may put the ids of a personalized link.
    """
    kind = body.get("type")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Refused(field="type", shape=shape_of(kind), expected=f"expected one of {', '.join(_KINDS)}")
    try:
        envelope = Envelope.model_validate(oncehub_v1.as_v2(body))
    except ValidationError as error:
        raise Refused.of(error) from error
    try:
        return _event(envelope, connection, parameters)
    except ValidationError as error:
        raise Refused.of(error, within="data") from error


def _event(envelope: Envelope, connection: str, parameters: Mapping[str, str]) -> BookingEvent:
    return BookingEvent(
        event_id=envelope.id,
        kind=_kind(envelope),
        occurred_at=envelope.data.last_updated_time or envelope.creation_time,
        recorded_at=envelope.creation_time,
        connection=connection,
        booking=_booking(envelope, parameters),
    )


def _kind(envelope: Envelope) -> Kind:
    """`canceled_then_rescheduled` does not say which of the two bookings it carries: its status does."""
    is_old = (envelope.data.status or "").casefold() == "canceled"  # v1 writes it with a capital
    if envelope.type == "booking.canceled_then_rescheduled" and is_old:
        return Kind.CANCELED
    return _KINDS[envelope.type]


def _booking(envelope: Envelope, parameters: Mapping[str, str]) -> Booking:
    data = envelope.data
    form = data.form_submission or Form()
    answers = {field.name: field.value for field in (*form.custom_fields, *data.custom_fields) if field.value}
    conferencing = data.virtual_conferencing
    page = data.booking_page or data.booking_calendar
    return Booking(
        id=data.id,
        tracking_id=data.tracking_id,
        package_id=data.package_id,
        subject=data.subject,
        starts_at=data.starting_time,
        duration_minutes=data.duration_minutes,
        created_at=data.creation_time,
        updated_at=data.last_updated_time,
        calendar=data.external_calendar.name if data.external_calendar else None,
        calendar_owner=_calendar_owner(envelope),
        attendees=tuple(data.attendees),
        location=data.location_description,
        join_url=conferencing.join_url if conferencing else None,
        change_url=data.cancel_reschedule_url,
        page=page.named() if page else None,
        master_page=data.master_page.named() if data.master_page else None,
        event_type=data.event_type.named() if data.event_type else None,
        owner=_owner(envelope),
        customer=_customer(form, data.customer_timezone),
        answers=answers,
        salesforce=find_ids(_added(data.salesforce or Extension()), answers, parameters),
        change=_change(envelope),
        replaces=_replaces(data),
    )


def _replaces(data: Data) -> str | None:
    """The booking that this one replaces; in the vendor's samples a booking also points at itself."""
    return None if data.rescheduled_booking_id == data.id else data.rescheduled_booking_id


def _owner(envelope: Envelope) -> Owner:
    """Who receives the booking: of a reassigned one the host, where there is one."""
    data = envelope.data
    user = (data.host if envelope.type == _REASSIGNED else None) or data.owner
    return user.owner() if user else Owner()


def _calendar_owner(envelope: Envelope) -> str | None:
    """Whose calendar holds a reassigned booking, because `owner` may still be the first one.

    A calendar that is no person's (a group's, a room's) says nothing.
    """
    calendar = envelope.data.external_calendar
    if envelope.type != _REASSIGNED or envelope.data.host or calendar is None:
        return None
    names = (name for name in (calendar.id, calendar.name) if name and not name.endswith(".calendar.google.com"))
    return next(filter(_is_email, names), None)


def _is_email(text: str) -> bool:
    try:
        Owner(email=text)
    except ValidationError:
        return False
    return True


def _customer(form: Form, time_zone: str | None) -> Customer:
    return Customer(
        name=form.name,
        email=form.email,
        phone=form.phone,
        mobile_phone=form.mobile_phone,
        company=form.company,
        note=form.note,
        time_zone=time_zone,
        guests=tuple(form.guests),
    )


def _added(ids: Extension) -> dict[str, str]:
    by_name = {"sosfLeadId": ids.lead_id, "sosfContactId": ids.contact_id, "sosfCaseId": ids.case_id}
    return {name: value for name, value in by_name.items() if value}


def _change(envelope: Envelope) -> Change | None:
    """Who canceled or moved it; a filled user_id means the owner where `actioned_by` is missing."""
    requested = envelope.type == "booking.canceled_reschedule_requested"
    # `rescheduled` with another booking behind it is sent for one thing: the customer rebooks as the owner asked.
    rebooked = envelope.type == "booking.rescheduled" and _replaces(envelope.data) is not None
    asked = requested or rebooked
    info = envelope.data.cancel_reschedule_information
    if info is None:
        return Change(actor="owner", reschedule_requested=True) if asked else None
    actor: Literal["owner", "customer"] | None = None
    if info.actioned_by == "customer":
        actor = "customer"
    elif asked or info.actioned_by == "user" or info.user_id:
        actor = "owner"
    return Change(reason=info.reason, actor=actor, reschedule_requested=asked)
