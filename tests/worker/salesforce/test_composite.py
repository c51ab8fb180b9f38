"""Few records: what a composite of single writes asks for, and what its answer says."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.plan import FieldValue, SObject, Write
from tests.worker.salesforce.writes import (
    ACCOUNT_KEY,
    BASE,
    BOOKING_KEY,
    INSTALLATION,
    an_answer,
    an_id,
    contact_booking,
    known,
    new,
    refused,
    write,
)
from worker.errors import Disconnected, Drifted, Rejected, SyncError, Transient
from worker.salesforce.composite import MAX_SUBREQUESTS, read_composite, to_composite
from worker.salesforce.results import Done, Failed

NO_RULES, RULES = {"Sforce-Auto-Assign": "FALSE"}, {"Sforce-Auto-Assign": "TRUE"}


def parts(*writes: Write) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = to_composite(writes, BASE, INSTALLATION)["compositeRequest"]
    return found


def test_a_booking_is_one_subrequest_a_record_that_hands_its_id_on() -> None:
    assert to_composite(contact_booking(), BASE, INSTALLATION) == {
        "allOrNone": False,
        "collateSubrequests": False,
        "compositeRequest": [
            {
                "method": "PATCH",
                "url": f"{BASE}/sobjects/Account/{ACCOUNT_KEY}/acme%20BKNG-1",
                "referenceId": "r0",
                "httpHeaders": NO_RULES,
                "body": {"Name": "Acme"},
            },
            {
                "method": "PATCH",
                "url": f"{BASE}/sobjects/Contact/{BOOKING_KEY}/BKNG-1",
                "referenceId": "r1",
                "httpHeaders": NO_RULES,
                "body": {"LastName": "Marin", "AccountId": "@{r0.id}"},
            },
            {
                "method": "PATCH",
                "url": f"{BASE}/sobjects/Case/{BOOKING_KEY}/BKNG-1",
                "referenceId": "r2",
                "httpHeaders": RULES,
                "body": {"Subject": "Demo", "ContactId": "@{r1.id}"},
            },
            {
                "method": "PATCH",
                "url": f"{BASE}/sobjects/Event/{BOOKING_KEY}/BKNG-1",
                "referenceId": "r3",
                "httpHeaders": NO_RULES,
                "body": {"Subject": "Demo", "WhoId": "@{r1.id}", "WhatId": "@{r2.id}"},
            },
        ],
    }


@pytest.mark.parametrize("obj", list(SObject))
def test_a_known_record_is_addressed_by_its_id(obj: SObject) -> None:
    assert parts(write(known(obj)))[0]["url"] == f"{BASE}/sobjects/{obj}/{an_id(obj)}"


@pytest.mark.parametrize(
    ("obj", "field"), [(obj, ACCOUNT_KEY if obj is SObject.ACCOUNT else BOOKING_KEY) for obj in SObject]
)
def test_a_new_record_is_addressed_by_our_key(obj: SObject, field: str) -> None:
    assert parts(write(new(obj)))[0]["url"] == f"{BASE}/sobjects/{obj}/{field}/BKNG-1"


@given(st.text(min_size=1))
def test_a_key_of_any_characters_is_one_step_of_the_address(key: str) -> None:
    step = parts(write(new(SObject.ACCOUNT, key)))[0]["url"].removeprefix(f"{BASE}/sobjects/Account/{ACCOUNT_KEY}/")
    assert unquote(step) == key
    assert not set("/?#& ") & set(step)


@pytest.mark.parametrize(("auto_assign", "headers"), [(True, RULES), (False, NO_RULES)])
@pytest.mark.parametrize("obj", list(SObject))
@pytest.mark.parametrize("record", [known, new])
def test_every_write_says_whether_assignment_rules_run(
    record: Any, obj: SObject, auto_assign: bool, headers: dict[str, str]
) -> None:
    assert parts(write(record(obj), auto_assign=auto_assign))[0]["httpHeaders"] == headers


@pytest.mark.parametrize("value", [None, "", "x", 0, 1.5, True, "@{r0.id}"])
def test_values_stand_as_they_are(value: FieldValue) -> None:
    assert parts(write(known(SObject.LEAD), Name=value))[0]["body"] == {"Name": value}


@given(st.integers(1, MAX_SUBREQUESTS))
def test_references_are_names_that_salesforce_takes_and_each_is_used_once(number: int) -> None:
    names = [part["referenceId"] for part in parts(*(write(new(SObject.LEAD, f"B-{n}")) for n in range(number)))]
    assert len(set(names)) == number
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_]*", name) for name in names)


LEAD = [write(new(SObject.LEAD), Company="Acme")]
KNOWN_LEAD = [write(known(SObject.LEAD), Company="Acme")]
CREATED = {"id": an_id(SObject.LEAD), "success": True, "errors": [], "created": True}

SUCCESSES: list[tuple[list[Write], int, object, str]] = [
    (LEAD, 201, CREATED, "created"),
    (LEAD, 200, CREATED | {"created": False}, "was there"),
    (KNOWN_LEAD, 204, None, "updated by its id"),
    (KNOWN_LEAD, 200, None, "updated by its id, 200"),
]


@pytest.mark.parametrize(
    ("writes", "status", "body"), [row[:3] for row in SUCCESSES], ids=[row[3] for row in SUCCESSES]
)
def test_a_record_that_is_written_has_its_id(writes: list[Write], status: int, body: object) -> None:
    (result,) = read_composite(an_answer((status, body)), writes).values()
    assert result == Done(an_id(SObject.LEAD))


FAILURES: list[tuple[int, object, type[SyncError], str, str | None]] = [
    (400, refused("STRING_TOO_LONG", "Company"), Rejected, "STRING_TOO_LONG", "Company"),
    (400, refused("INVALID_FIELD"), Drifted, "INVALID_FIELD", None),
    (404, refused("ENTITY_IS_DELETED"), SyncError, "ENTITY_IS_DELETED", None),
    (400, refused("PROCESSING_HALTED"), Transient, "PROCESSING_HALTED", None),
    (400, refused("SOMETHING_NEW"), Rejected, "SOMETHING_NEW", None),
    (503, "<html>", Transient, "HTTP_503", None),
    (401, None, Disconnected, "HTTP_401", None),
    (300, ["/services/data/v62.0/sobjects/Lead/00Q"], SyncError, "HTTP_300", None),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "field"), FAILURES, ids=[row[3] for row in FAILURES])
def test_a_record_that_is_not_written_has_its_error(
    status: int, body: object, kind: type[SyncError], code: str, field: str | None
) -> None:
    (result,) = read_composite(an_answer((status, body)), LEAD).values()
    assert isinstance(result, Failed)
    assert isinstance(result.error, kind)
    assert (result.error.code, result.error.field) == (code, field)
    assert result.error.object == (None if code.startswith("HTTP") else "Lead")


def test_results_stand_by_record_whatever_their_neighbours_are() -> None:
    other = write(new(SObject.LEAD, "BKNG-2"))
    results = read_composite(an_answer((400, refused("STRING_TOO_LONG")), (201, CREATED)), [*LEAD, other])
    assert isinstance(results[LEAD[0].record], Failed)  # type: ignore[index]
    assert results[other.record] == Done(an_id(SObject.LEAD))  # type: ignore[index]


def test_a_known_record_is_found_by_15_characters_of_its_id() -> None:
    assert list(read_composite(an_answer((204, None)), KNOWN_LEAD)) == [an_id(SObject.LEAD)[:15]]


@pytest.mark.parametrize(
    "answer",
    [None, [], "<html>", {}, {"compositeResponse": None}, an_answer(), an_answer((201, CREATED), (201, CREATED))],
    ids=["nothing", "list", "page", "no parts", "null", "too few", "too many"],
)
def test_an_answer_that_is_not_whole_is_transient(answer: object) -> None:
    with pytest.raises(Transient) as caught:
        read_composite(answer, LEAD)
    assert caught.value.code == "BROKEN_ANSWER"
