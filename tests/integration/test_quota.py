"""API calls as a budget (promise P7): the share, who comes first, waiting, and going on by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from producers.contract import BookingEvent, Kind
from rules.quota import CALLS_OF_A_BATCH
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.faults import Fault, Match

HALF = "[quota]\nshare = 50\n"


def new_bookings(count: int, name: str = "BKNG") -> list[BookingEvent]:
    return [
        an_event(booking=a_booking(f"{name}-{n}", customer=a_customer(email=f"{name}{n}@acme.example".lower())))
        for n in range(count)
    ]


def later(event: BookingEvent) -> BookingEvent:
    return an_event(Kind.RESCHEDULED, minute=5, booking=event.booking)


def spend_until(rig: Rig, left: int) -> None:
    """Make the calls of the day, so that so many of our share are left."""
    meter = rig.here.tools.session.meter
    for _ in range((meter.budget().left or 0) - left):
        meter.spend()


def test_no_more_calls_are_made_than_the_share_and_nothing_is_parked(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("[quota]\nshare = 40\n")
    rig.org.change(daily_limit=50)
    rig.make_ready()
    rig.publish(*new_bookings(2000))
    days: list[int] = []
    while rig.journal.counts()["synced"] < 2000 and len(days) < 10:
        before = rig.calls
        rig.sync(retries=3)
        days.append(rig.calls - before)
        assert rig.journal.counts()["parked"] == 0
        rig.move_window()
    assert max(days) <= 20
    assert len(days) > 1
    assert (rig.journal.counts()["synced"], len(rig.records("Event")), len(rig.records("Lead"))) == (2000, 2000, 2000)


def test_a_setup_that_looks_again_stays_within_the_share_too(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("[quota]\nshare = 10\n")
    rig.org.change(daily_limit=50)
    rig.make_ready()
    for _ in range(20):
        rig.here.setup.run_all()
    assert rig.calls == 5
    assert rig.here.ready() is not None, "what was found before still holds"


def test_a_larger_share_counts_at_once_though_the_old_one_is_used_up(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(HALF)
    rig.make_ready()
    spend_until(rig, 0)
    rig.publish(an_event())
    assert rig.sync(retries=1) == 0
    file = rig.here.setup.connection.setup
    assert file
    file.write_text("[quota]\nshare = 60\n")
    assert rig.here.setup.run_all()[-1].state == "ready"
    rig.sync(retries=1)
    assert rig.journal.counts()["synced"] == 1


def test_waiting_for_calls_costs_no_attempt_and_no_call(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(HALF)
    rig.org.change(daily_limit=1_000)
    rig.make_ready()
    spend_until(rig, CALLS_OF_A_BATCH - 1)
    rig.publish(*new_bookings(3))
    assert rig.sync(retries=30) == 0
    assert rig.journal.counts() | {"ready": 3, "parked": 0} == rig.journal.counts()
    rig.move_window()
    rig.sync(retries=1)
    assert rig.journal.counts()["synced"] == 3


def test_when_calls_get_short_known_bookings_come_first(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(HALF)
    rig.org.change(daily_limit=1_000)
    known, fresh = new_bookings(3, "KNOWN"), new_bookings(3, "NEW")
    rig.publish(*known)
    rig.sync()
    calls = rig.here.tools.session.meter.budget().calls
    assert calls
    spend_until(rig, calls // 20)
    rig.publish(*fresh, *[later(event) for event in known])
    rig.sync(retries=3)
    texts = {row["ScheduleOnce__Event_status__c"] for row in rig.records("Event")}
    assert texts == {"Rescheduled by Customer"}
    assert rig.journal.counts() | {"ready": 3, "synced": 6} == rig.journal.counts()
    rig.move_window()
    rig.sync(retries=1)
    assert len(rig.records("Event")) == 6


def test_bulk_publishing_stops_before_new_bookings_do(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(HALF)
    rig.org.change(daily_limit=1_000)
    rig.make_ready()
    calls = rig.here.tools.session.meter.budget().calls
    assert calls
    spend_until(rig, calls // 5)
    rig.publish(*new_bookings(3, "BULK"), bulk=True)
    rig.publish(*new_bookings(3, "NEW"))
    rig.sync(retries=3)
    assert rig.states("NEW-0")
    assert not rig.states("BULK-0")
    rig.move_window()
    rig.sync(retries=1)
    assert rig.states("BULK-0")


def test_with_plenty_of_calls_the_urgent_still_go_first(rig: Rig) -> None:
    known = new_bookings(1, "KNOWN")
    rig.publish(*known)
    rig.sync()
    rig.publish(*new_bookings(1, "BULK"), bulk=True)
    rig.publish(*new_bookings(1, "NEW"))
    rig.publish(later(known[0]))
    order = [booking.id for _ in range(3) for booking in rig.journal.claim(timedelta(minutes=1), most=1).bookings]
    assert order == ["KNOWN-0", "NEW-0", "BULK-0"]


def test_a_live_event_takes_its_booking_out_of_the_bulk(rig: Rig) -> None:
    (first, second) = new_bookings(2, "BULK")
    rig.publish(first, second, bulk=True)
    rig.publish(later(second))
    (booking,) = rig.journal.claim(timedelta(minutes=1), most=1).bookings
    assert booking.id == second.booking.id


@pytest.mark.parametrize(("part", "waits"), [(0.9, False), (0.3, True)])
def test_batches_grow_when_less_than_half_is_left(make_rig: Callable[..., Rig], part: float, waits: bool) -> None:
    rig = make_rig(HALF)
    rig.org.change(daily_limit=1_000)
    rig.make_ready()
    calls = rig.here.tools.session.meter.budget().calls
    assert calls
    spend_until(rig, round(calls * part))
    rig.publish(*new_bookings(1, "FIRST"))
    rig.sync()
    rig.publish(*new_bookings(1, "SECOND"))
    assert (rig.sync() == 0) is waits
    rig.publish(*new_bookings(9, "THIRD"))
    assert rig.sync(retries=1) == 2, "all that came meanwhile in one batch"
    assert rig.journal.counts()["synced"] == 11


def test_what_others_use_of_the_org_counts_too(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(HALF)
    rig.org.change(daily_limit=1_000)
    rig.make_ready()
    rig.org.set_usage(999)
    rig.publish(*new_bookings(1, "FIRST"))
    rig.sync()
    rig.publish(*new_bookings(5, "SECOND"))
    assert rig.sync() == 0
    rig.org.set_usage(0)
    rig.sync(retries=2)
    assert rig.journal.counts()["synced"] == 6


def test_a_limit_met_between_two_write_calls_makes_the_next_try_a_repetition(rig: Rig) -> None:
    rig.make_ready()
    limit = Match(method="POST", path_contains="composite", nth=3)
    code = "REQUEST_LIMIT_EXCEEDED"
    rig.org.set_faults(
        Fault(effect="error", match=limit, status=403, code=code, message="TotalRequests Limit exceeded.")
    )
    rig.publish(*new_bookings(40))
    rig.sync()
    booking = rig.journal.read_booking("BKNG-7")
    assert (len(rig.records("Lead")), len(rig.records("Event"))) == (40, 0)
    assert booking
    assert (booking.attempts, booking.work().is_retry) == (0, True)
    rig.sync(retries=1)
    booking = rig.journal.read_booking("BKNG-7")
    assert (len(rig.records("Lead")), len(rig.records("Event"))) == (40, 40)
    assert booking
    assert not booking.work().is_retry
