"""The setup stages' decisions: the admin's choices against the org's describes → compiled parts and findings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.describe import SUPPORTED_TYPES, FieldSpec, ObjectSpec
from rules.mapping import EVENT_STATUS, is_customer_data
from rules.plan import SObject
from rules.ready import CompiledRow, ObjectMapping, RequiredField, Users
from rules.ruleset import Installation, MappingRow, RuleSet, ValidationRow
from rules.validation import default_by_type
from rules.values import convert

Objects = Mapping[SObject, ObjectSpec]

_WRITTEN_BY_US = {"OwnerId", "RecordTypeId", "StartDateTime", "EndDateTime", "DurationInMinutes", "WhoId", "WhatId"}

_ANY_TIME = "2000-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the admin should know, and what to do about it. An error keeps the stage from being ready."""

    level: Literal["error", "warning"]
    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An active standard user of the org."""

    id: str
    username: str
    email: str


def check_rights(objects: Objects) -> list[Finding]:
    """Stage 1: the API user must be able to query, create and update every object."""
    rights = ("queryable", "createable", "updateable")
    missing = [(obj, right) for obj, spec in objects.items() for right in rights if not getattr(spec, right)]
    advice = "give the API user this right by its profile or a permission set"
    return [
        Finding(level="error", message=f"{obj} is not {right} for the API user", advice=advice)
        for obj, right in missing
    ]


def check_installation(installation: Installation, objects: Objects) -> list[Finding]:
    """Stage 2: the fields that make writes happen once must be there, unique; the others may be missing."""
    keys = dict.fromkeys(SObject, installation.booking_key) | {SObject.ACCOUNT: installation.account_key}
    needed = [finding for obj, name in keys.items() if (finding := _key_finding(obj, name, objects))]
    texts = (installation.event_status, installation.cancel_reschedule_reason)
    return needed + [_text_finding(name) for name in texts if name not in objects[SObject.EVENT].fields]


def compile_required(
    rows: Sequence[ValidationRow], objects: Objects, installation: Installation
) -> tuple[dict[SObject, tuple[RequiredField, ...]], list[Finding]]:
    """Stage 3: every universally required field with what supplies it; an error for those that nothing can supply."""
    own = _own_fields(installation)
    problems = {row: _field_problem(f"field_validation of {row.object}.{row.field}", row, own, objects) for row in rows}
    findings = [problem for problem in problems.values() if problem]
    compiled: dict[SObject, tuple[RequiredField, ...]] = {}
    for obj, spec in objects.items():
        needs = [field for field in spec.fields.values() if field.required and field.name not in own]
        chosen = {row.field: row for row, problem in problems.items() if row.object is obj and not problem}
        extra = [spec.fields[name] for name in chosen if not spec.fields[name].required]
        compiled[obj] = tuple(_required(field, chosen.get(field.name)) for field in (*needs, *extra))
        findings += [finding for need in compiled[obj] if (finding := _supply_finding(obj, need))]
    return compiled, findings


def compile_mapping(ruleset: RuleSet, objects: Objects) -> tuple[dict[SObject, ObjectMapping], list[Finding]]:
    """Stage 4: the mapping rows with the fields that they fill; an error for each row that cannot work."""
    findings: list[Finding] = []
    compiled: dict[SObject, list[CompiledRow]] = {obj: [] for obj in SObject}
    own = _own_fields(ruleset.installation)
    for row in (*_enabled(ruleset.field_mapping), *_installed(ruleset.installation, objects)):
        problem = _field_problem(f"{row.booking} → {row.object}.{row.field}", row, own, objects)
        if problem:
            findings.append(problem)
        else:
            field = objects[row.object].fields[row.field]
            compiled[row.object].append(CompiledRow(booking=row.booking, field=field))
    return {obj: _split(rows) for obj, rows in compiled.items()}, findings


def compile_users(ruleset: RuleSet, users: Sequence[User], api_user: str) -> tuple[Users, list[Finding]]:
    """Stage 5, owners: who is whom. Two users with one e-mail are nobody, because a guess could be wrong."""
    by_name = _users_by_name(users)
    own = {user.id[:15]: user.id for user in users}
    named: dict[str, str] = {}
    findings: list[Finding] = []
    for name, user in ruleset.owners.users.items():
        user_id = by_name.get(user.casefold()) or own.get(user[:15])
        if user_id:
            named[name.casefold()] = user_id
        else:
            findings.append(_nobody(f"owners.users.{name}", user))
    matched = by_name if ruleset.owners.match_by_email else {}
    fallback = _fallback(ruleset, by_name, findings)
    return Users(api_user=api_user, by_name={**matched, **named}, fallback=fallback), findings


def compile_record_types(ruleset: RuleSet, objects: Objects) -> tuple[dict[SObject, dict[str, str]], list[Finding]]:
    """Stage 5, pages: record types by developer name → id; an error for each that the org does not offer."""
    named = {(obj, name) for page in ruleset.pages.values() for obj, name in page.record_types.items()}
    findings = [
        Finding(
            level="error",
            message=f"{obj} has no record type {name!r} that the API user may use",
            advice=f"name one of: {', '.join(objects[obj].record_types) or '(the org has none)'}",
        )
        for obj, name in sorted(named)
        if name not in objects[obj].record_types
    ]
    return {obj: dict(spec.record_types) for obj, spec in objects.items()}, findings


def _key_finding(obj: SObject, name: str, objects: Objects) -> Finding | None:
    field = objects[obj].fields.get(name)
    if field and field.unique_external_id:
        return None if field.case_sensitive or obj is SObject.ACCOUNT else _case_finding(obj, name)
    state = "is not a unique external id" if field else "is missing or hidden from the API user"
    advice = f"create a text field {name} on {obj if obj is not SObject.EVENT else 'Activity'}, unique and external id"
    return Finding(level="error", message=f"{obj}.{name} {state}", advice=f"{advice}, and let the API user edit it")


def _case_finding(obj: SObject, name: str) -> Finding:
    message = f"{obj}.{name} does not tell capitals from small letters: booking ids that differ in nothing else collide"
    advice = "make the field case-sensitive, unless your booking system's ids never differ in case alone"
    return Finding(level="warning", message=message, advice=advice)


def _text_finding(name: str) -> Finding:
    message = f"Event.{name} is missing or hidden from the API user; bookings sync without it"
    return Finding(level="warning", message=message, advice="install it, or name another field under [installation]")


def _required(field: FieldSpec, row: ValidationRow | None) -> RequiredField:
    if row is None:
        return RequiredField(field=field)
    return RequiredField(field=field, **({"booking": row.value} if row.source == "booking" else {"static": row.value}))


def _supply_finding(obj: SObject, need: RequiredField) -> Finding | None:
    field = need.field
    where = f"{obj}.{field.name}"
    if need.static is not None and convert(need.static, field).value is None:
        message = f"{where}: the {field.type} field cannot take the value that field_validation names"
        return Finding(level="error", message=message, advice="change the value in the setup file")
    if need.booking or need.static is not None or default_by_type(field, _ANY_TIME) is not None:
        return None
    message = f"{where} is required and nothing can supply a {field.type}"
    return Finding(level="error", message=message, advice="give it a default value in Salesforce, or make it optional")


def _unknown_field(obj: SObject, name: str) -> Finding:
    message = f"{obj}.{name} does not exist or is hidden from the API user"
    return Finding(level="error", message=message, advice="correct the name, or give the API user access to the field")


def _enabled(rows: Iterable[MappingRow]) -> list[MappingRow]:
    return [row for row in rows if row.enabled]


def _installed(installation: Installation, objects: Objects) -> list[MappingRow]:
    """Status and reason are mapped by the connector where the org has the fields."""
    rows = (
        MappingRow(booking=EVENT_STATUS, object=SObject.EVENT, field=installation.event_status),
        MappingRow(
            booking="cancel_reschedule_reason", object=SObject.EVENT, field=installation.cancel_reschedule_reason
        ),
    )
    return [row for row in rows if row.field in objects[SObject.EVENT].fields]


def _own_fields(installation: Installation) -> set[str]:
    """Fields that the connector writes itself: they can neither be mapped nor supplied."""
    return _WRITTEN_BY_US | {installation.booking_key, installation.account_key}


def _field_problem(where: str, row: MappingRow | ValidationRow, own: set[str], objects: Objects) -> Finding | None:
    field = objects[row.object].fields.get(row.field)
    if field is None:
        return _unknown_field(row.object, row.field)
    if row.field in own:
        return Finding(level="error", message=f"{where}: the connector owns this field", advice="remove the row")
    if field.type not in SUPPORTED_TYPES:
        message = f"{where}: a {field.type} field cannot be mapped"
        return Finding(level="error", message=message, advice="map to a field of another type, or remove the row")
    if not field.createable:
        message = f"{where}: the field is read-only for the API user"
        return Finding(level="error", message=message, advice="let the API user edit it, or remove the row")
    return None


def _split(rows: Sequence[CompiledRow]) -> ObjectMapping:
    return ObjectMapping(
        customer=tuple(row for row in rows if is_customer_data(row.booking)),
        booking=tuple(row for row in rows if not is_customer_data(row.booking)),
    )


def _users_by_name(users: Sequence[User]) -> dict[str, str]:
    named: dict[str, set[str]] = {}
    for user in users:
        for name in (user.username, user.email):
            named.setdefault(name.casefold(), set()).add(user.id)
    return {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}


def _fallback(ruleset: RuleSet, by_name: Mapping[str, str], findings: list[Finding]) -> str | None:
    wanted = ruleset.owners.fallback_user if ruleset.owners.on_unmapped == "fallback_user" else None
    if wanted and wanted.casefold() not in by_name:
        findings.append(_nobody("owners.fallback_user", wanted))
    return by_name.get(wanted.casefold()) if wanted else None


def _nobody(where: str, user: str) -> Finding:
    message = f"{where}: {user!r} is no active standard user of the org, or two users share this e-mail"
    return Finding(level="error", message=message, advice="name an active user by username, e-mail or id")
