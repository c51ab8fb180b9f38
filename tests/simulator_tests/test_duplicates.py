from typing import Any

import pytest

from tests.simulator.rules.org_rules import DuplicateRule
from tests.simulator_tests.api import Api, a_lead, a_part, an_api

GRACE = a_lead(FirstName="Grace", LastName="Hopper", Email="grace@example.com")
ALLOW = "allowSave=true"


def a_rule(**changes: Any) -> DuplicateRule:
    """An admin's rule: leads of one e-mail address."""
    settings: dict[str, Any] = {
        "object": "Lead",
        "name": "By_Email",
        "matching_rule": "Lead_Email",
        "fields": ("Email",),
    }
    return DuplicateRule(**(settings | changes))


def an_org_with(**changes: Any) -> Api:
    return an_api(duplicate_rules=(a_rule(**changes),))


def test_answer_names_rule_and_record_as_salesforce_does() -> None:
    api = an_api(duplicate_rule_mode="alert")
    lead = api.create("Lead", **GRACE)
    reply = api.post("/sobjects/Lead", GRACE)
    url = f"/services/data/v68.0/sobjects/Lead/{lead}"
    match = {
        "entityType": "Lead",
        "errors": [],
        "matchEngine": "FuzzyMatchEngine",
        "matchRecords": [
            {
                "additionalInformation": [],
                "fieldDiffs": [],
                "matchConfidence": 100.0,
                "record": {"attributes": {"type": "Lead", "url": url}, "Id": lead},
            }
        ],
        "rule": "Standard_Lead_Match_Rule_v1_0",
        "size": 1,
        "success": True,
    }
    result = {
        "allowSave": True,
        "duplicateRule": "Standard_Lead_Duplicate_Rule",
        "duplicateRuleEntityType": "Lead",
        "errorMessage": "Use one of these records?",
        "matchResults": [match],
    }
    error = {"duplicateResult": result, "errorCode": "DUPLICATES_DETECTED", "message": "Use one of these records?"}
    assert (reply.status, reply.body) == (400, [error])
    assert list(reply.body[0]) == list(error)
    assert len(api.org.records("Lead")) == 1


@pytest.mark.parametrize(
    ("mode", "header", "status"),
    [
        ("off", None, 201),
        ("alert", None, 400),
        ("alert", ALLOW, 201),
        ("alert", "ALLOWSAVE=TRUE", 201),
        ("alert", "includeRecordDetails=true; allowSave=true; runAsCurrentUser=true", 201),
        ("alert", "runAsCurrentUser=true,allowSave = true", 201),
        ("alert", "allowSave=false", 400),
        ("alert", "allowSave", 400),
        ("block", None, 400),
        ("block", ALLOW, 400),
    ],
)
def test_allow_save_passes_alerts_and_never_blocks(mode: str, header: str | None, status: int) -> None:
    api = an_api(duplicate_rule_mode=mode)
    api.create("Lead", **GRACE)
    headers = {} if header is None else {"Sforce_Duplicate_Rule_Header": header}
    reply = api.post("/sobjects/Lead", GRACE, **headers)
    assert reply.status == status
    if status == 400:
        assert reply.body[0]["duplicateResult"]["allowSave"] is (mode == "alert")


def test_header_is_unknown_before_version_52() -> None:
    api = an_api(duplicate_rule_mode="alert")
    api.create("Lead", **GRACE)
    for version, status in (("51.0", 400), ("52.0", 201)):
        path = f"/services/data/v{version}/sobjects/Lead"
        assert api.post(path, GRACE, Sforce_Duplicate_Rule_Header=ALLOW).status == status


@pytest.mark.parametrize(
    ("spelling", "version", "key"),
    [
        ("by_version", "56.0", "duplicateResut"),
        ("by_version", "62.0", "duplicateResult"),
        ("duplicateResut", "68.0", "duplicateResut"),
        ("duplicateResult", "50.0", "duplicateResult"),
    ],
)
def test_spelling_of_the_key_is_a_switch(spelling: str, version: str, key: str) -> None:
    api = an_api(duplicate_rule_mode="alert", duplicate_key_spelling=spelling)
    api.create("Lead", **GRACE)
    assert key in api.post(f"/services/data/v{version}/sobjects/Lead", GRACE).body[0]


