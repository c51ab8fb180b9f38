"""A person leaves the journal: what goes, what stays, and what a later event of the booking finds."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from producers.cipher import PLAIN, Cipher, Locked, new_key
from producers.contract import Kind, customer_key
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.faults import Fault, Match
from worker.erasing import Eraser

MakeRig = Callable[..., Rig]

LEA = "Lea@ACME.example"
BEN = a_customer(name="Ben", email="ben@up.example", company="Up")
MARKS = ("Lea", "lea@", "Marin", "Acme", "+33", "MARK")


@pytest.fixture(params=[PLAIN, Cipher.of(new_key())], ids=["plain", "encrypted"])
def rig(request: pytest.FixtureRequest, make_rig: MakeRig) -> Rig:
    return make_rig(cipher=cast("Cipher", request.param))


def eraser(rig: Rig, patience: timedelta = timedelta()) -> Eraser:
    return Eraser(rig.redis, rig.connection, rig.here.setup.cipher, timedelta(days=1), patience)


def erase(rig: Rig, *, include_pending: bool = False) -> dict[str, str]:
    his = eraser(rig)
    return {name: his.erase(name, LEA, include_pending=include_pending) for name in his.find(LEA)}


def fields(rig: Rig, booking: str = "BKNG-1") -> dict[str, str]:
    return cast("dict[str, str]", rig.redis.hgetall(f"bookforce:{{{rig.connection}}}:booking:{booking}"))


def opened(rig: Rig, booking: str = "BKNG-1") -> str:
    """The booking's hash as somebody with the keys sees it."""
    cipher = rig.here.setup.cipher
    return " ".join(f"{name} {cipher.open(text)}" for name, text in fields(rig, booking).items()) + str(
        rig.ends(booking)
    )


def names(rig: Rig) -> str:
    return " ".join(rig.redis.scan_iter(f"bookforce:{{{rig.connection}}}:*"))


def test_what_the_customer_said_goes_and_the_audit_facts_stay(rig: Rig) -> None:
    rig.publish(an_event(event_id="1"), an_event(Kind.RESCHEDULED, minute=5, event_id="2"))
    rig.sync()
    before = fields(rig)
    assert erase(rig) == {"BKNG-1": "erased"}
    said = opened(rig).replace("Lead", "")
    assert [mark for mark in MARKS if mark in said] == []
    assert rig.states("BKNG-1") == {"1": "superseded", "2": "synced"}
    assert rig.ends("BKNG-1")["2"]["records"] == json.loads(before["records"])
    assert [write["object"] for write in rig.ends("BKNG-1")["2"]["plan"]] == ["Lead", "Event"]
    assert fields(rig)["records"] == before["records"]
    assert before["customer"] not in opened(rig) + names(rig)
    assert rig.journal.counts() | {"synced": 1, "superseded": 1} == rig.journal.counts()
    assert eraser(rig).find(LEA) == []


def test_nobody_else_is_touched(rig: Rig) -> None:
    rig.publish(an_event(), an_event(booking=a_booking("BKNG-2", customer=BEN)))
    rig.sync()
    before = fields(rig, "BKNG-2")
    assert erase(rig) == {"BKNG-1": "erased"}
    assert fields(rig, "BKNG-2") == before


def test_bookings_in_which_the_person_is_a_guest_are_found(rig: Rig) -> None:
    guest = a_customer(name="Ben", email="ben@up.example", guests=("Lea <lea@acme.example>",))
    rig.publish(an_event(booking=a_booking("BKNG-2", customer=guest)))
    rig.sync()
    assert erase(rig) == {"BKNG-2": "erased"}


def test_every_booking_gets_a_customer_of_its_own(rig: Rig) -> None:
    rig.publish(an_event(), an_event(booking=a_booking("BKNG-2")))
    rig.sync()
    erase(rig)
    customers = {fields(rig, name)["customer"] for name in ("BKNG-1", "BKNG-2")}
    assert len(customers) == 2
    assert customer_key(a_booking(), rig.here.setup.cipher.digest_key) not in customers


LATER: list[tuple[Kind, str]] = [
    (Kind.CANCELED, "Canceled"),
    (Kind.RESCHEDULED, "Rescheduled by Customer"),
    (Kind.COMPLETED, "Completed"),
]


@pytest.mark.parametrize(("kind", "status"), LATER)
def test_a_later_event_of_the_booking_still_works(rig: Rig, kind: Kind, status: str) -> None:
    rig.publish(an_event())
    rig.sync()
    erase(rig)
    again = a_booking(customer=a_customer(phone="+33 9"))
    rig.publish(an_event(kind, minute=5, booking=again, event_id="LATER"))
    rig.sync()
    assert rig.states("BKNG-1")["LATER"] == "synced"
    (event,), (lead,) = rig.records("Event"), rig.records("Lead")
    assert (event["ScheduleOnce__Event_status__c"], lead["Phone"]) == (status, "+33 9")
    assert fields(rig)["customer"] == customer_key(again, rig.here.setup.cipher.digest_key)


def test_an_older_event_that_comes_late_changes_nothing(rig: Rig) -> None:
    rig.publish(an_event(Kind.CANCELED, minute=9), an_event(Kind.RESCHEDULED, minute=5))
    rig.sync()
    erase(rig)
    rig.publish(an_event(Kind.RESCHEDULED, minute=3, event_id="LATE"))
    rig.sync()
    assert rig.records("Event")[0]["ScheduleOnce__Event_status__c"] == "Canceled"
    assert rig.journal.counts()["parked"] == 0


