"""Where two scripts of the journal meet: each of these was once lost, doubled or miscounted."""

import json
from datetime import timedelta
from typing import cast

import pytest

from producers.cipher import PLAIN
from producers.contract import BookingEvent, Customer, customer_key
from producers.keys import LANE
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from worker.erasing import Eraser
from worker.holding import LEASE
from worker.job_search import JobSearch, Wanted
from worker.journal import Settlement
from worker.replaying import Replaying
from worker.standing import read_standing

PHONE = a_customer(email=None, phone="+33 1")
LEA = a_customer(email="lea@acme.example", phone="+33 1")


def told(booking: str, customer: Customer, minute: int = 0) -> BookingEvent:
    return an_event(minute=minute, event_id=f"{booking}-{minute}", booking=a_booking(booking, customer=customer))


def queued(rig: Rig, queue: str) -> dict[str, float]:
    found = rig.redis.zrange(f"bookforce:{{{rig.connection}}}:{queue}", 0, -1, withscores=True)
    return dict(cast("list[tuple[str, float]]", found))


def lapse(rig: Rig) -> None:
    for customer in queued(rig, "claimed"):
        rig.redis.zadd(f"bookforce:{{{rig.connection}}}:claimed", {customer: 0})
    rig.journal.sweep()


def put_back(*bookings: str) -> dict[str, Settlement]:
    return {name: Settlement(booking_id=name) for name in bookings}


@pytest.mark.parametrize("ends", ["settled", "lapsed"])
def test_a_booking_that_named_somebody_while_its_first_customer_was_claimed_goes_to_him(rig: Rig, ends: str) -> None:
    rig.publish(told("B-1", PHONE))
    claim = rig.journal.claim(LEASE)
    rig.publish(told("B-2", PHONE), told("B-2", LEA, 1))
    if ends == "settled":
        rig.journal.settle(claim, put_back("B-1"))
    else:
        lapse(rig)
    whose = {c.key: [b.id for b in c.bookings] for c in rig.journal.claim(LEASE).customers}
    assert whose[customer_key(a_booking(customer=LEA))] == ["B-2"]
    assert whose[customer_key(a_booking(customer=PHONE))] == ["B-1"]


def test_a_booking_that_nobody_works_on_goes_to_its_customer_at_once(rig: Rig) -> None:
    rig.publish(told("B-1", PHONE))
    rig.sync()
    rig.publish(told("B-2", PHONE))
    rig.journal.claim(LEASE)
    rig.publish(told("B-1", LEA, 1))
    (customer,) = rig.journal.claim(LEASE).customers
    assert (customer.key, [b.id for b in customer.bookings]) == (customer_key(a_booking(customer=LEA)), ["B-1"])


def test_a_customer_whose_urgent_booking_went_waits_with_the_others(rig: Rig) -> None:
    rig.publish(told("B-1", PHONE))
    rig.sync()
    rig.publish(told("B-2", PHONE), told("B-1", PHONE, 1), told("B-1", LEA, 2))
    key = customer_key(a_booking(customer=PHONE))
    assert queued(rig, "ready")[key] > LANE


def test_a_customer_whose_urgent_booking_was_erased_waits_with_the_others(rig: Rig) -> None:
    rig.publish(told("B-1", LEA))
    rig.sync()
    rig.publish(told("B-2", LEA), told("B-1", LEA, 1))
    eraser = Eraser(rig.redis, rig.connection, PLAIN, timedelta(days=1), timedelta())
    assert eraser.erase("B-1", LEA.email or "", include_pending=True) == "erased"
    assert queued(rig, "ready")[customer_key(a_booking(customer=LEA))] > LANE


def test_a_delivery_whose_id_is_forgotten_before_its_booking_is_still_known(rig: Rig) -> None:
    event = told("B-1", LEA)
    rig.publish(event)
    rig.sync()
    rig.redis.delete(f"bookforce:{{{rig.connection}}}:event:B-1-0")
    assert rig.publish(event) == [False]
    assert read_standing(rig.redis, rig.connection).pending == 0


def test_what_was_erased_is_not_replayed(rig: Rig) -> None:
    rig.publish(told("B-1", LEA))
    eraser = Eraser(rig.redis, rig.connection, PLAIN, timedelta(days=1), timedelta())
    eraser.erase("B-1", LEA.email or "", include_pending=True)
    replaying = Replaying(rig.redis, rig.connection)
    targets = replaying.find_targets("B-1-0")
    assert set(replaying.look(targets).results.values()) == {"erased"}
    assert set(replaying.replay(targets).results.values()) == {"erased"}
    assert read_standing(rig.redis, rig.connection).pending == 0


def test_a_replayed_event_is_found_again_though_its_id_was_forgotten(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(told("B-1", a_customer(name=None, email=None, company=None, phone=None)))
    rig.sync()
    rig.redis.delete(f"bookforce:{{{rig.connection}}}:event:B-1-0")
    replaying = Replaying(rig.redis, rig.connection)
    assert set(replaying.replay(replaying.find_targets("B-1")).results.values()) == {"replayed"}
    rig.sync()
    assert [job.event_id for job in JobSearch(rig.redis, rig.connection).find(Wanted())] == ["B-1-0"]


def test_an_outcome_that_cannot_be_read_does_not_keep_its_booking_from_being_settled(rig: Rig) -> None:
    rig.publish(told("B-1", LEA))
    rig.sync()
    booking = f"bookforce:{{{rig.connection}}}:booking:B-1"
    rig.redis.hset(booking, "state:B-1-0", "{")
    rig.publish(told("B-1", LEA, 1))
    rig.sync()
    assert rig.states("B-1")["B-1-1"] == "synced"
    assert json.loads(str(rig.redis.hget(booking, "state:B-1-0")))["state"] == "superseded"
