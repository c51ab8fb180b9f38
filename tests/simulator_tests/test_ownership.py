from typing import Any

import pytest

from tests.simulator_tests.api import Api, a_lead, a_part, an_api

BODIES: dict[str, dict[str, Any]] = {
    "Lead": a_lead(),
    "Case": {"Subject": "Hi"},
    "Contact": {"LastName": "Hopper"},
    "Account": {"Name": "Acme"},
}
LEAD_RULE, CASE_RULE, NO_RULE = "01Q5e0000000001EAA", "01Q5e0000000002EAA", "01Q5e0000000ZZZ"


def owner_after(api: Api, name: str, header: str | None, *, updated: bool) -> str:
    """Name the owner of a record that Ada owns, or was meant to own, after this write."""
    ada = api.user("ada.rep@vendor.example")
    headers = {} if header is None else {"Sforce_Auto_Assign": header}
    if updated:
        row_id = api.create(name, **BODIES[name], OwnerId=ada)
        assert api.patch(f"/sobjects/{name}/{row_id}", {"Description": "x"}, **headers).status == 204
    else:
        row_id = api.post(f"/sobjects/{name}", BODIES[name] | {"OwnerId": ada}, **headers).body["id"]
    return owner_of(api, name, row_id)


def owner_of(api: Api, name: str, row_id: str) -> str:
    row = api.org.state.records.find(str(api.read(name, row_id)["OwnerId"])) or {}
    return str(row.get("DeveloperName") or row.get("Username"))


@pytest.mark.parametrize("updated", [False, True])
@pytest.mark.parametrize(
    ("name", "rule_active", "header", "owner"),
    [
        ("Lead", True, None, "Lead_Queue"),
        ("Lead", True, "TRUE", "Lead_Queue"),
        ("Lead", True, "true", "Lead_Queue"),
        ("Lead", True, "TrUe", "Lead_Queue"),
        ("Lead", True, "", "Lead_Queue"),
        ("Lead", True, "FALSE", "ada.rep@vendor.example"),
        ("Lead", True, "false", "ada.rep@vendor.example"),
        ("Lead", False, None, "ada.rep@vendor.example"),
        ("Lead", False, "FALSE", "ada.rep@vendor.example"),
        ("Case", True, None, "Case_Queue"),
        ("Case", True, "TRUE", "Case_Queue"),
        ("Case", True, "FALSE", "ada.rep@vendor.example"),
        ("Case", False, None, "casedefault@vendor.example"),
        ("Case", False, "TRUE", "casedefault@vendor.example"),
        ("Case", False, "FALSE", "ada.rep@vendor.example"),
        ("Case", False, "fAlSe", "ada.rep@vendor.example"),
        ("Contact", True, None, "ada.rep@vendor.example"),
    ],
)
def test_owner_after_a_write(name: str, rule_active: bool, header: str | None, owner: str, updated: bool) -> None:
    api = an_api(lead_rule_active=rule_active, case_rule_active=rule_active)
    assert owner_after(api, name, header, updated=updated) == owner


@pytest.mark.parametrize("rule_active", [True, False])
@pytest.mark.parametrize(
    ("name", "rule", "owner"),
    [
        ("Lead", LEAD_RULE, "Lead_Queue"),
        ("Lead", LEAD_RULE[:15], "Lead_Queue"),
        ("Case", CASE_RULE, "Case_Queue"),
        ("Contact", LEAD_RULE, "ada.rep@vendor.example"),
        ("Account", CASE_RULE, "ada.rep@vendor.example"),
        ("Account", "TRUE", "ada.rep@vendor.example"),
        ("Account", NO_RULE, "ada.rep@vendor.example"),
    ],
)
def test_a_rule_named_by_its_id_owns_new_records_even_when_inactive(
    name: str, rule: str, owner: str, rule_active: bool
) -> None:
    api = an_api(lead_rule_active=rule_active, case_rule_active=rule_active)
    assert owner_after(api, name, rule, updated=False) == owner


@pytest.mark.parametrize(
    ("name", "rule", "queue"), [("Lead", LEAD_RULE, "Lead_Queue"), ("Case", CASE_RULE, "Case_Queue")]
)
@pytest.mark.parametrize("applies", [False, True])
def test_whether_a_rule_named_by_its_id_owns_updated_records_is_a_switch(
    name: str, rule: str, queue: str, applies: bool
) -> None:
    api = an_api(rule_id_applies_to_updates=applies)
    assert owner_after(api, name, rule, updated=True) == (queue if applies else "ada.rep@vendor.example")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (NO_RULE, "INVALID_CROSS_REFERENCE_KEY"),
        (CASE_RULE, "INVALID_CROSS_REFERENCE_KEY"),
        ("00Q5e0000000001EAA", "INVALID_CROSS_REFERENCE_KEY"),
        ("01Q5e0000000001EAB", "MALFORMED_ID"),
        ("perhaps", "MALFORMED_ID"),
    ],
)
def test_whether_an_id_that_is_none_of_the_objects_rules_is_refused_is_a_switch(sent: str, code: str) -> None:
    api = an_api()
    assert api.post("/sobjects/Lead", a_lead(), Sforce_Auto_Assign=sent).error == (400, code)
    assert api.org.records("Lead") == []
    api.org.change(unknown_rule_id="ignored")
    assert owner_after(api, "Lead", sent, updated=False) == "Lead_Queue"


