"""What Salesforce refused can often be had with less: what to try once more, and how a plan changes by it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from rules.offers import STATUS, WITH_PROCESS
from rules.plan import Decision, FieldValue, Impossible, Known, New, Nothing, Plan, SObject, Warned, Write
from rules.ready import ReadySetup

Field = tuple[SObject, str]

# A value that the org does not take is worth less than the record that it keeps from being written.
_OF_A_VALUE = frozenset(
    {
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "FIELD_INTEGRITY_EXCEPTION",
    }
)
_OF_THE_OWNER = frozenset({"INACTIVE_OWNER_OR_USER", "OP_WITH_INVALID_USER_TYPE_EXCEPTION", "TRANSFER_REQUIRES_READ"})
_OF_A_DUPLICATE = "DUPLICATES_DETECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What Salesforce said of one record.

    `duplicates` are ids of the records that a duplicate rule names, None where the answer does not say; `may_save`
    tells whether the rule lets itself be overruled.
    """

    code: str
    object: SObject
    is_new: bool
    fields: tuple[str, ...] = ()
    duplicates: tuple[str, ...] | None = None
    may_save: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """What to do differently: leave fields out, give up the owner, take or allow duplicates.

    `in_detail` asks for records to be written one by one, because answers about many do not name the duplicates.
    """

    without: frozenset[Field] = frozenset()
    without_owner: frozenset[SObject] = frozenset()
    duplicates: tuple[Known, ...] = ()
    allowed: frozenset[SObject] = frozenset()
    in_detail: bool = False

    def duplicate(self, obj: SObject) -> Known | None:
        """The record that the org's duplicate rule wants in place of a new one of this object."""
        found = [record for record in self.duplicates if record.object is obj]
        return found[0] if found else None


NO_REPAIRS = Repairs()


def find_repair(refusals: Iterable[Refusal], before: Repairs, setup: ReadySetup) -> Repairs | None:
    """What to try next after these refusals of one booking's records; None if one of them has no remedy left."""
    repairs = before
    for refusal in refusals:
        found = _remedy(refusal, repairs, setup)
        if found is None:
            return None
        repairs = found
    return repairs if repairs != before else None


def repaired(decision: Decision, repairs: Repairs, setup: ReadySetup) -> Decision:
    """The decision with its writes as the repairs want them, and a warning for whatever is lost by that."""
    if repairs is NO_REPAIRS:
        return decision
    match decision:
        case Plan():
            writes = tuple(_repaired_write(write, repairs, setup) for write in decision.writes)
            lost = tuple(warning for write in decision.writes for warning in _losses(write, repairs))
            return replace(decision, writes=writes, warnings=(*decision.warnings, *lost))
        case Nothing() | Impossible():
            return decision
        case _:
            assert_never(decision)


def _remedy(refusal: Refusal, before: Repairs, setup: ReadySetup) -> Repairs | None:
    if refusal.code == _OF_A_DUPLICATE:
        return _remedy_of_duplicate(refusal, before)
    if refusal.code in _OF_THE_OWNER:
        given_up = before.without_owner | {refusal.object}
        return replace(before, without_owner=given_up) if refusal.object not in before.without_owner else None
    if refusal.code in _OF_A_VALUE:
        droppable = {(refusal.object, name) for name in refusal.fields if _is_optional(refusal, name, setup)}
        is_enough = bool(droppable) and len(droppable) == len(refusal.fields)
        return replace(before, without=before.without | droppable) if is_enough else None
    return None


def _remedy_of_duplicate(refusal: Refusal, before: Repairs) -> Repairs | None:
    """The one match of the wanted object is the record that is meant; else the rule is overruled where it lets itself.

    Source: https://developer.salesforce.com/docs/platform/api-rest/guide/headers-duplicaterules.html
    """
    if refusal.duplicates is None and not before.in_detail:
        return replace(before, in_detail=True)
    ids = [record_id for record_id in refusal.duplicates or () if record_id.startswith(_PREFIXES[refusal.object])]
    if refusal.is_new and len(ids) == 1 and before.duplicate(refusal.object) is None:
        match = Known(object=refusal.object, id=ids[0])
        return replace(before, duplicates=(*before.duplicates, match))
    if refusal.may_save and refusal.object not in before.allowed:
        return replace(before, allowed=before.allowed | {refusal.object})
    return None


_PREFIXES: Mapping[SObject, str] = {
    SObject.ACCOUNT: "001",
    SObject.LEAD: "00Q",
    SObject.CONTACT: "003",
    SObject.CASE: "500",
    SObject.EVENT: "00U",
}


def _is_optional(refusal: Refusal, name: str, setup: ReadySetup) -> bool:
    """Whether the booking can do without the field: one that is mapped, and not required of a new record."""
    mapping = setup.mapping[refusal.object]
    mapped = {column for row in (*mapping.customer, *mapping.booking) for column in row.field.columns}
    names = {*mapped, *(setup.person_fields or {}).values()} if refusal.object is SObject.ACCOUNT else mapped
    if refusal.object in WITH_PROCESS:
        names = names | {STATUS}
    required = {need.field.name for need in setup.required[refusal.object]}
    return name in names and not (refusal.is_new and name in required)


def _repaired_write(write: Write, repairs: Repairs, setup: ReadySetup) -> Write:
    obj = write.record.object
    fields: dict[str, FieldValue] = {
        name: value for name, value in write.fields.items() if (obj, name) not in repairs.without
    }
    if obj in repairs.without_owner and "OwnerId" in fields:
        del fields["OwnerId"]
        if isinstance(write.record, New):
            fields["OwnerId"] = setup.users.fallback or setup.users.api_user
    return replace(write, fields=fields, allow_duplicates=obj in repairs.allowed)


def _losses(write: Write, repairs: Repairs) -> list[Warned]:
    obj = write.record.object
    dropped = [name for name in write.fields if (obj, name) in repairs.without]
    warnings = [_warned("VALUE_REFUSED", obj, name, "left out: Salesforce refused the value") for name in dropped]
    if obj in repairs.without_owner and "OwnerId" in write.fields:
        warnings.append(_warned("OWNER_REFUSED", obj, "OwnerId", "Salesforce refused the booking owner as owner"))
    if obj in repairs.allowed:
        warnings.append(_warned("DUPLICATE_ALLOWED", obj, "Id", "saved although a duplicate rule of the org objected"))
    return warnings


def _warned(code: str, obj: SObject, field: str, message: str) -> Warned:
    return Warned(code=code, object=obj, field=field, message=message)
