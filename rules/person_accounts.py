"""Person Accounts: recognised through their Contact, written through the Account, never created.

Source: https://help.oncehub.com/help/working-with-salesforce-person-accounts
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rules.describe import FieldSpec
from rules.findings import Finding, Objects
from rules.offers import type_of_new
from rules.part import Part
from rules.plan import ByKey, FieldValue, Known, SObject, Warned, Write
from rules.ready import CompiledRow, ReadySetup, columns
from rules.ruleset import PageRules

IS_PERSON = "IsPersonAccount"

_CUSTOM, _MIRRORED = "__c", "__pc"
_RELATED, _RELATED_MIRRORED = "__r", "__pr"


def has_person_accounts(objects: Objects) -> bool:
    """Whether the org has them: elsewhere their columns do not exist."""
    return IS_PERSON in objects[SObject.CONTACT].fields


def compile_person_fields(rows: Iterable[CompiledRow], objects: Objects) -> tuple[dict[str, str] | None, list[Finding]]:
    """Stage 4: what each mapped field of a Contact is called on the Account; None in an org without Person Accounts."""
    if not has_person_accounts(objects):
        return None, []
    names = {name: _on_account(name, objects[SObject.ACCOUNT].fields) for name in columns(rows)}
    findings = [
        Finding(
            level="warning",
            message=f"Contact.{name} has no counterpart on a Person Account that the API user may edit",
            advice="let him edit it, or take it that Person Accounts do not get this value",
        )
        for name, there in names.items()
        if there is None
    ]
    return {name: there for name, there in names.items() if there}, findings


def through_account(part: Part, account: Known, setup: ReadySetup) -> Part:
    """The part of a Contact, written to the Person Account that it is half of."""
    half = tuple(replace(reason, record=account, found="the Person Account of this Contact") for reason in part.reasons)
    return replace(
        part,
        writes=tuple(_through(write, account, setup) for write in part.writes),
        warnings=(*part.warnings, *(warning for write in part.writes for warning in _losses(write, setup))),
        person_account=account,
        reasons=(*part.reasons, *half),
    )


def may_create_contact(page: PageRules, setup: ReadySetup) -> bool:
    """Whether a Contact of a business Account can be created: not where its Account would be a person."""
    return type_of_new(SObject.ACCOUNT, page, setup) not in setup.person_types


def _on_account(name: str, fields: Mapping[str, FieldSpec]) -> str | None:
    """`Email` is PersonEmail there, `X__c` is X__pc, and names are called the same."""
    mirrored = name.removesuffix(_CUSTOM) + _MIRRORED if name.endswith(_CUSTOM) else f"Person{name}"
    return next((found for found in (mirrored, name) if found in fields and fields[found].updateable), None)


def _through(write: Write, account: Known, setup: ReadySetup) -> Write:
    names = setup.person_fields or {}
    fields: dict[str, FieldValue] = {
        names.get(name, name): _seen_from_account(value)
        for name, value in write.fields.items()
        if name in names or name == "OwnerId"
    }
    return Write(record=account, fields=fields, auto_assign=write.auto_assign)


def _losses(write: Write, setup: ReadySetup) -> list[Warned]:
    names = setup.person_fields or {}
    dropped = [name for name in write.fields if name not in names and name != "OwnerId"]
    message = "left out: a Person Account has no such field that the API user may edit"
    return [Warned(code="VALUE_LOST", object=write.record.object, field=name, message=message) for name in dropped]


def _seen_from_account(value: FieldValue) -> FieldValue:
    """A custom relationship `X__r` of the Contact is X__pr on the Account."""
    if not isinstance(value, ByKey) or not value.relationship.endswith(_RELATED):
        return value
    return replace(value, relationship=value.relationship.removesuffix(_RELATED) + _RELATED_MIRRORED)
