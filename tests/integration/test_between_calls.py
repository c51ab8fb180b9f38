"""What happens between two calls of one batch: a lost lease, a limit; nothing is written past it, nothing forgotten."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from producers.contract import Kind
from tests.builders import a_booking, a_customer, an_event
from tests.integration.test_failures import refused
from tests.integration.test_panels import BEN, INVITING, a_panel
from tests.rig import Rig
from worker.pipeline import sync_batch
from worker.salesforce.session import SalesforceSession

MakeRig = Callable[..., Rig]


class InterruptedSession(SalesforceSession):
    """Something happens behind the n-th call."""

    behind: Mapping[int, Callable[[], object]]
    calls = 0

    def post(self, path: str, body: object) -> Any:
        answer = super().post(path, body)
        self.calls += 1
        if self.calls in self.behind:
            self.behind[self.calls]()
        return answer


def sync_once(rig: Rig, behind: Mapping[int, Callable[[], object]]) -> None:
    """One batch; these things happen behind its calls."""
    session = InterruptedSession(rig.redis, rig.connection, rig.here.setup.connection)
    session.behind = behind
    ready = rig.here.ready()
    assert ready
    sync_batch(replace(rig.here.tools, session=session), ready, lambda: None)
    session.close()


def another_takes_over(rig: Rig) -> None:
    lease = f"bookforce:{{{rig.connection}}}:lease"
    for customer in cast("dict[str, str]", rig.redis.hgetall(lease)):
        rig.redis.hset(lease, customer, "another")


def test_who_lost_his_lease_invites_nobody(make_rig: MakeRig) -> None:
    rig = make_rig(INVITING)
    rig.make_ready()
    rig.publish(a_panel(BEN))
    sync_once(rig, {2: lambda: another_takes_over(rig)})
    assert len(rig.records("Event")) == 1
    assert rig.records("EventRelation") == []
    assert rig.states("BKNG-1") == {}


def test_who_lost_his_lease_mends_nothing(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Lead", 1, "STRING_TOO_LONG", "Phone"))
    rig.publish(an_event())
    sync_once(rig, {2: lambda: another_takes_over(rig)})
    assert (rig.records("Lead"), rig.records("Event"), rig.states("BKNG-1")) == ([], [], {})


def test_what_was_written_before_the_limit_ended_a_mending_is_known(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Event", 1, "STRING_TOO_LONG", "Location"))
    rig.publish(an_event(location="Room 1"))
    sync_once(rig, {2: lambda: rig.org.set_usage(10**9)})
    booking = rig.journal.read_booking("BKNG-1")
    assert booking
    assert booking.records
    assert booking.records.lead
    assert (booking.has_begun, booking.attempts, rig.journal.counts()["parked"]) == (True, 0, 0)


def test_an_event_that_the_limit_ended_behind_its_records_does_not_leave_half_of_itself_behind(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(INVITING)
    rig.publish(an_event(booking=a_booking(owner=a_panel().booking.owner)))
    rig.sync()
    rig.publish(a_panel(BEN, kind=Kind.RESCHEDULED, minute=5, customer=a_customer(phone="+33 9")))
    sync_once(rig, {1: lambda: rig.org.set_usage(10**9)})
    assert rig.records("Lead")[0]["Phone"] == "+33 9"
    rig.move_window()
    rig.redis.delete(f"bookforce:{{{rig.connection}}}:paused")
    rig.publish(a_panel(kind=Kind.RESCHEDULED, minute=10))
    rig.sync(retries=1)
    assert rig.records("Lead")[0]["Phone"] == "+33 1 23 45"
