"""References to other records: by id, or by the external id of a parent named in the body."""

import re
from typing import Any

from tests.simulator.data.records import Row
from tests.simulator.errors import Refused, malformed, refuse
from tests.simulator.ids import SHORT, full_id
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.record_types import usable_id
from tests.simulator.state import State
from tests.simulator.texts import say

NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")


def check_reference(state: State, sobject: SObject, field: Field, sent: str) -> str:
    """Return the full id; refuse one that is malformed, of another object, missing or unusable here."""
    row_id = full_id(sent)
    if row_id is None:
        raise refuse("MALFORMED_ID", f"{field.label}: id value of incorrect type: {sent}", field.name)
    target = state.schema.by_prefix.get(row_id[:3])
    if target is None or target.name not in field.reference_to:
        raise refuse("FIELD_INTEGRITY_EXCEPTION", f"{field.label}: id value of incorrect type: {sent}", field.name)
    if field.name == "RecordTypeId":
        return usable_id(state, sobject, field, row_id)
    row = state.records.get(target.name, row_id)
    if row is None:
        raise refuse("INVALID_CROSS_REFERENCE_KEY", f"{field.label}: invalid cross reference id", field.name)
    _check_usable(state, sobject, field, row_id, row)
    return row_id


def _check_usable(state: State, sobject: SObject, field: Field, row_id: str, row: Row) -> None:
    if row.get("IsDeleted"):
        raise _deleted_parent(state, row_id)
    if row.get("IsConverted") and not state.settings.edit_converted_leads:
        raise refuse("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    if field.name == "OwnerId":
        _check_owner(state, sobject, field, row_id, row)


def _deleted_parent(state: State, row_id: str) -> Refused:
    code = state.settings.deleted_parent_code
    if code == "ENTITY_IS_DELETED":
        return refuse(code, "entity is deleted")
    return refuse(code, f"insufficient access rights on cross-reference id: {row_id[:SHORT]}")


def _check_owner(state: State, sobject: SObject, field: Field, row_id: str, row: Row) -> None:
    if "IsActive" in row and not row["IsActive"]:
        message = say("INACTIVE_OWNER_OR_USER", user=row_id[:SHORT], object=sobject.label.lower())
        raise refuse("INACTIVE_OWNER_OR_USER", message, field.name)
    if row.get("Type") not in {None, "Queue"}:
        raise refuse("INVALID_CROSS_REFERENCE_KEY", f"{field.label}: invalid cross reference id", field.name)
    if row.get("Type") == "Queue" and sobject.name not in _queued(state, row_id):
        raise refuse("INVALID_OPERATION", "Queue not associated with this SObject type")


def _queued(state: State, queue_id: str) -> set[str]:
    """Name the objects whose records a queue may hold."""
    rows = state.records.tables["QueueSobject"].rows.values()
    return {str(row["SobjectType"]) for row in rows if row["QueueId"] == queue_id}


def find_parent(state: State, field: Field, named: Any) -> str | None:
    """Find the parent that a body names as {"Relationship": {"ExternalId__c": value}}."""
    if named is None:
        return None
    if not isinstance(named, dict):
        raise malformed("JSON_PARSER_ERROR", f"Unexpected value for {field.relationship}: an object is expected")
    parent = _parent_object(state, field, named)
    keys = [name for name in named if name != "attributes"]
    key = parent.field(keys[0]) if len(keys) == 1 else None
    if key is None or not key.key:
        shown = ", ".join(keys)
        raise refuse("INVALID_FIELD", f"Field name provided, {shown} does not match an External ID for {parent.name}")
    return _only_match(state, parent, key, named[keys[0]])


def _parent_object(state: State, field: Field, named: dict[str, Any]) -> SObject:
    attributes = named.get("attributes")
    chosen = attributes.get("type") if isinstance(attributes, dict) else None
    if chosen is None and len(field.reference_to) > 1:
        raise refuse(
            "INVALID_FIELD", f"The type of the polymorphic relationship {field.relationship} must be specified"
        )
    name = str(chosen or field.reference_to[0])
    parent = state.visible.find(name)
    if parent is None or parent.name not in field.reference_to:
        raise refuse("INVALID_FIELD", f"sObject type '{name}' is not supported for relationship {field.relationship}")
    return parent


def _only_match(state: State, parent: SObject, key: Field, value: Any) -> str:
    matches = sorted(keyed(state, parent, key, str(value)))
    if not matches:
        message = f"Foreign key external ID: {value} not found for field {key.name} in entity {parent.name}"
        raise refuse("INVALID_FIELD", message)
    if len(matches) > 1:
        raise refuse("INVALID_FIELD", f"More than one record found for external id field: [{', '.join(matches)}]")
    return matches[0]


def keyed(state: State, sobject: SObject, key: Field, value: str) -> list[str]:
    """Ids of the undeleted records that a key field addresses."""
    if key.type != "id":
        found = list(state.records.living(sobject.name, key, key_text(state, key, value)))
        if state.settings.upsert_matches_archived:
            return found
        return [row_id for row_id in found if not state.records.tables[sobject.name].rows[row_id].get("IsArchived")]
    row_id = full_id(value)
    row = state.records.get(sobject.name, row_id) if row_id else None
    return [row_id] if row_id and row is not None and not row.get("IsDeleted") else []


def key_text(state: State, key: Field, sent: str) -> str:
    """Return a key as the index spells it: a number is one value however it is written."""
    text = sent.strip() if state.settings.text_is_trimmed else sent
    return str(float(text)) if key.type == "double" and NUMBER.fullmatch(text) else text
