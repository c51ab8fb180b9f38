"""Stages 1 and 5: rights, owners and record types of the org against the admin's choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.findings import Finding, Objects, OfType, OwnedBy, Writing
from rules.plan import SObject
from rules.ready import Users
from rules.ruleset import RuleSet


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
        Finding(
            level="error",
            message=f"{obj} is not {right} for the API user",
            advice=advice,
            # What cannot be read is looked up for every booking.
            concerns=None if right == "queryable" else Writing(object=obj, creates=right == "createable"),
        )
        for obj, right in missing
    ]


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
            findings.append(_nobody(f"owners.users.{name}", user, OwnedBy(name=name)))
    matched = by_name if ruleset.owners.match_by_email else {}
    fallback = _fallback(ruleset, by_name, own, findings)
    findings += _shared_emails(users) if ruleset.owners.match_by_email else []
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
            concerns=OfType(object=obj, record_type=name),
        )
        for obj, name in sorted(named)
        if name not in objects[obj].record_types
    ]
    return {obj: dict(spec.record_types) for obj, spec in objects.items()}, findings


def find_mergeable(objects: Objects) -> frozenset[SObject]:
    """The objects whose merged records say what they were merged into; elsewhere their column does not exist."""
    return frozenset(obj for obj, spec in objects.items() if "MasterRecordId" in spec.fields)


def _users_by_name(users: Sequence[User]) -> dict[str, str]:
    named: dict[str, set[str]] = {}
    for user in users:
        for name in (user.username, user.email):
            named.setdefault(name.casefold(), set()).add(user.id)
    return {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}


def _fallback(
    ruleset: RuleSet, by_name: Mapping[str, str], by_id: Mapping[str, str], findings: list[Finding]
) -> str | None:
    wanted = ruleset.owners.fallback_user if ruleset.owners.on_unmapped == "fallback_user" else None
    if wanted is None:
        return None
    user_id = by_name.get(wanted.casefold()) or by_id.get(wanted[:15])
    if user_id is None:
        findings.append(_nobody("owners.fallback_user", wanted, OwnedBy()))
    return user_id


def _nobody(where: str, user: str, concerns: OwnedBy) -> Finding:
    message = f"{where}: {user!r} is no active standard user of the org, or two users share this e-mail"
    advice = "name an active user by username, e-mail or id"
    return Finding(level="error", message=message, advice=advice, concerns=concerns)


def _shared_emails(users: Sequence[User]) -> list[Finding]:
    """Users whom an e-mail does not tell apart; by their ids, because findings are logged."""
    by_email: dict[str, list[str]] = {}
    for user in users:
        by_email.setdefault(user.email.casefold(), []).append(user.id)
    return [
        Finding(
            level="warning",
            message=f"users {', '.join(ids)} share an e-mail address: a booking owner who has it is none of them",
            advice="name the one who is meant under [owners.users]",
        )
        for ids in by_email.values()
        if len(ids) > 1
    ]
