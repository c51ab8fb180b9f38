"""A booking that is moved stays one, in whatever order the halves of its moves arrive."""

import itertools
from typing import cast

import fakeredis
import pytest

from producers.chains import Chains
from producers.contract import Kind
from producers.deliveries import Told
from tests.builders import a_booking, an_event

Half = tuple[str, str, str]  # "opened" or "closed", the old id, the new id

FIRST: Half = ("opened", "", "A")


def move(old: str, new: str) -> tuple[Half, Half]:
    return ("opened", old, new), ("closed", old, new)


@pytest.fixture
def chains() -> Chains:
    return Chains(fakeredis.FakeRedis(decode_responses=True))


def tell(chains: Chains, halves: tuple[Half, ...]) -> list[tuple[str, str | None]]:
    """The booking of each half that opens one, and the one that it replaces."""
    told = []
    for half, old, new in halves:
        if half == "closed":
            chains.note_move("default", old, new)
            continue
        event = an_event(Kind.RESCHEDULED if old else Kind.SCHEDULED, booking=a_booking(new))
        booking = chains.joined(Told(event=event, moved_from=old or None)).booking
        told.append((booking.id, booking.replaces))
    return told


def test_a_booking_that_is_moved_is_the_same_in_every_order(chains: Chains) -> None:
    for n, order in enumerate(itertools.permutations((FIRST, *move("A", "B")))):
        own = tuple((half, old and f"{old}{n}", f"{new}{n}") for half, old, new in order)
        assert len({booking for booking, _ in tell(chains, own)}) == 1
        assert {replaced for _, replaced in tell(chains, own)} == {None}


def test_a_booking_that_is_moved_again_and_again_is_the_first(chains: Chains) -> None:
    told = tell(chains, (FIRST, *move("A", "B"), *move("B", "C"), *move("C", "D")))
    assert told == [("A", None)] * 4


def test_one_half_of_each_move_is_enough(chains: Chains) -> None:
    closed = tuple(move(old, new)[1] for old, new in (("A", "B"), ("B", "C")))
    assert tell(chains, (FIRST, *closed, ("opened", "", "C"))) == [("A", None), ("A", None)]


def test_only_a_move_told_before_any_word_of_the_one_before_it_makes_a_second_booking(chains: Chains) -> None:
    """Of all orders in which two moves can arrive: where it happens, an event says which booking replaces which."""
    first_move, second_move = move("A", "B"), move("B", "C")
    for n, order in enumerate(itertools.permutations((FIRST, *first_move, *second_move))):
        told = tell(chains, tuple((half, old and f"{old}{n}", f"{new}{n}") for half, old, new in order))
        known = min(order.index(half) for half in first_move)
        is_overtaken = max(order.index(FIRST), order.index(second_move[0])) < known
        assert (len({booking for booking, _ in told}) > 1) is is_overtaken
        assert any(replaced for _, replaced in told) is is_overtaken


def test_connections_know_nothing_of_each_others_moves(chains: Chains) -> None:
    chains.note_move("default", "A", "B")
    assert (chains.first_of("default", "B"), chains.first_of("other", "B")) == ("A", "B")


def test_what_is_known_of_a_move_expires() -> None:
    redis = fakeredis.FakeRedis(decode_responses=True)
    Chains(redis).note_move("default", "A", "B")
    keys = list(redis.scan_iter())
    assert keys
    assert all(cast("int", redis.pttl(key)) > 0 for key in keys)
