"""What docs/operations.md says of releases that differ in what an event has."""

import json
from typing import cast

from tests.builders import an_event
from tests.rig import Rig
from worker.replaying import Replaying

_BOOKING, _EVENT = "BKNG-1", "EVNT-1"


def test_an_event_with_a_field_of_a_newer_release_is_parked_and_goes_through_by_a_replay_of_that_release(
    rig: Rig,
) -> None:
    rig.publish(an_event(event_id=_EVENT))
    key, field = f"bookforce:{{{rig.connection}}}:booking:{_BOOKING}", f"body:{_EVENT}"
    known = cast("str", rig.redis.hget(key, field))
    rig.redis.hset(key, field, json.dumps(json.loads(known) | {"not_known_before": 1}))
    rig.sync()
    assert rig.states(_BOOKING) == {_EVENT: "parked"}
    assert rig.ends(_BOOKING)[_EVENT]["cause"]["code"] == "UNREADABLE_EVENT"
    rig.redis.hset(key, field, known)  # as the newer release reads it
    replaying = Replaying(rig.redis, rig.connection)
    replaying.replay(replaying.find_targets(_BOOKING))
    rig.sync()
    assert rig.states(_BOOKING) == {_EVENT: "synced"}
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 1
