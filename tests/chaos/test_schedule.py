"""A seed says everything: what happens to which booking, what is delivered when, and what is hit."""

from collections import Counter

import pytest

from producers.contract import Kind
from tests.chaos.schedule import Blow, draw_up
from tests.chaos.story import tell

EVENTS = 2000


def test_the_same_seed_is_the_same_run() -> None:
    assert tell(7, EVENTS) == tell(7, EVENTS)
    assert draw_up(7, EVENTS) == draw_up(7, EVENTS)
    assert draw_up(7, EVENTS).digest == draw_up(7, EVENTS).digest


def test_rabbitmq_is_hit_and_all_else_is_the_same() -> None:
    plain, with_rabbitmq = draw_up(7, EVENTS), draw_up(7, EVENTS, rabbitmq=True)
    own = [strike for strike in with_rabbitmq.strikes if strike.blow is Blow.RESTART_RABBITMQ]
    assert len(own) == 2
    assert [strike for strike in with_rabbitmq.strikes if strike not in own] == list(plain.strikes)
    assert (with_rabbitmq.parcels, with_rabbitmq.org_faults) == (plain.parcels, plain.org_faults)


def test_another_seed_is_another_run() -> None:
    assert draw_up(7, EVENTS).digest != draw_up(8, EVENTS).digest
    assert tell(7, EVENTS) != tell(8, EVENTS)


@pytest.mark.parametrize("events", [1, 30, EVENTS])
def test_every_event_is_delivered_and_a_fifth_twice(events: int) -> None:
    times = Counter(number for parcel in draw_up(1, events).parcels for number in parcel)
    assert set(times) == set(range(events))
    assert Counter(times.values())[2] == events // 5


def test_deliveries_are_out_of_order_also_within_a_booking() -> None:
    told = tell(1, EVENTS)
    heard: dict[str, list[str]] = {}
    for parcel in draw_up(1, EVENTS).parcels:
        for number in parcel:
            heard.setdefault(told[number].booking.id, []).append(told[number].event_id)
    assert sum(ids != sorted(ids) for ids in heard.values()) > len(heard) / 10


def test_every_kind_of_event_and_of_blow_comes() -> None:
    assert {event.kind for event in tell(1, EVENTS)} == set(Kind)
    assert {strike.blow for strike in draw_up(1, 3000, rabbitmq=True).strikes} == set(Blow)
