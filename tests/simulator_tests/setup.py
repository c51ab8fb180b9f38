"""Builders for the org's setup: fields over the Tooling API, permission sets, grants and assignments."""

from typing import Any
from urllib.parse import quote

from tests.simulator_tests.api import Api, Reply

API_USER = "integration@vendor.example"


def a_text(**changes: Any) -> dict[str, Any]:
    return {"label": "Pet", "type": "Text", "length": 40, **changes}


def a_key(**changes: Any) -> dict[str, Any]:
    return a_text(label="Booking ID", length=64, externalId=True, unique=True, caseSensitive=True, **changes)


def make_field(api: Api, full_name: str, metadata: dict[str, Any] | None = None) -> Reply:
    body = {"FullName": full_name, "Metadata": a_text() if metadata is None else metadata}
    return api.post("/tooling/sobjects/CustomField", body)


def a_field(api: Api, full_name: str = "Lead.Pet__c", metadata: dict[str, Any] | None = None) -> str:
    reply = make_field(api, full_name, metadata)
    assert reply.status == 201, reply.body
    return str(reply.body["id"])


def tooling_query(api: Api, soql: str) -> Reply:
    return api.get(f"/tooling/query?q={quote(soql)}")


def a_permission_set(api: Api, name: str = "Booking_Sync") -> str:
    return api.create("PermissionSet", Name=name, Label=name.replace("_", " "))


def grant(api: Api, permission_set: str, *fields: str, edit: bool = True) -> list[str]:
    return [
        api.create(
            "FieldPermissions",
            ParentId=permission_set,
            SobjectType=field.partition(".")[0],
            Field=field,
            PermissionsRead=True,
            PermissionsEdit=edit,
        )
        for field in fields
    ]


def assign(api: Api, permission_set: str, username: str = API_USER, **more: Any) -> str:
    return api.create("PermissionSetAssignment", PermissionSetId=permission_set, AssigneeId=api.user(username), **more)


def described_fields(api: Api, object_name: str = "Lead") -> dict[str, dict[str, Any]]:
    fields = api.get(f"/sobjects/{object_name}/describe").body["fields"]
    return {field["name"]: field for field in fields}
