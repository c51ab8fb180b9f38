"""Panel members: who is to be invited to the Event, whom the journal knows to be, and who is not to be any more."""

from typing import Any

import pytest

from producers.contract import BookingEvent, Kind, Owner
from rules.panels import panel_members, with_invitations
from rules.plan import Invitations, Nothing, Plan, Records
from tests.builders import ADA, BEN, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.planning import NEW_EVENT
from tests.rules.records import EVENT

CLEO = "005000000000003AAA"
INVITING = a_setup(
    event={"invite_panel_members": True}, owners={"users": {"ada@x.example": ADA, "USR-BEN": BEN, "ben@x.example": BEN}}
)
ADA_IS, BEN_IS, UNKNOWN = Owner(email="ada@x.example"), Owner(id="usr-ben"), Owner(id="USR-GONE")


def a_panel(*members: str, minute: int = 0, kind: Kind = Kind.SCHEDULED, **changes: Any) -> BookingEvent:
    return an_event(kind, minute=minute, attendees=members, **{"owner": ADA_IS} | changes)


@pytest.mark.parametrize(
    ("event", "members"),
    [
        pytest.param(a_panel(), set(), id="no panel"),
        pytest.param(a_panel("ada@x.example"), set(), id="its owner alone"),
        pytest.param(a_panel("ben@x.example"), {BEN}, id="a user by his e-mail"),
        pytest.param(a_panel("Ben@X.example", "USR-ben"), {BEN}, id="whatever he is called"),
        pytest.param(a_panel("nobody@x.example"), set(), id="nobody's address"),
        pytest.param(a_panel("ben@x.example", customer=a_customer(email="ben@x.example")), set(), id="the customer"),
        pytest.param(a_panel("ben@x.example", customer=a_customer(guests=("ben@x.example",))), set(), id="a guest"),
        pytest.param(a_panel("ada@vendor.example"), set(), id="the owner by another address"),
    ],
)
def test_members_are_the_users_who_take_part_beside_the_owner(event: BookingEvent, members: set[str]) -> None:
    assert panel_members(a_state(event), INVITING) == members


@pytest.mark.parametrize(
    ("owner", "members"),
    [
        pytest.param(BEN_IS, set(), id="a member takes it over"),
        pytest.param(UNKNOWN, {BEN}, id="somebody unknown does, so that it stays with Ada"),
    ],
)
def test_neither_who_has_given_the_booking_away_nor_who_has_it_is_a_member(owner: Owner, members: set[str]) -> None:
    attendees = ("ada@x.example", "ben@x.example")
    given = a_panel(*attendees, minute=1, kind=Kind.REASSIGNED, owner=owner)
    assert panel_members(a_state(a_panel(*attendees), given), INVITING) == members


def test_the_fallback_user_who_owns_what_nobody_does_is_no_member() -> None:
    setup = a_setup(owners={"on_unmapped": "fallback_user", "fallback_user": "ben@vendor.example"})
    assert panel_members(a_state(a_panel("ben@vendor.example", owner=UNKNOWN)), setup) == set()


def invitations(*events: BookingEvent, plan: Plan, setup: Any = INVITING, **work: Any) -> Invitations | None:
    decision = with_invitations(plan, a_work(*events, **work), setup)
    assert isinstance(decision, Plan)
    return decision.invitations


NEW, KNOWN = (Plan(booking_id="BKNG-1", records=Records(event=event)) for event in (NEW_EVENT, EVENT))
PANEL = a_panel("ben@x.example")
OWN = Records(event=EVENT, invited=(BEN,))


@pytest.mark.parametrize(
    ("event", "plan", "work", "expected"),
    [
        pytest.param(PANEL, NEW, {}, Invitations(users=(BEN,), is_new_event=True), id="a new Event"),
        pytest.param(PANEL, KNOWN, {}, Invitations(users=(BEN,), is_new_event=False), id="one that is there"),
        pytest.param(PANEL, KNOWN, {"records": OWN}, None, id="one that has them"),
        pytest.param(
            PANEL,
            KNOWN,
            {"records": OWN, "is_retry": True},
            Invitations(users=(BEN,), is_new_event=False),
            id="one of which nobody knows",
        ),
        pytest.param(
            PANEL, NEW, {"records": OWN}, Invitations(users=(BEN,), is_new_event=True), id="one that is put back"
        ),
        pytest.param(
            PANEL,
            KNOWN,
            {"records": Records(event=EVENT, invited=(CLEO,))},
            Invitations(users=(BEN,), former=(CLEO,), is_new_event=False),
            id="another panel",
        ),
        pytest.param(
            a_panel(),
            KNOWN,
            {"records": OWN},
            Invitations(users=(), former=(BEN,), is_new_event=False),
            id="no panel any more",
        ),
        pytest.param(a_panel(), NEW, {"records": OWN}, None, id="put back without a panel"),
        pytest.param(a_panel(), KNOWN, {"is_retry": True}, None, id="never a panel"),
        pytest.param(PANEL, Plan(booking_id="BKNG-1"), {}, None, id="no Event"),
    ],
)
def test_who_is_to_be_invited(
    event: BookingEvent, plan: Plan, work: dict[str, Any], expected: Invitations | None
) -> None:
    assert invitations(event, plan=plan, **work) == expected


def test_nobody_is_invited_unless_the_setup_wants_it() -> None:
    assert invitations(PANEL, plan=NEW, setup=a_setup()) is None


def test_whom_a_try_that_broke_off_may_have_invited_is_not_to_be_any_more() -> None:
    other = a_panel("nobody@x.example", minute=1, kind=Kind.RESCHEDULED)
    found = invitations(PANEL, other, plan=KNOWN, is_retry=True)
    assert found == Invitations(users=(), former=(BEN,), is_new_event=False)


def test_what_is_known_of_invitees_stays_known() -> None:
    decision = with_invitations(KNOWN, a_work(PANEL, records=OWN), INVITING)
    assert isinstance(decision, Plan)
    assert decision.records.invited == (BEN,)


def test_what_is_no_plan_invites_nobody() -> None:
    nothing = Nothing(booking_id="BKNG-1", because="the page creates nothing for general links")
    assert with_invitations(nothing, a_work(PANEL), INVITING) == nothing


def test_the_plan_says_how_many_it_invites() -> None:
    decision = with_invitations(NEW, a_work(PANEL), INVITING)
    assert isinstance(decision, Plan)
    assert decision.because == ("panel members who are Salesforce users, invited to the Event: 1",)
