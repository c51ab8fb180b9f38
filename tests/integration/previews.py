"""Previews of a rig's org, and all that one must leave as it is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from producers.contract import BookingEvent
from tests.builders import NOW
from tests.rig import Rig
from worker.connections import Org
from worker.previewing import Preview, Recording, gather, preview
from worker.salesforce.session import SalesforceSession

_OBJECTS = ("Account", "Lead", "Contact", "Case", "Event", "User")


def recording_of(rig: Rig, *events: BookingEvent) -> Recording:
    """What the command gathers for these events."""
    here = rig.here
    ready = here.ready()
    assert ready
    session = SalesforceSession(rig.redis, rig.connection, here.setup.connection, leaves_no_trace=True)
    looking = Org(here.redis, replace(here.tools, session=session), here.setup)
    try:
        return gather(looking, ready, events, datetime.fromisoformat(NOW).astimezone(UTC))
    finally:
        session.close()


def preview_of(rig: Rig, *events: BookingEvent) -> Preview:
    """What publishing these events would come to."""
    return preview(recording_of(rig, *events), events)


def everything(rig: Rig) -> Mapping[str, Any]:
    """All keys of the rig's Redis as they are stored, how long they live, and all records of its org.

    Without those of other connections, which may expire meanwhile.
    """
    own = f"bookforce:{{{rig.connection}}}:"
    every = sorted(str(key) for key in rig.redis.scan_iter("*"))
    keys = [key for key in every if key.startswith(own) or not key.startswith("bookforce:{")]
    kept = {key: (rig.redis.dump(key), rig.redis.expiretime(key)) for key in keys}
    return {"keys": kept, **{obj: list(rig.org.records(obj)) for obj in _OBJECTS}}
