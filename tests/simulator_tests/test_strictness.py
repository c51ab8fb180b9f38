"""Slips of a client that an org kinder than Salesforce would hide."""

from typing import Any

import pytest

from tests.simulator_tests.api import a_lead, a_part, an_api, an_event

KEY = "Bookforce_Booking_Id__c"
PATH = f"/sobjects/Lead/{KEY}"


def part_statuses(reply: Any) -> list[int]:
    return [part["httpStatusCode"] for part in reply.body["compositeResponse"]]


def test_a_null_reference_is_no_key() -> None:
    api = an_api()
    api.create("Lead", **a_lead(**{KEY: "b-1"}))
    read = a_part("GET", f"{PATH}/b-1?fields=Id,Email", "l")
    write = a_part("PATCH", f"/sobjects/Contact/{KEY}/@{{l.Email}}", "c", {"LastName": "x"})
    reply = api.composite(read, write)
    assert part_statuses(reply)[0] == 200
    assert part_statuses(reply)[1] >= 400
    assert api.org.records("Contact") == []


@pytest.mark.parametrize(
    ("text", "stored"),
    [("x @{l.Email}", "x"), ("x @{l.IsDeleted}", "x false"), ("@{l.Company} @{l.LastName}", "Navy Hopper")],
)
def test_references_within_text_are_written_as_json_would(text: str, stored: str) -> None:
    api = an_api()
    api.create("Lead", **a_lead(**{KEY: "b-1"}))
    api.composite(a_part("GET", f"{PATH}/b-1", "l"), a_part("POST", "/sobjects/Case", "c", {"Subject": text}))
    assert api.org.records("Case")[0]["Subject"] == stored


@pytest.mark.parametrize("reference", ["@{l.id!!}", "@{l..id}", "@{l.errors} x"])
def test_references_that_lead_to_no_value_are_refused(reference: str) -> None:
    api = an_api()
    made = a_part("POST", "/sobjects/Lead", "l", a_lead())
    reply = api.composite(made, a_part("POST", "/sobjects/Event", "e", an_event(Subject=reference)))
    assert reply.body["compositeResponse"][1]["body"][0]["errorCode"] == "PROCESSING_HALTED"


@pytest.mark.parametrize("blank", ["%20", "%09%20"])
def test_a_blank_key_makes_no_record(blank: str) -> None:
    api = an_api()
    assert api.patch(f"{PATH}/{blank}", a_lead()).error == (400, "MISSING_ARGUMENT")
    (result,) = api.patch(f"/composite{PATH}", {"records": [{"attributes": {"type": "Lead"}, KEY: "  "}]}).body
    assert (result["success"], result["errors"][0]["statusCode"]) == (False, "MISSING_ARGUMENT")
    assert api.org.records("Lead") == []


@pytest.mark.parametrize(("name", "queue"), [("Lead", "Case_Queue"), ("Case", "Lead_Queue")])
def test_queues_hold_no_records_but_those_of_their_objects(name: str, queue: str) -> None:
    api = an_api()
    row = api.create(name, **(a_lead() if name == "Lead" else {}))
    reply = api.patch(f"/sobjects/{name}/{row}", {"OwnerId": api.queue(queue)}, Sforce_Auto_Assign="FALSE")
    refused = {"message": "Queue not associated with this SObject type", "errorCode": "INVALID_OPERATION", "fields": []}
    assert (reply.status, reply.body) == (400, [refused])
    rows = api.rows("SELECT SobjectType FROM QueueSobject WHERE Queue.DeveloperName = 'Case_Queue'")
    assert rows == [{"SobjectType": "Case"}]


@pytest.mark.parametrize("all_or_none", ["true", 1, []])
def test_all_or_none_is_a_boolean(all_or_none: Any) -> None:
    api = an_api()
    parts = [a_part("POST", "/sobjects/Lead", "l", a_lead())]
    records = [{"attributes": {"type": "Lead"}, **a_lead()}]
    assert api.post("/composite", {"allOrNone": all_or_none, "compositeRequest": parts}).error[1] == "JSON_PARSER_ERROR"
    assert (
        api.post("/composite/sobjects", {"allOrNone": all_or_none, "records": records}).error[1] == "JSON_PARSER_ERROR"
    )
    assert api.org.records("Lead") == []


@pytest.mark.parametrize(
    ("headers", "is_assigned"),
    [({"Sforce-Auto-Assign": False}, False), ({"Sforce-Auto-Assign": None}, True), ({}, True)],
)
def test_headers_of_a_part_are_words_and_null_is_absent(headers: dict[str, Any], is_assigned: bool) -> None:
    api = an_api()
    part = a_part("POST", "/sobjects/Lead", "l", a_lead()) | {"httpHeaders": headers}
    assert part_statuses(api.composite(part)) == [201]
    assert (api.org.records("Lead")[0]["OwnerId"] == api.queue("Lead_Queue")) is is_assigned


def test_headers_of_a_part_are_an_object() -> None:
    part = a_part("POST", "/sobjects/Lead", "l", a_lead()) | {"httpHeaders": ["a"]}
    assert an_api().composite(part).error == (400, "JSON_PARSER_ERROR")


def test_a_parent_is_named_once() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme", Bookforce_Account_Key__c="acme")
    both = {"LastName": "x", "AccountId": account, "Account": {"Bookforce_Account_Key__c": "acme"}}
    reply = api.post("/sobjects/Contact", both)
    assert reply.error == (400, "INVALID_FIELD")
    said = "cannot specify both an external ID reference Account and a salesforce id, AccountId"
    assert reply.body[0]["message"] == said


def test_a_field_is_named_once_in_whatever_case() -> None:
    assert an_api().post("/sobjects/Lead", a_lead(lastname="y")).error == (400, "INVALID_FIELD")


@pytest.mark.parametrize("name", ["Id", "id"])
def test_a_collection_by_key_takes_no_ids(name: str) -> None:
    api = an_api()
    other = api.create("Lead", **a_lead(**{KEY: "b-1"}))
    record = {"attributes": {"type": "Lead"}, KEY: "b-1", "Title": "x", name: other}
    (result,) = api.patch(f"/composite{PATH}", {"records": [record]}).body
    assert (result["success"], result["errors"][0]["statusCode"]) == (False, "INVALID_FIELD")


def test_a_collection_finds_its_key_in_whatever_case() -> None:
    api = an_api()
    record = {"attributes": {"type": "Lead"}, KEY.lower(): "b-1", **a_lead()}
    (result,) = api.patch(f"/composite{PATH}", {"records": [record]}).body
    assert (result["success"], api.org.records("Lead")[0][KEY]) == (True, "b-1")
