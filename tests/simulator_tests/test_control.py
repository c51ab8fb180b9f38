from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.simulator_tests.api import Api, Reply, a_lead, a_part, an_api


def control(api: Api, method: str, path: str, body: Any = None) -> Reply:
    return api.send(method, f"/_simulator{path}", b"" if body is None else orjson.dumps(body))


def test_state_counts_calls_parts_and_records() -> None:
    api = an_api()
    api.composite(
        a_part("POST", "/sobjects/Lead", "a", a_lead(), Sforce_Auto_Assign="FALSE"),
        a_part("PATCH", "/sobjects/Lead/@{a.id}", "b", {"Title": "CEO"}),
    )
    state = control(api, "GET", "/state").body
    call = state["calls"][0]
    assert (state["api_calls"], state["requests"], state["records"]["Lead"]) == (1, 2, 1)
    assert state["by_kind"] == {"token": 1, "composite": 1}
    assert state["written"] == {"Lead": {"created": 1, "updated": 1}}
    assert (call["kind"], call["cost"], call["status"]) == ("composite", 1, 200)
    assert [(p["method"], p["status"], p["auto_assign"]) for p in call["parts"]] == [
        ("POST", 201, "FALSE"),
        ("PATCH", 204, None),
    ]


def test_control_and_page_are_not_counted() -> None:
    api = an_api()
    control(api, "GET", "/state")
    api.send("GET", "/")
    assert control(api, "GET", "/state").body["requests"] == 1


def test_rolled_back_writes_are_not_counted() -> None:
    api = an_api()
    parts = a_part("POST", "/sobjects/Lead", "a", a_lead()), a_part("POST", "/sobjects/Lead", "b", {})
    api.composite(*parts, all_or_none=True)
    assert control(api, "GET", "/state").body["written"] == {}


def test_each_write_of_one_call_counts_as_what_it_was() -> None:
    api = an_api()
    lead = f"/sobjects/Lead/{api.create('Lead', **a_lead())}"
    api.composite(a_part("PATCH", lead, "a", {"Title": "CEO"}), a_part("DELETE", lead, "b"))
    written = control(api, "GET", "/state").body["written"]
    assert written == {"Lead": {"created": 1, "updated": 1, "deleted": 1}}


def test_seeds_get_ids_and_defaults_and_pass_the_rules() -> None:
    api = an_api()
    seeds = [a_lead(IsConverted=True, CreatedDate="2020-01-01T00:00:00Z"), {"LastName": "No company"}]
    ids = control(api, "POST", "/records/Lead", seeds).body["ids"]
    rows = control(api, "GET", "/records/lead").body
    assert [row["Id"] for row in rows] == ids
    assert (rows[0]["Status"], rows[0]["CreatedDate"]) == ("Open - Not Contacted", "2020-01-01T00:00:00.000+0000")
    assert rows[0]["OwnerId"] == api.user("integration@vendor.example")


def test_settings_can_be_changed() -> None:
    api = an_api()
    control(api, "POST", "/settings", {"daily_limit": 5, "session_lifetime": 60, "lead_rule_active": False})
    settings = api.org.state.settings
    assert (settings.daily_limit, settings.session_lifetime, settings.lead_rule_active) == (
        5,
        timedelta(minutes=1),
        False,
    )


