"""Workers of several machines on one Redis."""

import json
from functools import partial

from tests.acceptance.test_workers import World, until, world
from tests.builders import a_booking, a_customer, an_event
from tests.servers import running_worker

__all__ = ["world"]  # a fixture

_MACHINES = ("worker@machine-a", "worker@machine-b")
_BOOKINGS = 2_000


def test_workers_of_two_machines_share_the_work_and_make_nothing_twice(world: World) -> None:
    one, other = _MACHINES
    with (
        running_worker(world.folder, world.environment(), name=one, concurrency=1),
        running_worker(world.folder, world.environment(), name=other, concurrency=1),
    ):
        for name in _MACHINES:
            until(partial(_is_ready, world, name), world, name)
        world.publish(
            *(
                an_event(booking=a_booking(f"BKNG-{n}", customer=a_customer(email=f"nr{n}@acme.example")))
                for n in range(_BOOKINGS)
            )
        )
        until(lambda: world.journal.counts()["synced"] == _BOOKINGS, world, one)
    done = {name: _synced(world.log(name)) for name in _MACHINES}
    assert min(map(len, done.values())) >= _BOOKINGS / 10, "both take part"
    assert sorted(done[one] + done[other]) == sorted(f"BKNG-{n}" for n in range(_BOOKINGS))
    leads = [lead["Email"] for lead in world.records("Lead")]
    assert len(leads) == len(set(leads)) == len(world.records("Event")) == _BOOKINGS


def _is_ready(world: World, name: str) -> bool:
    return f"{name} ready." in world.log(name)


def _synced(log: str) -> list[str]:
    """The bookings that a worker says it brought to Salesforce."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [line["booking"] for line in lines if line["event"] == "booking.synced"]