@pytest.mark.parametrize(
    ("name", "criteria", "fits", "default"),
    [
        ("Lead", "Company = 'Navy' AND Email != null", {"Email": "g@example.com"}, "admin@vendor.example"),
        ("Case", "Priority IN ('High')", {"Priority": "High"}, "casedefault@vendor.example"),
    ],
)
def test_records_that_the_rule_does_not_match_go_to_the_default_owner(
    name: str, criteria: str, fits: dict[str, Any], default: str
) -> None:
    api = an_api(**{f"{name.lower()}_rule_criteria": criteria})
    queue = f"{name}_Queue"
    owners = []
    for body in (BODIES[name] | fits, BODIES[name]):
        row_id = api.post(f"/sobjects/{name}", body).body["id"]
        owners.append(owner_of(api, name, row_id))
        api.patch(f"/sobjects/{name}/{row_id}", fits if body == BODIES[name] else dict.fromkeys(fits))
        owners.append(owner_of(api, name, row_id))
    assert owners == [queue, default, default, queue]


def test_an_inactive_rule_sends_unmatched_leads_nowhere() -> None:
    api = an_api(lead_rule_active=False, lead_rule_criteria="Email != null")
    assert owner_after(api, "Lead", None, updated=False) == "ada.rep@vendor.example"


def test_queries_see_which_rules_are_active() -> None:
    api = an_api(case_rule_active=False)
    soql = "SELECT SobjectType FROM AssignmentRule WHERE Active = TRUE"
    assert api.rows(soql) == [{"SobjectType": "Lead"}]
    api.org.change(case_rule_active=True, lead_rule_active=False)
    assert api.rows(soql) == [{"SobjectType": "Case"}]


def test_rule_criteria_and_owners_must_make_sense() -> None:
    api = an_api()
    for wrong in ({"lead_rule_criteria": "Pet__c = 1"}, {"case_rule_criteria": "("}, {"default_lead_owner": "nobody"}):
        with pytest.raises(ValueError, match=r"assignment rule of|no user or queue"):
            api.org.change(**wrong)


def test_a_cases_default_owner_takes_it_back_on_the_smallest_update() -> None:
    api = an_api(case_rule_active=False)
    case = api.create("Case", Subject="Hi", OwnerId=api.user("ada.rep@vendor.example"))
    assert api.patch(f"/sobjects/Case/{case}", {"Subject": "Hi!"}, Sforce_Auto_Assign="FALSE").status == 204
    assert owner_of(api, "Case", case) == "ada.rep@vendor.example"
    assert api.patch(f"/sobjects/Case/{case}", {"Subject": "Hi?"}).status == 204
    assert owner_of(api, "Case", case) == "casedefault@vendor.example"


def test_owner_is_the_api_user_unless_one_is_named() -> None:
    api = an_api()
    for name, body in BODIES.items():
        assert api.read(name, api.create(name, **body))["OwnerId"] == api.user("integration@vendor.example")


def test_outer_header_does_not_reach_subrequests() -> None:
    api = an_api()
    part = a_part("POST", "/sobjects/Lead", "l", a_lead())
    reply = api.composite(part, Sforce_Auto_Assign="FALSE")
    row = api.read("Lead", reply.body["compositeResponse"][0]["body"]["id"])
    assert row["OwnerId"] == api.queue("Lead_Queue")


def test_header_of_the_subrequest_counts() -> None:
    api = an_api()
    part = a_part("POST", "/sobjects/Lead", "l", a_lead(), Sforce_Auto_Assign="FALSE")
    row = api.read("Lead", api.composite(part).body["compositeResponse"][0]["body"]["id"])
    assert row["OwnerId"] == api.user("integration@vendor.example")


def test_collections_heed_the_header_of_their_request() -> None:
    api = an_api()
    records = [{"attributes": {"type": "Lead"}, **a_lead()}]
    for header, owner in (("FALSE", api.user("integration@vendor.example")), ("TRUE", api.queue("Lead_Queue"))):
        reply = api.post("/composite/sobjects", {"records": records}, Sforce_Auto_Assign=header)
        assert api.read("Lead", reply.body[0]["id"])["OwnerId"] == owner


def test_rule_owners_must_exist() -> None:
    with pytest.raises(ValueError, match="no user or queue named nobody"):
        an_api().org.change(lead_rule_owner="nobody")
