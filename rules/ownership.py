"""Who owns a record: keep, booking owner, assignment rules."""

from dataclasses import dataclass
from typing import assert_never

from producers.contract import Owner
from rules.lifecycle import BookingState
from rules.quick import quick
from rules.ready import ReadySetup
from rules.ruleset import Assignment

UNMAPPED_OWNER = "OWNER_UNMAPPED"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """What a write says of the owner: an OwnerId or none, and whether assignment rules run.

    `unmapped` tells that the booking owner is no active Salesforce user. Then the owner is the API user, named
    outright so that it does not depend on the order of events who owns an Event in the end, or the fallback user.
    """

    owner_id: str | None
    auto_assign: bool
    because: str
    unmapped: bool = False


def decide_owner(assignment: Assignment, state: BookingState, setup: ReadySetup) -> Ownership:
    """Turn the admin's choice into what is written. Rules and an OwnerId exclude each other: the rule would win."""
    match assignment:
        case "keep":
            return Ownership(owner_id=None, auto_assign=False, because="owner kept")
        case "assignment_rules":
            return Ownership(owner_id=None, auto_assign=True, because="owner by the org's assignment rules")
        case "booking_owner":
            return booking_owner(record_owner(state, setup), setup)
        case _:
            assert_never(assignment)


def decide_existing_owner(assignment: Assignment, state: BookingState, setup: ReadySetup) -> Ownership:
    """As decide_owner, but nobody loses a record to the API user: where there is no user to assign it to, it stays."""
    ownership = decide_owner(assignment, state, setup)
    if not ownership.unmapped or setup.users.fallback:
        return ownership
    because = "owner kept: the booking owner is no active Salesforce user"
    return Ownership(owner_id=None, auto_assign=False, because=because, unmapped=True)


def record_owner(state: BookingState, setup: ReadySetup) -> Owner:
    """The owner at booking time: records are assigned once, and a later reassignment moves the Event alone.

    Where the setup wants it, records follow the reassignment. Owners who are no Salesforce users are passed over, so
    that no order of the events makes a difference.
    """
    owners = [version.owner for version in state.versions]
    if not setup.life_cycle.reassign_moves_record_owner:
        owners.reverse()
    if len(owners) == 1:
        return owners[0]
    return next((owner for owner in owners if find_user(owner, setup)), owners[0])


def booking_owner(owner: Owner, setup: ReadySetup) -> Ownership:
    """The Salesforce user of the booking owner: by the setup's table, else by e-mail where that is allowed."""
    user = find_user(owner, setup)
    if user:
        return Ownership(owner_id=user, auto_assign=False, because="owner is the booking owner")
    fallback = setup.users.fallback
    because = f"owner is the {'fallback' if fallback else 'API'} user: the booking owner is no active Salesforce user"
    return Ownership(owner_id=fallback or setup.users.api_user, auto_assign=False, because=because, unmapped=True)


def event_owner(state: BookingState, setup: ReadySetup) -> Ownership:
    """The booking owner as it stands now, whom the Event follows.

    Given to somebody who is no Salesforce user it stays with the last one who is, as the vendor leaves it, unless the
    setup names a fallback user for such bookings.
    Source: https://help.oncehub.com/help/eligibility-for-booking-reassignment
    """
    ownership = booking_owner(state.booking.owner, setup)
    if not ownership.unmapped or setup.users.fallback:
        return ownership
    kept = next((user for version in state.versions if (user := find_user(version.owner, setup))), None)
    if kept is None:
        return ownership
    because = "owner kept: the booking's new owner is no active Salesforce user"
    return Ownership(owner_id=kept, auto_assign=False, because=because, unmapped=True)


def find_user(owner: Owner, setup: ReadySetup) -> str | None:
    """The id of the Salesforce user, None if the booking owner has none."""
    for name in (owner.id, owner.email, owner.name):
        user = setup.users.by_name.get(name.casefold()) if name else None
        if user:
            return user
    return None
