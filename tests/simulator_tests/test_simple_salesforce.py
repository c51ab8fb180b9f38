"""The client that people know talks to the org unchanged."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from tests.simulator.server import RunningOrg, serve

ROOT = "/services/data/v68.0"


@pytest.fixture(name="running")
def running_fixture() -> Iterator[RunningOrg]:
    with serve() as running:
        running.org.change(lead_rule_active=False)
        yield running


@pytest.fixture(name="sf")
def sf_fixture(running: RunningOrg) -> Iterator[Salesforce]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(running.ca_file)
        yield connect(session, running)


def connect(session: requests.Session, running: RunningOrg) -> Salesforce:
    form = {
        "grant_type": "client_credentials",
        "client_id": running.client_id,
        "client_secret": running.client_secret,
    }
    token = session.post(f"{running.url}/services/oauth2/token", data=form, timeout=5).json()
    return Salesforce(
        session_id=token["access_token"], instance_url=token["instance_url"], session=session, version="68.0"
    )


def lead(**fields: Any) -> dict[str, Any]:
    return {"LastName": "Hopper", "Company": "Navy", **fields}


def test_records_are_created_read_changed_and_deleted(sf: Any) -> None:
    made = sf.Lead.create(lead(Email="g@example.com"))
    assert made["success"] is True
    assert sf.Lead.update(made["id"], {"Title": "Admiral"}) == 204
    assert sf.Lead.get(made["id"])["Title"] == "Admiral"
    assert sf.Lead.get_by_custom_id("Email", "g@example.com")["Id"] == made["id"]
    assert sf.Lead.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.get(made["id"])


def test_upsert_by_external_id(sf: Any) -> None:
    assert sf.Lead.upsert("Bookforce_Booking_Id__c/b-1", lead()) == 201
    assert sf.Lead.upsert("Bookforce_Booking_Id__c/b-1", {"Title": "Admiral"}) == 200


def test_several_matches_raise(sf: Any) -> None:
    for _ in range(2):
        sf.Lead.create(lead(Email="g@example.com"))
    with pytest.raises(SalesforceMoreThanOneRecord):
        sf.Lead.upsert("Email/g@example.com", {})


def test_queries_page_through_everything(sf: Any, running: RunningOrg) -> None:
    running.org.seed("Account", [{"Name": f"A{n}"} for n in range(450)])
    page = sf.query("SELECT Name FROM Account", headers={"Sforce-Query-Options": "batchSize=200"})
    assert (page["totalSize"], len(page["records"]), page["done"]) == (450, 200, False)
    assert sf.query_all("SELECT Name FROM Account")["totalSize"] == 450
    assert len(list(sf.query_all_iter("SELECT Name FROM Account"))) == 450


def test_describe_and_limits(sf: Any) -> None:
    assert sf.Event.describe()["keyPrefix"] == "00U"
    assert "Lead" in {each["name"] for each in sf.describe()["sobjects"]}
    assert sf.limits()["DailyApiRequests"]["Max"] == 100_000
    assert sf.api_usage["api-usage"].total == 100_000


def test_restful_composite(sf: Any) -> None:
    parts = [
        {"method": "POST", "url": f"{ROOT}/sobjects/Lead", "referenceId": "a", "body": lead()},
        {"method": "GET", "url": f"{ROOT}/sobjects/Lead/@{{a.id}}", "referenceId": "b"},
    ]
    answer = sf.restful("composite", method="POST", json={"compositeRequest": parts})
    assert [part["httpStatusCode"] for part in answer["compositeResponse"]] == [201, 200]


def test_errors_raise(sf: Any, running: RunningOrg) -> None:
    with pytest.raises(SalesforceMalformedRequest) as malformed:
        sf.Lead.create({})
    content: Any = malformed.value.content  # annotated as bytes, in truth a list
    assert content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    running.org.set_usage(100_000)
    with pytest.raises(SalesforceRefusedRequest):
        sf.limits()


def test_expired_session_raises(sf: Any, running: RunningOrg) -> None:
    running.org.expire_sessions()
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Lead")


def test_fields_are_made_and_granted_through_the_client(sf: Any) -> None:
    metadata = {"label": "Key", "type": "Text", "length": 40, "externalId": True, "unique": True}
    body = {"FullName": "Lead.Key__c", "Metadata": metadata}
    made = sf.restful("tooling/sobjects/CustomField", method="POST", json=body)
    soql = "SELECT Id FROM CustomField WHERE DeveloperName = 'Key'"
    assert sf.restful("tooling/query", params={"q": soql})["records"][0]["Id"] == made["id"]
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.upsert("Key__c/1", lead())
    permission_set = sf.PermissionSet.create({"Name": "Sync", "Label": "Sync"})["id"]
    rights = {"PermissionsRead": True, "PermissionsEdit": True}
    sf.FieldPermissions.create({"ParentId": permission_set, "SobjectType": "Lead", "Field": "Lead.Key__c", **rights})
    user = sf.query("SELECT Id FROM User WHERE Username = 'integration@vendor.example'")["records"][0]["Id"]
    sf.PermissionSetAssignment.create({"PermissionSetId": permission_set, "AssigneeId": user})
    assert sf.Lead.upsert("Key__c/1", lead()) == 201
    with pytest.raises(SalesforceMalformedRequest):
        sf.restful("tooling/sobjects/CustomField", method="POST", json=body)
