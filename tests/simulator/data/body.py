"""The body of one record: from what a client sent to the changes that would be made."""

from dataclasses import replace
from typing import Any

from tests.simulator.data.records import Row
from tests.simulator.data.references import check_reference, find_parent
from tests.simulator.data.values import PLAIN_TEXTS, stored, text
from tests.simulator.errors import Error, NoSuchColumn, Refused, Unreadable, lacking, not_writable, refuse
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.state import State


def read_changes(state: State, sobject: SObject, body: Any, *, creating: bool) -> Row:
    """Turn a body into changes by field name; refuse it with every error that its fields have."""
    if not isinstance(body, dict):
        raise Unreadable("Cannot deserialize instance of an sObject: an object is expected at [line:1, column:1]")
    changes: Row = {}
    errors: list[Error] = []
    locked: list[str] = []
    plain = PLAIN_TEXTS if state.settings.text_is_trimmed else frozenset()
    for name, sent in body.items():
        if name == "attributes":
            continue
        field = sobject.fields.get(name) or find_field(sobject, name, sent)
        if not (field.createable if creating else field.updateable):
            locked.append(field.name)
            continue
        if field.name in changes:
            raise refuse("INVALID_FIELD", _said_twice(field, name))
        try:
            is_plain = field.type in plain and sent is not None
            changes[field.name] = text(field, sent) if is_plain else _value(state, sobject, field, name, sent)
        except Unreadable:
            raise
        except Refused as refused:
            errors += refused.errors
    _refuse_all(locked, errors)
    require(sobject, changes, creating=creating)
    return changes


def _said_twice(field: Field, name: str) -> str:
    if field.relationship:
        return f"cannot specify both an external ID reference {field.relationship} and a salesforce id, {field.name}"
    return f"duplicate field specified: {name}"


def find_field(sobject: SObject, name: str, sent: Any) -> Field:
    """Find what a key of a body means: a field in any case, or the relationship that names a parent."""
    relationship = sobject.relationships.get(name.lower()) if isinstance(sent, dict) else None
    field = relationship or sobject.field(name)
    if field is None:
        raise NoSuchColumn(name, sobject.name)
    return field


def _value(state: State, sobject: SObject, field: Field, name: str, sent: Any) -> Any:
    settings = state.settings
    if isinstance(sent, dict) and field.relationship and name.lower() == field.relationship.lower():
        sent = find_parent(state, field, sent)
    if field.restricted and not settings.enforce_restricted_picklists:
        field = replace(field, restricted=False)
    if not settings.text_is_trimmed:
        field = replace(field, trimmed=False)
    value = stored(field, sent)
    if field.type == "reference" and value is not None:
        return check_reference(state, sobject, field, str(value))
    return value


def _refuse_all(locked: list[str], errors: list[Error]) -> None:
    if locked:
        raise not_writable(*locked)
    if errors:
        raise Refused(400, *errors)


def require(sobject: SObject, changes: Row, *, creating: bool) -> None:
    """Refuse a record without its required fields, or an update that would empty one."""
    if creating:
        missing = [name for name in sobject.required if changes.get(name) is None]
    else:
        missing = [name for name, value in changes.items() if value is None and not sobject.fields[name].nillable]
    if missing:
        raise lacking(*missing)
