"""The file of webhook bodies: what arrives together, and the ids that personalised links carry."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("bookings.jsonl")

# A merge field of a Salesforce template gives an id of 15 characters, the API one of 18.
_PLACEHOLDER = re.compile(r"\{((?:Lead|Contact|Case):\w+)(/15)?\}")

PAGES: Mapping[str, str] = {
    "BP-4N2XK7QW9C": "Leads",
    "BKC-5TQ8NW2ZLV": "Leads",
    "BP-6F9RBH2YLP": "Contacts",
    "BP-T3W7ZK4XQN": "Cases",
    "BP-1M5DGV8CJS": "Leads, no Event",
    "BP-Y2Q6PN0RXK": "none",
}
"""What bookforce.toml says of each page, in the words of the vendor's page settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook as it arrives; `booking` is empty for one that is about no booking."""

    event_id: str
    kind: str
    booking: str
    version: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What arrives about one booking, in order of arrival."""

    booking: str
    page: str
    deliveries: tuple[Delivery, ...]

    def describe(self) -> list[str]:
        """The kinds of events, with what was odd about their arrival."""
        lines: list[str] = []
        seen: list[Delivery] = []
        for delivery in self.deliveries:
            again = any(before.event_id == delivery.event_id for before in seen)
            late = any(before.version > delivery.version for before in seen)
            lines.append(delivery.kind + (" (again)" if again else " (late)" if late else ""))
            seen.append(delivery)
        return lines


def read_bursts(text: str) -> list[str]:
    """The parts of the file: a blank line separates what arrives together."""
    return [f"{part.strip()}\n" for part in text.split("\n\n")]


def read_deliveries(text: str) -> list[Delivery]:
    """Every webhook of JSON lines."""
    return [_delivery(json.loads(line)) for line in text.splitlines() if line.strip()]


def histories(deliveries: Sequence[Delivery]) -> list[History]:
    """The bookings in order of their first arrival."""
    grouped: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.booking:
            grouped.setdefault(delivery.booking, []).append(delivery)
    return [History(booking=name, page=own[0].page, deliveries=tuple(own)) for name, own in grouped.items()]


def fill_placeholders(text: str, ids: Mapping[str, str]) -> str:
    """The text with the ids of the org's records where it says {Lead:Maria} or, for 15 characters, {Lead:Maria/15}."""
    return _PLACEHOLDER.sub(lambda found: ids[found[1]][: 15 if found[2] else 18], text)


def _delivery(body: Mapping[str, Any]) -> Delivery:
    data = body["data"]
    is_booking = data["object"] == "booking"
    return Delivery(
        event_id=body["id"],
        kind=body["type"].partition(".")[2].replace("_", " "),
        booking=data["id"] if is_booking else "",
        version=data["last_updated_time"] if is_booking else body["creation_time"],
        page=PAGES[_id_of(data.get("booking_page") or data.get("booking_calendar"))] if is_booking else "",
    )


def _id_of(page: str | Mapping[str, str]) -> str:
    return page if isinstance(page, str) else page["id"]
