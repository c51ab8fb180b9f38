"""OnceHub v1 webhook bodies in the shape of v2, told by what they hold: some that say v1 have the newer shape.

Source: https://developers.oncehub.com/v1.0.0/docs/webhook-data-payload
"""

from collections.abc import Mapping
from typing import Any

_RENAMED = {
    "tracking_id": "id",
    "customer_time_zone_description": "customer_timezone",
    "cancel_reschedule_link": "cancel_reschedule_url",
    "canceled_booking_tracking_id": "rescheduled_booking_id",
}
_OF_V1 = frozenset({*_RENAMED, "virtual_or_physical_location", "cancel_reschedule_reason"}) - {"tracking_id"}
_USER, _CUSTOMER = "name_of_user_who_", "name_of_customer_who_"
_LINKS = ("http://", "https://")


def as_v2(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body as v2 would have it; what has that shape already is returned as it is."""
    data = body.get("data")
    return {**body, "data": _data(data)} if isinstance(data, Mapping) and _is_v1(data) else body


def _is_v1(data: Mapping[str, Any]) -> bool:
    return "id" not in data and "tracking_id" in data and not _OF_V1.isdisjoint(data)


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    named = {new: data[old] for old, new in _RENAMED.items() if old in data}
    return {
        **data,
        **named,
        **_place(data.get("virtual_or_physical_location")),
        "owner": _named(data.get("owner")),
        "booking_page": _page(data.get("booking_page")),
        "master_page": _linked(data.get("master_page")),
        "cancel_reschedule_information": _change(data),
    }


def _place(place: object) -> dict[str, Any]:
    """One text for both: where people meet, or the link by which they do."""
    is_link = isinstance(place, str) and place.strip().lower().startswith(_LINKS)
    return {"virtual_conferencing": {"join_url": place}} if is_link else {"location_description": place}


def _named(owner: object) -> object:
    return {"name": owner} if isinstance(owner, str) else owner


def _page(page: object) -> object:
    if not isinstance(page, Mapping):
        return page
    return {"name": page.get("public_name"), "label": page.get("internal_label"), "url": page.get("link")}


def _linked(page: object) -> object:
    return {**page, "url": page.get("link")} if isinstance(page, Mapping) else page


def _change(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Who did it is told by which of two names is filled; the keys end in what was done."""
    filled = [name for name, value in data.items() if value]
    reason = data.get("cancel_reschedule_reason")
    if any(name.startswith(_CUSTOMER) for name in filled):
        return {"reason": reason, "actioned_by": "customer"}
    if any(name.startswith(_USER) for name in filled):
        return {"reason": reason, "actioned_by": "user"}
    return {"reason": reason} if reason else None
