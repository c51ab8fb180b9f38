"""Every cell of the rules through real Redis and the simulated org over TLS, with active assignment rules."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from producers.contract import SalesforceIds
from tests.builders import an_event
from tests.matrix.cells import DUPLICATES, ROWS, mapping_rows, setups, tables
from tests.matrix.compare import (
    booking_id,
    canceled,
    expected,
    fields_before,
    in_order,
    names_of,
    pointers,
    scheduled,
    seen,
)
from tests.matrix.row import Choice, Row
from tests.rig import Rig
from tests.simulator.org import Org
from tests.simulator.rules.org_rules import DuplicateRule
from tests.simulator.server import RunningOrg

OBJECTS = ("Lead", "Contact", "Account", "Case")
ADA, BEN = "ada.rep@vendor.example", "ben.rep@vendor.example"
TOGETHER = 200

RigFor = Callable[[Choice], Rig]


@pytest.fixture(scope="module")
def rig_for(shared_org: RunningOrg, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RigFor]:
    """One rig a setup, each of which looks at the org once; org and journal are empty each time."""
    shared_org.org.state.settings = Org().state.settings
    made: dict[str, Rig] = {}

    def rig_for(choice: Choice) -> Rig:
        toml = to_toml(choice)
        if toml not in made:
            made[toml] = Rig(redis_url, shared_org, tmp_path_factory.mktemp("matrix"), toml)
            made[toml].make_ready()
        rig = made[toml]
        rig.start_over()
        settings = rig.org.state.settings
        assert settings.lead_rule_active
        assert settings.case_rule_active
        return rig

    yield rig_for
    for rig in made.values():
        rig.close()


def to_toml(choice: Choice) -> str:
    """The choice as a setup file."""
    rows = [f"[[field_mapping]]\n{_pairs(row)}" for row in mapping_rows(choice)]
    return "\n\n".join([*rows, *_sections("", tables(choice))])


def _sections(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        own = f"{path}.{name}" if path else name
        if any(isinstance(each, Mapping) and each for each in value.values()):
            yield from _sections(own, value)
        else:
            yield f"[{own}]\n{_pairs(value)}"


def _pairs(table: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {'{}' if value == {} else json.dumps(value)}" for name, value in table.items())


def seed(rig: Rig, row: Row, n: int) -> dict[str, str]:
    """What the cell says is in the org, Ben's; ids by name."""
    ids: dict[str, str] = {}
    for record in in_order(row):
        fields = {"OwnerId": rig.user(BEN), **fields_before(record, n, ids)}
        (ids[record.name],) = rig.org.seed(record.object, [fields])
    for record in row.there:
        changes = pointers(record, ids)
        if changes:
            rig.change_record(record.object, ids[record.name], **changes)
    return ids


def owners(rig: Rig) -> dict[tuple[str, str], str]:
    queues = {str(group["DeveloperName"]): str(group["Id"]) for group in rig.org.records("Group")}
    people = {(obj, rig.user(email)): name for obj in OBJECTS for email, name in ((ADA, "Ada"), (BEN, "Ben"))}
    return people | {(obj, queues[f"{obj}_Queue"]): "queue" for obj in ("Lead", "Case")}


def living(rig: Rig) -> dict[str, list[dict[str, Any]]]:
    return {obj: rig.records(obj) for obj in OBJECTS}


def related(rig: Rig, row: Row, n: int, ids: Mapping[str, str]) -> list[tuple[str | None, str | None]]:
    """Whom and what the booking's Events are about."""
    names = names_of(n, ids, living(rig))
    own = [event for event in rig.records("Event") if event["Bookforce_Booking_Id__c"] == booking_id(n)]
    assert {event["OwnerId"] for event in own} <= {rig.user(ADA)}, row.name
    return [(names.get(event.get("WhoId") or ""), names.get(event.get("WhatId") or "")) for event in own]


