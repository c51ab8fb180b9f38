"""sObject Collections: up to 200 records in one call, each with its own result or all of them together."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from tests.simulator.api.sobjects import find_key, find_object, find_writable, show, writable
from tests.simulator.data import dml
from tests.simulator.data.mixing import check_unmixed
from tests.simulator.data.references import key_text
from tests.simulator.errors import Error, NoSuchColumn, Refused, Unreadable, malformed, record_errors, refuse
from tests.simulator.ids import full_id
from tests.simulator.messages import Answer, Part
from tests.simulator.settings import Settings
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.state import State, Writing, begin
from tests.simulator.texts import say

MOST_RECORDS = 200
MOST_RETRIEVED = 2000  # in the body of a POST; a GET ends with the length of its URI
MOST_CHUNKS = 10  # each change of object from one record to the next starts a chunk
ROLLED_BACK = Error(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Save = Callable[[Any], dict[str, Any]]


def create_records(state: State, part: Part) -> Answer:
    records = _records(part)
    _check_chunks(records)
    writing = begin(state, part.user_id, part.headers, part.version)
    return _save_all(state, part, records, lambda record: _result(dml.create(writing, _type_of(state, record), record)))


def update_records(state: State, part: Part) -> Answer:
    """Update by id; an id that comes twice is refused the second time."""
    records = _records(part)
    _check_chunks(records)
    writing = begin(state, part.user_id, part.headers, part.version)
    seen: set[str] = set()
    return _save_all(state, part, records, lambda record: _result(_update(writing, record, seen)))


def _update(writing: Writing, record: dict[str, Any], seen: set[str]) -> str:
    sobject = _type_of(writing.state, record)
    sent = record.get("id") or record.get("Id")
    if not isinstance(sent, str):
        raise refuse("MISSING_ARGUMENT", say("COLLECTION_NO_ID"), "Id")
    row_id = full_id(sent) or sent
    if row_id in seen:
        raise refuse("DUPLICATE_VALUE", say("COLLECTION_SAME_ID", id=sent))
    seen.add(row_id)
    return dml.update(writing, sobject, sent, record)


def upsert_records(state: State, part: Part) -> Answer:
    """Upsert by a key field of one object; whether a key that comes twice is refused both times is a switch."""
    sobject = find_writable(state, Part(part.method, part.version, part.path[1:], {}, {}))
    key = find_key(sobject, part.path[3])
    writing = begin(state, part.user_id, part.headers, part.version)
    records = _records(part)
    twice = _twice(state, key, records) if state.settings.same_key_refuses_all else set()
    seen: set[str] = set()

    def save(record: dict[str, Any]) -> dict[str, Any]:
        if _type_of(state, record) is not sobject:
            raise refuse("INVALID_TYPE", say("COLLECTION_TYPE", object=sobject.name))
        body = dict(record)
        value = body.pop(_name_of(key, record), None)
        if key.type == "id":
            return _upsert_by_id(writing, sobject, body, value or body.get("id"))
        if "id" in map(str.lower, body):
            raise refuse("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
        if value is None or value == "":
            raise refuse("MISSING_ARGUMENT", say("COLLECTION_NO_KEY", field=key.name))
        folded = _folded(state, key, value)
        if folded in seen or folded in twice:
            raise refuse("DUPLICATE_VALUE", f"Duplicate external id specified: {str(value).strip()}")
        seen.add(folded)
        saved = dml.upsert(writing, sobject, key, value, body)
        return _result(saved.id) | {"created": saved.created}

    return _save_all(state, part, records, save)


def _name_of(key: Field, record: dict[str, Any]) -> str:
    """Find the key's name as this record spells it."""
    return key.name if key.name in record else next((n for n in record if n.lower() == key.name.lower()), key.name)


def _twice(state: State, key: Field, records: list[dict[str, Any]]) -> set[str]:
    sent = [value for record in records if (value := record.get(_name_of(key, record))) not in (None, "")]
    return {value for value, count in Counter(_folded(state, key, each) for each in sent).items() if count > 1}


def _folded(state: State, key: Field, value: Any) -> str:
    text = key_text(state, key, str(value))
    return text if key.case_sensitive else text.lower()


def _upsert_by_id(writing: Writing, sobject: SObject, body: dict[str, Any], row_id: Any) -> dict[str, Any]:
    if row_id is None:
        return _result(dml.create(writing, sobject, body)) | {"created": True}
    return _result(dml.update(writing, sobject, str(row_id), body)) | {"created": False}


def delete_records(state: State, part: Part) -> Answer:
    ids = [row_id for row_id in part.params.get("ids", "").split(",") if row_id]
    if not ids:
        raise malformed("MISSING_ARGUMENT", say("COLLECTION_NO_IDS", parameter="ids"))
    _check_count(ids)
    writing = begin(state, part.user_id, part.headers, part.version)
    all_or_none = part.params.get("allOrNone", "").lower() == "true"
    return Answer(200, _saved(state, ids, lambda row_id: _result(_delete(writing, row_id)), all_or_none=all_or_none))


