"""What Salesforce itself fills in when a record of a standard object is written."""

from collections.abc import Callable

from tests.simulator.data.events import shape_event
from tests.simulator.data.invitees import shape_event_relation
from tests.simulator.data.records import Row
from tests.simulator.setup.permissions import (
    shape_assignment,
    shape_field_permissions,
    shape_object_permissions,
    shape_permission_set,
)
from tests.simulator.state import State

FIRST_CASE_NUMBER = 1001
Shape = Callable[[State, Row, Row], None]


def shape(state: State, object_name: str, before: Row, changes: Row) -> None:
    """Complete the changes of a record; `before` is empty for a new one."""
    found = _SHAPES.get(object_name)
    if found is not None:
        found(state, before, changes)


def shape_person(_state: State, before: Row, changes: Row) -> None:
    """Compose the read-only Name of Lead, Contact and User."""
    if "FirstName" not in changes and "LastName" not in changes:
        return
    parts = [changes.get(name, before.get(name)) for name in ("FirstName", "LastName")]
    changes["Name"] = " ".join(str(part) for part in parts if part)


def shape_lead(state: State, before: Row, changes: Row) -> None:
    shape_person(state, before, changes)
    if not before:
        changes.setdefault("IsUnreadByOwner", True)


def shape_account(state: State, before: Row, changes: Row) -> None:
    """Tell people from businesses by their record type, and name people by their names."""
    if not state.settings.person_accounts:
        return
    if not before:
        found = state.record_types.get("Account", {}).get(str(changes.get("RecordTypeId")))
        if found is not None and found.person:
            changes |= {"IsPersonAccount": True, "PersonContactId": state.ids.next("003")}
    if changes.get("IsPersonAccount") or before.get("IsPersonAccount"):
        shape_person(state, before, changes)


def shape_case(state: State, before: Row, changes: Row) -> None:
    """Number a case, close it by its status, and take account and addresses from its contact."""
    if not before:
        number = len(state.records.tables["Case"].rows) + FIRST_CASE_NUMBER
        changes["CaseNumber"] = f"{number:08}"
    if changes.get("ContactId"):
        _take_from_contact(state, before, changes)
    if "Status" in changes:
        changes["IsClosed"] = changes["Status"] == "Closed"


def _take_from_contact(state: State, before: Row, changes: Row) -> None:
    contact = state.records.get("Contact", str(changes["ContactId"])) or {}
    if not before.get("AccountId"):
        changes.setdefault("AccountId", contact.get("AccountId"))
    for name, source in (("Email", "Email"), ("Phone", "Phone"), ("Mobile", "MobilePhone"), ("Fax", "Fax")):
        changes[f"Contact{name}"] = contact.get(source)


_SHAPES: dict[str, Shape] = {
    "Lead": shape_lead,
    "Contact": shape_person,
    "Account": shape_account,
    "User": shape_person,
    "Case": shape_case,
    "Event": shape_event,
    "EventRelation": shape_event_relation,
    "PermissionSet": shape_permission_set,
    "FieldPermissions": shape_field_permissions,
    "ObjectPermissions": shape_object_permissions,
    "PermissionSetAssignment": shape_assignment,
}
