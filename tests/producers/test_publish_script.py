"""What the publish script keeps true, in a real Redis."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from celery import Celery
from redis import Connection, ConnectionPool, Redis

from producers.cipher import new_key
from producers.contract import Booking, BookingEvent, Kind, SalesforceIds, customer_key
from producers.keys import WAKE_TTL_MS, prefix
from producers.publish import Publisher
from tests.builders import a_booking, a_customer, an_event
from tests.producers.test_publish import for_org, wake_ups
from tests.servers import free_port
from worker.claims import REPLACED, Claim
from worker.journal import EventEnd, Journal, Settlement

LEASE = timedelta(seconds=30)

_numbers = itertools.count(1)


LEA = "lea@acme.example"


class CountingConnection(Connection):
    """A connection that notes the commands it sends: each is a round trip."""

    def __init__(self, *, sent: list[str], **kwargs: Any) -> None:
        self._sent = sent
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        self._sent.append(b"".join(command).split(b"\r\n")[2].decode())
        super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call]


class Desk:
    """A connection of its own in the real Redis: publishes, claims and settles."""

    def __init__(self, redis: Redis, broker: Celery) -> None:
        self.name = f"publish{next(_numbers)}"
        self.redis = redis
        self.broker = broker
        self.journal = Journal(redis, self.name)
        self.publisher = Publisher(redis, broker)

    def publish(self, *events: BookingEvent) -> list[bool]:
        return self.publisher.publish_many([for_org(self.name, event) for event in events])

    def claim(self) -> Claim:
        return self.journal.claim(LEASE)

    def claimed_events(self) -> list[list[str]]:
        """Ids of events, by customer."""
        return [
            [event.event_id for booking in customer.bookings for event in booking.pending]
            for customer in self.claim().customers
        ]

    def settle(self, claim: Claim, *, wait: timedelta | None = None, keep: timedelta | None = None) -> None:
        """End the claim: everything synced, or everything put back for a while."""
        self.journal.settle(
            claim,
            {
                booking.id: Settlement(
                    booking_id=booking.id,
                    ended=()
                    if wait
                    else tuple(
                        EventEnd(event_id=event.event_id, state="synced", facts={}) for event in booking.pending
                    ),
                    wait=wait,
                    keep=keep,
                )
                for booking in claim.bookings
            },
        )

    def wake_ups(self) -> int:
        """How many workers were woken since the last look."""
        return len(wake_ups(self.broker))

    def customers(self, queue: str) -> list[str]:
        """The customers that are ready, claimed or waiting."""
        return cast("list[str]", self.redis.zrange(self.key(queue), 0, -1))

    def left(self, name: str) -> int:
        """How long the key will be there, ms; -1 for ever."""
        return cast("int", self.redis.pttl(self.key(name)))

    def key(self, name: str) -> str:
        return f"{prefix(self.name)}{name}"


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def desk(redis: Redis) -> Iterator[Desk]:
    broker = Celery("test", broker="memory://", set_as_current=False)
    wake_ups(broker)
    yield Desk(redis, broker)
    broker.close()


def somebodys(booking_id: str, email: str | None, **changes: Any) -> Booking:
    """A booking of the customer with this e-mail."""
    return a_booking(booking_id, customer=a_customer(email=email), **changes)


@pytest.mark.parametrize(("number", "calls"), [(1, 1), (2, 1), (500, 1), (501, 2), (1200, 3)])
def test_publishing_is_one_round_trip_for_each_500_events(redis_url: str, desk: Desk, number: int, calls: int) -> None:
    sent: list[str] = []
    pool = ConnectionPool.from_url(redis_url, connection_class=CountingConnection, sent=sent, decode_responses=True)
    with Redis(connection_pool=pool) as client:
        publisher = Publisher(client, desk.broker)
        publisher.publish(for_org(desk.name, an_event(event_id="first")))  # loads the script
        sent.clear()
        events = [
            for_org(desk.name, an_event(event_id=f"EVNT-{n}", booking=a_booking(f"B-{n}"))) for n in range(number)
        ]
        assert publisher.publish_many(events) == [True] * number
        assert sent == ["EVALSHA"] * calls
    pool.disconnect()


def test_a_worker_is_woken_before_the_last_event_is_published(desk: Desk) -> None:
    seen: list[object] = []

    class Watched(Publisher):
        def wake(self, connection: str) -> None:
            seen.append(desk.redis.zcard(f"{prefix(connection)}ready"))

    bookings = [somebodys(f"B-{n}", f"c{n}@acme.example") for n in range(501)]
    events = [for_org(desk.name, an_event(event_id=f"EVNT-{each.id}", booking=each)) for each in bookings]
    Watched(desk.redis, desk.broker).publish_many(events)
    assert seen == [500]


def test_the_script_comes_back_after_redis_forgot_it(desk: Desk) -> None:
    desk.publish(an_event(event_id="EVNT-1"))
    desk.redis.script_flush()
    assert desk.publish(an_event(event_id="EVNT-2")) == [True]


def test_a_delivery_counts_once_whatever_stands_between(desk: Desk) -> None:
    event = an_event(event_id="EVNT-1")
    assert desk.publish(event, event) == [True, False]
    claim = desk.claim()
    assert desk.publish(event) == [False]
    desk.settle(claim)
    assert desk.publish(event) == [False]
    assert desk.claim().customers == ()


def test_a_delivery_counts_once_even_with_another_booking_in_it(desk: Desk) -> None:
    assert desk.publish(
        an_event(event_id="E", booking=a_booking("A")), an_event(event_id="E", booking=a_booking("B"))
    ) == [
        True,
        False,
    ]


def test_bookings_of_one_customer_are_claimed_together_in_order_of_acceptance(desk: Desk) -> None:
    desk.publish(
        an_event(event_id="1", booking=somebodys("B-1", "lea@acme.example")),
        an_event(event_id="2", booking=somebodys("B-2", "bo@acme.example")),
        an_event(event_id="3", booking=somebodys("B-3", "LEA@ACME.example")),
    )
    assert desk.claimed_events() == [["1", "3"], ["2"]]


def test_later_events_stay_with_the_bookings_first_customer(desk: Desk) -> None:
    desk.publish(an_event(event_id="1", booking=somebodys("B-1", "lea@acme.example")))
    desk.publish(
        an_event(Kind.CANCELED, event_id="2", minute=1, booking=somebodys("B-1", "other@acme.example")),
        an_event(Kind.CANCELED, event_id="3", minute=2, booking=somebodys("B-1", None)),
    )
    assert desk.claimed_events() == [["1", "2", "3"]]


def test_they_do_even_when_the_booking_was_settled_in_between(desk: Desk) -> None:
    desk.publish(an_event(event_id="1", booking=somebodys("B-1", "lea@acme.example")))
    desk.settle(desk.claim())
    desk.publish(an_event(Kind.CANCELED, event_id="2", minute=1, booking=somebodys("B-1", None)))
    assert desk.customers("ready") == [customer_key(somebodys("B-1", "lea@acme.example"))]


def test_a_replacing_booking_stays_with_the_customer_of_the_replaced_one(desk: Desk) -> None:
    desk.publish(an_event(event_id="1", booking=somebodys("B-1", "lea@acme.example")))
    desk.publish(an_event(event_id="2", minute=1, booking=somebodys("B-2", "lea@home.example", replaces="B-1")))
    desk.publish(an_event(event_id="3", minute=2, booking=somebodys("B-3", None, replaces="B-2")))
    assert desk.claimed_events() == [["1", "2", "3"]]


def test_a_booking_that_replaces_an_unknown_one_is_its_own_customers(desk: Desk) -> None:
    desk.publish(an_event(booking=somebodys("B-2", "lea@acme.example", replaces="B-1")))
    assert desk.customers("ready") == [customer_key(somebodys("B-2", "lea@acme.example"))]


def bookings(claim: Claim) -> list[list[str]]:
    """Ids of bookings, by customer."""
    return [[booking.id for booking in customer.bookings] for customer in claim.customers]


def test_the_replaced_booking_is_worked_on_once_more(desk: Desk) -> None:
    desk.publish(an_event(event_id="1", booking=somebodys("B-1", LEA)))
    desk.settle(desk.claim())
    desk.publish(an_event(event_id="2", minute=1, booking=somebodys("B-2", LEA, replaces="B-1")))
    claim = desk.claim()
    assert [sorted(ids) for ids in bookings(claim)] == [["B-1", "B-2"]]
    assert {booking.id: booking.is_replaced for booking in claim.bookings} == {"B-1": True, "B-2": False}


def test_it_is_once_however_often_the_other_booking_says_so(desk: Desk) -> None:
    desk.publish(an_event(event_id="1", booking=somebodys("B-1", LEA)))
    desk.publish(an_event(event_id="2", minute=1, booking=somebodys("B-2", LEA, replaces="B-1")))
    claim = desk.claim()
    ends = {
        booking.id: tuple(EventEnd(event_id=event.event_id, state="synced", facts={}) for event in booking.pending)
        for booking in claim.bookings
    }
    ends["B-1"] += (EventEnd(event_id=REPLACED, state="synced", facts={}),)
    desk.journal.settle(claim, {name: Settlement(booking_id=name, ended=ended) for name, ended in ends.items()})
    desk.publish(an_event(Kind.COMPLETED, event_id="3", minute=2, booking=somebodys("B-2", LEA, replaces="B-1")))
    assert bookings(desk.claim()) == [["B-2"]]
    assert desk.journal.counts()["synced"] == 2
    assert list(desk.journal.read_ends("B-1")) == ["1"]


def test_one_that_is_not_known_yet_waits_for_its_own_events_and_goes_where_they_say(desk: Desk) -> None:
    desk.publish(an_event(event_id="2", booking=somebodys("B-2", LEA, replaces="B-1")))
    desk.settle(desk.claim())
    desk.publish(an_event(event_id="1", booking=somebodys("B-1", "bo@acme.example")))
    claim = desk.claim()
    assert [customer.key for customer in claim.customers] == [customer_key(somebodys("B-1", "bo@acme.example"))]
    assert [(booking.id, booking.is_replaced) for booking in claim.bookings] == [("B-1", True)]


def test_a_known_booking_keeps_its_customer_whatever_it_says_to_replace(desk: Desk) -> None:
    desk.publish(
        an_event(event_id="1", booking=somebodys("B-1", "lea@acme.example")),
        an_event(event_id="2", booking=somebodys("B-2", "bo@acme.example")),
        an_event(event_id="3", minute=1, booking=somebodys("B-2", "bo@acme.example", replaces="B-1")),
    )
    assert desk.claimed_events() == [["1"], ["2", "3"]]


@pytest.mark.parametrize("ids", [{"lead": "00Q5g00000AbCdE"}, {}], ids=["Salesforce id", "booking id"])
def test_without_an_email_the_group_is_that_of_the_id(desk: Desk, ids: dict[str, str]) -> None:
    booking = somebodys("B-1", None, salesforce=SalesforceIds(**ids))
    desk.publish(an_event(booking=booking))
    assert desk.customers("ready") == [customer_key(booking)]


def named(booking_id: str, event_id: str, minute: int = 0, **changes: Any) -> BookingEvent:
    """An event of Lea's booking that says whose it is."""
    return an_event(event_id=event_id, minute=minute, booking=somebodys(booking_id, LEA, **changes))


