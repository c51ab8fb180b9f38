"""The install flow as a client walks it over the API alone, in an org that has none of the fields yet."""

from typing import Any

from tests.simulator_tests.api import Api, Reply, a_lead, an_api, an_event
from tests.simulator_tests.setup import API_USER, a_key, a_text, described_fields, make_field, tooling_query

KEY = "Bookforce_Booking_Id__c"
ACCOUNT_KEY = "Bookforce_Account_Key__c"
FIELDS: dict[str, dict[str, Any]] = {
    f"Activity.{KEY}": a_key(),
    f"Lead.{KEY}": a_key(),
    f"Contact.{KEY}": a_key(),
    f"Case.{KEY}": a_key(),
    f"Account.{ACCOUNT_KEY}": a_key() | {"caseSensitive": False},
    "Activity.Bookforce_Status__c": a_text(label="Status"),
    "Activity.Bookforce_Reason__c": a_text(label="Reason"),
}
ABSENT = "SELECT Id, DeveloperName, TableEnumOrId, NamespacePrefix FROM CustomField WHERE DeveloperName IN ({})"


def granted_names() -> list[str]:
    """Fields of Activity are granted on Event and on Task."""
    names = []
    for full_name in FIELDS:
        home, _, name = full_name.partition(".")
        names += [f"{each}.{name}" for each in (("Event", "Task") if home == "Activity" else (home,))]
    return names


def installed(api: Api) -> set[tuple[str, str]]:
    names = sorted({full_name.partition(".")[2].removesuffix("__c") for full_name in FIELDS})
    reply = tooling_query(api, ABSENT.format(",".join(f"'{name}'" for name in names)))
    assert reply.status == 200
    return {(row["TableEnumOrId"], row["DeveloperName"]) for row in reply.body["records"]}


def install(api: Api) -> list[Reply]:
    """Create, grant and assign everything, whatever is there already."""
    replies = [make_field(api, full_name, metadata) for full_name, metadata in FIELDS.items()]
    replies.append(api.post("/sobjects/PermissionSet", {"Name": "Bookforce", "Label": "Bookforce"}))
    set_id = api.rows("SELECT Id FROM PermissionSet WHERE Name = 'Bookforce'")[0]["Id"]
    for name in granted_names():
        body = {"ParentId": set_id, "SobjectType": name.partition(".")[0], "Field": name}
        rights = {"PermissionsRead": True, "PermissionsEdit": True}
        replies.append(api.post("/sobjects/FieldPermissions", body | rights))
    user = api.rows(f"SELECT Id FROM User WHERE Username = '{API_USER}'")[0]["Id"]  # noqa: S608
    replies.append(api.post("/sobjects/PermissionSetAssignment", {"PermissionSetId": set_id, "AssigneeId": user}))
    return replies


def test_an_org_without_fields_gets_them_and_can_use_them_as_keys() -> None:
    api = an_api(custom_fields=())
    assert installed(api) == set()
    assert [make_field(api, *each).status for each in FIELDS.items()] == [201] * 7
    assert len(installed(api)) == 7
    assert KEY not in described_fields(api, "Event")
    assert api.patch(f"/sobjects/Lead/{KEY}/B-1", a_lead()).error == (404, "NOT_FOUND")
    install(api)
    for full_name in granted_names():
        object_name, _, name = full_name.partition(".")
        field = described_fields(api, object_name)[name]
        assert (field["createable"], field["updateable"]) == (True, True)
    assert api.patch(f"/sobjects/Lead/{KEY}/B-1", a_lead()).status == 201
    assert api.patch(f"/sobjects/Event/{KEY}/B-1", an_event(Bookforce_Status__c="Scheduled")).status == 201
    assert api.patch(f"/sobjects/Account/{ACCOUNT_KEY}/acme", {"Name": "Acme"}).status == 201
    assert api.patch(f"/sobjects/Account/{ACCOUNT_KEY}/ACME", {"Name": "Acme Inc"}).status == 200


def test_installing_again_finds_everything_there() -> None:
    api = an_api(custom_fields=())
    assert {reply.status for reply in install(api)} == {201}
    again = install(api)
    grants = len(granted_names())
    assert [reply.error for reply in again] == [
        *[(400, "DUPLICATE_DEVELOPER_NAME")] * 8,
        *[(400, "DUPLICATE_VALUE")] * (grants + 1),
    ]
    assert again[-1].body[0]["message"].startswith("Duplicate PermissionSetAssignment. Assignee: 005")
