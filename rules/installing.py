"""What `setup install` is to do: create our fields that the org lacks, and let the API user edit them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, assert_never

from rules.describe import ObjectSpec
from rules.findings import Finding, Objects
from rules.installation import first_there, key_fields, shape_findings
from rules.plan import SObject
from rules.ruleset import InstallationNames

PERMISSION_SET = "Bookforce"

_ACTIVITY = "Activity"
_CUSTOM = "__c"
LENGTH = 255
"""The longest that a unique text field can be, and longer than any booking id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnField:
    """A text field of ours. `home` is where Salesforce keeps it: fields of Event are fields of Activity."""

    home: str
    name: str
    is_key: bool = False
    case_sensitive: bool = False
    length: int = LENGTH

    @property
    def label(self) -> str:
        """`Bookforce_Booking_Id__c` → "Bookforce Booking Id", cut to the 40 characters that Salesforce takes."""
        return self.name.removesuffix(_CUSTOM).replace("_", " ").strip()[:40]

    @property
    def full_name(self) -> str:
        return f"{self.home}.{self.name}"

    @property
    def granted_as(self) -> tuple[str, ...]:
        """The names under which permissions are given: those of Activity on Event and on Task."""
        objects = ("Event", "Task") if self.home == _ACTIVITY else (self.home,)
        return tuple(f"{obj}.{self.name}" for obj in objects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A permission for a field that our permission set has."""

    id: str
    edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What of it the org has: custom fields by full name, seen or not, and our permission set with its grants."""

    fields: frozenset[str]
    permission_set: str | None = None
    grants: Mapping[str, Grant] = field(default_factory=dict)
    is_assigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateField:
    """Create the field, which nobody sees until it is granted."""

    field: OwnField

    verb: ClassVar[str] = "create"

    def __str__(self) -> str:
        return f"field {self.field.full_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePermissionSet:
    """Create the permission set."""

    name: str = PERMISSION_SET

    verb: ClassVar[str] = "create"

    def __str__(self) -> str:
        return f"permission set {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantField:
    """Let the permission set read and edit the field; `existing` is a grant that does not let it edit."""

    name: str
    existing: str | None = None

    verb: ClassVar[str] = "grant"

    def __str__(self) -> str:
        return f"permission to edit {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignPermissionSet:
    """Give the API user the permission set."""

    name: str = PERMISSION_SET

    verb: ClassVar[str] = "assign"

    def __str__(self) -> str:
        return f"permission set {self.name} for the API user"


Step = CreateField | CreatePermissionSet | GrantField | AssignPermissionSet


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPlan:
    """The steps in their order, what is there already, and what only a person can mend.

    `permission_set` is the id of ours if there is one.
    """

    there: tuple[str, ...]
    steps: tuple[Step, ...]
    problems: tuple[Finding, ...] = ()
    permission_set: str | None = None


def plan_install(names: InstallationNames, objects: Objects, present: Present) -> InstallPlan:
    """Look at each thing, and do what is missing; nothing that exists is changed, but for a grant that lacks edit."""
    fields, problems = _own_fields(names, objects, present)
    needed: list[Step] = [
        *(CreateField(field=each) for each in fields),
        *_permission_steps(fields, objects, present),
    ]
    steps = tuple(step for step in needed if not _is_taken(step, objects, present))
    return InstallPlan(
        there=tuple(str(step) for step in needed if step not in steps),
        steps=steps,
        problems=(*problems, *_wrong(names, objects)),
        permission_set=present.permission_set,
    )


def right_for(step: Step) -> str:
    """The user permission that the step needs, as Salesforce's setup calls it."""
    match step:
        case CreateField():
            return "Customize Application"
        case CreatePermissionSet() | GrantField():
            return "Manage Profiles and Permission Sets"
        case AssignPermissionSet():
            return "Assign Permission Sets"
        case _:
            assert_never(step)


def _own_fields(names: InstallationNames, objects: Objects, present: Present) -> tuple[list[OwnField], list[Finding]]:
    """Our fields by the names that they have or get, and those that only a package could bring."""
    keys = [(obj, (name,), True) for obj, name in key_fields(names).items()]
    texts = [(SObject.EVENT, wanted, False) for wanted in (names.event_status, names.cancel_reschedule_reason)]
    fields, problems = [], []
    for obj, wanted, is_key in (*keys, *texts):
        name = _chosen(_home(obj), wanted, objects[obj], present)
        if name:
            # Company names are one company in any case; booking ids may differ in nothing else.
            case_sensitive = is_key and obj is not SObject.ACCOUNT
            fields.append(OwnField(home=_home(obj), name=name, is_key=is_key, case_sensitive=case_sensitive))
        else:
            problems.append(_foreign(obj, wanted, is_key))
    return fields, problems


def _chosen(home: str, wanted: Sequence[str], described: ObjectSpec, present: Present) -> str | None:
    """The name that the org has, else the first that can be created."""
    listed = {name.partition(".")[2] for name in present.fields if name.startswith(f"{home}.")}
    return first_there(wanted, listed | described.fields.keys()) or next(filter(_is_creatable, wanted), None)


def _is_creatable(name: str) -> bool:
    """A package's fields come with the package, Salesforce's own with Salesforce."""
    return name.endswith(_CUSTOM) and "__" not in name.removesuffix(_CUSTOM)


def _foreign(obj: SObject, wanted: Sequence[str], is_key: bool) -> Finding:
    return Finding(
        level="error" if is_key else "warning",
        message=f"{', '.join(f'{obj}.{name}' for name in wanted)}: missing, and only its package can bring it",
        advice="install the package, or name a custom field without a namespace under [installation]",
    )


def _wrong(names: InstallationNames, objects: Objects) -> list[Finding]:
    """What is wrong with keys that are there and seen; whether they can be edited is for the permission set."""
    described = [(obj, objects[obj].fields.get(name)) for obj, name in key_fields(names).items()]
    return [finding for obj, field in described if field for finding in shape_findings(obj, field)]


def _permission_steps(fields: Sequence[OwnField], objects: Objects, present: Present) -> list[Step]:
    """What makes all fields editable; nothing where the API user can edit them by other means."""
    if present.permission_set is None and all(_is_editable(each, objects) for each in fields):
        return []
    held = {name: grant.id for name, grant in present.grants.items()}
    grants = [GrantField(name=name, existing=held.get(name)) for own in fields for name in own.granted_as]
    return [CreatePermissionSet(), *grants, AssignPermissionSet()]


def _is_taken(step: Step, objects: Objects, present: Present) -> bool:
    match step:
        case CreateField(field=own):
            return own.full_name in present.fields or own.name in objects[_object(own)].fields
        case CreatePermissionSet():
            return present.permission_set is not None
        case GrantField(name=name):
            return name in present.grants and present.grants[name].edit
        case AssignPermissionSet():
            return present.is_assigned
        case _:
            assert_never(step)


def _is_editable(own: OwnField, objects: Objects) -> bool:
    described = objects[_object(own)].fields.get(own.name)
    return described is not None and described.createable and described.updateable


def _home(obj: SObject) -> str:
    return _ACTIVITY if obj is SObject.EVENT else obj.value


def _object(own: OwnField) -> SObject:
    return SObject.EVENT if own.home == _ACTIVITY else SObject(own.home)
