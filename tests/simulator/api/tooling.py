"""The Tooling API, as far as it is about custom fields: create, query, read, change and delete them."""

from dataclasses import replace
from functools import cache
from typing import Any

import orjson

from tests.simulator.data.records import Records, Row
from tests.simulator.data.values import wire_time
from tests.simulator.errors import Unreadable, malformed, not_found, refuse
from tests.simulator.ids import full_id
from tests.simulator.messages import Answer, Part
from tests.simulator.settings import CustomField
from tests.simulator.setup.custom_fields import install, uninstall
from tests.simulator.setup.describe import describe, describe_global
from tests.simulator.setup.fact_tables import FACTS
from tests.simulator.setup.field_metadata import check_free, read_full_name, read_metadata, show_metadata, table_of
from tests.simulator.setup.schema import Schema
from tests.simulator.soql.evaluate import Query, run
from tests.simulator.state import State
from tests.simulator.texts import say

NAME = "CustomField"
SINGLE = frozenset({"Metadata", "FullName"})


@cache
def tooling_schema() -> Schema:
    return Schema((), folder=FACTS / "tooling")


def create(state: State, part: Part) -> Answer:
    """Create a field, which nobody sees until a permission set grants it."""
    check_allowed(state)
    body = _body(part)
    object_name, name = read_full_name(state.schema, body.get("FullName"))
    custom = read_metadata(state.schema, object_name, name, body.get("Metadata"))
    check_free(state.schema, custom)
    field_id = install(state, custom)
    saved = {"id": field_id, "success": True, "errors": [], "warnings": [], "infos": []}
    return Answer(201, saved, {"Location": f"{part.root}/tooling/sobjects/{NAME}/{field_id}"})


def update(state: State, part: Part) -> Answer:
    """Change a field by its Metadata, which is sent whole; its name and its type stay."""
    check_allowed(state)
    field_id, before = _addressed(state, part)
    body = _body(part)
    if body.get("FullName", full_name(before)) != full_name(before):
        raise refuse("FIELD_INTEGRITY_EXCEPTION", "Cannot change the full name of a field", "FullName")
    after = read_metadata(state.schema, before.object, before.name, body.get("Metadata"))
    if after.type != before.type:
        raise refuse("FIELD_INTEGRITY_EXCEPTION", "Cannot change which type a field is of", "type")
    after = replace(after, by_grant=before.by_grant)
    check_free(state.schema, after, field_id)
    install(state, after, field_id)
    return Answer(204)


def delete(state: State, part: Part) -> Answer:
    check_allowed(state)
    uninstall(state, _addressed(state, part)[0])
    return Answer(204)


def get(state: State, part: Part) -> Answer:
    field_id, custom = _addressed(state, part)
    url = f"{part.root}/tooling/sobjects/{NAME}/{field_id}"
    return Answer(200, {"attributes": {"type": NAME, "url": url}} | _shown(_row(state, field_id, custom)))


def query(state: State, part: Part) -> Answer:
    """Run a statement over the custom fields as rows; whole Metadata only of a single one."""
    text = part.params.get("q")
    if text is None:
        raise malformed("MALFORMED_QUERY", say("SOQL_MISSING"))
    asked = Query(text, f"{part.root}/tooling", state.clock())
    result = run(tooling_schema(), _rows(state), asked)
    if len(result.records) > 1 and SINGLE & result.records[0].keys():
        message = (
            "When retrieving results with Metadata or FullName fields, the query qualifications must specify no more "
            f"than one row for retrieval. Result size: {len(result.records)}"
        )
        raise malformed("MALFORMED_QUERY", message)
    records = [_shown(record) for record in result.records]
    about = {"queryLocator": None, "entityTypeName": NAME}
    return Answer(200, {"size": len(records), "totalSize": result.total, "done": True, **about, "records": records})


def list_objects(_state: State, part: Part) -> Answer:
    return Answer(200, describe_global(tooling_schema(), f"{part.root}/tooling"))


def describe_object(_state: State, part: Part) -> Answer:
    return Answer(200, describe(tooling_schema().objects[NAME], f"{part.root}/tooling", {}))


def check_allowed(state: State) -> None:
    """Refuse a user without the permission Customize Application."""
    if not state.settings.customize_application:
        raise refuse("INSUFFICIENT_ACCESS", "insufficient access rights on object id", status=403)


def _body(part: Part) -> dict[str, Any]:
    if not isinstance(part.body, dict):
        raise Unreadable("Cannot deserialize instance of an sObject: an object is expected at [line:1, column:1]")
    return part.body


def _addressed(state: State, part: Part) -> tuple[str, CustomField]:
    field_id = full_id(part.path[3]) or ""
    custom = state.schema.custom.get(field_id)
    if custom is None:
        raise not_found()
    return field_id, custom


def full_name(custom: CustomField) -> str:
    return f"{table_of(custom)}.{custom.name}"


def _rows(state: State) -> Records:
    records = Records(tooling_schema())
    for field_id, custom in state.schema.custom.items():
        records.put(NAME, field_id, _row(state, field_id, custom))
    return records


def _row(state: State, field_id: str, custom: CustomField) -> Row:
    plain = custom.name.removesuffix("__c")
    namespace, separator, rest = plain.partition("__")
    changed = wire_time(state.schema_changed_at)
    return {
        "Id": field_id,
        "TableEnumOrId": table_of(custom),
        "DeveloperName": rest if separator else plain,
        "NamespacePrefix": namespace if separator else None,
        "Description": custom.description,
        "Length": custom.length if custom.type in {"string", "textarea"} else None,
        "Precision": custom.precision if custom.type == "double" else None,
        "Scale": custom.scale if custom.type == "double" else None,
        "ManageableState": "installed" if separator else "unmanaged",
        "CreatedDate": changed,
        "LastModifiedDate": changed,
        "EntityDefinitionId": table_of(custom),
        "Metadata": orjson.dumps(show_metadata(custom)).decode(),
        "FullName": full_name(custom),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"Metadata": orjson.loads(row["Metadata"])} if "Metadata" in row else row