def _delete(writing: Writing, sent_id: str) -> str:
    found = writing.state.schema.by_prefix.get(sent_id[:3])
    sobject = writing.state.visible.objects.get(found.name) if found else None
    if sobject is None:
        raise refuse("MALFORMED_ID", f"Record ID: id value of incorrect type: {sent_id}", "Id")
    return dml.delete(writing, writable(sobject), sent_id)


def get_records(state: State, part: Part) -> Answer:
    """Retrieve by ids; an id without a record gives null."""
    sobject = find_object(state, Part(part.method, part.version, part.path[1:], {}, {}))
    body = part.body if isinstance(part.body, dict) else {}
    ids, names = _named(part, body, "ids"), _named(part, body, "fields")
    if len(ids) > MOST_RETRIEVED:
        raise malformed("EXCEEDED_ID_LIMIT", say("COLLECTION_RETRIEVED", most=MOST_RETRIEVED))
    return Answer(200, list(_retrieved(state, sobject, part.root, ids, names)))


def _named(part: Part, body: dict[str, Any], parameter: str) -> list[str]:
    """Read a list from the body of a POST, or from the query of a GET; both of them are required."""
    named = _strings(body.get(parameter, [each for each in part.params.get(parameter, "").split(",") if each]))
    if not named:
        raise malformed("MISSING_ARGUMENT", say("COLLECTION_NO_IDS", parameter=parameter))
    return named


def _retrieved(
    state: State, sobject: SObject, root: str, ids: list[str], names: list[str]
) -> Iterator[dict[str, Any] | None]:
    unknown = [name for name in names if sobject.field(name) is None]
    if unknown:
        raise malformed("INVALID_FIELD", f"No such column '{unknown[0]}' on sobject of type {sobject.name}")
    columns = ["Id", *(field.name for name in names if (field := sobject.field(name)) and field.name != "Id")]
    for row_id in ids:
        row = state.records.get(sobject.name, full_id(row_id) or "")
        yield show(sobject, row, root, columns) if row is not None and not row.get("IsDeleted") else None


def _strings(sent: Any) -> list[str]:
    if not isinstance(sent, list) or not all(isinstance(each, str) for each in sent):
        raise Unreadable("Cannot deserialize: a list of strings is expected at [line:1, column:1]")
    return sent


def _records(part: Part) -> list[dict[str, Any]]:
    records = part.body.get("records") if isinstance(part.body, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise Unreadable("Cannot deserialize: a list of records is expected at [line:1, column:1]")
    _check_count(records)
    return records


def _check_count(records: list[Any]) -> None:
    if len(records) > MOST_RECORDS:
        message = "record limit reached. cannot submit more than 200 records into this call"
        raise malformed("EXCEEDED_ID_LIMIT", message)


def _check_chunks(records: list[dict[str, Any]]) -> None:
    types = [_type_name(record) for record in records]
    if 1 + sum(one != other for one, other in pairwise(types)) > MOST_CHUNKS:
        message = say("COLLECTION_CHUNKS", most=MOST_CHUNKS)
        raise malformed("EXCEEDED_MAX_TYPES_LIMIT", message)


def _type_name(record: dict[str, Any]) -> str:
    attributes = record.get("attributes")
    return str(attributes.get("type") or "") if isinstance(attributes, dict) else ""


def _type_of(state: State, record: dict[str, Any]) -> SObject:
    name = _type_name(record)
    sobject = state.visible.find(name)
    if sobject is None:
        raise refuse("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return writable(sobject)


def _result(row_id: str) -> dict[str, Any]:
    return {"id": row_id, "success": True, "errors": []}


def check_all_or_none(body: dict[str, Any]) -> None:
    """Refuse anything but a boolean: taken for false, it would leave half of what was to be whole."""
    if not isinstance(body.get("allOrNone"), bool | None):
        raise Unreadable(say("COMPOSITE_FORM", what="allOrNone must be true or false"))


def _save_all(state: State, part: Part, records: list[dict[str, Any]], save: Save) -> Answer:
    check_all_or_none(part.body)
    all_or_none = part.body.get("allOrNone") is True
    return Answer(200, _saved(state, records, save, all_or_none=all_or_none))


def _saved(state: State, records: list[Any], save: Save, *, all_or_none: bool) -> list[dict[str, Any]]:
    start = state.records.savepoint()
    results = [_try(state, save, record, start) for record in records]
    if not all_or_none or all(result["success"] for result in results):
        return results
    state.records.rollback(start)
    return [_failed(ROLLED_BACK) if result["success"] else result for result in results]


def _try(state: State, save: Save, record: Any, start: int) -> dict[str, Any]:
    savepoint = state.records.savepoint()
    try:
        result = save(record)
        check_unmixed(state.records, start, savepoint)
    except Refused as refused:
        if _fails_the_call(state.settings, refused):
            raise
        state.records.rollback(savepoint)
        return _failed(*refused.errors, detailed=state.settings.collections_show_duplicate_result)
    return result


def _fails_the_call(settings: Settings, refused: Refused) -> bool:
    if isinstance(refused, Unreadable):
        return settings.unreadable_record_fails_collection
    return isinstance(refused, NoSuchColumn) and settings.unknown_field_fails_collection


def _failed(*errors: Error, detailed: bool = False) -> dict[str, Any]:
    return {"success": False, "errors": record_errors(errors, detailed=detailed)}
