"""Permission sets, their grants and assignments as records: what is refused, and what may not be mixed."""

from typing import Any

import pytest

from tests.simulator.ids import SHORT
from tests.simulator_tests.api import Api, Reply, a_lead, a_part, an_api, select
from tests.simulator_tests.setup import API_USER, a_permission_set, assign, grant

EMAIL = {"SobjectType": "Lead", "Field": "Lead.Email", "PermissionsRead": True}
PICKLIST = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
MISSING = "0PS5e0000000ZZZAAA"
API_NAME = (
    "The Permission Set API Name can only contain underscores and alphanumeric characters. It must be unique, begin "
    "with a letter, not include spaces, not end with an underscore, and not contain two consecutive underscores."
)
READ_NEEDED = "Permission {} Lead depends on permission(s): {}"

REFUSALS: list[tuple[str, dict[str, Any], str, str, list[str]]] = [
    ("PermissionSet", {"Name": "x"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Label]", ["Label"]),
    ("PermissionSet", {"Name": "x y", "Label": "x"}, "FIELD_INTEGRITY_EXCEPTION", API_NAME, ["Name"]),
    (
        "PermissionSet",
        {"Name": "booking_sync", "Label": "x"},
        "DUPLICATE_DEVELOPER_NAME",
        "The developer name you entered is already in use: booking_sync",
        ["Name"],
    ),
    (
        "FieldPermissions",
        EMAIL | {"SobjectType": "Nothing__c"},
        PICKLIST,
        "Sobject Type Name: bad value for restricted picklist field: Nothing__c",
        ["SobjectType"],
    ),
    (
        "FieldPermissions",
        EMAIL | {"Field": "Lead.Nothing__c"},
        PICKLIST,
        "Field Name: bad value for restricted picklist field: Lead.Nothing__c",
        ["Field"],
    ),
    (
        "FieldPermissions",
        EMAIL | {"Field": "Lead.LastName"},
        PICKLIST,
        "Field Name: bad value for restricted picklist field: Lead.LastName",
        ["Field"],
    ),
    (
        "FieldPermissions",
        EMAIL | {"Field": "Contact.Email"},
        PICKLIST,
        "Field Name: bad value for restricted picklist field: Contact.Email",
        ["Field"],
    ),
    (
        "FieldPermissions",
        {"SobjectType": "Event", "Field": "Event.StartDateTime", "PermissionsRead": True},
        PICKLIST,
        "Field Name: bad value for restricted picklist field: Event.StartDateTime",
        ["Field"],
    ),
    (
        "FieldPermissions",
        EMAIL | {"PermissionsRead": False, "PermissionsEdit": True},
        "FIELD_INTEGRITY_EXCEPTION",
        "Permission Edit Lead.Email depends on permission(s): Read Lead.Email",
        [],
    ),
    (
        "FieldPermissions",
        EMAIL | {"PermissionsRead": False},
        "FIELD_INTEGRITY_EXCEPTION",
        "No permission is given for Lead.Email",
        ["PermissionsRead"],
    ),
    (
        "ObjectPermissions",
        {"SobjectType": "Event", "PermissionsRead": True},
        PICKLIST,
        "Sobject Type Name: bad value for restricted picklist field: Event",
        ["SobjectType"],
    ),
    (
        "ObjectPermissions",
        {"SobjectType": "Lead", "PermissionsCreate": True},
        "FIELD_INTEGRITY_EXCEPTION",
        READ_NEEDED.format("Create", "Read Lead"),
        [],
    ),
    (
        "ObjectPermissions",
        {"SobjectType": "Lead", "PermissionsRead": True, "PermissionsDelete": True},
        "FIELD_INTEGRITY_EXCEPTION",
        READ_NEEDED.format("Delete", "Edit Lead"),
        [],
    ),
    (
        "ObjectPermissions",
        {"SobjectType": "Lead"},
        "FIELD_INTEGRITY_EXCEPTION",
        "No permission is given for Lead",
        ["PermissionsRead"],
    ),
    (
        "PermissionSetAssignment",
        {"AssigneeId": "005"},
        "MALFORMED_ID",
        "Assignee ID: id value of incorrect type: 005",
        ["AssigneeId"],
    ),
]


@pytest.mark.parametrize(("object_name", "body", "code", "message", "fields"), REFUSALS)
def test_what_cannot_be_granted_is_refused(
    object_name: str, body: dict[str, Any], code: str, message: str, fields: list[str]
) -> None:
    api = an_api()
    permission_set = a_permission_set(api)
    parent = {
        "FieldPermissions": {"ParentId": permission_set},
        "ObjectPermissions": {"ParentId": permission_set},
        "PermissionSetAssignment": {"PermissionSetId": permission_set},
    }.get(object_name, {})
    reply = api.post(f"/sobjects/{object_name}", parent | body)
    assert (reply.status, reply.body) == (400, [{"message": message, "errorCode": code, "fields": fields}])


def test_a_field_is_granted_once_in_a_set() -> None:
    api = an_api()
    first, second = a_permission_set(api), a_permission_set(api, "Other")
    (row,) = grant(api, first, "Lead.Email")
    grant(api, second, "Lead.Email")
    reply = api.post("/sobjects/FieldPermissions", EMAIL | {"ParentId": first})
    message = f"duplicate value found: <unknown> duplicates value on record with id: {row[:SHORT]}"
    assert (reply.status, reply.body) == (
        400,
        [{"message": message, "errorCode": "DUPLICATE_VALUE", "fields": []}],
    )


def test_an_object_is_granted_once_in_a_set() -> None:
    api = an_api()
    body = {"ParentId": a_permission_set(api), "SobjectType": "Lead", "PermissionsRead": True}
    api.create("ObjectPermissions", **body)
    assert api.post("/sobjects/ObjectPermissions", body).error == (400, "DUPLICATE_VALUE")


def test_a_set_is_assigned_once_to_a_user() -> None:
    api = an_api()
    permission_set = a_permission_set(api)
    assign(api, permission_set)
    user = api.user(API_USER)
    reply = api.post("/sobjects/PermissionSetAssignment", {"PermissionSetId": permission_set, "AssigneeId": user})
    message = f"Duplicate PermissionSetAssignment. Assignee: {user}; Permission Set: {permission_set}"
    assert (reply.status, reply.body) == (
        400,
        [{"message": message, "errorCode": "DUPLICATE_VALUE", "fields": []}],
    )
    assign(api, permission_set, "ada.rep@vendor.example")


def test_the_set_that_a_profile_owns_is_its_own() -> None:
    api = an_api()
    owned = str(api.rows("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = TRUE")[0]["Id"])
    body = {"PermissionSetId": owned, "AssigneeId": api.user(API_USER)}
    for reply in (
        api.delete(f"/sobjects/PermissionSet/{owned}"),
        api.patch(f"/sobjects/PermissionSet/{owned}", {"Label": "x"}),
        api.post("/sobjects/PermissionSetAssignment", body),
    ):
        assert reply.error == (403, "INSUFFICIENT_ACCESS_OR_READONLY")


def test_a_grant_names_its_set_and_its_field_for_good() -> None:
    api = an_api()
    (row,) = grant(api, a_permission_set(api), "Lead.Email", edit=False)
    reply = api.patch(f"/sobjects/FieldPermissions/{row}", {"Field": "Lead.Phone"})
    assert (reply.error, reply.body[0]["fields"]) == ((400, "INVALID_FIELD_FOR_INSERT_UPDATE"), ["Field"])
    assert api.patch(f"/sobjects/FieldPermissions/{row}", {"PermissionsEdit": True}).status == 204
    assert api.read("FieldPermissions", row)["PermissionsEdit"] is True


@pytest.mark.parametrize(("deleted", "status", "left"), [(True, 204, 0), (False, 400, 1)])
def test_a_grant_without_read_is_deleted_or_refused(*, deleted: bool, status: int, left: int) -> None:
    api = an_api(permission_without_read_is_deleted=deleted)
    (row,) = grant(api, a_permission_set(api), "Lead.Email", edit=False)
    assert api.patch(f"/sobjects/FieldPermissions/{row}", {"PermissionsRead": False}).status == status
    assert len(api.rows("SELECT Id FROM FieldPermissions")) == left


@pytest.mark.parametrize(("allowed", "status", "left"), [(True, 204, 0), (False, 400, 1)])
def test_a_set_that_is_assigned_is_deleted_or_kept(*, allowed: bool, status: int, left: int) -> None:
    api = an_api(assigned_permission_set_can_be_deleted=allowed)
    permission_set = a_permission_set(api)
    grant(api, permission_set, "Lead.Email")
    assign(api, permission_set)
    assert api.delete(f"/sobjects/PermissionSet/{permission_set}").status == status
    for name in ("FieldPermissions", "PermissionSetAssignment"):
        assert len(api.rows(f"SELECT Id FROM {name}")) == left  # noqa: S608


def test_what_is_deleted_from_the_setup_has_no_recycle_bin() -> None:
    api = an_api()
    permission_set = a_permission_set(api)
    api.delete(f"/sobjects/PermissionSet/{permission_set}")
    assert api.get(f"/sobjects/PermissionSet/{permission_set}").error == (404, "NOT_FOUND")
    assert api.delete(f"/sobjects/PermissionSet/{permission_set}").error == (404, "INVALID_CROSS_REFERENCE_KEY")
    assert a_permission_set(api) != permission_set
    assert api.get("/sobjects/PermissionSet/describe").body["undeletable"] is False


def test_a_set_renamed_to_itself_stays_and_to_another_is_refused() -> None:
    api = an_api()
    first = a_permission_set(api)
    a_permission_set(api, "Other")
    assert api.patch(f"/sobjects/PermissionSet/{first}", {"Name": "BOOKING_SYNC", "Label": "New"}).status == 204
    reply = api.patch(f"/sobjects/PermissionSet/{first}", {"Name": "other"})
    assert reply.error == (400, "DUPLICATE_DEVELOPER_NAME")


def test_grants_are_queried_with_their_parents() -> None:
    api = an_api()
    permission_set = a_permission_set(api)
    grant(api, permission_set, "Lead.Email")
    assign(api, permission_set)
    grants = api.rows("SELECT Field, Parent.Name FROM FieldPermissions WHERE Parent.Name = 'Booking_Sync'")
    assert [(row["Field"], row["Parent"]["Name"]) for row in grants] == [("Lead.Email", "Booking_Sync")]
    columns = "PermissionSet.Name, Assignee.Username, Assignee.Profile.Name, IsActive"
    soql = select(columns, "PermissionSetAssignment", f"Assignee.Username = '{API_USER}'")
    (row,) = api.rows(soql)
    assert (row["PermissionSet"]["Name"], row["Assignee"]["Username"]) == ("Booking_Sync", API_USER)
    assert (row["Assignee"]["Profile"]["Name"], row["IsActive"]) == ("System Administrator", True)


def test_the_objects_of_the_setup_are_described() -> None:
    api = an_api()
    prefixes = {
        "PermissionSet": "0PS",
        "FieldPermissions": "01k",
        "ObjectPermissions": "110",
        "PermissionSetAssignment": "0Pa",
        "Profile": "00e",
    }
    for name, prefix in prefixes.items():
        about = api.get(f"/sobjects/{name}/describe").body
        assert (about["keyPrefix"], about["createable"]) == (prefix, name != "Profile")
    fields = {field["name"]: field for field in api.get("/sobjects/FieldPermissions/describe").body["fields"]}
    offered = {choice["value"] for choice in fields["Field"]["picklistValues"]}
    assert {"Lead.Email", "Event.Bookforce_Booking_Id__c", "Task.Bookforce_Booking_Id__c"} <= offered
    assert "Lead.LastName" not in offered
    assert fields["Field"]["restrictedPicklist"] is True


def test_each_user_has_a_profile_and_none_can_be_created() -> None:
    api = an_api()
    rows = api.rows("SELECT Username, Profile.Name FROM User WHERE Profile.Name = 'System Administrator'")
    assert {row["Username"] for row in rows} == {API_USER, "admin@vendor.example"}
    assert api.rows("SELECT Id FROM User WHERE ProfileId = NULL") == []
    assert api.post("/sobjects/Profile", {"Name": "x"}).error == (400, "INVALID_TYPE_FOR_OPERATION")


MIXED = (
    "DML operation on setup object is not permitted after you have updated a non-setup object (or vice versa): "
    "{}, original object: {}"
)
LEAD = {"attributes": {"type": "Lead"}, **a_lead()}
SET = {"attributes": {"type": "PermissionSet"}, "Name": "Booking_Sync", "Label": "Booking Sync"}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [(LEAD, SET, MIXED.format("PermissionSet", "Lead")), (SET, LEAD, MIXED.format("Lead", "PermissionSet"))],
)
def test_setup_and_data_do_not_mix_in_one_collection(
    first: dict[str, Any], second: dict[str, Any], message: str
) -> None:
    api = an_api()
    results = api.post("/composite/sobjects", {"records": [first, second, first | {"Name": "Other"}]}).body
    assert results[0]["success"] is True
    assert results[1]["errors"] == [{"statusCode": "MIXED_DML_OPERATION", "message": message, "fields": []}]
    both = api.post("/composite/sobjects", {"allOrNone": True, "records": [second, first | {"Title": "x"}]}).body
    assert not any(result["success"] for result in both)


