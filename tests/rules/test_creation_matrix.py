"""Every cell of the rules through the rules alone: final records and owners, in an org that is a value."""

from dataclasses import replace

import pytest

from rules.plan import Scalar, SObject
from rules.ready import ReadySetup
from tests.builders import ADA, BEN, a_field, a_setup, objects
from tests.matrix.cells import ROWS, mapping_rows, tables
from tests.matrix.compare import canceled, expected, fields_before, in_order, names_of, pointers, scheduled, seen
from tests.matrix.row import Choice, Row
from tests.rules.org import QUEUE, Org, facts, id_for, sync
from tests.rules.setups import rows_with
from worker.claims import ClaimedBooking

OBJECTS = ("Lead", "Contact", "Account", "Case")
OWNERS = {(obj, user): name for obj in OBJECTS for user, name in ((ADA, "Ada"), (BEN, "Ben"), (QUEUE, "queue"))}
ORG = objects(Account=(a_field("Phone", "phone", length=40), a_field("Description", "textarea", length=32000)))


def a_ready(choice: Choice) -> ReadySetup:
    return a_setup(ORG, **tables(choice), field_mapping=rows_with(*mapping_rows(choice)))


def seeded(row: Row) -> tuple[Org, dict[str, str]]:
    ids = {record.name: id_for(SObject(record.object), record.name) for record in row.there}
    org = Org(spec=ORG)
    for record in in_order(row):
        fields: dict[str, Scalar] = {"OwnerId": BEN, **fields_before(record, 0, ids), **pointers(record, ids)}
        org = org.with_row(SObject(record.object), record.name, **fields)
    return org, ids


def living(org: Org) -> dict[str, list[dict[str, object]]]:
    return {obj: [dict(row) for row in org.of(SObject(obj)) if not row.get("IsDeleted")] for obj in OBJECTS}


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_a_cell_of_the_rules(row: Row) -> None:
    setup, (org, ids) = a_ready(row.choice), seeded(row)
    event = scheduled(row, 0, ids, "ada@vendor.example")
    booking = ClaimedBooking(id=event.booking.id, pending=(event,))
    org, (settled,), _ = sync(org, [booking], setup)
    assert seen(row, 0, ids, living(org), OWNERS) == expected(row, 0)
    assert len(names_of(0, ids, living(org))) == len(set(names_of(0, ids, living(org)).values()))
    events = org.of(SObject.EVENT)
    names = names_of(0, ids, living(org))
    related = [(names.get(str(each.get("WhoId"))), names.get(str(each.get("WhatId")))) for each in events]
    assert related == ([(row.who, row.what)] if row.who or row.what else [])
    assert {each["OwnerId"] for each in events} <= {ADA}
    after, _, _ = sync(org, [replace(settled, pending=(canceled(event),))], setup)
    people = (SObject.LEAD, SObject.CONTACT, SObject.ACCOUNT, SObject.CASE)
    assert facts(after, *people) == facts(org, *people)


def test_no_cell_stands_twice() -> None:
    names = [(row.name, row.choice.matching.items(), [record.name for record in row.there]) for row in ROWS]
    assert all(names.count(name) == 1 for name in names)
