from typing import Any

import pytest

from tests.simulator_tests.api import Api, a_lead, a_part, an_api

BODIES: dict[str, dict[str, Any]] = {"Lead": a_lead(), "Case": {"Subject": "Hi"}, "Contact": {"LastName": "Hopper"}}
RULE_ID = "01Q5e0000000001EAA"


def owner_after(api: Api, name: str, header: str | None, *, updated: bool) -> str:
    """Name the owner of a record that Ada owns, or was meant to own, after this write."""
    ada = api.user("ada.rep@vendor.example")
    headers = {} if header is None else {"Sforce_Auto_Assign": header}
    if updated:
        row_id = api.create(name, **BODIES[name], OwnerId=ada)
        assert api.patch(f"/sobjects/{name}/{row_id}", {"Description": "x"}, **headers).status == 204
    else:
        row_id = api.post(f"/sobjects/{name}", BODIES[name] | {"OwnerId": ada}, **headers).body["id"]
    row = api.org.state.records.find(str(api.read(name, row_id)["OwnerId"])) or {}
    return str(row.get("DeveloperName") or row.get("Username"))


@pytest.mark.parametrize("updated", [False, True])
@pytest.mark.parametrize(
    ("name", "rule_active", "header", "owner"),
    [
        ("Lead", True, None, "Lead_Queue"),
        ("Lead", True, "TRUE", "Lead_Queue"),
        ("Lead", True, "true", "Lead_Queue"),
        ("Lead", True, RULE_ID, "Lead_Queue"),
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
        ("Contact", True, None, "ada.rep@vendor.example"),
    ],
)
def test_owner_after_a_write(name: str, rule_active: bool, header: str | None, owner: str, updated: bool) -> None:
    api = an_api(lead_rule_active=rule_active, case_rule_active=rule_active)
    assert owner_after(api, name, header, updated=updated) == owner


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
