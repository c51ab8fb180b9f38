"""Create, update, delete and upsert of one record, each of them whole or not at all."""

from dataclasses import dataclass
from typing import Any

from tests.simulator.control.locks import strike_record
from tests.simulator.data.body import read_changes
from tests.simulator.data.invitees import child_event, keep_children_in_step
from tests.simulator.data.person_accounts import check_deletable, check_halves, other_half, person_contact
from tests.simulator.data.records import Row
from tests.simulator.data.recycle_bin import CHILD_EVENT, stamp, throw_away
from tests.simulator.data.references import NUMBER, key_text, keyed
from tests.simulator.data.shapes import shape
from tests.simulator.errors import Refused, refuse
from tests.simulator.ids import SHORT, full_id
from tests.simulator.rules.assignment import imposed_owner
from tests.simulator.rules.screening import screen
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.permissionable import SETUP
from tests.simulator.setup.permissions import kept, remove
from tests.simulator.setup.record_types import check_values, settled
from tests.simulator.setup.schema import ACTIVITY
from tests.simulator.state import State, Writing
from tests.simulator.texts import say


@dataclass(frozen=True, slots=True)
class Saved:
    """The record that was written, and whether it is new."""

    id: str
    created: bool


class ManyMatches(Refused):
    """An upsert whose key addresses several records."""

    def __init__(self, key: Field, ids: list[str]) -> None:
        message = f"{key.name}: more than one record found for external id field: [{', '.join(ids)}]"
        super().__init__(300, refuse("DUPLICATE_EXTERNAL_ID", message, key.name).errors[0])
        self.ids = ids


def create(writing: Writing, sobject: SObject, body: Any) -> str:
    """Create a record as a client asks for it and return its id."""
    state = writing.state
    strike_record(state, sobject.name, "POST")
    if isinstance(body, dict) and (body.get("Id") or body.get("id")):
        raise refuse("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", "Id")
    changes = read_changes(state, sobject, without_id(body), creating=True)
    _check_kind(state, sobject, {}, changes)
    return insert(writing, state.schema.objects[sobject.name], changes, screened=True)


def insert(writing: Writing, sobject: SObject, changes: Row, *, screened: bool = False) -> str:
    """Store a new record, with what the org adds to it; the admin's rules are asked if it is to be screened."""
    if sobject.name in writing.state.record_types:
        changes = settled(writing.state, sobject, {}, changes)
    row: Row = {**sobject.defaults}
    row |= {name: value for name, value in changes.items() if value is not None}
    shape(writing.state, sobject.name, {}, row)
    if "OwnerId" in sobject.fields:
        row.setdefault("OwnerId", writing.user_id)
    if screened:
        screen(writing, sobject, {}, row)
    row |= imposed_owner(writing, sobject.name, row, created=True)
    check_unique(writing, sobject, None, row)
    row_id = str(row.get("Id") or writing.state.ids.next(sobject.prefix))
    by, now = writing.user_id or None, writing.now
    row |= {"Id": row_id, "CreatedById": by, "CreatedDate": now}
    row |= {"LastModifiedById": by, "LastModifiedDate": now, "SystemModstamp": now}
    writing.state.records.put(sobject.name, row_id, row)
    writing.created.add(row_id)
    if row.get("PersonContactId"):
        schema = writing.state.schema
        insert(writing, schema.objects["Contact"], person_contact(schema, row))
    own = child_event(writing, row) if sobject.name == "EventRelation" else None
    if own is not None:
        child = insert(writing, writing.state.schema.objects["Event"], own)
        writing.state.records.put(sobject.name, row_id, row | {CHILD_EVENT: child})
    return row_id


