"""Invitees of events: who can be one, and the child event that each user among them gets."""

from tests.simulator.data.records import Records, Row
from tests.simulator.data.recycle_bin import CHILD_EVENT, children, stamp
from tests.simulator.errors import refuse
from tests.simulator.state import State, Writing
from tests.simulator.texts import say

# Object reference, Event: of a child event nothing but its reminder is its own.
_OWN = frozenset({"OwnerId", "IsChild", "IsReminderSet", "ReminderDateTime"})


def shape_event_relation(state: State, before: Row, changes: Row) -> None:
    """Check an invitee as he is about to be; without shared activities a relation is nothing but an invitee."""
    relation = before | changes
    if not relation.get("IsInvitee"):
        raise refuse("FIELD_INTEGRITY_EXCEPTION", say("RELATION_WITHOUT_INVITEE"), "IsInvitee")
    if before:
        return
    event, invitee = state.records.get("Event", str(relation["EventId"])) or {}, relation["RelationId"]
    if event.get("IsChild"):
        # Object reference, EventRelation: one can't be created for a child event.
        raise refuse("FIELD_INTEGRITY_EXCEPTION", say("INVITEE_OF_CHILD"), "EventId")
    if invitee == event.get("OwnerId"):
        raise refuse("FIELD_INTEGRITY_EXCEPTION", say("INVITEE_IS_OWNER"), "RelationId")
    if state.settings.same_invitee_is_refused and invitee in _invitees(state.records, str(event["Id"])):
        raise refuse("DUPLICATE_VALUE", say("INVITEE_TWICE"))


def child_event(writing: Writing, relation: Row) -> Row | None:
    """Return the event that a user gets in his own calendar as an invitee, without what only one record can have.

    Change Data Capture guide, Event Invitees: none for anybody else.
    """
    if not str(relation["RelationId"]).startswith("005"):
        return None
    event = writing.state.records.get("Event", str(relation["EventId"])) or {}
    return {**_shared(writing.state, event), "OwnerId": relation["RelationId"], "IsChild": True}


def keep_children_in_step(writing: Writing, event_id: str, changes: Row) -> None:
    """Write to the child events what has been written to their event."""
    records = writing.state.records
    for relation_id in children(records, "EventRelation", "EventId", event_id):
        child = str(records.tables["EventRelation"].rows[relation_id].get(CHILD_EVENT))
        row = records.get("Event", child)
        if row is not None:
            records.put("Event", child, row | _shared(writing.state, changes) | stamp(writing))


def _invitees(records: Records, event_id: str) -> set[object]:
    rows = records.tables["EventRelation"].rows
    return {rows[each]["RelationId"] for each in children(records, "EventRelation", "EventId", event_id)}


def _shared(state: State, event: Row) -> Row:
    fields = state.schema.objects["Event"].fields
    return {
        name: value
        for name, value in event.items()
        if name in fields and name not in _OWN and fields[name].type != "id" and not fields[name].unique
    }
