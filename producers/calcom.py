"""Cal.com webhook body → what it comes to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from .calcom_body import Envelope, NoShowEnvelope, Payload, Person, Row, Sent, is_row
from .contract import Booking, BookingEvent, Change, Customer, Kind, Named, Owner
from .deliveries import Delivery, Ignored, Told, ToldById, delivery_key, kind_of
from .link_ids import find_ids
from .refusal import Refused, shape_of

_NO_SHOW, _ENDED, _MOVED = "BOOKING_NO_SHOW_UPDATED", "MEETING_ENDED", "BOOKING_RESCHEDULED"

_KINDS = {
    "BOOKING_CREATED": Kind.SCHEDULED,
    # Of a booking that is paid for this may be the first that is heard.
    "BOOKING_PAID": Kind.SCHEDULED,
    _MOVED: Kind.RESCHEDULED,
    "BOOKING_CANCELLED": Kind.CANCELED,
    "BOOKING_REJECTED": Kind.CANCELED,
    _ENDED: Kind.COMPLETED,
    _NO_SHOW: Kind.NO_SHOW,
}

_OTHERS = {
    "BOOKING_REQUESTED",
    "BOOKING_PAYMENT_INITIATED",
    "MEETING_STARTED",
    "INSTANT_MEETING",
    "RECORDING_READY",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "FORM_SUBMITTED",
    "FORM_SUBMITTED_NO_EVENT",
    "ROUTING_FORM_FALLBACK_HIT",
    "OOO_CREATED",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "DELEGATION_CREDENTIAL_ERROR",
    "WRONG_ASSIGNMENT_REPORT",
    "PING",
}

# Questions that every form has: their answers have fields of their own.
_OWN_QUESTIONS = {"name", "email", "guests", "location", "notes", "title", "rescheduleReason", "attendeePhoneNumber"}

_LINKS = ("http://", "https://")


def read(body: Mapping[str, Any], *, connection: str, parameters: Mapping[str, str]) -> Delivery:
    """One webhook body, as parsed JSON; raises Refused with the field that is wrong.

    A booking is the first of its `uid`s: who moves a booking gets a new one, which names the old.
    """
    kind = kind_of(body, "triggerEvent")
    if kind in _OTHERS:
        return Ignored(because=f"{kind} changes nothing in Salesforce")
    if kind not in _KINDS:
        expected = f"expected one of {', '.join(_KINDS)}, in the standard form without a template of one's own"
        raise Refused(field="triggerEvent", shape=shape_of(body.get("triggerEvent")), expected=expected)
    if kind == _NO_SHOW:
        return _no_show(body, connection)
    return _ended(body, connection) if is_row(body) else _told(body, connection, parameters)


def sent_at(body: Mapping[str, Any]) -> datetime | None:
    """When it says that it was sent; None for the row of the database, whose time is the booking's."""
    try:
        return None if is_row(body) else Sent.model_validate(body).created_at
    except ValidationError:
        return None  # reading the body says what is wrong with it


def _told(body: Mapping[str, Any], connection: str, parameters: Mapping[str, str]) -> Delivery:
    try:
        envelope = Envelope.model_validate(body)
    except ValidationError as error:
        raise Refused.of(error) from None
    payload = envelope.payload
    if payload.status == "PENDING" and _KINDS[envelope.trigger] is not Kind.CANCELED:
        return Ignored(because="nobody approved the booking yet")
    moved_from = payload.moved_from if payload.moved_from != payload.uid else None
    is_new = _KINDS[envelope.trigger] is Kind.SCHEDULED
    try:
        event = BookingEvent(
            event_id=delivery_key("calcom", body),
            kind=Kind.RESCHEDULED if moved_from and is_new else _KINDS[envelope.trigger],
            occurred_at=envelope.created_at,
            connection=connection,
            booking=_booking(envelope, parameters),
        )
    except ValidationError as error:
        raise Refused.of(error, within="payload") from None
    return Told(event=event, moved_from=moved_from)


def _ended(body: Mapping[str, Any], connection: str) -> Delivery:
    """The row's own times are those of the booking: what happened is that its end came."""
    try:
        row = Row.model_validate(body)
        if row.status and row.status.upper() != "ACCEPTED":
            return Ignored(because="the meeting was off")
        event = BookingEvent(
            event_id=delivery_key("calcom", body),
            kind=_KINDS[kind_of(body, "triggerEvent")],
            occurred_at=row.end_time,
            connection=connection,
            booking=_of_row(row),
        )
    except ValidationError as error:
        raise Refused.of(error) from None
    return Told(event=event)


