"""Stages 1, 2 and 5: rights, installed fields, owners and record types of the org against the admin's choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.findings import Finding, Objects
from rules.plan import SObject
from rules.ready import Users
from rules.ruleset import Installation, RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An active standard user of the org, and his time zone."""

    id: str
    username: str
    email: str
    zone: str = "UTC"


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
    zones = {user.id: user.zone for user in users}
    return Users(api_user=api_user, by_name={**matched, **named}, fallback=fallback, zones=zones), findings


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


def find_mergeable(objects: Objects) -> frozenset[SObject]:
    """The objects whose merged records say what they were merged into; elsewhere their column does not exist."""
    return frozenset(obj for obj, spec in objects.items() if "MasterRecordId" in spec.fields)


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
