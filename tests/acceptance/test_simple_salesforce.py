"""simple-salesforce, the client that Python programs use, against the simulated org: unchanged, over TLS."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_external_id, format_soql

from tests.simulator.faults import Fault
from tests.simulator.server import RunningOrg
from tests.simulator_tests.api import ROOT, a_lead, an_event


@pytest.fixture(name="sf")
def sf_fixture(running_org: RunningOrg, session: requests.Session) -> Any:
    """A client that was given a token; its attributes are objects of the org, so that no type knows them."""
    form = {
        "grant_type": "client_credentials",
        "client_id": running_org.client_id,
        "client_secret": running_org.client_secret,
    }
    token = session.post(f"{running_org.url}/services/oauth2/token", data=form, timeout=5).json()
    return Salesforce(
        session_id=token["access_token"], instance_url=token["instance_url"], session=session, version="68.0"
    )


def test_records_are_created_read_changed_and_deleted(sf: Any) -> None:
    made = sf.Lead.create(a_lead(Email="g@example.com"))
    assert made["success"] is True
    assert sf.Lead.update(made["id"], {"Title": "Admiral"}) == 204
    assert sf.Lead.get(made["id"])["Title"] == "Admiral"
    assert sf.Lead.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.get(made["id"])


def test_records_are_read_by_a_key(sf: Any) -> None:
    made = sf.Lead.create(a_lead(Email="g@example.com", Bookforce_Booking_Id__c="b/1 ü"))
    assert sf.Lead.get_by_custom_id("Email", "g@example.com")["Id"] == made["id"]
    assert sf.Lead.get(format_external_id("Bookforce_Booking_Id__c", "b/1 ü"))["Id"] == made["id"]
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.get_by_custom_id("Bookforce_Booking_Id__c", "b-2")


def test_upsert_by_external_id(sf: Any) -> None:
    assert sf.Lead.upsert("Bookforce_Booking_Id__c/b-1", a_lead()) == 201
    assert sf.Lead.upsert("Bookforce_Booking_Id__c/b-1", {"Title": "Admiral"}) == 200
    answer = sf.Lead.upsert("Bookforce_Booking_Id__c/b-1", {}, raw_response=True).json()
    assert answer == {"id": answer["id"], "success": True, "errors": [], "created": False}
    assert sf.Lead.get(answer["id"])["Title"] == "Admiral"


@pytest.mark.parametrize(
    "call",
    [
        lambda sf: sf.Lead.upsert("Email/g@example.com", {}),
        lambda sf: sf.Lead.get_by_custom_id("Email", "g@example.com"),
    ],
)
def test_several_matches_raise_and_name_the_records(sf: Any, call: Callable[[Any], object]) -> None:
    ids = [sf.Lead.create(a_lead(Email="g@example.com"))["id"] for _ in range(2)]
    with pytest.raises(SalesforceMoreThanOneRecord) as several:
        call(sf)
    content: Any = several.value.content  # annotated as bytes, in truth what the JSON says
    assert content == [f"{ROOT}/sobjects/Lead/{each}" for each in sorted(ids)]


def test_queries_page_through_everything(sf: Any, running_org: RunningOrg) -> None:
    running_org.org.seed("Account", [{"Name": f"A{n}"} for n in range(450)])
    soql, small = "SELECT Name FROM Account", {"Sforce-Query-Options": "batchSize=200"}
    page = sf.query(soql, headers=small)
    assert (page["totalSize"], len(page["records"]), page["done"]) == (450, 200, False)
    further = sf.query_more(page["nextRecordsUrl"].rpartition("/")[2], headers=small)
    assert len(further["records"]) == 200
    assert len(sf.query_more(further["nextRecordsUrl"], identifier_is_url=True, headers=small)["records"]) == 50
    assert sf.query_all(soql)["totalSize"] == 450
    everything = sf.query_all(soql, headers=small)
    assert (everything["totalSize"], everything["done"]) == (450, True)
    assert len({row["Name"] for row in sf.query_all_iter(soql, headers=small)}) == 450


def test_deleted_records_are_found_when_asked_for(sf: Any) -> None:
    row_id = sf.Lead.create(a_lead())["id"]
    sf.Lead.delete(row_id)
    assert sf.query("SELECT Id FROM Lead")["totalSize"] == 0
    assert [row["Id"] for row in sf.query_all("SELECT Id FROM Lead", include_deleted=True)["records"]] == [row_id]


@pytest.mark.parametrize("name", ["O'Brien", "back\\slash", 'dou"ble', "two\nlines", "50 %_off", "Größe +1 & more"])
def test_quoted_values_find_their_records(sf: Any, name: str) -> None:
    row_id = sf.Lead.create(a_lead(Title=name))["id"]
    sf.Lead.create(a_lead(Title="other"))
    for soql in ("SELECT Id FROM Lead WHERE Title = {}", "SELECT Id FROM Lead WHERE Title IN {}"):
        value = [name] if "IN" in soql.split() else name
        assert [row["Id"] for row in sf.query(format_soql(soql, value))["records"]] == [row_id]
    assert sf.query(format_soql("SELECT Id FROM Lead WHERE Title LIKE '{:like}%'", name))["totalSize"] == 1


def test_describe_tells_objects_and_fields(sf: Any) -> None:
    event = sf.Event.describe()
    assert (event["keyPrefix"], event["name"]) == ("00U", "Event")
    assert {"WhoId", "Bookforce_Booking_Id__c"} <= {field["name"] for field in event["fields"]}
    assert sf.Event.metadata()["objectDescribe"]["keyPrefix"] == "00U"
    names = [each["name"] for each in sf.describe()["sobjects"]]
    assert {"Account", "Case", "Contact", "Event", "Lead", "User"} <= set(names)
    assert [getattr(sf, name).describe()["name"] for name in names] == names


def test_limits_are_told_and_usage_is_noted(sf: Any) -> None:
    daily = sf.limits()["DailyApiRequests"]
    usage = sf.api_usage["api-usage"]
    assert (usage.used, usage.total) == (daily["Max"] - daily["Remaining"], daily["Max"]) == (1, 100_000)


def test_restful_composite(sf: Any) -> None:
    parts = [
        {"method": "POST", "url": f"{ROOT}/sobjects/Contact", "referenceId": "who", "body": {"LastName": "Hopper"}},
        {"method": "POST", "url": f"{ROOT}/sobjects/Event", "referenceId": "a", "body": an_event(WhoId="@{who.id}")},
        {"method": "GET", "url": f"{ROOT}/sobjects/Event/@{{a.id}}", "referenceId": "b"},
    ]
    answer = sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    who, made, read = answer["compositeResponse"]
    assert [part["httpStatusCode"] for part in (who, made, read)] == [201, 201, 200]
    assert (read["body"]["Id"], read["body"]["WhoId"]) == (made["body"]["id"], who["body"]["id"])


def test_restful_composite_is_undone_whole(sf: Any) -> None:
    parts = [
        {"method": "POST", "url": f"{ROOT}/sobjects/Lead", "referenceId": "a", "body": a_lead()},
        {"method": "POST", "url": f"{ROOT}/sobjects/Lead", "referenceId": "b", "body": {}},
    ]
    answer = sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    codes = [part["body"][0]["errorCode"] for part in answer["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert sf.query("SELECT COUNT() FROM Lead")["totalSize"] == 0


def test_restful_collections(sf: Any) -> None:
    records = [{"attributes": {"type": "Lead"}, **a_lead()}, {"attributes": {"type": "Lead"}}]
    made, refused = sf.restful("composite/sobjects", method="POST", json={"records": records})
    assert (made["success"], refused["errors"][0]["statusCode"]) == (True, "REQUIRED_FIELD_MISSING")
    found = sf.restful("composite/sobjects/Lead", params={"ids": made["id"], "fields": "LastName"})
    assert found[0]["LastName"] == "Hopper"
    assert sf.restful("composite/sobjects", method="DELETE", params={"ids": made["id"]})[0]["success"] is True


def test_the_user_and_the_org_are_known(sf: Any) -> None:
    known = sf.oauth2("userinfo")
    assert sf.User.get(known["user_id"])["Username"] == "integration@vendor.example"
    assert sf.is_sandbox() is False
    assert sf.restful("")["identity"].endswith(f"/id/{known['organization_id']}/{known['user_id']}")


@pytest.mark.parametrize(
    ("call", "raised", "code"),
    [
        (lambda sf: sf.Lead.create({}), SalesforceMalformedRequest, "REQUIRED_FIELD_MISSING"),
        (lambda sf: sf.Lead.create(a_lead(Pet__c="cat")), SalesforceMalformedRequest, "INVALID_FIELD"),
        (lambda sf: sf.query("SELEKT Id FROM Lead"), SalesforceMalformedRequest, "MALFORMED_QUERY"),
        (lambda sf: sf.query("SELECT Pet__c FROM Lead"), SalesforceMalformedRequest, "INVALID_FIELD"),
        (lambda sf: sf.Leed.create(a_lead()), SalesforceResourceNotFound, "NOT_FOUND"),
        (lambda sf: sf.Leed.describe(), SalesforceResourceNotFound, "NOT_FOUND"),
        (lambda sf: sf.restful("nothing"), SalesforceResourceNotFound, "NOT_FOUND"),
        (lambda sf: sf.restful("limits", method="DELETE"), SalesforceGeneralError, "METHOD_NOT_ALLOWED"),
        # The Bulk APIs are not offered.
        (lambda sf: sf.bulk.Lead.insert([a_lead()]), SalesforceResourceNotFound, "NOT_FOUND"),
        (lambda sf: sf.bulk2.Lead.insert(records=[a_lead()]), SalesforceResourceNotFound, "NOT_FOUND"),
    ],
)
def test_refusals_raise_with_their_code(
    sf: Any, call: Callable[[Any], object], raised: type[SalesforceError], code: str
) -> None:
    with pytest.raises(raised) as refused:
        call(sf)
    content: Any = refused.value.content
    assert [each["errorCode"] for each in content] == [code]


def test_a_used_up_limit_raises(sf: Any, running_org: RunningOrg) -> None:
    running_org.org.set_usage(100_000)
    with pytest.raises(SalesforceRefusedRequest) as refused:
        sf.limits()
    content: Any = refused.value.content
    assert content == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]


def test_a_page_of_maintenance_raises(sf: Any, running_org: RunningOrg) -> None:
    running_org.org.set_faults(Fault(effect="html_503"))
    with pytest.raises(SalesforceGeneralError, match="503"):
        sf.query("SELECT Id FROM Lead")


@pytest.mark.parametrize("call", [lambda sf: sf.query("SELECT Id FROM Lead"), lambda sf: sf.Lead.create(a_lead())])
def test_an_expired_session_by_token_raises(sf: Any, running_org: RunningOrg, call: Callable[[Any], object]) -> None:
    running_org.org.expire_sessions()
    with pytest.raises(SalesforceExpiredSession) as expired:
        call(sf)
    content: Any = expired.value.content
    assert content == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_fields_are_made_and_granted_through_the_client(sf: Any) -> None:
    metadata = {"label": "Key", "type": "Text", "length": 40, "externalId": True, "unique": True}
    body = {"FullName": "Lead.Key__c", "Metadata": metadata}
    made = sf.restful("tooling/sobjects/CustomField", method="POST", json=body)
    soql = "SELECT Id FROM CustomField WHERE DeveloperName = 'Key'"
    assert sf.restful("tooling/query", params={"q": soql})["records"][0]["Id"] == made["id"]
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.upsert("Key__c/1", a_lead())
    permission_set = sf.PermissionSet.create({"Name": "Sync", "Label": "Sync"})["id"]
    rights = {"PermissionsRead": True, "PermissionsEdit": True}
    sf.FieldPermissions.create({"ParentId": permission_set, "SobjectType": "Lead", "Field": "Lead.Key__c", **rights})
    user = sf.query("SELECT Id FROM User WHERE Username = 'integration@vendor.example'")["records"][0]["Id"]
    sf.PermissionSetAssignment.create({"PermissionSetId": permission_set, "AssigneeId": user})
    assert sf.Lead.upsert("Key__c/1", a_lead()) == 201
    with pytest.raises(SalesforceMalformedRequest):
        sf.restful("tooling/sobjects/CustomField", method="POST", json=body)