def nameless(booking_id: str, event_id: str, minute: int = 0, **changes: Any) -> BookingEvent:
    """An event of Lea's booking that does not say whose it is, as those of administrators."""
    return an_event(event_id=event_id, minute=minute, booking=somebodys(booking_id, None, **changes))


def test_a_booking_that_named_nobody_joins_its_customer_when_an_event_names_him(desk: Desk) -> None:
    desk.publish(named("B-1", "1"), nameless("B-2", "2"))
    assert len(desk.customers("ready")) == 2
    desk.publish(named("B-2", "3", 1))
    assert desk.claimed_events() == [["1", "2", "3"]]


def test_it_takes_the_booking_along_that_it_replaces(desk: Desk) -> None:
    desk.publish(nameless("B-1", "1"), named("B-2", "2", 1, replaces="B-1"), named("B-3", "3"))
    assert desk.claimed_events() == [["1", "2", "3"]]


def test_one_that_is_worked_on_joins_when_it_is_settled(desk: Desk) -> None:
    desk.publish(nameless("B-1", "1"))
    claim = desk.claim()
    desk.publish(named("B-1", "2", 1), named("B-2", "3"))
    desk.settle(claim)
    assert [sorted(events) for events in desk.claimed_events()] == [["2", "3"]]


def test_one_that_waits_joins_at_once(desk: Desk) -> None:
    desk.publish(nameless("B-1", "1"))
    desk.settle(desk.claim(), wait=timedelta(minutes=5))
    desk.publish(named("B-1", "2", 1))
    assert (desk.customers("ready"), desk.customers("waiting")) == ([customer_key(somebodys("B-1", LEA))], [])


