"""Who owns a record: keep, booking owner, assignment rules."""

from dataclasses import dataclass

from producers.contract import Owner
from rules.ready import ReadySetup
from rules.ruleset import Assignment

UNMAPPED_OWNER = "OWNER_UNMAPPED"


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


def decide_owner(assignment: Assignment, owner: Owner, setup: ReadySetup) -> Ownership:
    """Turn the admin's choice into what is written. Rules and an OwnerId exclude each other: the rule would win."""
    match assignment:
        case "keep":
            return Ownership(owner_id=None, auto_assign=False, because="owner kept")
        case "assignment_rules":
            return Ownership(owner_id=None, auto_assign=True, because="owner by the org's assignment rules")
        case "booking_owner":
            return booking_owner(owner, setup)


def booking_owner(owner: Owner, setup: ReadySetup) -> Ownership:
    """The Salesforce user of the booking owner: by the setup's table, else by e-mail where that is allowed."""
    user = find_user(owner, setup)
    if user:
        return Ownership(owner_id=user, auto_assign=False, because="owner is the booking owner")
    fallback = setup.users.fallback
    because = f"owner is the {'fallback' if fallback else 'API'} user: the booking owner is no active Salesforce user"
    return Ownership(owner_id=fallback or setup.users.api_user, auto_assign=False, because=because, unmapped=True)


def find_user(owner: Owner, setup: ReadySetup) -> str | None:
    """The id of the Salesforce user, None if the booking owner has none."""
    names = (name.casefold() for name in (owner.id, owner.email) if name)
    return next((setup.users.by_name[name] for name in names if name in setup.users.by_name), None)
