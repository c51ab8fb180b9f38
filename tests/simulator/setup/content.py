"""What is in the org from the start: its users, one of them inactive, its queues and its assignment rules."""

from dataclasses import dataclass, replace

from tests.simulator.data.dml import insert
from tests.simulator.data.records import Row
from tests.simulator.settings import RecordType
from tests.simulator.setup.record_types import check_record_type, configured
from tests.simulator.state import State, begin


@dataclass(frozen=True, slots=True)
class Person:
    first: str
    last: str
    username: str
    active: bool = True
    profile: str = "Standard User"


ADMINISTRATOR = "System Administrator"
API_USER = Person("Bookforce", "Integration", "integration@vendor.example", profile=ADMINISTRATOR)
PEOPLE = (
    Person("Ada", "Admin", "admin@vendor.example", profile=ADMINISTRATOR),
    Person("Ada", "Rep", "ada.rep@vendor.example"),
    Person("Ben", "Rep", "ben.rep@vendor.example"),
    Person("Cleo", "Rep", "cleo.rep@vendor.example"),
    Person("Dan", "Rep", "dan.rep@vendor.example"),
    Person("Eva", "Rep", "eva.rep@vendor.example"),
    Person("Finn", "Rep", "finn.rep@vendor.example"),
    Person("Gus", "Gone", "gus.gone@vendor.example", active=False),
    Person("Default", "Case Owner", "casedefault@vendor.example"),
)
QUEUES = {"Lead_Queue": "Lead", "Case_Queue": "Case"}
RIGHTS = ("PermissionsApiEnabled", "PermissionsEditEvent", "PermissionsEditTask")
ADMINISTRATOR_RIGHTS = (
    "PermissionsAssignPermissionSets",
    "PermissionsCustomizeApplication",
    "PermissionsManageProfilesPermissionsets",
    "PermissionsManageUsers",
    "PermissionsModifyAllData",
    "PermissionsViewAllData",
    "PermissionsViewSetup",
)


def fill(state: State) -> None:
    """Put the standing content into an empty org."""
    name: Row = {
        "Name": "Vendor Example Inc",
        "OrganizationType": "Enterprise Edition",
        "TimeZoneSidKey": "Europe/London",
    }
    state.org_id = _put(state, "Organization", "", {**name, "InstanceName": "SIM1"})
    profiles = {name: _profile(state, name) for name in (ADMINISTRATOR, "Standard User")}
    api_user = _put(state, "User", "", _user(API_USER, profiles))
    for person in PEOPLE:
        _put(state, "User", api_user, _user(person, profiles))
    for queue, held in QUEUES.items():
        shown = queue.replace("_", " ")
        queue_id = _put(state, "Group", api_user, {"Name": shown, "DeveloperName": queue, "Type": "Queue"})
        _put(state, "QueueSobject", api_user, {"QueueId": queue_id, "SobjectType": held})
    settings = state.settings
    for subject, active in (("Lead", settings.lead_rule_active), ("Case", settings.case_rule_active)):
        rule: Row = {"Name": f"{subject} routing", "SobjectType": subject, "Active": active}
        _put(state, "AssignmentRule", api_user, rule)
    for record_type in configured(settings):
        put_record_type(state, api_user, record_type)
    state.records.commit()


def show_rules(state: State) -> None:
    """Let the assignment rules that clients can query be as active as the settings have them."""
    active = {"Lead": state.settings.lead_rule_active, "Case": state.settings.case_rule_active}
    for row_id, row in list(state.records.tables["AssignmentRule"].rows.items()):
        state.records.put("AssignmentRule", row_id, row | {"Active": active[str(row["SobjectType"])]})
    state.records.commit()


def put_record_type(state: State, by: str, new: RecordType) -> None:
    """Add a record type to its object, or replace the one with its developer name; only one is the default."""
    check_record_type(state.schema, state.settings, new)
    state.schema.give_record_types(new.object)
    types = state.record_types.setdefault(new.object, {})
    row_id = next((each for each, known in types.items() if known.developer_name == new.developer_name), None)
    if row_id is None:
        row_id = _put(state, "RecordType", by, _record_type(state, new))
    else:
        before = state.records.get("RecordType", row_id) or {}
        state.records.put("RecordType", row_id, before | _record_type(state, new))
    if new.default:
        types |= {each: replace(known, default=False) for each, known in types.items()}
    types[row_id] = new


def _record_type(state: State, new: RecordType) -> Row:
    row: Row = {"Name": new.name, "DeveloperName": new.developer_name, "SobjectType": new.object}
    return row | {"IsActive": new.active} | ({"IsPersonType": new.person} if state.settings.person_accounts else {})


def _put(state: State, object_name: str, by: str, row: Row) -> str:
    return insert(begin(state, by), state.schema.objects[object_name], row)


def _profile(state: State, name: str) -> str:
    """Put a profile there, and the permission set that it owns: fields granted by that are granted by the profile."""
    administers = name == ADMINISTRATOR
    rights = dict.fromkeys((*RIGHTS, *(ADMINISTRATOR_RIGHTS if administers else ())), True)
    profile = _put(state, "Profile", "", {"Name": name, **rights})
    owned: Row = {
        "Name": f"X{profile}",
        "Label": name,
        "ProfileId": profile,
        "IsOwnedByProfile": True,
        "Type": "Profile",
    }
    _put(state, "PermissionSet", "", {**owned, "IsCustom": False, **rights})
    return profile


def _user(person: Person, profiles: dict[str, str]) -> Row:
    return {
        "ProfileId": profiles[person.profile],
        "FirstName": person.first,
        "LastName": person.last,
        "Username": person.username,
        "Email": person.username,
        "Alias": person.username[:8],
        "IsActive": person.active,
        "UserType": "Standard",
        "TimeZoneSidKey": "Europe/London",
    }
