"""What Salesforce refuses about permission sets, their grants and their assignments."""

import re

from tests.simulator.data.records import Row
from tests.simulator.errors import Refused, refuse
from tests.simulator.ids import SHORT
from tests.simulator.state import State

API_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
CHILDREN = {
    "FieldPermissions": "ParentId",
    "ObjectPermissions": "ParentId",
    "PermissionSetAssignment": "PermissionSetId",
}
# What an object permission needs beside it; all of them, and those of their own.
NEEDS = {
    "PermissionsCreate": ("PermissionsRead",),
    "PermissionsEdit": ("PermissionsRead",),
    "PermissionsDelete": ("PermissionsRead", "PermissionsEdit"),
    "PermissionsViewAllRecords": ("PermissionsRead",),
    "PermissionsModifyAllRecords": (
        "PermissionsRead", "PermissionsEdit", "PermissionsDelete", "PermissionsViewAllRecords",
    ),
}  # fmt: skip
VERBS = {
    "PermissionsCreate": "Create", "PermissionsRead": "Read", "PermissionsEdit": "Edit",
    "PermissionsDelete": "Delete", "PermissionsViewAllRecords": "Read All", "PermissionsModifyAllRecords": "Edit All",
}  # fmt: skip


def shape_permission_set(state: State, before: Row, changes: Row) -> None:
    if before.get("ProfileId"):
        raise _no_access()
    if not before:
        changes.setdefault("IsCustom", True)
    name = changes.get("Name")
    if name is None:
        return
    check_api_name("Permission Set", str(name))
    for row_id, row in state.records.tables["PermissionSet"].rows.items():
        if str(row["Name"]).lower() == str(name).lower() and row_id != before.get("Id"):
            message = f"The developer name you entered is already in use: {name}"
            raise refuse("DUPLICATE_DEVELOPER_NAME", message, "Name")


def check_api_name(label: str, name: str) -> None:
    """Refuse a name that no component can have."""
    if not API_NAME.fullmatch(name):
        message = (
            f"The {label} API Name can only contain underscores and alphanumeric characters. It must be unique, begin "
            "with a letter, not include spaces, not end with an underscore, and not contain two consecutive "
            "underscores."
        )
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Name")


def shape_field_permissions(state: State, before: Row, changes: Row) -> None:
    """Check one grant: its field is of its object, edit comes with read, and the set has none for it yet.

    What is missing, required or not permissionable has been refused as a picklist value by then: live orgs say
    "Field Name: bad value for restricted picklist field: Contact.LastName". That edit requires read is documented
    (Object Reference, FieldPermissions); the text is that of object permissions, the one quoted from live orgs.
    """
    after = before | changes
    field = str(after["Field"])
    if field.partition(".")[0] != after["SobjectType"]:
        message = f"Field Name: bad value for restricted picklist field: {field}"
        raise refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, "Field")
    # An update that takes reading away takes the whole grant away (see kept), so editing is no matter there.
    if not (before and state.settings.permission_without_read_is_deleted):
        _check_needs(after, field, {"PermissionsEdit": ("PermissionsRead",)})
        if not after.get("PermissionsRead"):
            raise refuse("FIELD_INTEGRITY_EXCEPTION", f"No permission is given for {field}", "PermissionsRead")
    if not before:
        _check_only(state, "FieldPermissions", after, ("ParentId", "Field"))


def shape_object_permissions(state: State, before: Row, changes: Row) -> None:
    after = before | changes
    _check_needs(after, str(after["SobjectType"]), NEEDS)
    if not after.get("PermissionsRead"):
        message = f"No permission is given for {after['SobjectType']}"
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "PermissionsRead")
    if not before:
        _check_only(state, "ObjectPermissions", after, ("ParentId", "SobjectType"))


def _check_needs(after: Row, subject: str, needs: dict[str, tuple[str, ...]]) -> None:
    for given, needed in needs.items():
        missing = [f"{VERBS[name]} {subject}" for name in needed if not after.get(name)]
        if after.get(given) and missing:
            message = f"Permission {VERBS[given]} {subject} depends on permission(s): {', '.join(missing)}"
            raise refuse("FIELD_INTEGRITY_EXCEPTION", message)


def _check_only(state: State, object_name: str, after: Row, key: tuple[str, ...]) -> None:
    for row_id, row in state.records.tables[object_name].rows.items():
        if all(row[name] == after[name] for name in key):
            message = f"duplicate value found: <unknown> duplicates value on record with id: {row_id[:SHORT]}"
            raise refuse("DUPLICATE_VALUE", message)


def shape_assignment(state: State, before: Row, changes: Row) -> None:
    """Check that a set is assigned once, in the words of live orgs; a profile's own set comes with it alone."""
    if before:
        return
    changes["IsActive"] = True
    chosen, assignee = str(changes["PermissionSetId"]), str(changes["AssigneeId"])
    if (state.records.get("PermissionSet", chosen) or {}).get("ProfileId"):
        raise _no_access()
    for row in state.records.tables["PermissionSetAssignment"].rows.values():
        if row["PermissionSetId"] == chosen and row["AssigneeId"] == assignee:
            message = f"Duplicate PermissionSetAssignment. Assignee: {assignee}; Permission Set: {chosen}"
            raise refuse("DUPLICATE_VALUE", message)


def kept(state: State, object_name: str, row: Row) -> Row | None:
    """Return what an update leaves of a row: nothing of a grant that grants nothing any more.

    The Object Reference says so; administrators report an error instead, hence the setting.
    """
    void = object_name == "FieldPermissions" and not row["PermissionsRead"]
    return None if void and state.settings.permission_without_read_is_deleted else row


def remove(state: State, object_name: str, row_id: str) -> None:
    """Delete a row of the setup, for which there is no recycle bin; a permission set takes along what hangs on it."""
    row = state.records.get(object_name, row_id) or {}
    if object_name == "PermissionSet":
        _remove_children(state, row_id, row)
    state.records.put(object_name, row_id, None)


def _remove_children(state: State, set_id: str, row: Row) -> None:
    if row.get("ProfileId"):
        raise _no_access()
    for name, parent in CHILDREN.items():
        held = [child for child, each in state.records.tables[name].rows.items() if each[parent] == set_id]
        if held and name == "PermissionSetAssignment" and not state.settings.assigned_permission_set_can_be_deleted:
            message = f"Your attempt to delete {row['Label']} could not be completed because it is assigned to users."
            raise refuse("DELETE_FAILED", message)
        for child in held:
            state.records.put(name, child, None)


def _no_access() -> Refused:
    return refuse("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", status=403)
