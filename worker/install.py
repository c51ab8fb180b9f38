"""`setup install`: looks at what the org has of our fields and permissions, and takes the steps that are missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rules.findings import Finding
from rules.installing import (
    PERMISSION_SET,
    AssignPermissionSet,
    CreateField,
    CreatePermissionSet,
    Grant,
    GrantField,
    InstallPlan,
    OwnField,
    Present,
    Step,
    plan_install,
    right_for,
)
from rules.ruleset import InstallationNames
from worker.errors import SyncError
from worker.org_facts import query, query_all, read_facts
from worker.salesforce.session import SalesforceSession
from worker.setup_errors import explain

_FIELDS = "SELECT TableEnumOrId, DeveloperName, NamespacePrefix FROM CustomField WHERE DeveloperName IN ({})"
_SETS = "SELECT Id FROM PermissionSet WHERE Name = '{}' AND IsOwnedByProfile = false"
_GRANTS = "SELECT Id, Field, PermissionsEdit FROM FieldPermissions WHERE Parent.Name = '{}'"
_ASSIGNMENTS = "SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = '{}' AND AssigneeId = '{}'"

_DENIED = {"INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"}

# Somebody else has taken the step since we looked.
_TAKEN_ALREADY = {"DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE"}

# Who may not see the setup is told that these objects do not exist.
_UNSEEN = {*_DENIED, "INVALID_TYPE", "NOT_FOUND"}

_DESCRIPTION = "Written by bookforce, which finds the records of a booking by it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that was tried: done, or what stopped it."""

    step: Step
    problem: Finding | None = None


@dataclass(slots=True)
class Installer:
    """Installs for one org: looks first, then takes the steps that are missing. What is done stays."""

    session: SalesforceSession
    _api_user: str = ""
    _permission_set: str | None = None

    def plan(self, names: InstallationNames) -> InstallPlan:
        """What there is to do; three API calls. Raises SyncError."""
        org = read_facts(self.session)
        self._api_user = org.api_user
        plan = plan_install(names, org.objects, self._read_present(names))
        self._permission_set = plan.permission_set
        return plan

    def take(self, step: Step) -> Taken:
        """Take one step of the plan; one API call."""
        try:
            self._take(step)
        except SyncError as error:
            # Of a permission set the id is needed, and there is none that can be seen.
            is_taken = error.code in _TAKEN_ALREADY and not isinstance(step, CreatePermissionSet)
            return Taken(step=step, problem=None if is_taken else _problem(step, error))
        return Taken(step=step)

    def take_all(self, plan: InstallPlan) -> Iterator[Taken]:
        """Take the steps in order, up to the first that fails; the next run goes on there."""
        for step in plan.steps:
            taken = self.take(step)
            yield taken
            if taken.problem:
                return

    def _take(self, step: Step) -> None:
        match step:
            case CreateField(field=field):
                self.session.post("tooling/sobjects/CustomField", _custom_field(field))
            case CreatePermissionSet(name=name):
                self._permission_set = self._create_permission_set(name)
            case GrantField(existing=str(grant)):
                self.session.patch(f"sobjects/FieldPermissions/{grant}", {"PermissionsEdit": True})
            case GrantField(name=name):
                rights = {"PermissionsRead": True, "PermissionsEdit": True}
                facts = {"ParentId": self._permission_set, "SobjectType": name.partition(".")[0], "Field": name}
                self.session.post("sobjects/FieldPermissions", facts | rights)
            case AssignPermissionSet():
                body = {"PermissionSetId": str(self._permission_set), "AssigneeId": self._api_user}
                self.session.post("sobjects/PermissionSetAssignment", body)

    def _create_permission_set(self, name: str) -> str:
        """The id of the new one, or of the one that somebody else has made since we looked. Raises SyncError."""
        body = {"Name": name, "Label": name, "Description": "Lets the API user edit the fields of bookforce."}
        try:
            return str(self.session.post("sobjects/PermissionSet", body)["id"])
        except SyncError as error:
            found = query(self.session, _SETS.format(name)) if error.code in _TAKEN_ALREADY else []
            if not found:
                raise
            return str(found[0]["Id"])

    def _read_present(self, names: InstallationNames) -> Present:
        queries = (_SETS, _GRANTS, _ASSIGNMENTS)
        asked = [soql.format(PERMISSION_SET, self._api_user) for soql in queries]
        sets, grants, assignments = query_all(self.session, asked)
        return Present(
            fields=frozenset(_full_name(row) for row in self._read_fields(names)),
            permission_set=sets[0]["Id"] if sets else None,
            grants={row["Field"]: Grant(id=row["Id"], edit=row["PermissionsEdit"]) for row in grants},
            is_assigned=bool(assignments),
        )

    def _read_fields(self, names: InstallationNames) -> list[dict[str, Any]]:
        """Custom fields of these names, seen by the API user or not, on any object."""
        wanted = (names.booking_key, names.account_key, *names.event_status, *names.cancel_reschedule_reason)
        own = {name.removesuffix("__c").rpartition("__")[2] for name in wanted}
        listed = ", ".join(f"'{name}'" for name in sorted(own))
        rows: list[dict[str, Any]] = self.session.get("tooling/query", params={"q": _FIELDS.format(listed)})["records"]
        return rows


def explain_reading(error: SyncError) -> Finding:
    """The finding for an org whose fields and permissions cannot be looked at."""
    if error.code not in _UNSEEN:
        return explain(error)
    right = "View Setup and Configuration"
    return Finding(
        level="error",
        message=f"the API user lacks the right {right!r}, so that nobody can tell what is installed ({error.code})",
        advice=f"give the API user {right!r} under System Permissions of a permission set, then run this again",
    )


def _full_name(row: dict[str, Any]) -> str:
    namespace = f"{row['NamespacePrefix']}__" if row["NamespacePrefix"] else ""
    return f"{row['TableEnumOrId']}.{namespace}{row['DeveloperName']}__c"


def _custom_field(field: OwnField) -> dict[str, Any]:
    """The field as the Tooling API takes it.

    Source: https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_customfield.htm
    """
    key = {"externalId": True, "unique": True, "caseSensitive": field.case_sensitive} if field.is_key else {}
    metadata = {"label": field.label, "type": "Text", "length": field.length, "description": _DESCRIPTION, **key}
    return {"FullName": field.full_name, "Metadata": metadata}


def _problem(step: Step, error: SyncError) -> Finding:
    if error.code not in _DENIED:
        found = explain(error)
        return Finding(level="error", message=f"{step}: {found.message}", advice=found.advice)
    right = right_for(step)
    return Finding(
        level="error",
        message=f"{step}: the API user lacks the right {right!r}",
        advice=(
            f"give the API user {right!r} under System Permissions of a permission set for as long as the "
            f"installation takes, or let an administrator make the {step} by hand; then run this again"
        ),
    )
