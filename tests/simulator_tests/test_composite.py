from typing import Any

import pytest

from tests.simulator_tests.api import ROOT, Reply, a_lead, a_part, an_api, an_event

ROLLED_BACK = [
    {
        "errorCode": "PROCESSING_HALTED",
        "message": "The transaction was rolled back since another operation in the same transaction failed.",
    }
]


def statuses(reply: Reply) -> list[int]:
    return [part["httpStatusCode"] for part in reply.body["compositeResponse"]]


def bodies(reply: Reply) -> list[Any]:
    return [part["body"] for part in reply.body["compositeResponse"]]


def test_references_carry_ids_from_part_to_part() -> None:
    api = an_api()
    reply = api.composite(
        a_part("PATCH", "/sobjects/Account/Bookforce_Account_Key__c/acme", "account", {"Name": "Acme"}),
        a_part("POST", "/sobjects/Contact", "contact", {"LastName": "Hopper", "AccountId": "@{account.id}"}),
        a_part("POST", "/sobjects/Event", "event", an_event(WhoId="@{contact.id}", WhatId="@{account.id}")),
        a_part("GET", "/sobjects/Event/@{event.id}", "read"),
        a_part("PATCH", "/sobjects/Contact/@{contact.id}", "update", {"Title": "of @{account.id}"}),
    )
    account, contact, _, event, _ = bodies(reply)
    assert statuses(reply) == [201, 201, 201, 200, 204]
    assert (event["WhoId"], event["AccountId"]) == (contact["id"], account["id"])
    assert api.read("Contact", contact["id"])["Title"] == f"of {account['id']}"


def test_answer_has_the_recorded_shape() -> None:
    part = an_api().composite(a_part("POST", "/sobjects/Lead", "lead", a_lead())).body["compositeResponse"][0]
    assert list(part) == ["body", "httpHeaders", "httpStatusCode", "referenceId"]
    assert part["httpHeaders"] == {"Location": f"{ROOT}/sobjects/Lead/{part['body']['id']}"}


def test_references_reach_into_queries_and_collections() -> None:
    api = an_api()
    api.create("Account", Name="Acme")
    records = [{"attributes": {"type": "Contact"}, "LastName": "Hopper", "AccountId": "@{q.records[0].Id}"}]
    reply = api.composite(
        a_part("GET", "/query?q=SELECT Id FROM Account", "q"),
        a_part("POST", "/composite/sobjects", "many", {"records": records}),
        a_part("PATCH", "/sobjects/Contact/@{many[0].id}", "one", {"Title": "CEO"}),
    )
    assert statuses(reply) == [200, 200, 204]


def test_upsert_that_updates_can_be_referenced() -> None:
    api = an_api()
    api.create("Account", Name="Acme", Bookforce_Account_Key__c="acme")
    reply = api.composite(
        a_part("PATCH", "/sobjects/Account/Bookforce_Account_Key__c/acme", "account", {"Name": "Acme Ltd"}),
        a_part("POST", "/sobjects/Contact", "contact", {"LastName": "Hopper", "AccountId": "@{account.id}"}),
    )
    assert statuses(reply) == [200, 201]


@pytest.mark.parametrize("reference", ["lead.Id", "lead.nope", "nobody.id", "lead[0].id"])
def test_reference_to_nothing_halts_the_part(reference: str) -> None:
    reply = an_api().composite(
        a_part("POST", "/sobjects/Lead", "lead", a_lead()),
        a_part("PATCH", f"/sobjects/Lead/@{{{reference}}}", "next", {}),
    )
    name = reference.partition(".")[0].partition("[")[0]
    assert statuses(reply) == [201, 400]
    assert bodies(reply)[1] == [
        {
            "errorCode": "PROCESSING_HALTED",
            "message": f"Invalid reference specified. No value for {reference} found in {name}. Provided referenceId "
            f"('{name}') must start with a letter or a number, and it can contain only letters, numbers and "
            "underscores ('_').",
        }
    ]


