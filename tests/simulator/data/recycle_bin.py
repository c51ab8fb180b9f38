"""The way into the recycle bin: what a deletion takes with it, and what it stops at."""

from collections.abc import Iterator

from tests.simulator.data.records import Records, Row
from tests.simulator.errors import Refused, refuse
from tests.simulator.setup.objects import SObject
from tests.simulator.state import Writing

# Recorded describes, childRelationships: cascadeDelete of these references, restrictedDelete of those of Case.
CASCADES = {
    "Account": (("Contact", "AccountId"), ("Event", "WhatId"), ("Task", "WhatId")),
    "Contact": (("Event", "WhoId"), ("Task", "WhoId")),
    "Lead": (("Event", "WhoId"), ("Task", "WhoId")),
    "Case": (("Event", "WhatId"), ("Task", "WhatId")),
    "Event": (("EventRelation", "EventId"),),
}
RESTRICTS = {"Account": "AccountId", "Contact": "ContactId"}
# With which record another one was deleted. It is kept on the row, so that a rollback takes it back, under a name
# that no object has: no client sees it.
DELETED_WITH = "~DeletedWith"
# Kept in the same way on the relation of an event and a user: the event that the user has got as an invitee.
CHILD_EVENT = "~ChildEvent"


def throw_away(writing: Writing, sobject: SObject, row_id: str) -> None:
    """Delete a record and its children, unless a case stands in the way."""
    records = writing.state.records
    doomed = list(dict.fromkeys(family(records, sobject.name, row_id)))
    cases = sorted(n for name, each in doomed if name in RESTRICTS for n in _cases(records, name, each))
    if cases:
        raise _still_needed(records, sobject, row_id, cases)
    gone = stamp(writing) | {"IsDeleted": True, DELETED_WITH: row_id}
    for name, each in doomed:
        records.put(name, each, records.tables[name].rows[each] | gone)


def family(records: Records, object_name: str, row_id: str) -> Iterator[tuple[str, str]]:
    """Yield the record and all undeleted records that go with it, the record itself first."""
    yield object_name, row_id
    for child, reference in CASCADES.get(object_name, ()):
        for each in children(records, child, reference, row_id):
            yield from family(records, child, each)
    own = records.tables[object_name].rows[row_id].get(CHILD_EVENT)
    if own is not None:
        yield "Event", str(own)


def children(records: Records, child: str, reference: str, row_id: str) -> list[str]:
    """Ids of the undeleted records that refer to this one, found by the index where there is one."""
    table = records.tables[child]
    index = table.indexes.get(reference)
    held = index.ids(row_id) if index else [each for each, row in table.rows.items() if row.get(reference) == row_id]
    return sorted(each for each in held if not table.rows[each].get("IsDeleted")) if held else []


def stamp(writing: Writing) -> Row:
    """The stamps of a change that the org makes on somebody's behalf."""
    return {"LastModifiedById": writing.user_id, "LastModifiedDate": writing.now, "SystemModstamp": writing.now}


def _cases(records: Records, object_name: str, row_id: str) -> Iterator[str]:
    for case_id in children(records, "Case", RESTRICTS[object_name], row_id):
        yield str(records.tables["Case"].rows[case_id]["CaseNumber"])


def _still_needed(records: Records, sobject: SObject, row_id: str, cases: list[str]) -> Refused:
    row = records.tables[sobject.name].rows[row_id]
    name = " ".join(str(row[part]) for part in ("Salutation", "Name") if row.get(part))
    listed = ", ".join(dict.fromkeys(cases))
    # Quoted with the line break from a live answer: "… to delete Mr. Josh Davis could …: 00001005\n", fields [].
    message = (
        f"Your attempt to delete {name} could not be completed because it is associated with the following cases.: "
        f"{listed}\n"
    )
    return refuse("DELETE_FAILED", message)
