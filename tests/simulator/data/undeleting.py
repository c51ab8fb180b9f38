"""The way back from the recycle bin, with all that went there with the record."""

from collections.abc import Container, Iterator

from tests.simulator.data.dml import check_unique
from tests.simulator.data.events import derived_account
from tests.simulator.data.recycle_bin import CASCADES, DELETED_WITH, stamp
from tests.simulator.errors import refuse
from tests.simulator.ids import full_id
from tests.simulator.setup.objects import SObject
from tests.simulator.setup.schema import ACTIVITY
from tests.simulator.state import State, Writing


def undelete(writing: Writing, sent_id: str) -> list[str]:
    """Take a record and what was deleted with it out of the bin; return the ids that live again."""
    state = writing.state
    row_id = full_id(sent_id)
    sobject = state.schema.by_prefix.get(sent_id[:3])
    if sobject is None or row_id is None or not _is_in_bin(state, sobject, row_id):
        raise refuse("UNDELETE_FAILED", "Entity is not in the recycle bin")
    group = {each: state.schema.objects[name] for name, each in _deleted_with(state, sobject.name, row_id)}
    for each, its_object in group.items():
        _revive(writing, its_object, each, group)
    return list(group)


def _is_in_bin(state: State, sobject: SObject, row_id: str) -> bool:
    """Tell whether the record was deleted for its own sake: what went with its parent comes back with it alone."""
    row = state.records.get(sobject.name, row_id)
    return row is not None and bool(row.get("IsDeleted")) and row.get(DELETED_WITH, row_id) == row_id


def _deleted_with(state: State, object_name: str, row_id: str) -> Iterator[tuple[str, str]]:
    """Yield the record first, then its children, theirs after them: each finds its parent alive."""
    yield object_name, row_id
    objects = ("Contact", *ACTIVITY, "EventRelation") if object_name in (*CASCADES, "EventRelation") else ()
    for child in objects:
        for each, row in state.records.tables[child].rows.items():
            if row.get(DELETED_WITH) == row_id and each != row_id:
                yield child, each


def _revive(writing: Writing, sobject: SObject, row_id: str, group: Container[str]) -> None:
    """Let a record live again, without the parents that are gone and do not come back with it."""
    state = writing.state
    dead = state.records.tables[sobject.name].rows[row_id]
    row = {name: value for name, value in dead.items() if name != DELETED_WITH} | stamp(writing) | {"IsDeleted": False}
    # SOAP guide, undelete(): the loser of a merge may come back, but its children stay with the winner.
    row.pop("MasterRecordId", None)
    for field in sobject.fields.values():
        parent = str(row.get(field.name)) if field.reference_to else ""
        if parent not in group and (state.records.find(parent) or {}).get("IsDeleted"):
            row[field.name] = None
    if sobject.name in ACTIVITY:
        row["AccountId"] = derived_account(state, row)
    check_unique(writing, sobject, row_id, row)
    state.records.put(sobject.name, row_id, row)
