"""Webhook bodies of Calendly and Cal.com with the shapes that the vendors document, and signatures for them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from producers.signatures import Source

_API = "https://api.calendly.com"


def invitee(name: str) -> str:
    """The address of an invitee."""
    return f"{_API}/scheduled_events/GBGBDCAADAEDCRZ2-{name}/invitees/{name}"


def a_calendly(
    kind: str = "invitee.created", /, name: str = "AAAA", *, minute: int = 0, **payload: Any
) -> dict[str, Any]:
    """A Calendly v2 body; changes go into its payload. `minute` is when it happened."""
    at = f"2026-03-02T09:{minute:02}:31.204000Z"
    facts = {
        "uri": invitee(name),
        "email": "lea@acme.example",
        "first_name": "Lea",
        "last_name": "Marin",
        "name": "Lea Marin",
        "status": "active",
        "timezone": "Europe/Paris",
        "event": f"{_API}/scheduled_events/GBGBDCAADAEDCRZ2-{name}",
        "text_reminder_number": "+33 6 12 34 56 78",
        "rescheduled": False,
        "old_invitee": None,
        "new_invitee": None,
        "cancel_url": f"https://calendly.com/cancellations/{name}",
        "reschedule_url": f"https://calendly.com/reschedulings/{name}",
        "routing_form_submission": None,
        "cancellation": None,
        "payment": None,
        "no_show": None,
        "reconfirmation": None,
        "invitee_scheduled_by": None,
        "questions_and_answers": [{"question": "Your country", "answer": "France", "position": 0}],
        "tracking": {"utm_campaign": None, "utm_source": None, "salesforce_uuid": None},
        "created_at": at,
        "updated_at": at,
        "scheduled_event": a_scheduled_event(),
    }
    return {"event": kind, "created_at": at, "created_by": f"{_API}/users/ADA", "payload": facts | payload}


def a_scheduled_event(**changes: Any) -> dict[str, Any]:
    """Half an hour with Ada."""
    facts = {
        "uri": f"{_API}/scheduled_events/GBGBDCAADAEDCRZ2",
        "name": "Product demo",
        "status": "active",
        "start_time": "2026-03-04T15:30:00.000000Z",
        "end_time": "2026-03-04T16:00:00.000000Z",
        "event_type": f"{_API}/event_types/GBGBDCAADAEDCRZ3",
        "location": {"type": "zoom", "status": "pushed", "join_url": "https://video.example/j/8841"},
        "invitees_counter": {"total": 1, "active": 1, "limit": 1},
        "event_memberships": [
            {"user": f"{_API}/users/ADA", "user_email": "ada@vendor.example", "user_name": "Ada Byron"}
        ],
        "event_guests": [{"email": "bo@acme.example", "created_at": "2026-03-02T09:15:31Z"}],
        "created_at": "2026-03-02T09:15:31.204000Z",
        "updated_at": "2026-03-02T09:15:31.204000Z",
    }
    return facts | changes


def a_calcom(
    trigger: str = "BOOKING_CREATED", /, uid: str = "uid-a", *, minute: int = 0, **payload: Any
) -> dict[str, Any]:
    """A Cal.com body of version 2021-10-20; changes go into its payload."""
    facts = {
        "bookingId": 91,
        "uid": uid,
        "title": "Product demo between Ada Byron and Lea Marin",
        "type": "product-demo",
        "eventTitle": "Product demo",
        "eventTypeId": 7,
        "startTime": "2026-03-04T15:30:00Z",
        "endTime": "2026-03-04T16:00:00Z",
        "length": 30,
        "status": "ACCEPTED",
        "organizer": {"id": 3, "name": "Ada Byron", "email": "ada@vendor.example", "timeZone": "Europe/London"},
        "attendees": [
            {"name": "Lea Marin", "email": "lea@acme.example", "timeZone": "Europe/Paris", "utcOffset": 60},
            {"name": "Bo", "email": "bo@acme.example", "timeZone": "Europe/Paris"},
        ],
        "location": "integrations:daily",
        "videoCallData": {"type": "daily_video", "url": "https://video.example/j/8841", "password": "x"},
        "additionalNotes": "Two of us will join",
        "responses": {
            "name": {"label": "your_name", "value": "Lea Marin"},
            "email": {"label": "email_address", "value": "lea@acme.example"},
            "location": {"label": "location", "value": {"value": "integrations:daily", "optionValue": ""}},
            "country": {"label": "Your country", "value": "France"},
        },
        "metadata": {},
    }
    return {"triggerEvent": trigger, "createdAt": f"2026-03-02T09:{minute:02}:31.204Z", "payload": facts | payload}


def a_row(**changes: Any) -> dict[str, Any]:
    """The body of a scheduled trigger: the row of Cal.com's database, without an envelope."""
    facts = {
        "triggerEvent": "MEETING_ENDED",
        "id": 91,
        "uid": "uid-a",
        "title": "Product demo between Ada Byron and Lea Marin",
        "startTime": "2026-03-04T15:30:00.000Z",
        "endTime": "2026-03-04T16:00:00.000Z",
        "createdAt": "2026-03-02T09:15:31.204Z",
        "updatedAt": None,
        "status": "ACCEPTED",
        "eventTypeId": 7,
        "location": "integrations:daily",
        "attendees": [{"id": 5, "name": "Lea Marin", "email": "lea@acme.example", "timeZone": "Europe/Paris"}],
        "metadata": {"videoCallUrl": "https://video.example/j/8841"},
    }
    return facts | changes


def raw(body: object) -> bytes:
    """The bytes of a body."""
    return json.dumps(body).encode()


def signed(source: Source, body: bytes, secret: str, *, at: datetime | None = None) -> dict[str, str]:
    """The headers of a delivery, by the algorithm that the source publishes."""
    seconds = str(int((at or datetime.now(UTC)).timestamp()))
    timed = _hex(secret, f"{seconds}.".encode() + body)
    signature = {
        Source.ONCEHUB: ("Oncehub-Signature", f"t={seconds},s={timed}"),
        Source.CALENDLY: ("Calendly-Webhook-Signature", f"t={seconds},v1={timed}"),
        Source.CALCOM: ("X-Cal-Signature-256", _hex(secret, body)),
    }
    return {"Content-Type": "application/json", **dict([signature[source]])}


def _hex(secret: str, text: bytes) -> str:
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
