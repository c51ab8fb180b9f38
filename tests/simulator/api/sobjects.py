"""The resources of single objects and records below /sobjects."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from tests.simulator.data import dml
from tests.simulator.data.records import Row
from tests.simulator.data.references import keyed
from tests.simulator.errors import Unreadable, malformed, not_found, refuse
from tests.simulator.ids import full_id
from tests.simulator.messages import Answer, Part
from tests.simulator.setup.access import last_change
from tests.simulator.setup.describe import READ_ONLY_OBJECTS, describe, describe_global, summary
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.soql.fields import address
from tests.simulator.state import State, begin

UPSERT_ANSWERS_BODY = 46.0  # older versions answer an upsert that updates with 204


def list_objects(state: State, part: Part) -> Answer:
    return Answer(200, describe_global(state.visible, part.root))


def about(state: State, part: Part) -> Answer:
    return Answer(200, {"objectDescribe": summary(find_object(state, part), part.root), "recentItems": []})


def describe_object(state: State, part: Part) -> Answer:
    """Answer the describe, or 304 to a client whose copy is still true."""
    sobject = find_object(state, part)
    changed = last_change(state).replace(microsecond=0)
    headers = {"Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True), "ETag": f'"{changed:%s}"'}
    if _is_current(part.headers.get("if-modified-since"), changed):
        return Answer(304, None, headers)
    return Answer(200, describe(sobject, part.root, state.record_types.get(sobject.name, {})), headers)


def _is_current(since: str | None, changed: datetime) -> bool:
    try:
        asked = parsedate_to_datetime(since or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    return (asked if asked.tzinfo else asked.replace(tzinfo=UTC)) >= changed


def create_record(state: State, part: Part) -> Answer:
    sobject = find_writable(state, part)
    row_id = dml.create(begin(state, part.user_id, part.headers, part.version), sobject, part.body)
    return _created(part, sobject, row_id, {})


def get_record(state: State, part: Part) -> Answer:
    """Answer one record by id, whole or the fields asked for."""
    sobject = find_object(state, part)
    row_id = full_id(part.path[2])
    if row_id is None:
        raise no_key(part.path[2])
    return Answer(200, render(sobject, find_row(state, sobject, row_id), part))


def find_row(state: State, sobject: SObject, row_id: str) -> Row:
    row = state.records.get(sobject.name, row_id)
    if row is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise refuse("ENTITY_IS_DELETED", "entity is deleted", status=404)
    return row


def update_record(state: State, part: Part) -> Answer:
    sobject = find_writable(state, part)
    refuse_in_body(part.body, "id")
    dml.update(begin(state, part.user_id, part.headers, part.version), sobject, part.path[2], part.body)
    return Answer(204)


def delete_record(state: State, part: Part) -> Answer:
    dml.delete(begin(state, part.user_id, part.headers, part.version), find_writable(state, part), part.path[2])
    return Answer(204)


def get_keyed(state: State, part: Part) -> Answer:
    sobject, matches = _matches(state, part)
    if len(matches) > 1:
        return _several(part, sobject, matches)
    return Answer(200, render(sobject, find_row(state, sobject, matches[0]), part))


def delete_keyed(state: State, part: Part) -> Answer:
    sobject, matches = _matches(state, part)
    if len(matches) > 1:
        return _several(part, sobject, matches)
    dml.delete(begin(state, part.user_id, part.headers, part.version), writable(sobject), matches[0])
    return Answer(204)


def upsert_record(state: State, part: Part) -> Answer:
    """Update the record that the key in the path addresses; create it when there is none and that is wanted."""
    sobject = find_writable(state, part)
    key = find_key(sobject, part.path[2])
    check_upsert_body(key, part.body)
    matches = keyed(state, sobject, key, part.path[3])
    if len(matches) > 1:
        return _several(part, sobject, matches)
    if not matches and (part.params.get("updateOnly", "").lower() == "true" or key.type == "id"):
        raise not_found()
    saved = dml.upsert(begin(state, part.user_id, part.headers, part.version), sobject, key, part.path[3], part.body)
    if saved.created:
        return _created(part, sobject, saved.id, {"created": True})
    if float(part.version) < UPSERT_ANSWERS_BODY or not state.settings.upsert_update_returns_body:
        return Answer(204)
    return Answer(200, {"id": saved.id, "success": True, "errors": [], "created": False})


def check_upsert_body(key: Field, body: Any) -> None:
    if not isinstance(body, dict):
        raise Unreadable("Cannot deserialize instance of an sObject: an object is expected at [line:1, column:1]")
    refuse_in_body(body, key.name.lower(), "id")


def refuse_in_body(body: Any, *named_in_url: str) -> None:
    """Refuse a field that the url has spoken for, as the REST guide shows it: without `fields`."""
    for name in body if isinstance(body, dict) else ():
        if name.lower() in named_in_url:
            raise malformed("INVALID_FIELD", f"The {name} field should not be specified in the sobject data.")


def find_object(state: State, part: Part) -> SObject:
    found = state.visible.find(part.path[1])
    if found is None:
        raise not_found()
    return found


def find_writable(state: State, part: Part) -> SObject:
    return writable(find_object(state, part))


def writable(sobject: SObject) -> SObject:
    if sobject.name in READ_ONLY_OBJECTS:
        raise malformed("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support this operation")
    if sobject.read_only:
        raise refuse("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", status=403)
    return sobject


def find_key(sobject: SObject, name: str) -> Field:
    found = sobject.field(name)
    if found is None or not found.key:
        raise no_key(name)
    return found


def no_key(name: str) -> Exception:
    return not_found(f"Provided external ID field does not exist or is not accessible: {name}")


def render(sobject: SObject, row: Row, part: Part) -> dict[str, Any]:
    """Show a record: every field of its object, or those that the call asks for."""
    asked = part.params.get("fields")
    names = [_column(sobject, name) for name in asked.split(",")] if asked else list(sobject.fields)
    return show(sobject, row, part.root, names)


def show(sobject: SObject, row: Row, root: str, names: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"attributes": {"type": sobject.name, "url": f"{root}/sobjects/{sobject.name}/{row['Id']}"}}
    for name in names:
        is_address = sobject.fields[name].type == "address"
        shown[name] = address(name.removesuffix("Address"), row) if is_address else row.get(name)
    return shown


def _column(sobject: SObject, name: str) -> str:
    found = sobject.field(name.strip())
    if found is None:
        raise malformed("INVALID_FIELD", f"No such column '{name.strip()}' on sobject of type {sobject.name}")
    return found.name


def _matches(state: State, part: Part) -> tuple[SObject, list[str]]:
    sobject = find_object(state, part)
    matches = keyed(state, sobject, find_key(sobject, part.path[2]), part.path[3])
    if not matches:
        raise not_found()
    return sobject, matches


def _several(part: Part, sobject: SObject, ids: list[str]) -> Answer:
    return Answer(300, [f"{part.root}/sobjects/{sobject.name}/{row_id}" for row_id in sorted(ids)])


def _created(part: Part, sobject: SObject, row_id: str, more: dict[str, Any]) -> Answer:
    location = f"{part.root}/sobjects/{sobject.name}/{row_id}"
    return Answer(201, {"id": row_id, "success": True, "errors": []} | more, {"Location": location})
