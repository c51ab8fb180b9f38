"""Merging: the losers go to the recycle bin, and all that referred to them refers to the winner."""

from collections.abc import Iterator

from tests.simulator.data.dml import addressed
from tests.simulator.data.events import derived_account
from tests.simulator.data.person_accounts import check_deletable
from tests.simulator.data.records import Row
from tests.simulator.data.recycle_bin import DELETED_WITH, children, stamp
from tests.simulator.errors import refuse
from tests.simulator.setup.objects import SObject
from tests.simulator.setup.schema import ACTIVITY, Schema
from tests.simulator.state import Writing

MERGEABLE = ("Account", "Case", "Contact", "Lead")
NOT_MOVED = {"MasterRecordId", "PersonContactId"}
MOST_LOSERS = 2  # SOAP guide, merge(): up to three records, the master among them


def merge(writing: Writing, object_name: str, winner: str, losers: list[str]) -> list[str]:
    """Merge records of one object; return the ids of the records that changed their parent.

    The winner keeps its own values, and each loser takes its external ids into the bin: merge() cannot move them.
    """
    if object_name not in MERGEABLE:
        raise ValueError(f"{object_name} can't be merged; {', '.join(MERGEABLE)} can")
    if not 1 <= len(losers) <= MOST_LOSERS:
        raise ValueError("a merge has one or two losers")
    sobject, records = writing.state.schema.objects[object_name], writing.state.records
    ids = [_mergeable(writing, sobject, sent) for sent in (winner, *losers)]
    if len(set(ids)) < len(ids):
        raise ValueError("a record can't be merged with itself")
    kept, *lost = ids
    rows = records.tables[object_name].rows
    if len({bool(rows[each].get("IsPersonAccount")) for each in ids}) > 1:
        raise ValueError("person accounts can be merged with person accounts alone")
    moved = [each for loser in lost for each in _fold(writing, object_name, loser, kept, loser)]
    records.put(object_name, kept, rows[kept] | stamp(writing))
    return list(dict.fromkeys(moved))


def _fold(writing: Writing, object_name: str, loser: str, kept: str, deleted_with: str) -> list[str]:
    """Move all that refers to the loser and put it into the bin; the contact of a person goes with its account."""
    records = writing.state.records
    rows = records.tables[object_name].rows
    contact, other = rows[loser].get("PersonContactId"), rows[kept].get("PersonContactId")
    moved = _fold(writing, "Contact", str(contact), str(other), loser) if contact and other else []
    moved += reparent(writing, object_name, loser, kept)
    gone: Row = {"IsDeleted": True, "MasterRecordId": kept, DELETED_WITH: deleted_with}
    records.put(object_name, loser, rows[loser] | stamp(writing) | gone)
    return moved


def _mergeable(writing: Writing, sobject: SObject, sent: str) -> str:
    row_id, row = addressed(writing, sobject, sent)
    check_deletable(sobject, row)
    if row.get("IsConverted"):
        raise refuse("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    return row_id


def reparent(writing: Writing, object_name: str, old: str, new: str) -> list[str]:
    """Let every undeleted record that refers to `old` refer to `new`; return the ids of those records."""
    records = writing.state.records
    moved: dict[str, None] = {}
    for child, reference in references_to(writing.state.schema, object_name):
        for row_id in children(records, child, reference, old):
            # The winner may be the loser's child: it can't become its own parent.
            parent: Row = {reference: None if row_id == new else new}
            row = records.tables[child].rows[row_id] | parent | stamp(writing)
            account: Row = {"AccountId": derived_account(writing.state, row)} if child in ACTIVITY else {}
            records.put(child, row_id, row | account)
            moved[row_id] = None
    return list(moved)


def references_to(schema: Schema, object_name: str) -> Iterator[tuple[str, str]]:
    """Yield the objects and fields that refer to an object, less what an earlier merge noted and what a person is.

    Contacts come before activities, whose account is derived from theirs.
    """
    for child in sorted(schema.objects.values(), key=lambda each: each.name in ACTIVITY):
        for field in child.fields.values():
            if object_name in field.reference_to and field.name not in NOT_MOVED:
                yield child.name, field.name
