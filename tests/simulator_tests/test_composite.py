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


LIMITS = [a_part("GET", "/limits", f"r{n}") for n in range(26)]
QUERIES = [a_part("GET", "/query?q=SELECT Id FROM Lead", f"r{n}") for n in range(6)]
DELETIONS = [a_part("GET", "/queryAll?q=SELECT Id FROM Lead", f"d{n}") for n in range(6)]
MANY = [a_part("POST", "/composite/sobjects", f"m{n}", {"records": []}) for n in range(6)]


@pytest.mark.parametrize(
    ("parts", "code", "message"),
    [
        ([], "JSON_PARSER_ERROR", "compositeRequest must be"),
        ("nonsense", "JSON_PARSER_ERROR", "compositeRequest must be"),
        ([5], "JSON_PARSER_ERROR", "are required of a subrequest"),
        ([{"method": "GET"}], "JSON_PARSER_ERROR", "are required of a subrequest"),
        ([{"method": "GET", "url": 5, "referenceId": "r"}], "JSON_PARSER_ERROR", "are required of a subrequest"),
        (LIMITS, "INVALID_INPUT", "more than 25 subrequests"),
        (QUERIES, "INVALID_INPUT", "more than 5 query and collections subrequests"),
        (MANY, "INVALID_INPUT", "more than 5 query and collections subrequests"),
        (QUERIES[:2] + DELETIONS[:2] + MANY[:2], "INVALID_INPUT", "more than 5 query and collections subrequests"),
        ([LIMITS[0], LIMITS[0]], "INVALID_INPUT", "must be unique"),
        ([a_part("GET", "/limits", "_first")], "INVALID_INPUT", "must start with a letter or a number"),
        ([a_part("GET", "/limits", "with-dash")], "INVALID_INPUT", "must start with a letter or a number"),
        ([a_part("GET", "/limits", "")], "INVALID_INPUT", "must start with a letter or a number"),
        ([a_part("GET", "/limits", "é")], "INVALID_INPUT", "must start with a letter or a number"),
        ([a_part("GET", "/limits", "r", Authorization="x")], "INVALID_INPUT", "httpHeaders can't contain"),
        ([a_part("GET", "/limits", "r", accept="x")], "INVALID_INPUT", "httpHeaders can't contain"),
        ([a_part("GET", "/limits", "r", CONTENT_TYPE="x")], "INVALID_INPUT", "httpHeaders can't contain"),
    ],
)
def test_malformed_composite_is_refused_as_a_whole(parts: Any, code: str, message: str) -> None:
    api = an_api()
    reply = api.post("/composite", {"compositeRequest": parts})
    assert reply.error == (400, code)
    assert message in reply.body[0]["message"]
    assert reply.headers["Sforce-Limit-Info"] == "api-usage=1/100000"


def test_as_many_parts_as_allowed_are_performed() -> None:
    api = an_api()
    assert statuses(api.composite(*LIMITS[:25])) == [200] * 25
    assert statuses(api.composite(*QUERIES[:2], *DELETIONS[:2], *MANY[:1], *LIMITS[3:20])) == [200] * 22


@pytest.mark.parametrize(("version", "status"), [("51.0", 200), ("52.0", 400)])
def test_illegal_reference_ids_fail_the_call_since_52(version: str, status: int) -> None:
    part = {"method": "GET", "url": f"/services/data/v{version}/limits", "referenceId": "with-dash"}
    assert an_api().post(f"/services/data/v{version}/composite", {"compositeRequest": [part]}).status == status


@pytest.mark.parametrize("method", ["get", "HEAD", "OPTIONS", ""])
def test_methods_are_written_in_capitals(method: str) -> None:
    assert statuses(an_api().composite(a_part(method, "/limits", "r"))) == [405]


@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize("outer", [True, False])
def test_all_or_none_of_the_composite_overrules_that_of_a_collection(outer: bool, inner: bool) -> None:
    api = an_api()
    good = {"attributes": {"type": "Lead"}, **a_lead()}
    collection = {"allOrNone": inner, "records": [good, {"attributes": {"type": "Lead"}}]}
    parts = a_part("POST", "/sobjects/Lead", "a", a_lead()), a_part("POST", "/composite/sobjects", "b", collection)
    reply = api.composite(*parts, all_or_none=outer)
    assert statuses(reply) == ([400, 200] if outer else [201, 200])
    assert len(api.org.records("Lead")) == (0 if outer else 1 if inner else 2)
    assert [each["success"] for each in bodies(reply)[1]] == [not outer and not inner, False]


def test_deletions_in_a_composite_are_overruled_too() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    ids = f"/composite/sobjects?ids={lead},nonsense&allOrNone=false"
    assert statuses(api.composite(a_part("DELETE", ids, "r"), all_or_none=True)) == [200]
    assert api.read("Lead", lead)["IsDeleted"] is False


def test_collated_or_not_the_parts_answer_in_their_order() -> None:
    for collated in (True, False, None):
        body = {"collateSubrequests": collated, "compositeRequest": LIMITS[:3]}
        reply = an_api().post("/composite", body)
        assert [part["referenceId"] for part in reply.body["compositeResponse"]] == ["r0", "r1", "r2"]


def test_created_records_have_an_id_and_read_ones_an_Id() -> None:  # noqa: N802  the difference is the point
    api = an_api()
    reply = api.composite(
        a_part("PATCH", "/sobjects/Lead/Bookforce_Booking_Id__c/b-1", "made", a_lead()),
        a_part("GET", "/sobjects/Lead/@{made.id}", "read"),
        a_part("PATCH", "/sobjects/Lead/@{read.Id}", "lower", {"Title": "@{read.LastName} @{made.success}"}),
        a_part("PATCH", "/sobjects/Lead/@{made.Id}", "wrong", {}),
        a_part("PATCH", "/sobjects/Lead/@{read.id}", "wrong_too", {}),
    )
    assert statuses(reply) == [201, 200, 204, 400, 400]


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
