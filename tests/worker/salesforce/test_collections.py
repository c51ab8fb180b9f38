"""Many records: how they are packed into calls, what the calls ask for, and what the answers say."""

from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.plan import FieldValue, Known, New, Record, SObject, Write
from rules.snapshot import identity
from tests.worker.salesforce.writes import (
    ACCOUNT_KEY,
    BASE,
    BOOKING_KEY,
    INSTALLATION,
    a_failure,
    an_answer,
    an_id,
    contact_booking,
    known,
    new,
    not_saved,
    refused,
    saved,
    write,
)
from worker.errors import Rejected, SyncError, Transient
from worker.salesforce.collections import (
    MAX_COLLECTIONS,
    MAX_RECORDS,
    Collection,
    read_composite,
    to_calls,
    to_composite,
)
from worker.salesforce.results import Done, Failed, Results, parents

COMPOSITE_READ = 1
BUDGET = 4
"""Calls for a batch of up to 200 bookings: design.md, P6."""


def shapes(calls: list[list[Collection]]) -> list[list[tuple[str, bool, int]]]:
    """Each collection as what it upserts, whether assignment rules run, and how many records it has."""
    return [[(part.upserted or "by id", part.auto_assign, len(part.writes)) for part in call] for call in calls]


def leads(number: int, *, auto_assign: bool = False) -> list[Write]:
    return [write(new(SObject.LEAD, f"B-{n}-{auto_assign}"), auto_assign=auto_assign) for n in range(number)]


PACKINGS: list[tuple[list[Write], list[list[tuple[str, bool, int]]], str]] = [
    ([], [], "nothing"),
    (leads(1), [[("Lead", False, 1)]], "one object"),
    (leads(200), [[("Lead", False, 200)]], "as many as one takes"),
    (leads(201), [[("Lead", False, 200), ("Lead", False, 1)]], "one more than one takes"),
    (leads(2) + leads(3, auto_assign=True), [[("Lead", False, 2), ("Lead", True, 3)]], "assignment rules apart"),
    (leads(1001), [[("Lead", False, 200)] * 5, [("Lead", False, 1)]], "more than a call takes"),
    (
        [write(known(SObject.CASE)), write(known(SObject.LEAD)), *leads(1)],
        [[("Lead", False, 1), ("by id", False, 2)]],
        "updates together, behind what is created",
    ),
    (
        [write(known(SObject.LEAD), auto_assign=True), write(known(SObject.LEAD, 2))],
        [[("by id", False, 1), ("by id", True, 1)]],
        "updates with assignment rules apart",
    ),
    (
        contact_booking(),
        [[("Account", False, 1), ("Contact", False, 1), ("Case", True, 1)], [("Event", False, 1)]],
        "parents first, events in a call of their own",
    ),
    (
        [write(new(SObject.EVENT)), write(known(SObject.EVENT, 2))],
        [[("Event", False, 1), ("by id", False, 1)]],
        "nothing but events",
    ),
]


@pytest.mark.parametrize(("writes", "packed"), [row[:2] for row in PACKINGS], ids=[row[2] for row in PACKINGS])
def test_writes_are_packed_by_object_and_header(writes: list[Write], packed: list[list[tuple[str, bool, int]]]) -> None:
    assert shapes(to_calls(writes)) == packed


@st.composite
def batches(draw: st.DrawFn, most: int) -> list[Write]:
    """The writes of up to so many bookings over all kinds of pages and people, one a record, parents first."""
    number = draw(st.integers(1, most))
    kinds = draw(st.lists(st.sampled_from(["lead", "contact", "case"]), min_size=number, max_size=number))
    flags = draw(st.lists(st.integers(0, 255), min_size=number, max_size=number))
    writes = list(
        chain.from_iterable(
            booking_writes(n, kind, flag) for n, (kind, flag) in enumerate(zip(kinds, flags, strict=True))
        )
    )
    return sorted(writes, key=lambda one: list(SObject).index(one.record.object))


def booking_writes(number: int, kind: str, flags: int) -> list[Write]:
    """The writes of one booking; each bit of the flags says what of it is there, or is left to assignment rules."""
    person_there, case_there, event_there, account_there, has_event, rules_person, rules_case, moved = (
        bool(flags >> bit & 1) for bit in range(8)
    )
    key = f"B-{number}"
    found: list[Write] = []
    if kind == "lead":
        who = known(SObject.LEAD, number) if person_there else new(SObject.LEAD, key)
        found.append(write(who, auto_assign=rules_person, Company="Acme"))
    else:
        who = known(SObject.CONTACT, number) if person_there else new(SObject.CONTACT, key)
        account = None if person_there or account_there else new(SObject.ACCOUNT, key)
        found += [write(account, Name=key)] if account else []
        found.append(write(who, LastName="x", AccountId=account))
    what = None
    if kind == "case":
        what = known(SObject.CASE, number) if case_there else new(SObject.CASE, key)
        found.append(write(what, auto_assign=rules_case, ContactId=named(who)))
    if has_event:
        event = known(SObject.EVENT, number) if event_there else new(SObject.EVENT, key)
        found.append(write(event, WhoId=named(who), WhatId=named(what if moved else None)))
    return found