def wanted_events(row: Row) -> list[tuple[str | None, str | None]]:
    return [(row.who, row.what)] if row.who or row.what else []


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_a_cell_of_the_rules_in_the_org(rig_for: RigFor, row: Row) -> None:
    rig = rig_for(row.choice)
    ids = seed(rig, row, 0)
    booking = scheduled(row, 0, ids, ADA)
    rig.publish(booking)
    assert rig.sync() == row.calls
    assert seen(row, 0, ids, living(rig), owners(rig)) == expected(row, 0)
    assert sum(map(len, living(rig).values())) == len(expected(row, 0))
    assert related(rig, row, 0, ids) == wanted_events(row)

    before = living(rig)
    rig.publish(canceled(booking))
    assert rig.sync() == 1
    assert living(rig) == before
    assert {event["ShowAs"] for event in rig.records("Event")} <= {"Free"}

    assert rig.publish(booking, canceled(booking)) == [False, False]
    assert rig.sync() == 0


def same_phone(row: Row) -> tuple[DuplicateRule, ...]:
    """The org's rules: Leads are held against Contacts too."""
    facts: dict[str, Any] = {"matching_rule": "Same_phone", "fields": ("Phone",), "mode": row.rule}
    return (
        DuplicateRule(object="Lead", name="Leads", match_objects=("Lead", "Contact"), **facts),
        DuplicateRule(object="Contact", name="Contacts", **facts),
    )


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in DUPLICATES])
def test_a_cell_of_an_org_with_duplicate_rules(rig_for: RigFor, row: Row) -> None:
    rig = rig_for(row.choice)
    ids = seed(rig, row, 0)
    rig.org.change(duplicate_rules=same_phone(row))
    try:
        booking = scheduled(row, 0, ids, ADA)
        rig.publish(booking)
        assert rig.sync() == row.calls
        assert seen(row, 0, ids, living(rig), owners(rig)) == expected(row, 0)
        assert sum(map(len, living(rig).values())) == len(expected(row, 0))
        assert related(rig, row, 0, ids) == wanted_events(row)
        assert rig.journal.counts().get("parked", 0) == row.is_parked
    finally:
        rig.org.change(duplicate_rules=())


def cells_of(choice: Choice) -> Sequence[Row]:
    return [row for row in ROWS if row.choice == choice]


@pytest.mark.parametrize("choice", setups(), ids=str)
def test_two_hundred_customers_of_all_cells_of_one_setup_together(rig_for: RigFor, choice: Choice) -> None:
    rig = rig_for(choice)
    copies = list(enumerate(itertools.islice(itertools.cycle(cells_of(choice)), TOGETHER)))
    seeded = [seed(rig, row, n) for n, row in copies]
    rig.publish(*(scheduled(row, n, seeded[n], ADA) for n, row in copies))
    most = max(row.calls for row in cells_of(choice))
    assert rig.sync() <= 4 + max(0, most - 2)
    records, whose = living(rig), owners(rig)
    for n, row in copies:
        assert seen(row, n, seeded[n], records, whose) == expected(row, n), row.name
        assert related(rig, row, n, seeded[n]) == wanted_events(row), row.name
    rig.publish(*(canceled(scheduled(row, n, seeded[n], ADA)) for n, row in copies if wanted_events(row)))
    assert rig.sync() == 1
    assert living(rig) == records


def test_a_known_lead_that_was_merged_since_is_followed_without_event_and_email(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("[pages.default]\ncreate_event = false")
    rig.publish(an_event())
    rig.sync()
    (lead,) = rig.records("Lead")
    (kept,) = rig.org.seed("Lead", [{"LastName": "Kept", "Company": "C", "Email": "kept@acme.example"}])
    rig.change_record("Lead", lead["Id"], IsDeleted=True, MasterRecordId=kept)
    told = an_event(minute=1, customer=an_event().booking.customer.model_copy(update={"phone": "+33 9 99 99"}))
    rig.publish(told)
    rig.sync(retries=1)
    (found,) = rig.records("Lead")
    assert (found["Id"], found["Phone"]) == (kept, "+33 9 99 99")


def test_an_org_that_does_not_say_what_was_merged_is_asked_by_email(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.org.change(hidden_fields=("Lead.MasterRecordId",))
    gone, kept = rig.org.seed("Lead", [{"LastName": name, "Company": "C"} for name in ("Gone", "Kept")])
    rig.change_record("Lead", gone, IsDeleted=True, MasterRecordId=kept)
    rig.publish(an_event(salesforce=SalesforceIds(lead=gone)))
    assert rig.sync() == 2
    assert {event["WhoId"] for event in rig.records("Event")} == {
        lead["Id"] for lead in rig.records("Lead") if lead.get("Email") == "lea@acme.example"
    }