def test_record_details_are_shown_to_those_who_ask() -> None:
    api = an_api(duplicate_rule_mode="alert")
    api.create("Lead", **GRACE)
    reply = api.post("/sobjects/Lead", GRACE, Sforce_Duplicate_Rule_Header="includeRecordDetails=true")
    record = reply.body[0]["duplicateResult"]["matchResults"][0]["matchRecords"][0]["record"]
    assert (record["Email"], record["Name"], record["IsConverted"]) == ("grace@example.com", "Grace Hopper", False)


def test_details_are_those_that_the_caller_may_see_but_the_rule_sees_all() -> None:
    api = an_api(duplicate_rule_mode="alert", read_only_fields=("Lead.Company",), hidden_fields=("Lead.Title",))
    api.org.seed("Lead", [GRACE | {"Title": "Admiral"}])
    body = {name: GRACE[name] for name in ("FirstName", "LastName", "Email")}
    reply = api.post("/sobjects/Contact", body, Sforce_Duplicate_Rule_Header="includeRecordDetails=true")
    [match] = reply.body[0]["duplicateResult"]["matchResults"]
    record = match["matchRecords"][0]["record"]
    assert ("Title" in record, "Company" in record) == (False, True)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (GRACE, GRACE | {"Email": "GRACE@Example.COM", "LastName": "HOPPER"}, True),
        (GRACE, GRACE | {"FirstName": "Ada"}, False),
        (GRACE, GRACE | {"Email": None}, False),
        (a_lead(), a_lead(), False),
    ],
)
def test_all_fields_must_agree_and_blank_matches_nothing(
    first: dict[str, Any], second: dict[str, Any], found: bool
) -> None:
    api = an_api(duplicate_rule_mode="block")
    api.create("Lead", **first)
    assert api.post("/sobjects/Lead", second).status == (400 if found else 201)


@pytest.mark.parametrize(("name", "other"), [("Lead", "Contact"), ("Contact", "Lead")])
def test_standard_rules_hold_leads_and_contacts_against_each_other(name: str, other: str) -> None:
    api = an_api(duplicate_rule_mode="alert")
    person = {"FirstName": "Grace", "LastName": "Hopper", "Email": "grace@example.com"}
    bodies = {"Lead": person | {"Company": "Navy"}, "Contact": person}
    there = api.create(other, **bodies[other])
    [error] = api.post(f"/sobjects/{name}", bodies[name]).body
    [match] = error["duplicateResult"]["matchResults"]
    assert (match["entityType"], match["matchRecords"][0]["record"]["Id"]) == (other, there)
    assert (error["duplicateResult"]["duplicateRule"], match["rule"].split("_")[1]) == (
        f"Standard_{name}_Duplicate_Rule",
        other,
    )


def test_accounts_of_one_name_are_duplicates() -> None:
    api = an_api(duplicate_rule_mode="block")
    api.create("Account", Name="Acme")
    assert api.post("/sobjects/Account", {"Name": "ACME"}).error == (400, "DUPLICATES_DETECTED")


def test_deleted_records_match_nothing() -> None:
    api = an_api(duplicate_rule_mode="block")
    api.delete(f"/sobjects/Lead/{api.create('Lead', **GRACE)}")
    assert api.post("/sobjects/Lead", GRACE).status == 201


def test_an_upsert_that_updates_does_not_match_its_own_record() -> None:
    api = an_org_with(mode="block")
    path = "/sobjects/Lead/Bookforce_Booking_Id__c/b-1"
    assert [api.patch(path, GRACE | {"Email": mail}).status for mail in ("a@b.com", "a@b.com", "c@d.com")] == [
        201,
        200,
        200,
    ]


def test_an_update_is_held_against_others_only_if_it_changes_what_the_rule_compares() -> None:
    api = an_org_with(mode="block")
    api.create("Lead", **GRACE)
    [other] = api.org.seed("Lead", [GRACE])
    assert api.patch(f"/sobjects/Lead/{other}", {"Title": "Admiral"}).status == 204
    assert api.patch(f"/sobjects/Lead/{other}", {"Email": "GRACE@example.com"}).error == (400, "DUPLICATES_DETECTED")
    assert api.patch(f"/sobjects/Lead/{other}", {"Email": "other@example.com"}).status == 204


@pytest.mark.parametrize(("on_create", "on_update"), [(True, False), (False, True)])
def test_a_rule_runs_on_create_on_update_or_on_both(on_create: bool, on_update: bool) -> None:
    api = an_org_with(on_create=on_create, on_update=on_update)
    api.org.seed("Lead", [GRACE])
    [other] = api.org.seed("Lead", [a_lead()])
    assert (api.post("/sobjects/Lead", GRACE).status == 400) is on_create
    assert (api.patch(f"/sobjects/Lead/{other}", {"Email": GRACE["Email"]}).status == 400) is on_update