def named(record: Record | None) -> FieldValue:
    """The record as the value of a field."""
    return record.id if isinstance(record, Known) else record


@given(batches(most=40))
def test_every_write_stands_in_one_call(writes: list[Write]) -> None:
    packed = [one for call in to_calls(writes) for part in call for one in part.writes]
    assert len(packed) == len(writes)
    assert {identity(one.record) for one in packed} == {identity(one.record) for one in writes}


@given(batches(most=40))
def test_a_collection_has_one_object_one_header_and_one_way_to_name_its_records(writes: list[Write]) -> None:
    for part in chain.from_iterable(to_calls(writes)):
        assert {one.auto_assign for one in part.writes} == {part.auto_assign}
        assert {isinstance(one.record, New) for one in part.writes} == {part.upserted is not None}
        if part.upserted:
            assert {one.record.object for one in part.writes} == {part.upserted}


@given(batches(most=40))
def test_updates_of_one_object_stand_together_because_salesforce_counts_the_changes(writes: list[Write]) -> None:
    for part in chain.from_iterable(to_calls(writes)):
        order = [one.record.object for one in part.writes]
        assert order == sorted(order, key=list(SObject).index)


@given(batches(most=40))
def test_a_parent_stands_before_its_children_and_events_wait_for_a_later_call(writes: list[Write]) -> None:
    calls = to_calls(writes)
    place = {
        identity(one.record): (n, m)
        for n, call in enumerate(calls)
        for m, part in enumerate(call)
        for one in part.writes
    }
    for one in writes:
        own = place[identity(one.record)]
        for parent in parents(one):
            assert place[parent] < own
            if one.record.object is SObject.EVENT:
                assert place[parent][0] < own[0]


@given(batches(most=200))
def test_200_bookings_over_all_kinds_stay_within_the_budget(writes: list[Write]) -> None:
    calls = to_calls(writes)
    assert COMPOSITE_READ + len(calls) <= BUDGET
    assert all(len(call) <= MAX_COLLECTIONS for call in calls)
    assert all(0 < len(part.writes) <= MAX_RECORDS for part in chain.from_iterable(calls))


def test_200_bookings_that_need_every_kind_of_write_stay_within_the_budget() -> None:
    kinds = ("lead", "contact", "case")
    writes = chain.from_iterable(booking_writes(n, kinds[n % 3], (n * 37) % 256 | 16) for n in range(200))
    ordered = sorted(writes, key=lambda one: list(SObject).index(one.record.object))
    assert COMPOSITE_READ + len(to_calls(ordered)) <= BUDGET


