import pytest

from producers.contract import Kind, Owner
from rules.ownership import (
    Ownership,
    booking_owner,
    decide_existing_owner,
    decide_owner,
    event_owner,
    find_user,
    record_owner,
)
from rules.ruleset import Assignment
from tests.builders import ADA, API_USER, BEN, a_setup, a_state, an_event

ADA_IS, BEN_IS = Owner(email="ada@vendor.example"), Owner(email="ben@vendor.example")
UNKNOWN = Owner(id="USR-GONE", email="gone@vendor.example")


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("keep", Ownership(owner_id=None, auto_assign=False, because="owner kept")),
        ("booking_owner", Ownership(owner_id=ADA, auto_assign=False, because="owner is the booking owner")),
        (
            "assignment_rules",
            Ownership(owner_id=None, auto_assign=True, because="owner by the org's assignment rules"),
        ),
    ],
)
def test_the_admins_choice_is_an_owner_or_a_rule_or_neither(assignment: Assignment, expected: Ownership) -> None:
    assert decide_owner(assignment, a_state(), a_setup()) == expected
    assert decide_existing_owner(assignment, a_state(), a_setup()) == expected


@pytest.mark.parametrize(
    ("owner", "users", "match_by_email", "user"),
    [
        pytest.param(Owner(email="ada@vendor.example"), {}, True, ADA, id="same e-mail"),
        pytest.param(Owner(email="ADA@Vendor.Example"), {}, True, ADA, id="same e-mail in capitals"),
        pytest.param(Owner(email="ada@vendor.example"), {}, False, None, id="same e-mail, not to be matched"),
        pytest.param(Owner(id="USR-1"), {"USR-1": "ben@vendor.example"}, False, BEN, id="named by id"),
        pytest.param(Owner(id="usr-1"), {"USR-1": "ben@vendor.example"}, False, BEN, id="named by id, other case"),
        pytest.param(Owner(email="a@x.example"), {"a@x.example": BEN}, False, BEN, id="named by e-mail"),
        pytest.param(
            Owner(id="USR-1", email="ada@vendor.example"), {"USR-1": BEN}, True, BEN, id="named before matched"
        ),
        pytest.param(
            Owner(email="ada@vendor.example"), {"ada@vendor.example": BEN}, True, BEN, id="named otherwise than matched"
        ),
        pytest.param(UNKNOWN, {}, True, None, id="unknown"),
        pytest.param(Owner(name="Ada"), {}, True, None, id="a mere name"),
    ],
)
def test_which_salesforce_user_the_booking_owner_is(
    owner: Owner, users: dict[str, str], match_by_email: bool, user: str | None
) -> None:
    assert find_user(owner, a_setup(owners={"users": users, "match_by_email": match_by_email})) == user


@pytest.mark.parametrize(
    ("owners", "owner_id", "who"),
    [
        ({"on_unmapped": "api_user"}, API_USER, "API"),
        ({"on_unmapped": "fallback_user", "fallback_user": "ben@vendor.example"}, BEN, "fallback"),
    ],
)
def test_what_no_user_owns_goes_to_the_api_user_or_the_fallback_user(
    owners: dict[str, str], owner_id: str, who: str
) -> None:
    assert booking_owner(UNKNOWN, a_setup(owners=owners)) == Ownership(
        owner_id=owner_id,
        auto_assign=False,
        because=f"owner is the {who} user: the booking owner is no active Salesforce user",
        unmapped=True,
    )


@pytest.mark.parametrize(
    ("owners", "owner_id", "unmapped"),
    [
        pytest.param((ADA_IS, BEN_IS), BEN, False, id="taken over"),
        pytest.param((ADA_IS, UNKNOWN), ADA, True, id="given to nobody"),
        pytest.param((ADA_IS, BEN_IS, UNKNOWN), BEN, True, id="given to nobody by the second owner"),
        pytest.param((UNKNOWN, ADA_IS), ADA, False, id="at first nobody's"),
        pytest.param((UNKNOWN, Owner(id="USR-OFF")), API_USER, True, id="never anybody's"),
    ],
)
def test_an_event_follows_the_booking_to_users_and_stays_with_the_last_one(
    owners: tuple[Owner, ...], owner_id: str, unmapped: bool
) -> None:
    state = a_state(*(an_event(Kind.REASSIGNED, minute=n, owner=owner) for n, owner in enumerate(owners)))
    ownership = event_owner(state, a_setup())
    assert (ownership.owner_id, ownership.unmapped) == (owner_id, unmapped)


def test_an_event_that_is_given_to_nobody_goes_to_the_fallback_user_where_there_is_one() -> None:
    setup = a_setup(owners={"on_unmapped": "fallback_user", "fallback_user": "ben@vendor.example"})
    given = an_event(Kind.REASSIGNED, minute=1, owner=UNKNOWN)
    assert event_owner(a_state(an_event(), given), setup).owner_id == BEN


def test_nobody_loses_a_record_to_the_api_user() -> None:
    unmapped = a_state(an_event(owner=UNKNOWN))
    assert decide_existing_owner("booking_owner", unmapped, a_setup()) == Ownership(
        owner_id=None,
        auto_assign=False,
        because="owner kept: the booking owner is no active Salesforce user",
        unmapped=True,
    )


@pytest.mark.parametrize(("follows", "owner"), [(False, ADA), (True, BEN)])
def test_records_follow_a_reassignment_where_the_setup_wants_it(follows: bool, owner: str) -> None:
    setup = a_setup(life_cycle={"reassign_moves_record_owner": follows})
    ben = Owner(email="ben@vendor.example")
    state = a_state(an_event(), an_event(Kind.REASSIGNED, minute=1, owner=ben))
    assert decide_owner("booking_owner", state, setup).owner_id == owner


def test_a_fallback_user_gets_existing_records_too() -> None:
    setup = a_setup(owners={"on_unmapped": "fallback_user", "fallback_user": "ben@vendor.example"})
    assert decide_existing_owner("booking_owner", a_state(an_event(owner=UNKNOWN)), setup).owner_id == BEN


@pytest.mark.parametrize(
    ("owners", "first"),
    [
        pytest.param((ADA_IS, BEN_IS), ADA_IS, id="reassigned"),
        pytest.param((UNKNOWN, BEN_IS), BEN_IS, id="at first nobody"),
        pytest.param((Owner(), BEN_IS, ADA_IS), BEN_IS, id="at first not named"),
        pytest.param((ADA_IS, UNKNOWN), ADA_IS, id="later nobody"),
        pytest.param((UNKNOWN, Owner(id="USR-OFF")), UNKNOWN, id="never anybody"),
    ],
)
def test_records_are_for_the_record_owner_who_is_a_user(owners: tuple[Owner, ...], first: Owner) -> None:
    state = a_state(*(an_event(Kind.REASSIGNED, minute=n, owner=owner) for n, owner in enumerate(owners)))
    assert record_owner(state, a_setup()) == first