def _no_show(body: Mapping[str, Any], connection: str) -> Delivery:
    try:
        envelope = NoShowEnvelope.model_validate(body)
    except ValidationError as error:
        raise Refused.of(error) from None
    # The vendor's connector has no way back from a no-show (reference, 10), so there is none to carry out.
    if not any(each.no_show for each in envelope.payload.attendees):
        return Ignored(because="a no-show that is taken back changes nothing in Salesforce")
    return ToldById(
        event_id=delivery_key("calcom", body),
        kind=Kind.NO_SHOW,
        occurred_at=envelope.created_at,
        connection=connection,
        booking_id=envelope.payload.uid,
    )


def _of_row(row: Row) -> Booking:
    customer = row.attendees[0] if row.attendees else Person()
    return Booking(
        id=row.uid,
        subject=row.title,
        starts_at=row.start_time,
        duration_minutes=_minutes(row),
        event_type=Named(id=row.event_type_id) if row.event_type_id else None,
        customer=Customer(name=customer.name, email=customer.email, time_zone=customer.time_zone),
        **_place(row, None),
    )


def _booking(envelope: Envelope, parameters: Mapping[str, str]) -> Booking:
    payload = envelope.payload
    customer, *others = payload.attendees or (Person(),)
    named = {slug: each.value for slug, each in payload.responses.items() if each.value}
    labels = {slug: each.label or slug for slug, each in payload.responses.items()}
    host = payload.organizer or Person()
    type_ = Named(id=payload.event_type_id, name=payload.event_title, label=payload.type)
    emails = (each.email for each in (host, *payload.attendees))
    return Booking(
        id=payload.uid,
        subject=payload.title,
        starts_at=payload.start_time,
        duration_minutes=_minutes(payload),
        updated_at=envelope.created_at,
        attendees=tuple(email for email in emails if email),
        event_type=type_ if type_ != Named() else None,
        owner=Owner(id=host.id, name=host.name, email=host.email),
        customer=Customer(
            name=customer.name,
            email=customer.email,
            phone=customer.phone or named.get("attendeePhoneNumber"),
            mobile_phone=payload.reminder_number,
            time_zone=customer.time_zone,
            note=payload.notes or named.get("notes"),
            guests=tuple(each.email for each in others if each.email),
        ),
        answers={labels[slug]: value for slug, value in named.items() if slug not in _OWN_QUESTIONS},
        salesforce=find_ids(named, parameters),
        change=_change(envelope, host),
        **_place(payload, payload.video.url if payload.video else None),
    )


def _minutes(row: Row) -> int:
    return round((row.end_time - row.start_time).total_seconds() / 60)


def _place(row: Row, video: str | None) -> dict[str, str | None]:
    """One text for both: where people meet, the link by which they do, or the name of an app that makes one."""
    place = row.location or ""
    link = place if place.startswith(_LINKS) else video or (row.metadata.video_call_url if row.metadata else None)
    is_said = bool(place) and not place.startswith((*_LINKS, "integrations:"))
    return {"location": place if is_said else None, "join_url": link}


def _change(envelope: Envelope, host: Person) -> Change | None:
    payload, kind = envelope.payload, _KINDS[envelope.trigger]
    if kind not in {Kind.CANCELED, Kind.RESCHEDULED}:
        return None
    by = payload.canceled_by if kind is Kind.CANCELED else payload.rescheduled_by
    asked = kind is Kind.CANCELED and bool(payload.asks_to_reschedule)
    actor = _actor(envelope.trigger == "BOOKING_REJECTED" or asked, by, host, payload)
    answer = payload.responses.get("rescheduleReason")
    return Change(reason=payload.reason or (answer.value if answer else None), actor=actor, reschedule_requested=asked)


def _actor(is_owners: bool, by: str | None, host: Person, payload: Payload) -> Literal["owner", "customer"] | None:
    """Who did it is told by his address; only hosts reject a request or ask for another time."""
    who = (by or "").casefold()
    if is_owners or (who and who == (host.email or "").casefold()):
        return "owner"
    return "customer" if who and who in {(each.email or "").casefold() for each in payload.attendees} else None
