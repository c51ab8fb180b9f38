"""Encryption at rest in the real pipeline: everything works as in plain, and a missing key only makes bookings wait."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import pytest
import structlog

from producers.cipher import PLAIN, Cipher, Locked, new_key
from producers.contract import Kind
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.faults import Fault, Match
from worker.affected import read_outlook
from worker.connections import Org
from worker.journal import Journal
from worker.locked import check_keys
from worker.previewing import gather, preview
from worker.standing import read_standing

MakeRig = Callable[..., Rig]

KEY, OTHER = new_key(), new_key()


@pytest.fixture
def sealed(make_rig: MakeRig) -> Rig:
    return make_rig(cipher=Cipher.of(KEY))


def with_keys(rig: Rig, cipher: Cipher) -> None:
    """The same worker with other keys, or none."""
    tools, setup = rig.here.tools, rig.here.setup
    rig.journal = Journal(rig.redis, rig.connection, cipher)
    tools = type(tools)(journal=rig.journal, session=tools.session, keep=tools.keep, jitter=tools.jitter)
    setup = type(setup)(rig.redis, rig.connection, setup.connection, setup.session, cipher)
    rig.here = Org(rig.redis, tools, setup)


def values(rig: Rig) -> str:
    """All that Redis keeps for the connection, names and values."""
    kept = []
    for key in rig.redis.scan_iter(f"bookforce:{{{rig.connection}}}:*"):
        kind = rig.redis.type(key)
        reads = {"string": rig.redis.get, "hash": rig.redis.hgetall, "set": rig.redis.smembers}
        kept.append((key, reads[kind](key) if kind in reads else rig.redis.zrange(key, 0, -1)))
    return repr(kept)


def test_bookings_reach_salesforce_as_without_keys_and_redis_shows_nobody(sealed: Rig) -> None:
    sealed.publish(an_event(), an_event(booking=a_booking("BKNG-2", customer=a_customer(email="ben@up.example"))))
    sealed.sync()
    sealed.publish(an_event(Kind.CANCELED, minute=5))
    sealed.sync()
    assert sealed.journal.counts()["synced"] == 3
    assert [event["ShowAs"] for event in sealed.records("Event")] == ["Free", "Busy"]
    kept = values(sealed)
    for mark in ("Marin", "acme", "up.example", "+33", "vendor.example"):
        assert mark not in kept


def test_what_salesforce_quotes_is_sealed_and_shown_to_who_has_the_key(sealed: Rig) -> None:
    sealed.make_ready()
    match = Match(object="Lead", nth=1)
    quoting = Fault(effect="error", match=match, status=400, code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="Lea?")
    sealed.org.set_faults(quoting)
    sealed.publish(an_event(event_id="E"))
    sealed.sync()
    assert sealed.ends("BKNG-1")["E"]["cause"]["message"] == "Lea?"
    assert "Lea?" not in values(sealed)
    with_keys(sealed, PLAIN)
    assert "BOOKFORCE_JOURNAL_KEYS" in sealed.ends("BKNG-1")["E"]["cause"]["message"]


def test_plain_bookings_of_before_are_brought_too(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.publish(an_event())
    with_keys(rig, Cipher.of(KEY))
    rig.sync()
    assert rig.journal.counts()["synced"] == 1


def test_keys_are_rotated_without_a_pause(sealed: Rig) -> None:
    sealed.publish(an_event())
    with_keys(sealed, Cipher.of(f"{OTHER},{KEY}"))
    sealed.sync()
    sealed.publish(an_event(Kind.CANCELED, minute=5))
    sealed.sync()
    assert sealed.journal.counts()["synced"] == 2
    assert len(sealed.records("Lead")) == 1


@pytest.mark.parametrize("cipher", [PLAIN, Cipher.of(OTHER)], ids=["no key", "a wrong key"])
def test_without_the_key_bookings_wait_and_somebody_is_told(sealed: Rig, cipher: Cipher) -> None:
    sealed.make_ready()
    sealed.publish(an_event(event_id="E"))
    with_keys(sealed, cipher)
    with structlog.testing.capture_logs() as lines:
        sealed.sync(retries=20)
    told = next(line for line in lines if line["event"] == "journal.key_missing")
    assert (told["variable"], told["bookings"]) == ("BOOKFORCE_JOURNAL_KEYS", 1)
    assert sealed.journal.counts() | {"waiting": 1, "parked": 0, "skipped": 0} == sealed.journal.counts()
    assert read_standing(sealed.redis, sealed.connection, cipher).locked == 1
    (finding,) = check_keys(sealed.redis, sealed.connection, cipher)
    assert (finding.level, "BOOKFORCE_JOURNAL_KEYS" in finding.message) == ("warning", True)
    assert finding in sealed.here.setup.run_all()[0].findings
    booking = sealed.journal.read_booking("BKNG-1")
    assert booking
    assert (booking.locked, booking.attempts) == (("E",), 0)
    with_keys(sealed, Cipher.of(KEY))
    sealed.sync(retries=1)
    assert sealed.journal.counts()["synced"] == 1
    assert check_keys(sealed.redis, sealed.connection, Cipher.of(KEY)) == []


def test_a_known_booking_is_not_decided_on_half_of_its_events(sealed: Rig) -> None:
    sealed.publish(an_event(event_id="1"))
    sealed.sync()
    body = an_event(Kind.CANCELED, minute=5, event_id="2").model_dump_json()
    with_keys(sealed, Cipher.of(OTHER))
    sealed.redis.hset(f"bookforce:{{{sealed.connection}}}:booking:BKNG-1", "body:2", body)
    customer = sealed.redis.hget(f"bookforce:{{{sealed.connection}}}:booking:BKNG-1", "customer")
    for queue in (f"customer:{customer}", "ready"):
        name = "BKNG-1" if queue != "ready" else str(customer)
        sealed.redis.zadd(f"bookforce:{{{sealed.connection}}}:{queue}", {name: 1})
    sealed.sync()
    assert sealed.states("BKNG-1") == {"1": "synced"}
    assert sealed.journal.counts()["waiting"] == 1


def test_a_booking_without_its_key_keeps_no_neighbour_waiting(sealed: Rig) -> None:
    sealed.make_ready()
    sealed.publish(
        *(an_event(booking=a_booking(f"BKNG-{n}", customer=a_customer(email=f"{n}@a.example"))) for n in range(3))
    )
    start = f"bookforce:{{{sealed.connection}}}:booking:BKNG-1"
    (field,) = [name for name in cast("list[str]", sealed.redis.hkeys(start)) if name.startswith("body:")]
    sealed.redis.hset(start, field, Cipher.of(OTHER).seal("{}"))
    sealed.sync()
    assert sealed.journal.counts() | {"synced": 2, "waiting": 1} == sealed.journal.counts()


def test_a_preview_sees_what_waits_and_its_file_needs_no_keys(sealed: Rig) -> None:
    sealed.make_ready()
    ready = sealed.here.ready()
    assert ready
    sealed.publish(an_event(event_id="1"))
    asked = [an_event(booking=a_booking("BKNG-2"), event_id="2")]
    taken = gather(sealed.here, ready, asked, datetime.now(UTC))
    assert "sealed:" not in repr(taken.journal)
    assert [booking.booking_id for booking in preview(taken, asked).bookings] == ["BKNG-1", "BKNG-2"]
    with_keys(sealed, PLAIN)
    sealed.make_ready()
    with pytest.raises(Locked):
        gather(sealed.here, ready, [an_event(Kind.CANCELED, event_id="3")], datetime.now(UTC))


def test_findings_tell_which_encrypted_bookings_they_would_hit(sealed: Rig) -> None:
    sealed.make_ready()
    ready = sealed.here.ready()
    assert ready
    sealed.publish(an_event())
    now = datetime.now(UTC)
    seen = read_outlook(sealed.redis, sealed.connection, ready, now, Cipher.of(KEY))
    assert (list(seen.pending), seen.is_complete) == (["BKNG-1"], True)
    blind = read_outlook(sealed.redis, sealed.connection, ready, now)
    assert (list(blind.pending), blind.is_complete) == ([], False)


def test_the_records_and_states_can_be_read_without_keys(sealed: Rig) -> None:
    sealed.publish(an_event(event_id="E"))
    sealed.sync()
    fields = sealed.redis.hgetall(f"bookforce:{{{sealed.connection}}}:booking:BKNG-1")
    assert isinstance(fields, dict)
    assert json.loads(fields["state:E"])["state"] == "synced"
    assert json.loads(fields["records"])["event"] == sealed.records("Event")[0]["Id"]