def update(writing: Writing, sobject: SObject, sent_id: str, body: Any) -> str:
    """Change the record with this id; returns the id in full."""
    state = writing.state
    strike_record(state, sobject.name, "PATCH", sent_id)
    row_id, before = addressed(writing, sobject, sent_id)
    if before.get("IsConverted") and not state.settings.edit_converted_leads:
        raise refuse("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    changes = read_changes(state, sobject, without_id(body), creating=False)
    _check_kind(state, sobject, before, changes)
    if sobject.name in state.record_types:
        changes = settled(state, sobject, before, changes)
    shape(state, sobject.name, before, changes)
    screen(writing, sobject, before, before | changes)
    changes |= imposed_owner(writing, sobject.name, before | changes, created=False)
    check_unique(writing, state.schema.objects[sobject.name], row_id, changes)
    row = before | changes | stamp(writing)
    state.records.put(sobject.name, row_id, kept(state, sobject.name, row) if sobject.name in SETUP else row)
    _keep_halves_in_step(writing, sobject, row_id, changes)
    if sobject.name == "Event":
        keep_children_in_step(writing, row_id, changes)
    return row_id


def _check_kind(state: State, sobject: SObject, before: Row, changes: Row) -> None:
    """Refuse what a record of this record type, or this half of a person account, cannot take."""
    if sobject.name in state.record_types:
        check_values(state, sobject, before, changes)
    if state.settings.person_accounts:
        check_halves(state, sobject, before, changes)


def _keep_halves_in_step(writing: Writing, sobject: SObject, row_id: str, changes: Row) -> None:
    """Write to the other half of a person account what has been written to this one."""
    state = writing.state
    half = other_half(state, sobject, row_id, changes) if state.settings.person_accounts else None
    if half is not None:
        check_unique(writing, half.sobject, half.id, half.changes)
        before = state.records.get(half.sobject.name, half.id) or {}
        state.records.put(half.sobject.name, half.id, before | half.changes | stamp(writing))


def delete(writing: Writing, sobject: SObject, sent_id: str) -> str:
    """Move the record into the recycle bin."""
    strike_record(writing.state, sobject.name, "DELETE", sent_id)
    row_id, before = addressed(writing, sobject, sent_id)
    if sobject.name in SETUP:
        remove(writing.state, sobject.name, row_id)
        return row_id
    check_deletable(sobject, before)
    throw_away(writing, sobject, row_id)
    return row_id


def upsert(writing: Writing, sobject: SObject, key: Field, value: Any, body: dict[str, Any]) -> Saved:
    """Update the record that the key addresses, or create it under that key."""
    if not key_text(writing.state, key, str(value)):
        raise refuse("MISSING_ARGUMENT", say("COLLECTION_NO_KEY", field=key.name))
    matches = keyed(writing.state, sobject, key, str(value))
    if len(matches) > 1:
        raise ManyMatches(key, sorted(matches))
    if matches:
        return Saved(update(writing, sobject, matches[0], body), created=False)
    return Saved(create(writing, sobject, {key.name: _typed(key, value), **body}), created=True)


def _typed(key: Field, value: Any) -> Any:
    """Return a key as a body would send it: in a path a number is text."""
    return float(value) if key.type == "double" and isinstance(value, str) and NUMBER.fullmatch(value) else value


def addressed(writing: Writing, sobject: SObject, sent_id: str) -> tuple[str, Row]:
    """Find the record that a call addresses by id."""
    row_id = full_id(sent_id)
    if row_id is None or not row_id.startswith(sobject.prefix):
        raise refuse("MALFORMED_ID", f"{sobject.label} ID: id value of incorrect type: {sent_id}", "Id")
    row = writing.state.records.get(sobject.name, row_id)
    if row is None:
        raise refuse("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=404)
    if row.get("IsDeleted"):
        raise refuse("ENTITY_IS_DELETED", "entity is deleted", status=404)
    return row_id, row


def without_id(body: Any) -> Any:
    if isinstance(body, dict) and ("Id" in body or "id" in body):
        return {name: value for name, value in body.items() if name not in {"Id", "id"}}
    return body


def check_unique(writing: Writing, sobject: SObject, own_id: str | None, changes: Row) -> None:
    """Refuse a value that another record already has in a unique field."""
    for field in sobject.unique:
        value = changes.get(field.name)
        other = _holder(writing, sobject, field, own_id, str(value)) if value is not None else None
        if other is not None:
            message = f"duplicate value found: {field.name} duplicates value on record with id: {other[:SHORT]}"
            raise refuse("DUPLICATE_VALUE", message)


def _holder(writing: Writing, sobject: SObject, field: Field, own_id: str | None, value: str) -> str | None:
    settings, records = writing.state.settings, writing.state.records
    shared = field.object == "Activity" and settings.activity_unique_spans_task_and_event
    for name in ACTIVITY if shared else (sobject.name,):
        table = records.tables[name]
        for row_id in table.indexes[field.name].ids(value):
            counts = settings.unique_counts_recycle_bin or not table.rows[row_id].get("IsDeleted")
            if row_id != own_id and counts:
                return row_id
    return None