def test_rules_of_an_admin_can_be_set_as_lists_of_objects() -> None:
    api = an_api()
    duplicate = {
        "object": "Lead",
        "name": "By_Email",
        "matching_rule": "Lead_Email",
        "fields": ["Email"],
        "mode": "block",
    }
    validation = {"object": "Lead", "name": "No_Army", "when": "Company = 'Army'", "message": "No army."}
    control(api, "POST", "/settings", {"duplicate_rules": [duplicate], "validation_rules": [validation]})
    assert api.post("/sobjects/Lead", a_lead(Company="Army")).error == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert [api.post("/sobjects/Lead", a_lead(Email="g@example.com")).status for _ in range(2)] == [201, 400]
    control(api, "POST", "/settings", {"duplicate_rules": [], "validation_rules": []})
    assert api.post("/sobjects/Lead", a_lead(Company="Army", Email="g@example.com")).status == 201


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"validation_rules": [{"object": "Lead", "why": "x", "pet": 1}]}, "ValidationRule has no pet, why"),
        ({"validation_rules": [{"object": "Lead"}]}, "missing 3 required keyword-only arguments"),
        (
            {"validation_rules": [{"object": "Lead", "name": "R", "when": "Pet__c = 1", "message": "x"}]},
            "ValueError: validation rule R: \nSELECT Id FROM Lead WHERE Pet__c = 1",
        ),
        (
            {"duplicate_rules": [{"object": "Lead", "name": "R", "matching_rule": "M", "fields": ["Pet__c"]}]},
            "ValueError: duplicate rule R: no field Pet__c on Lead",
        ),
        ({"duplicate_rule_mode": "shout"}, "duplicate_rule_mode cannot be 'shout', only off, alert, block"),
        ({"lead_rule_criteria": "Email ="}, "ValueError: assignment rule of Lead: \nSELECT Id FROM Lead WHERE Email ="),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_the_reason(given: dict[str, Any], reason: str) -> None:
    api = an_api()
    before = api.org.state.settings
    reply = control(api, "POST", "/settings", given)
    assert reply.error == (400, "INVALID_INPUT")
    assert reason in reply.body[0]["message"]
    assert api.org.state.settings == before


def test_faults_usage_and_fields_can_be_set() -> None:
    api = an_api()
    fault = {"effect": "error", "match": {"object": "Lead"}, "status": 400, "errorCode": "UNABLE_TO_LOCK_ROW"}
    field = {"object": "Lead", "name": "Key__c", "label": "Key", "external_id": True}
    for path, body in (("faults", [fault]), ("usage", {"used": 7}), ("fields", field)):
        assert control(api, "POST", f"/{path}", body).status == 200
    assert api.post("/sobjects/Lead", a_lead()).error == (400, "UNABLE_TO_LOCK_ROW")
    assert api.get("/limits").headers["Sforce-Limit-Info"] == "api-usage=9/100000"
    assert "Key__c" in {field["name"] for field in api.get("/sobjects/Lead/describe").body["fields"]}


def test_reset_forgets_records_counters_and_faults_but_no_tokens() -> None:
    api = an_api()
    api.create("Lead", **a_lead())
    control(api, "POST", "/faults", {"effect": "html_503"})
    control(api, "POST", "/reset")
    assert control(api, "GET", "/state").body["requests"] == 0
    assert api.rows("SELECT Id FROM Lead") == []
    assert len(api.rows("SELECT Id FROM User")) == 10


def test_sessions_can_be_expired() -> None:
    api = an_api()
    control(api, "POST", "/expire_sessions")
    assert api.get("/limits").status == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("GET", "/records/Nothing", None, 404),
        ("GET", "", None, 404),
        ("GET", "/settings", None, 404),
        ("POST", "/settings", {"nope": 1}, 400),
        ("POST", "/settings", {"lead_rule_owner": "nobody"}, 400),
        ("POST", "/settings", [1], 400),
        ("POST", "/faults", {"effect": "nope"}, 400),
        ("POST", "/faults", {"effect": "error", "match": {"nope": 1}}, 400),
        ("POST", "/records/Lead", {"Nope": 1}, 400),
        ("POST", "/records/Lead", "x", 400),
        ("POST", "/usage", {}, 400),
    ],
)
def test_wrong_control_requests_are_told_so(method: str, path: str, body: Any, status: int) -> None:
    assert control(an_api(), method, path, body).status == status


def test_call_log_is_bounded() -> None:
    api = an_api()
    for _ in range(600):
        api.get("/limits")
    state = control(api, "GET", "/state?calls=9999").body
    assert (len(state["calls"]), state["requests"]) == (500, 601)


def test_page_shows_records_and_calls_and_escapes_everything() -> None:
    api = an_api()
    api.create("Lead", **a_lead(Title="<script>alert(1)</script>"))
    api.composite(a_part("GET", "/limits?<b>", "a"), a_part("GET", "/limits", "b"))
    reply = api.send("GET", "/")
    html = reply.body.decode()
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html
    assert "/services/data/v68.0/composite" in html
    assert "&lt;b&gt;" in html
