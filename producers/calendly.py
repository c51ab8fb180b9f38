"""Calendly webhook body → what it comes to."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from .calendly_body import Envelope, Host, Invitee, MovedEnvelope
from .contract import Booking, BookingEvent, Change, Customer, Kind, Named, Owner
from .deliveries import Delivery, Ignored, Told, delivery_key, kind_of
from .link_ids import find_ids, named_by_prefix
from .refusal import Refused, shape_of

_CREATED, _CANCELED, _NO_SHOW = "invitee.created", "invitee.canceled", "invitee_no_show.created"

_KINDS = {_CREATED: Kind.SCHEDULED, _CANCELED: Kind.CANCELED, _NO_SHOW: Kind.NO_SHOW}

# The vendor's connector has no way back from a no-show (reference, 10), so there is none to carry out.
_TAKEN_BACK = "invitee_no_show.deleted"

_OTHERS = ("routing_form_submission.", "event_type.", "meeting_recap.", "contact.")


def read(body: Mapping[str, Any], *, connection: str, parameters: Mapping[str, str]) -> Delivery:
    """One webhook body, as parsed JSON; raises Refused with the field that is wrong.

    A booking is its first invitee: who moves a booking gets a new one, which names the old. The half that closes the
    old one comes before or after it and brings nothing but that they are one.
    """
    kind = kind_of(body, "event")
    if kind == _TAKEN_BACK or kind.startswith(_OTHERS):
        return Ignored(because=f"{kind} changes nothing in Salesforce")
    if kind not in _KINDS:
        raise Refused(field="event", shape=shape_of(body.get("event")), expected=f"expected one of {', '.join(_KINDS)}")
    try:
        if kind == _CANCELED and _is_moved(body):
            return _moved(MovedEnvelope.model_validate(body))
        envelope = Envelope.model_validate(body)
    except ValidationError as error:
        raise Refused.of(error) from None
    try:
        event = _event(envelope, connection, parameters, str(body.get("created_at")))
    except ValidationError as error:
        raise Refused.of(error, within="payload") from None
    return Told(event=event, moved_from=_moved_from(envelope.payload))


def _is_moved(body: Mapping[str, Any]) -> bool:
    payload = body.get("payload")
    return isinstance(payload, Mapping) and payload.get("rescheduled") is True


def _moved(envelope: MovedEnvelope) -> Ignored:
    old, new = envelope.payload.uri, envelope.payload.new_invitee
    because = "the booking is moved; the delivery about its new time says how it stands"
    return Ignored(because=because, moved=(old, new) if new and new != old else None)


def _moved_from(invitee: Invitee) -> str | None:
    return invitee.old_invitee if invitee.old_invitee != invitee.uri else None


def _event(envelope: Envelope, connection: str, parameters: Mapping[str, str], created_at: str) -> BookingEvent:
    """The deliveries have no id: what happened to whom, and when, makes one."""
    invitee = envelope.payload
    moved = envelope.event == _CREATED and _moved_from(invitee) is not None
    own = (invitee.updated_at, invitee.cancellation and invitee.cancellation.created_at)
    of_no_show = invitee.no_show.created_at if envelope.event == _NO_SHOW and invitee.no_show else None
    return BookingEvent(
        event_id=delivery_key("calendly", envelope.event, invitee.uri, created_at),
        kind=Kind.RESCHEDULED if moved else _KINDS[envelope.event],
        occurred_at=max((each for each in (*own, of_no_show) if each), default=envelope.created_at),
        connection=connection,
        booking=_booking(envelope, parameters),
    )


def _booking(envelope: Envelope, parameters: Mapping[str, str]) -> Booking:
    invitee, event = envelope.payload, envelope.payload.scheduled_event
    answers = {each.question: each.answer for each in invitee.questions_and_answers if each.answer}
    guests = tuple(guest.email for guest in event.event_guests if guest.email)
    hosts = tuple(host.user_email for host in event.event_memberships if host.user_email)
    tracked = named_by_prefix(invitee.tracking.salesforce_uuid if invitee.tracking else None)
    return Booking(
        id=invitee.uri,
        subject=event.name,
        starts_at=event.start_time,
        duration_minutes=round((event.end_time - event.start_time).total_seconds() / 60),
        created_at=invitee.created_at,
        updated_at=invitee.updated_at,
        attendees=(*hosts, *((invitee.email,) if invitee.email else ()), *guests),
        location=event.location.location if event.location else None,
        join_url=event.location.join_url if event.location else None,
        change_url=invitee.reschedule_url or invitee.cancel_url,
        event_type=Named(id=event.event_type, name=event.name) if event.event_type or event.name else None,
        owner=_owner(event.event_memberships),
        customer=Customer(
            name=invitee.name,
            first_name=invitee.first_name,
            last_name=invitee.last_name,
            email=invitee.email,
            mobile_phone=invitee.text_reminder_number,
            time_zone=invitee.timezone,
            guests=guests,
        ),
        answers=answers,
        salesforce=find_ids(tracked, answers, parameters),
        change=_change(envelope),
    )


def _owner(hosts: tuple[Host, ...]) -> Owner:
    """The first host: of several, Calendly names the one who organizes first."""
    return Owner(id=hosts[0].user, name=hosts[0].user_name, email=hosts[0].user_email) if hosts else Owner()


def _change(envelope: Envelope) -> Change | None:
    cancellation = envelope.payload.cancellation
    if envelope.event != _CANCELED or cancellation is None:
        return None
    actors: dict[str | None, Literal["owner", "customer"]] = {"host": "owner", "invitee": "customer"}
    return Change(reason=cancellation.reason, actor=actors.get(cancellation.canceler_type))
