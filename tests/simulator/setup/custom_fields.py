"""Custom fields come and go while the org runs: in the schema, in the indexes and in the records."""

from collections.abc import Mapping

from tests.simulator.settings import CustomField
from tests.simulator.setup.objects import is_indexed
from tests.simulator.state import State


def install(state: State, custom: CustomField, field_id: str | None = None) -> str:
    """Add a field to its objects, or change the one with this id; return the id."""
    field_id = state.schema.add(custom, field_id)
    for name, field in state.schema.placed(custom):
        table = state.records.tables[name]
        table.forget(field.name)
        if is_indexed(field):
            table.index(field)
    return field_id


def uninstall(state: State, field_id: str) -> None:
    """Take a field away, and with it its values and the permissions for it."""
    custom = state.schema.custom[field_id]
    placed = state.schema.placed(custom)
    for name, field in placed:
        for row_id, row in list(state.records.tables[name].rows.items()):
            if field.name in row:
                kept = {key: value for key, value in row.items() if key != field.name}
                state.records.put(name, row_id, kept)
        state.records.tables[name].forget(field.name)
    granted = {f"{name}.{field.name}" for name, field in placed}
    for row_id, row in list(state.records.tables["FieldPermissions"].rows.items()):
        if row["Field"] in granted:
            state.records.put("FieldPermissions", row_id, None)
    state.schema.remove(field_id)


def restore(state: State, before: Mapping[str, CustomField]) -> None:
    """Undo what a transaction did to fields; their values are the undo log's to restore, and are so already."""
    for field_id in state.schema.custom.keys() - before.keys():
        uninstall(state, field_id)
    for field_id, custom in before.items():
        if state.schema.custom.get(field_id) is not custom:
            install(state, custom, field_id)
