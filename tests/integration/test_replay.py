"""Parked bookings against the org: mended, replayed, discarded; nothing twice, nothing lost (promises P1 to P3)."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from producers.contract import BookingEvent, Change, Kind
from tests.builders import a_booking, a_customer, an_event
from tests.integration.test_failures import customers, refused
from tests.rig import Rig
from tests.simulator.faults import Fault, Match
from tests.simulator.rules.org_rules import ValidationRule
from worker.history import read_history
from worker.job_search import JobSearch, Wanted
from worker.replaying import Replaying, Target

NO_ACME = ValidationRule(object="Lead", name="No_Acme", when="Company = 'Acme'", message="No Acme.", field="Company")
NO_DEMO = ValidationRule(object="Event", name="No_Demo", when="Subject != ''", message="No demos.")

KEEP = timedelta(days=1)


def parked_targets(rig: Rig) -> list[Target]:
    found = JobSearch(rig.redis, rig.connection).find(Wanted())
    return [Target(booking_id=job.booking_id, event_id=job.event_id) for job in found]


def replay(rig: Rig, *ids: str) -> list[str]:
    """Replay what these ids mean, or all that is parked; what came of it."""
    replaying = Replaying(rig.redis, rig.connection)
    targets = [target for name in ids for target in replaying.find_targets(name)] if ids else parked_targets(rig)
    return list(replaying.replay(targets).results.values())


def timeline(rig: Rig, booking: str = "BKNG-1") -> list[str]:
    fields = cast("dict[str, str]", rig.redis.hgetall(f"bookforce:{{{rig.connection}}}:booking:{booking}"))
    return [moment.what for moment in read_history(fields).moments]


def only(rig: Rig, **expected: int) -> bool:
    """Whether the counts are these and else 0."""
    return {name: number for name, number in rig.journal.counts().items() if number} == expected


def test_a_booking_that_a_validation_rule_parked_goes_through_once_the_org_is_mended(rig: Rig) -> None:
    rig.make_ready()
    rig.org.change(validation_rules=(NO_ACME,))
    rig.publish(an_event(event_id="EVNT-1"))
    rig.sync()
    assert rig.ends("BKNG-1")["EVNT-1"]["cause"]["code"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert replay(rig, "EVNT-1") == ["replayed"]
    rig.sync()
    assert only(rig, parked=1)
    rig.org.change(validation_rules=())
    assert replay(rig, "BKNG-1") == ["replayed"]
    rig.sync()
    assert only(rig, synced=1)
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 1
    assert timeline(rig) == ["accepted", "parked", "replayed", "parked", "replayed", "synced"]


def test_what_was_written_before_it_was_parked_is_not_written_again(rig: Rig) -> None:
    rig.make_ready()
    rig.org.change(validation_rules=(NO_DEMO,))
    rig.publish(an_event())
    rig.sync()
    (lead,) = rig.records("Lead")
    rig.org.change(validation_rules=())
    replay(rig, "BKNG-1")
    rig.sync()
    assert [row["Id"] for row in rig.records("Lead")] == [lead["Id"]]
    assert [row["WhoId"] for row in rig.records("Event")] == [lead["Id"]]


def test_a_replay_decides_anew_by_the_org_of_today(rig: Rig) -> None:
    rig.make_ready()
    rig.org.change(validation_rules=(NO_ACME,))
    rig.publish(an_event())
    rig.sync()
    rig.org.change(validation_rules=())
    (contact,) = rig.org.seed("Contact", [{"LastName": "Marin", "Email": "lea@acme.example"}])
    replay(rig, "BKNG-1")
    rig.sync()
    assert not rig.records("Lead")
    assert [row["WhoId"] for row in rig.records("Event")] == [contact]


def test_a_thousand_parked_bookings_are_replayed(rig: Rig) -> None:
    rig.make_ready()
    rig.org.change(validation_rules=(NO_ACME,))
    rig.publish(*customers(1000))
    rig.sync()
    assert only(rig, parked=1000)
    rig.org.change(validation_rules=())
    assert replay(rig) == ["replayed"] * 1000
    assert only(rig, ready=1000)
    rig.sync()
    assert only(rig, synced=1000)
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 1000
    assert len({row["Bookforce_Booking_Id__c"] for row in rig.records("Event")}) == 1000


def moved(minute: int, **changes: Any) -> BookingEvent:
    return an_event(Kind.RESCHEDULED, minute=minute, booking=a_booking(**changes))


def test_a_new_event_between_takes_the_parked_one_with_it(rig: Rig) -> None:
    rig.make_ready()
    rig.org.change(validation_rules=(NO_ACME,))
    rig.publish(an_event(event_id="EVNT-1"))
    rig.sync()
    rig.org.change(validation_rules=())
    rig.publish(moved(5))
    assert replay(rig, "EVNT-1") == ["replayed"]
    rig.sync()
    assert only(rig, synced=1, superseded=1)
    (event,) = rig.records("Event")
    assert event["ScheduleOnce__Event_status__c"] == "Rescheduled by Customer"


def test_an_event_that_was_parked_for_good_does_not_leave_half_of_itself_behind(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.org.change(validation_rules=(NO_DEMO,))
    rig.publish(moved(5, customer=a_customer(phone="+33 9")))
    rig.sync()
    assert rig.records("Lead")[0]["Phone"] == "+33 9"
    rig.org.change(validation_rules=())
    rig.publish(moved(10))
    rig.sync()
    assert rig.records("Lead")[0]["Phone"] == "+33 1 23 45"
    assert only(rig, synced=2, superseded=1)


def test_a_replayed_event_beside_a_newer_one_does_not_leave_half_of_itself_behind(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.org.change(validation_rules=(NO_DEMO,))
    rig.publish(moved(5, customer=a_customer(phone="+33 9")))
    rig.sync()
    rig.org.change(validation_rules=())
    rig.publish(moved(10))
    replay(rig, "BKNG-1")
    rig.sync()
    assert rig.records("Lead")[0]["Phone"] == "+33 1 23 45"


def test_a_discarded_event_does_not_leave_half_of_itself_behind(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.org.change(validation_rules=(NO_DEMO,))
    rig.publish(moved(5, customer=a_customer(phone="+33 9")))
    rig.sync()
    rig.org.change(validation_rules=())
    replaying = Replaying(rig.redis, rig.connection)
    replaying.discard(replaying.find_targets("BKNG-1"), "a slip", KEEP, datetime.now(UTC))
    rig.publish(moved(10))
    rig.sync()
    assert rig.records("Lead")[0]["Phone"] == "+33 1 23 45"


def test_a_late_event_that_is_replayed_does_not_undo_a_newer_one(rig: Rig) -> None:
    rig.publish(moved(10, location="Room 9"))
    rig.sync()
    rig.org.change(validation_rules=(NO_DEMO,))
    rig.publish(an_event(event_id="EVNT-LATE", booking=a_booking(location="Room 1", join_url="https://meet.example/1")))
    rig.sync()
    before = rig.records("Event")
    rig.org.change(validation_rules=())
    replay(rig, *(target.event_id for target in parked_targets(rig)))
    rig.sync()
    (event,) = rig.records("Event")
    assert (event["Location"], event["Id"]) == (before[0]["Location"], before[0]["Id"])
    assert rig.journal.counts()["parked"] == 0


def test_a_replay_after_the_answer_of_a_write_was_lost_writes_nothing_twice(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(Fault(effect="drop_after", match=Match(method="POST", path_contains="composite", nth=2)))
    rig.publish(an_event(event_id="EVNT-1"))
    rig.sync()
    assert only(rig, waiting=1)
    rig.org.set_faults(refused("Event", 1, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Subject"))
    rig.sync(retries=1)
    rig.org.set_faults()
    assert only(rig, parked=1)
    replay(rig, "EVNT-1")
    rig.sync()
    assert only(rig, synced=1)
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 1
    assert timeline(rig) == ["accepted", "put back", "parked", "replayed", "synced"]


def test_a_discarded_booking_is_left_alone_until_it_is_replayed_by_its_id(rig: Rig) -> None:
    rig.make_ready()
    rig.org.change(validation_rules=(NO_ACME,))
    rig.publish(an_event(event_id="EVNT-1"))
    rig.sync()
    rig.org.change(validation_rules=())
    replaying = Replaying(rig.redis, rig.connection)
    replaying.discard(replaying.find_targets("BKNG-1"), "a test booking", KEEP, datetime.now(UTC))
    assert replay(rig) == []
    rig.sync()
    assert only(rig, skipped=1)
    assert not rig.records("Lead")
    replay(rig, "EVNT-1")
    rig.sync()
    assert only(rig, synced=1)


@pytest.mark.parametrize("event_id", ["EVNT-1", "BKNG-1"])
def test_a_synced_booking_is_not_replayed(rig: Rig, event_id: str) -> None:
    rig.publish(an_event(event_id="EVNT-1"))
    rig.sync()
    assert replay(rig, event_id) == ["synced"]
    assert rig.sync() == 0


def test_that_another_booking_replaces_one_is_listed_and_replayed_if_it_could_not_be_told(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.org.change(validation_rules=(NO_DEMO,))
    rig.publish(an_event(minute=5, booking=a_booking("BKNG-2", replaces="BKNG-1", change=Change(actor="customer"))))
    rig.sync()
    assert sorted(target.booking_id for target in parked_targets(rig)) == ["BKNG-1", "BKNG-2"]
    assert only(rig, synced=1, parked=1)
    rig.org.change(validation_rules=())
    assert replay(rig) == ["replayed", "replayed"]
    rig.sync()
    assert only(rig, synced=2)
    assert parked_targets(rig) == []
    by_key = {row["Bookforce_Booking_Id__c"]: row["ScheduleOnce__Event_status__c"] for row in rig.records("Event")}
    assert by_key == {"BKNG-1": "Canceled", "BKNG-2": "Scheduled"}