def mixed(api: Api, *, all_or_none: bool) -> Reply:
    user = api.user("ada.rep@vendor.example")
    return api.composite(
        a_part("POST", "/sobjects/Lead", "lead", a_lead()),
        a_part("PATCH", f"/sobjects/User/{user}", "user", {"Title": "Rep"}),
        all_or_none=all_or_none,
    )


def test_setup_and_data_do_not_mix_in_a_composite_that_is_one_transaction() -> None:
    api = an_api()
    halted, culprit = mixed(api, all_or_none=True).body["compositeResponse"]
    assert culprit["httpStatusCode"] == 400
    assert culprit["body"] == [
        {"message": MIXED.format("User", "Lead"), "errorCode": "MIXED_DML_OPERATION", "fields": []}
    ]
    assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert api.rows("SELECT Id FROM Lead") == []


def test_setup_and_data_go_together_in_a_composite_of_several_transactions() -> None:
    parts = mixed(an_api(), all_or_none=False).body["compositeResponse"]
    assert [part["httpStatusCode"] for part in parts] == [201, 204]


def test_a_whole_grant_is_made_in_one_composite() -> None:
    api = an_api()
    reply = api.composite(
        a_part("POST", "/sobjects/PermissionSet", "set", {"Name": "Sync", "Label": "Sync"}),
        a_part("POST", "/sobjects/FieldPermissions", "grant", EMAIL | {"ParentId": "@{set.id}"}),
        a_part(
            "POST",
            "/sobjects/PermissionSetAssignment",
            "assignment",
            {"PermissionSetId": "@{set.id}", "AssigneeId": api.user(API_USER)},
        ),
        all_or_none=True,
    )
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [201, 201, 201]
