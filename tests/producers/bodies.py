"""Bodies as they come over the wire, and ways to spoil them."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.builders import an_event

Path = tuple[str | int, ...]

HUGE = 10**5000
"""More digits than Python turns into text by itself."""


def a_wire_event(**changes: Any) -> dict[str, Any]:
    """A canonical event as JSON; changes go into its booking."""
    event: dict[str, Any] = json.loads(an_event(event_id="EVNT-1").model_dump_json(exclude_none=True))
    event["booking"] |= changes
    return event


def a_webhook(kind: str = "booking.scheduled", /, **data: Any) -> dict[str, Any]:
    """A OnceHub v2 body with the shapes of the current schema; changes go into its data."""
    facts = {
        "object": "booking",
        "id": "BKNG-1",
        "tracking_id": "BKNG-1",
        "subject": "Product demo",
        "status": kind.removeprefix("booking."),
        "in_trash": False,
        "creation_time": "2026-02-27T14:02:10.118Z",
        "starting_time": "2026-03-04T15:30:00.000Z",
        "last_updated_time": "2026-03-02T09:15:30.977Z",
        "customer_timezone": "Europe/Paris",
        "duration_minutes": 45,
        "owner": "USR-ADA",
        "virtual_conferencing": {"join_url": "https://video.example/j/8841"},
        "location_description": "",
        "rescheduled_booking_id": None,
        "cancel_reschedule_url": "https://oncehub.example/m/BKNG-1",
        "cancel_reschedule_information": None,
        "attendees": ["ada@vendor.example", "lea@acme.example"],
        "form_submission": a_form(),
        "booking_page": "BP-1",
        "master_page": None,
        "event_type": "ET-1",
        "conversation": None,
        "external_calendar": {"type": "google", "name": "ada@vendor.example", "id": "a", "event_id": "9f2k"},
        "payment_information": None,
        "custom_fields": [],
    }
    envelope = {"id": "EVNT-1", "object": "event", "creation_time": "2026-03-02T09:15:31.204Z", "type": kind}
    return envelope | {"api_version": "v2", "data": facts | data}


def a_form(**changes: Any) -> dict[str, Any]:
    """What Lea Marin typed."""
    facts = {
        "name": "Lea Marin",
        "email": "lea@acme.example",
        "phone": "33-12345678",
        "mobile_phone": "",
        "note": "Two of us will join",
        "company": "Acme",
        "guests": ["bo@acme.example"],
        "custom_fields": [{"name": "Your country", "value": "France"}],
    }
    return facts | changes


def path_of(dotted: str) -> Path:
    """`data.custom_fields.0.value` as a path."""
    return tuple(int(part) if part.isdigit() else part for part in dotted.split("."))


def put(body: Any, path: Path, value: object) -> Any:
    """A copy of the body with this value at that place; missing objects on the way are made."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(body, list):
        return [put(item, rest, value) if n == first else item for n, item in enumerate(body)]
    facts = body if isinstance(body, dict) else {}
    return {**facts, first: put(facts.get(first), rest, value)}


def drop(body: Any, path: Path) -> Any:
    """A copy of the body without what stands at that place."""
    result = copy.deepcopy(body)
    within = result
    for part in path[:-1]:
        within = within[part]
    del within[path[-1]]
    return result


def places(body: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in the body below the top."""
    parts: list[tuple[str | int, Any]] = []
    if isinstance(body, dict):
        parts = list(body.items())
    if isinstance(body, list):
        parts = list(enumerate(body))
    for key, value in parts:
        yield (*path, key)
        yield from places(value, (*path, key))


def json_values() -> st.SearchStrategy[Any]:
    """Anything that a JSON parser can give, however odd."""
    odd: st.SearchStrategy[Any] = st.sampled_from(
        [None, True, False, 0, -1, 10**4000, 1e400, -0.0, float("nan"), "", " ", "\ud800", "\x00", [], {}]
    )
    texts = st.text(max_size=20) | st.sampled_from(["2026-03-02T09:15:30Z", "lea@acme.example", "00Q5g00000AbCdEEAV"])
    leaves = odd | st.integers() | st.floats() | texts
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.just("\ud800"), inner, max_size=3),
        max_leaves=5,
    )


@st.composite
def spoiled(draw: st.DrawFn, body: dict[str, Any]) -> Any:
    """The body with one to four places changed, dropped or added to."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(sorted(places(body), key=str)))
        if draw(st.booleans()):
            body = put(body, place, draw(json_values()))
        elif draw(st.booleans()):
            body = drop(body, place)
        else:
            body = put(body, (*place[:-1], "extra"), draw(json_values())) if isinstance(place[-1], str) else body
        if not list(places(body)):
            break
    return body
