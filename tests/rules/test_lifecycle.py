from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from producers.contract import Change, Kind, Named, Owner, SalesforceIds
from rules.lifecycle import Phase, fold, in_order, status_label, status_labels
from tests.builders import a_booking, a_customer, a_state, an_event
from tests.rules.records import LEAD

S, R, A, C, N, X = (
    Kind.SCHEDULED,
    Kind.RESCHEDULED,
    Kind.REASSIGNED,
    Kind.COMPLETED,
    Kind.NO_SHOW,
    Kind.CANCELED,
)

BY_CUSTOMER = Change(actor="customer")
BY_OWNER = Change(actor="owner")
REQUESTED = Change(actor="owner", reschedule_requested=True)


def history(*kinds: Kind, change: Change | None = None) -> Any:
    """Events of these kinds a minute apart; the last one says who did it."""
    last = len(kinds) - 1
    return [an_event(kind, minute=n, change=change if n == last else None) for n, kind in enumerate(kinds)]


def test_events_are_ordered_by_version_then_kind_then_delivery() -> None:
    events = [
        an_event(C, minute=5, event_id="EVNT-1"),
        an_event(R, minute=5, event_id="EVNT-3"),
        an_event(R, minute=5, event_id="EVNT-2"),
        an_event(X, minute=1, event_id="EVNT-4"),
    ]
    for order in permutations(events):
        assert [event.event_id for event in in_order(order)] == ["EVNT-4", "EVNT-2", "EVNT-3", "EVNT-1"]


def test_of_one_version_what_was_recorded_later_is_the_later_event() -> None:
    moved, canceled, silent = (
        an_event(kind, minute=5, event_id=f"EVNT-{n}") for n, kind in enumerate((R, X, C), start=1)
    )
    after = [
        event.model_copy(update={"recorded_at": event.occurred_at + timedelta(seconds=n)})
        for event, n in ((moved, 2), (canceled, 1))
    ]
    for order in permutations([*after, silent]):
        assert [event.event_id for event in in_order(order)] == ["EVNT-3", "EVNT-2", "EVNT-1"]