def test_one_that_is_settled_belongs_to_him_from_then_on(desk: Desk) -> None:
    desk.publish(nameless("B-1", "1"))
    desk.settle(desk.claim())
    desk.publish(named("B-1", "2", 1), nameless("B-1", "3", 2), named("B-2", "4"))
    assert desk.claimed_events() == [["2", "3", "4"]]


def test_a_booking_that_replaces_a_nameless_one_that_is_worked_on_ends_with_the_same_customer(desk: Desk) -> None:
    desk.publish(nameless("B-1", "1"))
    claim = desk.claim()
    desk.publish(named("B-2", "2", 1, replaces="B-1"), named("B-1", "3", 2))
    desk.settle(claim)
    assert [sorted(events) for events in desk.claimed_events()] == [["2", "3"]]


def test_a_claimed_customer_is_not_made_ready_by_new_events(desk: Desk) -> None:
    desk.publish(an_event(event_id="1"))
    claim = desk.claim()
    desk.publish(an_event(Kind.CANCELED, event_id="2", minute=1), an_event(event_id="3", booking=a_booking("B-2")))
    assert (desk.customers("ready"), desk.claimed_events()) == ([], [])
    desk.settle(claim)
    assert desk.claimed_events() == [["2", "3"]]


def test_a_waiting_customer_is_not_made_ready_by_new_events(desk: Desk) -> None:
    desk.publish(an_event(event_id="1"))
    desk.settle(desk.claim(), wait=timedelta(minutes=5))
    desk.publish(an_event(Kind.CANCELED, event_id="2", minute=1))
    assert (desk.customers("ready"), len(desk.customers("waiting"))) == ([], 1)


