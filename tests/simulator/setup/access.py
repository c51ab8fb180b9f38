"""What each user may see and change: a narrowed schema for each, kept until schema, grants or settings change."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.simulator.data.values import parse_time, wire_time
from tests.simulator.settings import Settings
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.schema import ACTIVITY, Schema
from tests.simulator.state import State

GRANTING = ("PermissionSet", "FieldPermissions", "PermissionSetAssignment", "User")
OBJECTS = ("hidden_objects", "read_only_objects")
FIELDS = ("hidden_fields", "read_only_fields")
NEVER = "9999"
Names = frozenset[tuple[str, str]]
Grants = dict[tuple[str, str], bool]


def schema_for(state: State, user_id: str) -> Schema:
    """Return the schema as this user sees it: the org's own while nothing in it is hidden or locked."""
    if state.views.open is not state.settings and not any(
        getattr(state.settings, name) for name in (*OBJECTS, *FIELDS)
    ):
        state.views.open = state.settings
    if state.views.open is state.settings and not state.schema.by_grant:
        return state.schema
    views, key = state.views, access_key(state)
    if views.key != key or (views.until is not None and state.clock() >= views.until):
        views.key, views.until = key, _until(state)
        views.by_user.clear()
    view = views.by_user.get(user_id)
    if view is None:
        view = views.by_user[user_id] = _view(state, user_id)
    return view


def access_key(state: State) -> tuple[Any, ...]:
    """Return a value that differs as soon as anybody's view may differ."""
    settings, tables = state.settings, state.records.tables
    chosen = tuple(getattr(settings, name) for name in (*OBJECTS, *FIELDS, "activity_grants_are_shared"))
    return state.schema.version, chosen, tuple(tables[name].changes for name in GRANTING)


def last_change(state: State) -> datetime:
    """Return when describes last changed, which grants and settings do as well as new fields."""
    key = (*access_key(state), state.views.until)  # an assignment that has expired moves `until` on
    if state.views.described not in {None, key}:
        state.touch()
    state.views.described = key
    return state.schema_changed_at


def check_names(schema: Schema, settings: Settings) -> None:
    """Refuse settings that hide or lock what is not there: a typing error would silently do nothing."""
    for name in (*settings.hidden_objects, *settings.read_only_objects):
        if name not in schema.objects:
            raise ValueError(f"no such object: {name}")
    for object_name, name in _split((*settings.hidden_fields, *settings.read_only_fields)):
        sobject = schema.objects.get(object_name)
        if sobject is None or name not in sobject.fields:
            raise ValueError(f"no such field: {object_name}.{name}")


def _split(names: Iterable[str]) -> Names:
    return frozenset(
        (home, field)
        for name in names
        for object_name, _, field in [name.partition(".")]
        for home in (ACTIVITY if object_name == "Activity" else (object_name,))
    )


def _view(state: State, user_id: str) -> Schema:
    settings = state.settings
    hidden, locked = _split(settings.hidden_fields), _split(settings.read_only_fields)
    grants = _grants(state, user_id)
    objects = {
        name: _narrowed(sobject, list(_seen(sobject, hidden, locked, grants)), settings)
        for name, sobject in state.schema.objects.items()
        if name not in settings.hidden_objects
    }
    return state.schema.narrowed(objects)


def _seen(sobject: SObject, hidden: Names, locked: Names, grants: Grants) -> Iterator[Field]:
    for field in sobject.fields.values():
        name = sobject.name, field.name
        edit = grants.get(_granted_as(name)) if field.by_grant else True
        if name in hidden or edit is None:
            continue
        is_open = edit and name not in locked
        yield field if is_open else replace(field, createable=False, updateable=False)


def _granted_as(name: tuple[str, str]) -> tuple[str, str]:
    """Name the field by which one is granted: those of person accounts are granted with the Contact's."""
    object_name, field = name
    return ("Contact", field.removesuffix("__pc") + "__c") if field.endswith("__pc") else (object_name, field)


def _narrowed(sobject: SObject, seen: list[Field], settings: Settings) -> SObject:
    read_only = sobject.name in settings.read_only_objects
    if not read_only and len(seen) == len(sobject.fields) and all(sobject.fields[each.name] is each for each in seen):
        return sobject
    view = SObject(sobject.name, sobject.prefix, sobject.label, sobject.plural, read_only=read_only)
    view.add(*seen)
    return view


def _grants(state: State, user_id: str) -> Grants:
    """Collect the fields that this user's permission sets let him read, and whether he may edit them too."""
    sets = _permission_sets(state, user_id)
    found: Grants = {}
    for row in state.records.tables["FieldPermissions"].rows.values():
        if row["ParentId"] in sets and row["PermissionsRead"]:
            object_name, field = str(row["SobjectType"]), str(row["Field"]).partition(".")[2]
            shared = state.settings.activity_grants_are_shared and object_name in ACTIVITY
            for home in ACTIVITY if shared else (object_name,):
                found[home, field] = found.get((home, field), False) or bool(row["PermissionsEdit"])
    return found


def _permission_sets(state: State, user_id: str) -> set[str]:
    """Return the ids of the sets assigned to a user and of the one that his profile owns."""
    tables, now = state.records.tables, wire_time(state.clock())
    user = tables["User"].rows.get(user_id, {})
    owned = {
        row_id
        for row_id, row in tables["PermissionSet"].rows.items()
        if row.get("ProfileId") is not None and row["ProfileId"] == user.get("ProfileId")
    }
    return owned | {
        str(row["PermissionSetId"])
        for row in tables["PermissionSetAssignment"].rows.values()
        if row["AssigneeId"] == user_id and str(row.get("ExpirationDate") or NEVER) > now
    }


def _until(state: State) -> datetime | None:
    """Return when the next assignment expires, if one does."""
    now = wire_time(state.clock())
    rows = state.records.tables["PermissionSetAssignment"].rows.values()
    ends = [end for row in rows if (end := str(row.get("ExpirationDate") or "")) > now]
    return parse_time(min(ends)) if ends else None