@pytest.mark.parametrize(
    ("kinds", "phase"),
    [
        ((S,), Phase.SCHEDULED),
        ((R,), Phase.RESCHEDULED),
        ((A,), Phase.SCHEDULED),
        ((C,), Phase.COMPLETED),
        ((N,), Phase.NO_SHOW),
        ((X,), Phase.CANCELED),
        ((S, R), Phase.RESCHEDULED),
        ((R, S), Phase.RESCHEDULED),
        ((S, A), Phase.SCHEDULED),
        ((R, A), Phase.RESCHEDULED),
        ((S, C), Phase.COMPLETED),
        ((C, S), Phase.COMPLETED),
        ((C, R), Phase.RESCHEDULED),
        ((C, N), Phase.NO_SHOW),
        ((S, N), Phase.NO_SHOW),
        ((N, C), Phase.NO_SHOW),
        ((N, X), Phase.CANCELED),
        ((C, X), Phase.CANCELED),
        ((X, C), Phase.CANCELED),
        ((X, N), Phase.CANCELED),
        ((X, A), Phase.CANCELED),
        ((X, S), Phase.CANCELED),
        ((X, R), Phase.RESCHEDULED),
        ((N, R), Phase.RESCHEDULED),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_phase_follows_the_vendors_transitions(kinds: tuple[Kind, ...], phase: Phase) -> None:
    assert fold(history(*kinds)).phase is phase


@pytest.mark.parametrize(
    ("kinds", "change", "detailed", "phase"),
    [
        ((S,), None, "Scheduled", "Scheduled"),
        ((S, R), BY_CUSTOMER, "Rescheduled by Customer", "Rescheduled"),
        ((S, R), None, "Rescheduled by Customer", "Rescheduled"),
        ((S, R), BY_OWNER, "Rescheduled by Owner", "Rescheduled"),
        ((R,), Change(actor="customer", reschedule_requested=True), "Rescheduled by Owner", "Rescheduled"),
        ((S, X), REQUESTED, "Canceled (reschedule requested by Owner)", "Canceled"),
        ((S, C), None, "Completed", "Completed"),
        ((S, X), BY_CUSTOMER, "Canceled by Customer", "Canceled"),
        ((S, X), BY_OWNER, "Canceled by Owner", "Canceled"),
        ((S, X), Change(reason="ill"), "Canceled", "Canceled"),
        ((S, X), None, "Canceled", "Canceled"),
        ((S, N), None, "No-show", "No-show"),
        ((S, A), None, "Scheduled (Reassigned by User)", "Scheduled (Reassigned by User)"),
        ((S, R, A), None, "Rescheduled (Reassigned by User)", "Rescheduled (Reassigned by User)"),
        ((S, A, R), BY_CUSTOMER, "Rescheduled by Customer", "Rescheduled"),
        ((S, A, C), None, "Completed", "Completed"),
        ((S, A, X), BY_OWNER, "Canceled by Owner", "Canceled"),
        ((S, R, C), BY_OWNER, "Completed", "Completed"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else None,
)
def test_status_texts_are_the_vendors(
    kinds: tuple[Kind, ...], change: Change | None, detailed: str, phase: str
) -> None:
    state = fold(history(*kinds, change=change))
    assert status_label(state, "detailed") == detailed
    assert status_label(state, "phase") == phase
    assert len(detailed) <= 40
    assert (detailed in status_labels("detailed"), phase in status_labels("phase")) == (True, True)


@pytest.mark.parametrize(
    ("kinds", "change", "label"),
    [
        ((S,), None, "Canceled"),
        ((S, R), BY_CUSTOMER, "Canceled"),
        ((S, X), BY_CUSTOMER, "Canceled by Customer"),
        ((S, X), REQUESTED, "Canceled (reschedule requested by Owner)"),
        ((S, C), None, "Canceled"),
        ((S, A), None, "Canceled"),
    ],
)
def test_a_replaced_booking_is_off_and_its_own_cancellation_says_how(
    kinds: tuple[Kind, ...], change: Change | None, label: str
) -> None:
    state = fold(history(*kinds, change=change), is_replaced=True)
    assert (state.phase, status_label(state, "detailed")) == (Phase.CANCELED, label)


def test_there_are_no_status_texts_but_the_vendors() -> None:
    assert len(status_labels("detailed")) == len(set(status_labels("detailed"))) == 11
    assert len(status_labels("phase")) == 7


def test_only_cancellations_and_moves_say_who_did_it() -> None:
    told = an_event(R, minute=1, change=Change(actor="owner", reason="Travel"))
    later = an_event(C, minute=2, change=Change(actor="customer", reason="-"))
    state = fold([an_event(), told, later])
    assert (state.moved, state.reason) == (told.booking.change, "Travel")


def test_reason_is_the_last_one_given() -> None:
    given = an_event(R, minute=1, change=Change(reason="Travel"))
    assert fold([given, an_event(X, minute=2, change=Change(actor="owner"))]).reason == "Travel"
    assert fold([given, an_event(X, minute=2, change=Change(reason="Ill"))]).reason == "Ill"
    assert fold([given, an_event(X, minute=2)]).reason == "Travel"


@pytest.mark.parametrize("silence", [None, ""], ids=["null", "blank"])
def test_silence_never_erases_what_an_older_event_said(silence: str | None) -> None:
    older = a_booking(
        subject="Demo",
        location="Room 1",
        page=Named(id="BP-1"),
        customer=a_customer(guests=("bo@acme.example",)),
        salesforce=SalesforceIds(lead=LEAD.id),
        answers={"Color": "red"},
    )
    newer = a_booking(
        subject=silence,
        location=silence,
        customer=a_customer(name=silence, phone=silence, company=silence),
        answers={"Color": ""},
    )
    booking = a_state(an_event(booking=older), an_event(R, minute=1, booking=newer)).booking
    assert booking == older


def test_what_the_newest_event_says_holds() -> None:
    older = an_event(subject="Demo", customer=a_customer(phone="1"), answers={"Color": "red", "Size": "M"})
    newer = an_event(R, minute=1, subject="Training", customer=a_customer(phone="2"), answers={"Color": "blue"})
    booking = a_state(older, newer).booking
    assert (booking.subject, booking.customer.phone) == ("Training", "2")
    assert booking.answers == {"Color": "blue", "Size": "M"}


ADA = Owner(id="USR-ADA", name="Ada", email="ada@vendor.example")
BEN = Owner(id="USR-BEN", name="Ben", email="ben@vendor.example")
CEM = Owner(id="USR-CEM", name="Cem", email="cem@vendor.example")


@pytest.mark.parametrize(
    ("said", "had"),
    [
        pytest.param((ADA,), (ADA,), id="one"),
        pytest.param((ADA, BEN), (ADA, BEN), id="reassigned"),
        pytest.param((Owner(), BEN), (Owner(), BEN), id="not named at first"),
        pytest.param((ADA, Owner()), (ADA, ADA), id="not named later"),
        pytest.param((ADA, Owner(id="USR-ADA")), (ADA, ADA), id="later by id alone"),
        pytest.param((Owner(id="USR-ADA"), ADA), (ADA, ADA), id="at first by id alone"),
        pytest.param((ADA, BEN, Owner(id="USR-ADA")), (ADA, BEN, ADA), id="back again, by id alone"),
        pytest.param((ADA, Owner(id="USR-BEN")), (ADA, Owner(id="USR-BEN")), id="nothing is mixed"),
        pytest.param((ADA, Owner(name="Ben")), (ADA, ADA), id="a mere name is nobody"),
        pytest.param((Owner(name="Ada"),), (Owner(name="Ada"),), id="a mere name stays a name"),
        pytest.param((Owner(name="Ada"), Owner()), (Owner(name="Ada"),) * 2, id="a mere name outlasts silence"),
        pytest.param((Owner(), Owner()), (Owner(), Owner()), id="nobody"),
    ],
)
def test_owners_of_a_booking_one_after_the_other(said: tuple[Owner, ...], had: tuple[Owner, ...]) -> None:
    state = a_state(*(an_event(A, minute=n, owner=owner) for n, owner in enumerate(said)))
    assert tuple(version.owner for version in reversed(state.versions)) == had
    assert state.booking.owner == had[-1]


@pytest.mark.parametrize(
    ("first", "then", "later", "now"),
    [
        pytest.param(ADA, BEN, ADA, BEN, id="who gave it away is still named"),
        pytest.param(ADA, BEN, Owner(id="USR-ADA"), BEN, id="still named by id"),
        pytest.param(Owner(email="ada@vendor.example"), BEN, ADA, BEN, id="still named by e-mail"),
        pytest.param(ADA, BEN, Owner(), BEN, id="nobody is named"),
        pytest.param(ADA, BEN, CEM, CEM, id="somebody else is named"),
        pytest.param(Owner(id="USR-ADA"), BEN, Owner(id="USR-CEM"), Owner(id="USR-CEM"), id="somebody else by id"),
        pytest.param(ADA, ADA, BEN, BEN, id="the reassignment does not say to whom"),
        pytest.param(Owner(), ADA, BEN, BEN, id="nobody gave it away"),
    ],
)
def test_who_gave_a_booking_away_does_not_own_it_again(first: Owner, then: Owner, later: Owner, now: Owner) -> None:
    state = a_state(an_event(owner=first), an_event(A, minute=1, owner=then), an_event(C, minute=2, owner=later))
    assert state.booking.owner == now


def test_a_booking_can_be_given_back() -> None:
    back = [an_event(A, minute=n, owner=owner) for n, owner in enumerate((ADA, BEN, ADA))]
    assert a_state(*back, an_event(C, minute=5, owner=ADA)).booking.owner == ADA


@pytest.mark.parametrize(("kinds", "is_live"), [((X,), False), ((X, X), False), ((S, X), True), ((C,), True)])
def test_a_booking_that_is_only_known_as_canceled_is_not_live(kinds: tuple[Kind, ...], is_live: bool) -> None:
    assert fold(history(*kinds)).live is is_live


def test_versions_are_the_booking_after_each_event_newest_first() -> None:
    state = a_state(an_event(subject="A"), an_event(R, minute=1, subject="B"), an_event(R, minute=2, subject=None))
    assert [version.subject for version in state.versions] == ["B", "B", "A"]


@pytest.mark.parametrize(
    ("last", "owner"),
    [
        pytest.param(Owner(id="USR-ADA"), "ben@vendor.example", id="still named by id"),
        pytest.param(Owner(email="ada@vendor.example"), "ben@vendor.example", id="still named by e-mail"),
        pytest.param(Owner(email="cleo@vendor.example"), "cleo@vendor.example", id="somebody else"),
    ],
)
def test_a_reassigned_booking_does_not_return_to_its_record_owner(last: Owner, owner: str) -> None:
    first, second = Owner(id="USR-ADA", email="ada@vendor.example"), Owner(email="ben@vendor.example")
    events = [
        an_event(owner=first),
        an_event(Kind.REASSIGNED, minute=1, owner=second),
        an_event(Kind.COMPLETED, minute=2, owner=last),
    ]
    assert fold(events).booking.owner.email == owner


@pytest.mark.parametrize(
    ("first", "named", "calendar", "now"),
    [
        pytest.param(Owner(id="USR-ADA"), Owner(id="USR-BEN"), None, Owner(id="USR-BEN"), id="no calendar"),
        pytest.param(ADA, BEN, "ben@home.example", BEN, id="somebody else is named"),
        pytest.param(
            Owner(id="USR-ADA"),
            Owner(id="USR-BEN"),
            "ben@vendor.example",
            Owner(id="USR-BEN", email="ben@vendor.example"),
            id="somebody else is named, by id alone",
        ),
        pytest.param(ADA, ADA, "ben@vendor.example", Owner(email="ben@vendor.example"), id="still the first one"),
        pytest.param(
            ADA, Owner(id="USR-ADA"), "ben@vendor.example", Owner(email="ben@vendor.example"), id="still, by id alone"
        ),
        pytest.param(ADA, Owner(), "ben@vendor.example", Owner(email="ben@vendor.example"), id="nobody is named"),
        pytest.param(Owner(), ADA, "ben@vendor.example", Owner(email="ben@vendor.example"), id="first one unknown"),
        pytest.param(Owner(), BEN, "Ben@vendor.example", BEN, id="his own calendar"),
    ],
)
def test_a_reassigned_booking_is_the_named_owners_unless_that_still_is_the_first_one(
    first: Owner, named: Owner, calendar: str | None, now: Owner
) -> None:
    state = a_state(an_event(owner=first), an_event(A, minute=1, owner=named, calendar_owner=calendar))
    assert state.booking.owner == now


def test_a_source_that_names_the_first_owner_for_ever_tells_the_others_by_their_calendars() -> None:
    calendars = (None, "ben@vendor.example", "cem@vendor.example")
    events = [
        an_event(A if calendar else S, minute=n, owner=ADA, calendar_owner=calendar)
        for n, calendar in enumerate(calendars)
    ]
    completed = an_event(C, minute=5, owner=ADA)
    assert a_state(*events, completed).booking.owner == Owner(email="cem@vendor.example")
    back = an_event(A, minute=4, owner=ADA, calendar_owner="ada@vendor.example")
    assert a_state(*events, back, completed).booking.owner == ADA