def test_a_ready_customer_keeps_his_place(desk: Desk) -> None:
    first, second = somebodys("B-1", "lea@acme.example"), somebodys("B-2", "bo@acme.example")
    desk.publish(an_event(event_id="1", booking=first), an_event(event_id="2", booking=second))
    desk.publish(an_event(event_id="3", minute=1, booking=first))
    assert desk.customers("ready") == [customer_key(first), customer_key(second)]


def test_a_finished_booking_that_was_to_expire_stays_while_something_of_it_is_pending(desk: Desk) -> None:
    desk.publish(an_event(event_id="1"))
    desk.settle(desk.claim(), keep=timedelta(days=1))
    assert desk.left("booking:BKNG-1") > 0
    desk.publish(an_event(Kind.CANCELED, event_id="2", minute=1))
    assert desk.left("booking:BKNG-1") == -1


def test_workers_are_woken_once_until_one_has_come(desk: Desk) -> None:
    desk.publish(an_event(event_id="1"))
    desk.publish(an_event(event_id="2", minute=1))
    desk.publish(an_event(event_id="3", booking=a_booking("B-2")))
    assert desk.wake_ups() == 1
    desk.settle(desk.claim())
    desk.publish(an_event(event_id="4", minute=2))
    assert desk.wake_ups() == 1


def test_a_wake_up_that_was_lost_is_repeated_after_a_while(desk: Desk) -> None:
    desk.publish(an_event(event_id="1"))
    assert 0 < desk.left("woken") <= WAKE_TTL_MS


def test_the_journal_holds_personal_data_in_bodies_alone(desk: Desk) -> None:
    desk.publish(an_event(booking=somebodys("B-1", "lea@acme.example")))
    assert not [key for key in desk.redis.scan_iter(desk.key("*")) if "lea" in key]


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:{port}/0", "amqp://guest:guest@127.0.0.1:{port}//"])
def test_a_broker_that_is_away_costs_a_producer_no_time(redis_url: str, desk: Desk, broker: str) -> None:
    publisher = Publisher.connect(redis_url, broker.format(port=free_port()))
    start = time.monotonic()
    assert publisher.publish(for_org(desk.name, an_event()))
    assert time.monotonic() - start < 3
    assert desk.claim().customers


def test_the_short_form_finds_its_addresses_and_keys_in_the_environment(redis_url: str, desk: Desk) -> None:
    event = for_org(desk.name, an_event(event_id="1"))
    program = "import sys; from producers.contract import BookingEvent; from producers.publish import publish\n"
    program += "event = BookingEvent.model_validate_json(sys.argv[1]); print(publish(event), publish(event))"
    command = [sys.executable, "-W", "error", "-c", program, event.model_dump_json()]
    environment = {**os.environ, "BOOKFORCE_REDIS_URL": redis_url, "BOOKFORCE_BROKER_URL": "memory://"}
    keys = {"BOOKFORCE_JOURNAL_KEYS": new_key()}
    done = subprocess.run(command, env=environment | keys, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    assert done.stdout.split() == ["True", "False"]
    (booking,) = desk.claim().bookings
    assert booking.locked == ("1",)
