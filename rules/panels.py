"""Panel members: colleagues who take part beside the booking owner, invitees of the Event where the setup wants it.

Source: https://help.oncehub.com/help/introduction-to-panel-meetings
"""

from dataclasses import replace

from rules.lifecycle import BookingState
from rules.mapping import other_attendees
from rules.ownership import event_owner, find_user
from rules.plan import Decision, Invitations, New, Plan, Records
from rules.ready import ReadySetup
from rules.snapshot import Work


def with_invitations(decision: Decision, work: Work, setup: ReadySetup) -> Decision:
    """The decision, and who is to be invited to its Event: whoever the booking names now, and no longer who it did.

    Nothing is to be done where the journal knows that it was, unless an earlier try broke off: then nobody knows.
    """
    if not (isinstance(decision, Plan) and decision.records.event and setup.event.invite_panel_members):
        return decision
    users, known = panel_members(work.state, setup), set((work.records or Records()).invited)
    is_new = isinstance(decision.records.event, New)
    if users == known and not (is_new or work.is_retry):
        return replace(decision, records=replace(decision.records, invited=tuple(sorted(known))))
    former = (known | _ever_members(work.state, setup)) - users
    if not (users or (former and not is_new)):
        return decision
    invitations = Invitations(
        users=tuple(sorted(users)), former=() if is_new else tuple(sorted(former)), is_new_event=is_new
    )
    because = f"panel members who are Salesforce users, invited to the Event: {len(users)}"
    return replace(decision, invitations=invitations, because=(*decision.because, because))


def panel_members(state: BookingState, setup: ReadySetup) -> frozenset[str]:
    """The user ids of those who take part, but for the Event's owner and whoever has given the booking away."""
    named = (setup.users.by_name.get(name.casefold()) for name in other_attendees(state))
    owners = {event_owner(state, setup).owner_id, *(find_user(version.owner, setup) for version in state.versions)}
    return frozenset(user for user in named if user and user not in owners)


def _ever_members(state: BookingState, setup: ReadySetup) -> set[str]:
    """Everybody who was a member after one event of the booking or another: an earlier try may have invited him."""
    after = (replace(state, versions=state.versions[n:]) for n in range(len(state.versions)))
    return {user for version in after for user in panel_members(version, setup)}