def test_the_first_rule_that_finds_something_is_told_and_an_allowed_alert_goes_on_to_the_next() -> None:
    rules = a_rule(message="Known address"), a_rule(name="By_Name", fields=("LastName",), mode="block", message="Known")
    api = an_api(duplicate_rules=rules)
    api.create("Lead", **GRACE)
    assert [error["message"] for error in api.post("/sobjects/Lead", GRACE).body] == ["Known address"]
    reply = api.post("/sobjects/Lead", GRACE, Sforce_Duplicate_Rule_Header=ALLOW)
    assert [error["message"] for error in reply.body] == ["Known"]


def collection(api: Api, *records: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    body = {"records": [{"attributes": {"type": "Lead"}, **record} for record in records]}
    return list(api.post("/composite/sobjects", body, **headers).body)


@pytest.mark.parametrize("shown", [False, True])
def test_collections_tell_of_duplicates_and_whether_they_show_them_is_a_switch(shown: bool) -> None:
    api = an_api(duplicate_rule_mode="alert", collections_show_duplicate_result=shown)
    api.create("Lead", **GRACE)
    refused, created = collection(api, GRACE, a_lead())
    [error] = refused["errors"]
    details = error.pop("duplicateResult", None)
    assert error == {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}
    assert (details is not None, created["success"]) == (shown, True)
    assert collection(api, GRACE, Sforce_Duplicate_Rule_Header=ALLOW)[0]["success"] is True


def test_subrequests_heed_their_own_header_alone() -> None:
    api = an_api(duplicate_rule_mode="alert")
    api.create("Lead", **GRACE)
    parts = (
        a_part("POST", "/sobjects/Lead", "a", GRACE),
        a_part("POST", "/sobjects/Lead", "b", GRACE, Sforce_Duplicate_Rule_Header=ALLOW),
    )
    reply = api.composite(*parts, Sforce_Duplicate_Rule_Header=ALLOW)
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [400, 201]


@pytest.mark.parametrize("compared", [False, True])
def test_whether_records_of_one_save_are_compared_with_each_other_is_a_switch(compared: bool) -> None:
    api = an_api(duplicate_rule_mode="block", duplicates_within_request=compared)
    assert [result["success"] for result in collection(api, GRACE, GRACE)] == [True, not compared]
    assert collection(api, GRACE)[0]["success"] is False


def test_subrequests_of_a_composite_are_saves_of_their_own() -> None:
    api = an_api(duplicate_rule_mode="block")
    reply = api.composite(*(a_part("POST", "/sobjects/Lead", name, GRACE) for name in "ab"))
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [201, 400]


def test_a_field_without_an_index_gets_one_that_stays_true() -> None:
    api = an_org_with(fields=("Title",), mode="block")
    api.org.seed("Lead", [a_lead(Title="Admiral"), a_lead(Title="Captain")])
    assert api.post("/sobjects/Lead", a_lead(Title="captain")).error == (400, "DUPLICATES_DETECTED")
    [captain] = [row["Id"] for row in api.rows("SELECT Id FROM Lead WHERE Title = 'Captain'")]
    api.patch(f"/sobjects/Lead/{captain}", {"Title": "Commodore"})
    assert api.post("/sobjects/Lead", a_lead(Title="Captain")).status == 201
    api.org.reset()
    assert api.post("/sobjects/Lead", a_lead(Title="Captain")).status == 201


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"object": "Nothing"}, "duplicate rule By_Email: no object Nothing"),
        ({"fields": ("Nope",)}, "duplicate rule By_Email: no field Nope on Lead"),
        (
            {"fields": ("Company",), "match_objects": ("Contact",)},
            "duplicate rule By_Email: no field Company on Contact",
        ),
        ({"fields": ()}, "duplicate rule By_Email: no fields to compare"),
        ({"mode": "shout"}, "duplicate rule By_Email: mode must be alert or block"),
        (
            {"fields": ("Bookforce_Booking_Id__c",)},
            "duplicate rule By_Email: Bookforce_Booking_Id__c minds case, and duplicate rules do not",
        ),
    ],
)
def test_rules_that_cannot_work_are_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        an_org_with(**changes)