def requests(call: list[Collection], results: Results | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = to_composite(call, results or {}, BASE, INSTALLATION)["compositeRequest"]
    return found


def test_a_call_is_one_subrequest_a_collection() -> None:
    records, events = to_calls(contact_booking())
    assert to_composite(records, {}, BASE, INSTALLATION) == {
        "allOrNone": False,
        "collateSubrequests": False,
        "compositeRequest": [
            {
                "method": "PATCH",
                "url": f"{BASE}/composite/sobjects/Account/{ACCOUNT_KEY}",
                "referenceId": "c0",
                "httpHeaders": {"Sforce-Auto-Assign": "FALSE"},
                "body": {
                    "allOrNone": False,
                    "records": [{"attributes": {"type": "Account"}, ACCOUNT_KEY: "acme BKNG-1", "Name": "Acme"}],
                },
            },
            {
                "method": "PATCH",
                "url": f"{BASE}/composite/sobjects/Contact/{BOOKING_KEY}",
                "referenceId": "c1",
                "httpHeaders": {"Sforce-Auto-Assign": "FALSE"},
                "body": {
                    "allOrNone": False,
                    "records": [
                        {
                            "attributes": {"type": "Contact"},
                            BOOKING_KEY: "BKNG-1",
                            "LastName": "Marin",
                            "Account": {ACCOUNT_KEY: "acme BKNG-1"},
                        }
                    ],
                },
            },
            {
                "method": "PATCH",
                "url": f"{BASE}/composite/sobjects/Case/{BOOKING_KEY}",
                "referenceId": "c2",
                "httpHeaders": {"Sforce-Auto-Assign": "TRUE"},
                "body": {
                    "allOrNone": False,
                    "records": [
                        {
                            "attributes": {"type": "Case"},
                            BOOKING_KEY: "BKNG-1",
                            "Subject": "Demo",
                            "Contact": {BOOKING_KEY: "BKNG-1"},
                        }
                    ],
                },
            },
        ],
    }
    results: Results = {
        new(SObject.CONTACT): Done(an_id(SObject.CONTACT)),
        new(SObject.CASE): Done(an_id(SObject.CASE)),
    }
    (request,) = requests(events, results)
    assert request["url"] == f"{BASE}/composite/sobjects/Event/{BOOKING_KEY}"
    assert request["body"]["records"] == [
        {
            "attributes": {"type": "Event"},
            BOOKING_KEY: "BKNG-1",
            "Subject": "Demo",
            "WhoId": an_id(SObject.CONTACT),
            "WhatId": an_id(SObject.CASE),
        }
    ]


def test_records_that_are_there_are_named_by_their_ids() -> None:
    (call,) = to_calls([write(known(SObject.LEAD), Company="Acme"), write(known(SObject.CASE, 2), Subject=None)])
    (request,) = requests(call)
    assert request["url"] == f"{BASE}/composite/sobjects"
    assert request["body"]["records"] == [
        {"attributes": {"type": "Lead"}, "id": an_id(SObject.LEAD), "Company": "Acme"},
        {"attributes": {"type": "Case"}, "id": an_id(SObject.CASE, 2), "Subject": None},
    ]


def test_a_parent_that_an_earlier_call_created_is_named_by_its_id() -> None:
    (call,) = to_calls([write(known(SObject.CASE), ContactId=new(SObject.CONTACT))])
    (request,) = requests(call, {new(SObject.CONTACT): Done(an_id(SObject.CONTACT))})
    assert request["body"]["records"][0]["ContactId"] == an_id(SObject.CONTACT)
    assert "Contact" not in request["body"]["records"][0]


@given(batches(most=40))
def test_every_collection_of_every_call_says_whether_assignment_rules_run(writes: list[Write]) -> None:
    created: Results = {one.record: Done("x") for one in writes if isinstance(one.record, New)}
    for call in to_calls(writes):
        for request, part in zip(requests(call, created), call, strict=True):
            assert request["httpHeaders"] == {"Sforce-Auto-Assign": "TRUE" if part.auto_assign else "FALSE"}


TWO = Collection(upserted=SObject.LEAD, auto_assign=False, writes=tuple(leads(2)))
FIRST, SECOND = (one.record for one in TWO.writes)


def result_of(answer: object) -> list[Done | Failed]:
    """What became of the two leads."""
    results = read_composite(answer, [TWO])
    return [results[identity(FIRST)], results[identity(SECOND)]]


def test_every_record_has_its_own_result() -> None:
    first, second = result_of(an_answer((200, [saved(SObject.LEAD, 7), not_saved("STRING_TOO_LONG", "Company")])))
    assert first == Done(an_id(SObject.LEAD, 7))
    assert isinstance(second, Failed)
    error = second.error
    assert (type(error), error.code, error.object, error.field) == (Rejected, "STRING_TOO_LONG", "Lead", "Company")


def test_a_record_that_was_there_is_done_too() -> None:
    first, _ = result_of(an_answer((200, [saved(SObject.LEAD, created=False), saved(SObject.LEAD, 2)])))
    assert first == Done(an_id(SObject.LEAD))


WHOLE: list[tuple[int, object, type[SyncError], str]] = [
    (400, refused("EXCEEDED_ID_LIMIT"), Rejected, "EXCEEDED_ID_LIMIT"),
    (400, refused("PROCESSING_HALTED"), Transient, "PROCESSING_HALTED"),
    (404, refused("NOT_FOUND", message="Provided external ID field does not exist"), SyncError, "NOT_FOUND"),
    (503, "<html>", Transient, "HTTP_503"),
    (200, None, Transient, "HTTP_200"),
    (200, [saved(SObject.LEAD)], Transient, "HTTP_200"),
    (200, [{"success": False, "errors": []}] * 2, Transient, "HTTP_200"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), WHOLE, ids=[f"{row[0]} {row[3]}" for row in WHOLE])
def test_a_collection_that_failed_as_a_whole_is_the_failure_of_its_records(
    status: int, body: object, kind: type[SyncError], code: str
) -> None:
    for result in result_of(an_answer((status, body))):
        assert isinstance(result, Failed)
        assert isinstance(result.error, kind)
        assert result.error.code == code


def test_collections_do_not_harm_each_other() -> None:
    other = Collection(upserted=None, auto_assign=False, writes=(write(known(SObject.CASE)),))
    answer = an_answer((503, "<html>"), (200, [saved(SObject.CASE)]))
    results = read_composite(answer, [TWO, other])
    assert isinstance(results[identity(FIRST)], Failed)
    assert results[identity(known(SObject.CASE))] == Done(an_id(SObject.CASE))


@pytest.mark.parametrize("answer", [None, {}, an_answer(), an_answer((200, []), (200, []))])
def test_an_answer_that_is_not_whole_is_transient(answer: object) -> None:
    with pytest.raises(Transient):
        read_composite(answer, [TWO])


def test_a_failed_parent_is_not_named_by_an_id() -> None:
    (call,) = to_calls([write(known(SObject.CASE), ContactId=new(SObject.CONTACT))])
    (request,) = requests(call, {new(SObject.CONTACT): a_failure()})
    assert request["body"]["records"][0]["Contact"] == {BOOKING_KEY: "BKNG-1"}
