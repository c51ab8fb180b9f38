"""Finished bookings leave the journal after a time; what a person must look at stays."""

from datetime import UTC, datetime, timedelta
from typing import cast

from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig

_FOR_EVER = -1
_DAY = timedelta(days=1).total_seconds()  # the rig keeps finished bookings for a day


def seconds_left(rig: Rig, key: str) -> int:
    return cast("int", rig.redis.ttl(f"bookforce:{{{rig.connection}}}:{key}"))


def test_a_finished_booking_is_kept_for_a_time_counted_from_the_meeting(rig: Rig) -> None:
    starts_at = datetime.now(UTC) + timedelta(days=10)
    rig.publish(an_event(booking=a_booking(starts_at=starts_at), event_id="EVNT-1"))
    rig.sync()
    for key in ("booking:BKNG-1", "event:EVNT-1"):
        assert 10 * _DAY < seconds_left(rig, key) <= 11 * _DAY


def test_a_booking_of_the_past_is_kept_for_a_time_counted_from_now(rig: Rig) -> None:
    rig.publish(an_event(booking=a_booking(starts_at=datetime.now(UTC) - timedelta(days=10)), event_id="EVNT-1"))
    rig.sync()
    assert 0 < seconds_left(rig, "booking:BKNG-1") <= _DAY


def test_a_new_event_keeps_its_booking_until_it_is_settled(rig: Rig) -> None:
    rig.publish(an_event(event_id="EVNT-1"))
    rig.sync()
    rig.publish(an_event(minute=1, event_id="EVNT-2"))
    assert seconds_left(rig, "booking:BKNG-1") == _FOR_EVER


def test_a_parked_booking_stays(rig: Rig) -> None:
    nobody = a_customer(name=None, email=None, company=None)
    rig.publish(an_event(booking=a_booking(customer=nobody), event_id="EVNT-1"))
    rig.sync()
    assert seconds_left(rig, "booking:BKNG-1") == seconds_left(rig, "event:EVNT-1") == _FOR_EVER
