"""After the writes of a batch: the panel members of its bookings become invitees of their Events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.plan import Invitations, Known, Plan, SObject, Warned
from worker.claims import ClaimedBooking
from worker.errors import Disconnected, LimitReached, SyncError, Transient
from worker.outcome import Outcome, Park, Retry, Synced, Wait
from worker.retry import decide
from worker.salesforce.invitees import Invitee, read_invitees, write_invitees
from worker.salesforce.session import SalesforceSession

# Whatever else Salesforce says, the meeting is in the calendar of its owner, and one colleague less is no reason to
# hold the booking.
_WORTH_WAITING_FOR = (Transient, LimitReached, Disconnected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """The outcomes of all bookings, and the errors that are worth another try."""

    outcomes: Mapping[str, Outcome]
    errors: tuple[SyncError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One booking whose records are written, and who is to be invited to its Event."""

    booking: ClaimedBooking
    outcome: Synced
    event_id: str
    invitations: Invitations


def invite(
    session: SalesforceSession,
    bookings: Sequence[ClaimedBooking],
    plans: Mapping[str, Plan],
    outcomes: Mapping[str, Outcome],
    jitter: Callable[[], float],
    check_held: Callable[[], None],
) -> Invited:
    """Invite, for bookings that are synced. One call, and one before it where an Event may have invitees already.

    `check_held` raises SyncError if nothing may be written, because another worker has one of the customers.
    """
    asked = [each for booking in bookings if (each := _asked(booking, plans.get(booking.id), outcomes))]
    if not asked:
        return Invited(outcomes=outcomes)
    refused = _errors_by_booking(session, asked, check_held)
    changed = {each.booking.id: _outcome(each, refused[each.booking.id], jitter) for each in asked}
    errors = tuple(error for own in refused.values() for error in own if isinstance(error, _WORTH_WAITING_FOR))
    return Invited(outcomes={**outcomes, **changed}, errors=errors)


def count_invitation_calls(plans: Sequence[Plan]) -> tuple[int, int]:
    """The most API calls that the invitations of these bookings of one batch take: to read and to write."""
    asked = [plan.invitations for plan in plans if plan.invitations]
    return int(any(not each.is_new_event for each in asked)), int(bool(asked))


def _asked(booking: ClaimedBooking, plan: Plan | None, outcomes: Mapping[str, Outcome]) -> _Asked | None:
    outcome = outcomes[booking.id]
    if plan is None or plan.invitations is None or not isinstance(outcome, Synced):
        return None
    event = outcome.records.event
    if not isinstance(event, Known):
        return None
    return _Asked(booking=booking, outcome=outcome, event_id=event.id, invitations=plan.invitations)


def _errors_by_booking(
    session: SalesforceSession, asked: Sequence[_Asked], check_held: Callable[[], None]
) -> dict[str, list[SyncError]]:
    met = [each for each in asked if not each.invitations.is_new_event]
    try:
        there = read_invitees(session, [each.event_id for each in met]) if met else []
        check_held()
    except SyncError as error:
        return {each.booking.id: [error] for each in asked}
    wanted = [(each.booking.id, change) for each in asked for change in _changes(each, there)]
    results = write_invitees(session, [change for _, change in wanted])
    errors: dict[str, list[SyncError]] = {each.booking.id: [] for each in asked}
    for (name, _), result in zip(wanted, results, strict=True):
        errors[name] += [result] if result else []
    return errors


def _changes(asked: _Asked, there: Sequence[Invitee]) -> list[Invitee]:
    """What the Event lacks and has too many of. An invitee whom nobody of the booking's is, somebody else invited."""
    own = {each.user_id[:15]: each for each in there if each.event_id[:15] == asked.event_id[:15]}
    gone = [own[user[:15]] for user in asked.invitations.former if user[:15] in own]
    missing = [user for user in asked.invitations.users if user[:15] not in own]
    return [*gone, *(Invitee(event_id=asked.event_id, user_id=user) for user in missing)]


def _outcome(asked: _Asked, errors: Sequence[SyncError], jitter: Callable[[], float]) -> Outcome:
    synced = asked.outcome
    again = next((error for error in errors if isinstance(error, _WORTH_WAITING_FOR)), None)
    if again is None:
        records = replace(synced.records, invited=asked.invitations.users)
        return replace(synced, records=records, warnings=(*synced.warnings, *map(_warned, errors)), changed=True)
    outcome = decide(again, asked.booking.attempts + 1, asked.booking.tries_like(again.code), jitter())
    match outcome:
        case Retry():
            return replace(outcome, records=synced.records, writes=synced.writes)
        case Wait():
            return replace(outcome, records=synced.records, writes=synced.writes, broke_off=True)
        case Park():
            return replace(outcome, records=synced.records, because=synced.because, writes=synced.writes)
        case _:  # pragma: no cover - an error never decides for anything else
            return outcome


def _warned(error: SyncError) -> Warned:
    message = f"a panel member is not among the Event's invitees, or still is: Salesforce said {error.code}"
    return Warned(code="INVITEE_REFUSED", object=SObject.EVENT, field="RelationId", message=message)
