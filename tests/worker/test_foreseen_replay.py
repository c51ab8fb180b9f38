"""A replay that is foreseen is the one that happens."""

from tests.builders import a_booking, a_customer, an_event
from tests.producers.test_publish_script import Desk
from tests.worker.test_replaying import SYNCED, booked, parked, settle
from worker.claims import REPLACED, ClaimedCustomer
from worker.foreseen import foresee
from worker.foreseen_replay import replayed_events, view_replayed
from worker.replaying import Replaying, Target


def foreseen(desk: Desk, targets: list[Target]) -> list[ClaimedCustomer]:
    events = replayed_events(desk.journal, targets)
    return foresee(view_replayed(desk.redis, desk.name, targets, events), events)


def replayed(desk: Desk, replaying: Replaying, targets: list[Target]) -> list[ClaimedCustomer]:
    replaying.replay(targets)
    return list(desk.claim().customers)


def test_what_is_foreseen_is_what_is_claimed(desk: Desk, replaying: Replaying) -> None:
    same = a_booking("B-7", customer=a_customer(email="nr1@acme.example"))
    parked(desk, booked(1), booked(2), an_event(event_id="E-7", booking=same), booked(1, event_id="E-1b", minute=1))
    desk.publish(booked(3))
    targets = [target for name in ("E-2", "B-1", "B-7") for target in replaying.find_targets(name)]
    expected = {customer.key: customer for customer in foreseen(desk, targets)}
    claimed = {customer.key: customer for customer in replayed(desk, replaying, targets)}
    assert expected == {key: claimed[key] for key in expected}
    assert len(expected) == 2


def test_foreseeing_touches_nothing(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(1))
    keys = sorted(str(key) for key in desk.redis.scan_iter(desk.key("booking:*")))
    before = [desk.redis.dump(key) for key in keys]
    foreseen(desk, replaying.find_targets("B-1"))
    assert [desk.redis.dump(key) for key in keys] == before


def test_a_booking_of_which_only_the_replacement_is_replayed_is_foreseen_too(desk: Desk, replaying: Replaying) -> None:
    desk.publish(booked(event_id="E-1"))
    settle(desk, desk.claim(), SYNCED)
    parked(desk, an_event(event_id="E-2", booking=a_booking("B-2", customer=booked().booking.customer, replaces="B-1")))
    targets = replaying.find_targets("B-1")
    assert [target.event_id for target in targets] == [REPLACED]
    assert foreseen(desk, targets) == replayed(desk, replaying, targets)


def test_what_cannot_be_read_or_is_not_known_is_left_out(desk: Desk, replaying: Replaying) -> None:
    parked(desk, booked(1))
    desk.redis.hset(desk.key("booking:B-1"), "body:E-1", "broken")
    stranger = Target(booking_id="B-9", event_id="E-9")
    assert foreseen(desk, [*replaying.find_targets("B-1"), stranger]) == []