def test_empty_query_has_no_first_record() -> None:
    reply = an_api().composite(
        a_part("GET", "/query?q=SELECT Id FROM Account", "q"),
        a_part("POST", "/sobjects/Contact", "c", {"LastName": "x", "AccountId": "@{q.records[0].Id}"}),
    )
    assert statuses(reply) == [200, 400]
    assert "No value for q.records[0].Id found in q" in bodies(reply)[1][0]["message"]


def test_dependant_of_a_failed_part_is_halted_and_others_go_on() -> None:
    api = an_api()
    reply = api.composite(
        a_part("POST", "/sobjects/Lead", "bad", {}),
        a_part("POST", "/sobjects/Event", "event", an_event(WhoId="@{bad.id}")),
        a_part("POST", "/sobjects/Lead", "good", a_lead()),
    )
    assert statuses(reply) == [400, 400, 201]
    message = "Execution halted as previous operation (bad) was not successful."
    assert bodies(reply)[1] == [{"errorCode": "PROCESSING_HALTED", "message": message}]


@pytest.mark.parametrize(("version", "status"), [("51.0", 400), ("52.0", 201)])
def test_null_is_substituted_since_52(version: str, status: int) -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    parts = [
        {"method": "GET", "url": f"/services/data/v{version}/sobjects/Lead/{lead}", "referenceId": "l"},
        a_part("POST", "/sobjects/Contact", "c", {"LastName": "x", "Title": "@{l.Title}"}),
    ]
    reply = api.post(f"/services/data/v{version}/composite", {"compositeRequest": parts})
    assert statuses(reply) == [200, status]


def test_all_or_none_rolls_everything_back() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    reply = api.composite(
        a_part("POST", "/sobjects/Lead", "a", a_lead()),
        a_part("PATCH", f"/sobjects/Lead/{lead}", "b", {"Title": "CEO"}),
        a_part("POST", "/sobjects/Lead", "bad", {}),
        a_part("POST", "/sobjects/Lead", "c", a_lead()),
        all_or_none=True,
    )
    assert statuses(reply) == [400, 400, 400, 400]
    assert [body == ROLLED_BACK for body in bodies(reply)] == [True, True, False, True]
    assert bodies(reply)[2][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert [row.get("Title") for row in api.org.records("Lead")] == [None]


def test_all_or_none_that_succeeds_stays() -> None:
    api = an_api()
    assert statuses(api.composite(a_part("POST", "/sobjects/Lead", "a", a_lead()), all_or_none=True)) == [201]
    assert len(api.org.records("Lead")) == 1


@pytest.mark.parametrize(
    "parts",
    [
        [],
        "nonsense",
        [5],
        [{"method": "GET"}],
        [a_part("GET", "/limits", f"r{n}") for n in range(26)],
        [a_part("GET", "/query?q=SELECT Id FROM Lead", f"r{n}") for n in range(6)],
        [a_part("POST", "/composite/sobjects", f"r{n}", {"records": []}) for n in range(6)],
        [a_part("GET", "/limits", "same"), a_part("GET", "/limits", "same")],
        [a_part("GET", "/limits", "_first")],
        [a_part("GET", "/limits", "with-dash")],
        [a_part("GET", "/limits", "r", Authorization="Bearer x")],
    ],
)
def test_malformed_composite_is_refused_as_a_whole(parts: Any) -> None:
    assert an_api().post("/composite", {"compositeRequest": parts}).status == 400


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/services/data/v1.0/limits", 410),
        ("nonsense", 404),
        (f"{ROOT}/composite", 404),
        (f"{ROOT}/sobjects/Lead/describe", 200),
        (f"{ROOT}/query?q=SELEKT", 400),
    ],
)
def test_part_has_its_own_status(url: str, status: int) -> None:
    reply = an_api().composite({"method": "GET", "url": url, "referenceId": "r"})
    assert statuses(reply) == [status]


def test_queries_see_plus_as_space_and_need_it_encoded_in_values() -> None:
    api = an_api()
    api.create("Lead", **a_lead(Email="a+b@example.com"))
    url = "/query?q=SELECT+Id+FROM+Lead+WHERE+Email='a{}b@example.com'"
    reply = api.composite(a_part("GET", url.format("+"), "plus"), a_part("GET", url.format("%2B"), "encoded"))
    assert [body["totalSize"] for body in bodies(reply)] == [0, 1]