def test_the_same_delivery_again_is_still_known(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    erase(rig)
    assert rig.publish(an_event()) == [False]


def test_what_salesforce_quoted_goes_and_a_parked_event_ends(rig: Rig) -> None:
    rig.make_ready()
    match = Match(object="Lead", nth=1)
    rig.org.set_faults(
        Fault(effect="error", match=match, status=400, code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="MARK")
    )
    rig.publish(an_event(event_id="E"))
    rig.sync()
    assert erase(rig) == {"BKNG-1": "erased"}
    end = rig.ends("BKNG-1")["E"]
    assert (end["state"], end["cause"]["code"], end["cause"]["message"]) == (
        "skipped",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "erased",
    )
    assert rig.journal.parked() == []
    assert rig.journal.counts() | {"parked": 0, "skipped": 1} == rig.journal.counts()
    assert [mark for mark in MARKS if mark in opened(rig).replace("Lead", "")] == []
    assert cast("int", rig.redis.ttl(f"bookforce:{{{rig.connection}}}:booking:BKNG-1")) > 0


def test_events_that_wait_are_left_unless_they_are_included(rig: Rig) -> None:
    rig.publish(an_event(event_id="E"), an_event(booking=a_booking("BKNG-2", customer=BEN)))
    before = fields(rig)
    assert erase(rig) == {"BKNG-1": "pending"}
    assert fields(rig) == before
    assert erase(rig, include_pending=True) == {"BKNG-1": "erased"}
    (end,) = rig.ends("BKNG-1").values()
    assert {**end, "at": 0} == {"at": 0, "state": "skipped", "because": ["erased"]}
    assert abs(end["at"] / 1000 - time.time()) < 60
    assert rig.journal.counts() | {"ready": 1, "skipped": 1} == rig.journal.counts()
    assert before["customer"] not in opened(rig) + names(rig)
    rig.sync()
    assert [event["Subject"] for event in rig.records("Event")] == ["Product demo"]
    assert rig.journal.counts() | {"synced": 1, "skipped": 1} == rig.journal.counts()


def test_the_other_bookings_of_a_guest_s_host_stay_in_the_queue(rig: Rig) -> None:
    guest = {**BEN.model_dump(), "guests": ("lea@acme.example",)}
    rig.publish(
        an_event(booking=a_booking("BKNG-1", customer=a_customer(**guest))),
        an_event(booking=a_booking("BKNG-2", customer=BEN)),
    )
    assert erase(rig, include_pending=True) == {"BKNG-1": "erased"}
    rig.sync()
    assert rig.states("BKNG-2") == {"EVNT-BKNG-2-scheduled-0": "synced"}
    assert len(rig.records("Event")) == 1


def test_a_booking_that_is_being_worked_on_is_left_until_it_is_settled(rig: Rig) -> None:
    rig.publish(an_event())
    claim = rig.journal.claim(timedelta(minutes=1))
    assert claim.bookings
    assert erase(rig, include_pending=True) == {"BKNG-1": "claimed"}
    assert rig.journal.read_booking("BKNG-1") == claim.bookings[0]


def test_what_changed_since_it_was_looked_at_is_looked_at_again(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    his = eraser(rig)
    seen = fields(rig)
    rig.publish(an_event(Kind.CANCELED, minute=5))
    changed = cast("Any", his)._script()(  # noqa: SLF001 - what a slower process would send
        keys=[f"bookforce:{{{rig.connection}}}:"],
        args=["BKNG-1", "", json.dumps({"seen": seen, "set": {"customer": "x"}, "drop": [], "ended": []}), 1],
    )
    assert changed == "changed"
    assert fields(rig)["customer"] == seen["customer"]


def test_a_replacement_that_is_still_to_be_told_counts_as_waiting(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.publish(an_event(booking=a_booking("BKNG-2", customer=BEN, replaces="BKNG-1")))
    assert erase(rig) == {"BKNG-1": "pending"}
    rig.sync()
    assert erase(rig)["BKNG-1"] == "erased"
    assert rig.journal.counts()["parked"] == 0


def test_a_replacement_after_the_erasure_takes_the_meeting_off_and_leaves_the_lead_alone(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    (lead,) = rig.records("Lead")
    erase(rig)
    rig.publish(an_event(booking=a_booking("BKNG-2", replaces="BKNG-1"), minute=9))
    rig.sync()
    assert sorted(event["ScheduleOnce__Event_status__c"] for event in rig.records("Event")) == ["Canceled", "Scheduled"]
    assert [row["Email"] for row in rig.records("Lead")] == [lead["Email"]]
    assert rig.journal.counts()["parked"] == 0


def test_something_that_is_no_booking_event_is_searched_and_removed(rig: Rig) -> None:
    rig.publish(an_event(booking=a_booking(customer=BEN)))
    rig.sync()
    key = f"bookforce:{{{rig.connection}}}:booking:BKNG-1"
    rig.redis.hset(key, mapping={"body:BROKEN": '{"x": "<lea@acme.example>"', "state:BROKEN": "MARK"})
    assert erase(rig) == {"BKNG-1": "erased"}
    assert "lea@" not in opened(rig)


def test_without_the_key_nobody_is_erased_by_halves(make_rig: MakeRig) -> None:
    rig = make_rig(cipher=Cipher.of(new_key()))
    rig.publish(an_event(booking=a_booking(customer=BEN)))
    with pytest.raises(Locked):
        Eraser(rig.redis, rig.connection, PLAIN, timedelta(days=1)).find(LEA)
