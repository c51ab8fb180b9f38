"""A booking that ends whatever worker works on it ends parked, alone; its neighbours go through."""

import json
from dataclasses import replace
from typing import Any, cast

from tests.builders import an_event
from tests.integration.test_failures import customers
from tests.rig import Rig
from worker.pipeline import sync_batch
from worker.retry import MAX_ATTEMPTS
from worker.salesforce.session import SalesforceSession
from worker.tools import Tools

LETHAL = "nr7@acme.example"


class Killed(BaseException):
    """The process is gone: nothing that a worker catches."""


class DeadlySession(SalesforceSession):
    """Whoever asks Salesforce about one customer dies."""

    def post(self, path: str, body: object) -> Any:
        if LETHAL in json.dumps(body):
            raise Killed
        return super().post(path, body)


def deadly(rig: Rig) -> Tools:
    session = DeadlySession(rig.redis, rig.connection, rig.here.setup.connection)
    return replace(rig.here.tools, session=session)


def dies(rig: Rig, tools: Tools) -> bool:
    """Whether a worker with these tools dies. Others do what is left; then the leases of the dead one lapse."""
    ready = rig.here.ready()
    assert ready
    has_died = False
    while True:
        try:
            if not sync_batch(tools, ready, lambda: None).bookings:
                break
        except Killed:
            has_died = True
    claimed = f"bookforce:{{{rig.connection}}}:claimed"
    if left := cast("list[str]", rig.redis.zrange(claimed, 0, -1)):
        rig.redis.zadd(claimed, dict.fromkeys(left, 0))
        rig.journal.sweep()
    return has_died


def test_what_kills_workers_is_parked_and_its_neighbours_go_through(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(*customers(60))
    tools = deadly(rig)
    deaths = 0
    while dies(rig, tools):
        deaths += 1
        if deaths == 5:  # it is alone by then
            assert rig.journal.counts()["synced"] == 59
    tools.session.close()
    assert deaths == MAX_ATTEMPTS
    (parked,) = rig.journal.parked()
    assert rig.ends("BKNG-7")[parked]["cause"]["code"] == "LEASE_LAPSED"
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 59


def test_one_death_of_a_worker_parks_nobody(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(*customers(8))
    tools = deadly(rig)
    assert dies(rig, tools)
    tools.session.close()
    rig.sync()
    assert rig.journal.counts() | {"synced": 8, "parked": 0} == rig.journal.counts()


def test_a_try_that_was_settled_starts_the_lapses_anew(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(an_event())
    rig.redis.hset(f"bookforce:{{{rig.connection}}}:booking:BKNG-1", mapping={"attempts": 16, "lapses": 3})
    assert rig.journal.read_booking("BKNG-1") is not None
    rig.sync()
    booking = rig.journal.read_booking("BKNG-1")
    assert booking
    assert (booking.attempts, booking.lapses) == (0, 0)
