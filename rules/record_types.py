"""Stages 3 and 4 by record type: which are in use, what they offer, and what no record of them can get."""

from collections.abc import Collection, Iterable, Mapping

from rules.describe import ObjectSpec, Offer
from rules.findings import Filling, Finding, Objects, OfType
from rules.lifecycle import status_labels
from rules.mapping import EVENT_STATUS
from rules.offers import STATUS, WITH_PROCESS, Offers, narrowed
from rules.plan import SObject
from rules.ready import CompiledRow, ObjectMapping, RequiredField, columns, needs_of
from rules.ruleset import Labels, PageRules
from rules.validation import default_by_type
from rules.values import convert

TypeOffers = Mapping[SObject, Mapping[str, Offers]]
"""What the record types in use offer: by object, then by developer name."""

_ANY_TIME = "2000-01-01T00:00:00Z"


def types_in_use(obj: SObject, pages: Iterable[PageRules], spec: ObjectSpec) -> tuple[str, ...]:
    """The record types that new records can get: those that pages name, and the API user's default for the others."""
    chosen = dict.fromkeys(page.record_types.get(obj) or spec.default_record_type for page in pages)
    return tuple(name for name in chosen if name and name in spec.record_types)


def compile_offers(
    pages: Mapping[str, PageRules],
    objects: Objects,
    mapping: Mapping[SObject, ObjectMapping],
    required: Mapping[SObject, tuple[RequiredField, ...]],
    person_types: Collection[str] = (),
) -> dict[SObject, dict[str, dict[str, Offer]]]:
    """What the record types in use offer of the picklists that new records get values for.

    `person_types` are those of Person Accounts, which are never created.
    """
    never = {SObject.ACCOUNT: person_types}
    filled = {obj: _filled(obj, objects[obj], mapping[obj], required[obj]) for obj in objects}
    return {
        obj: {
            name: {field: offer for field, offer in spec.offers.get(name, {}).items() if field in filled[obj]}
            for name in types_in_use(obj, pages.values(), spec)
            if name not in never.get(obj, ())
        }
        for obj, spec in objects.items()
    }


def find_default_types(objects: Objects) -> dict[SObject, str]:
    """The record types that records get for which none is chosen; objects whose default is Master are absent."""
    return {obj: spec.default_record_type for obj, spec in objects.items() if spec.default_record_type}


def check_supply(required: Mapping[SObject, tuple[RequiredField, ...]], offers: TypeOffers) -> list[Finding]:
    """Stage 3: values of the setup that a record type does not offer, and required picklists of which it has none."""
    found = (
        _supply_finding(obj, need, name, offered)
        for obj, types in offers.items()
        for name, offered in types.items()
        for need in needs_of(required[obj], name)
    )
    return [finding for finding in found if finding]


def check_mapped(mapping: Mapping[SObject, ObjectMapping], offers: TypeOffers, labels: Labels) -> list[Finding]:
    """Stage 4: values that a record type does not take of a mapped picklist: statuses, and all where it offers none.

    What customers will say is known at the booking, which leaves it out with a warning.
    """
    texts = [labels.texts.get(label, label) for label in status_labels(labels.mode)]
    found = (
        _mapped_finding(obj, row, name, offered, texts)
        for obj, types in offers.items()
        for name, offered in types.items()
        for row in (*mapping[obj].customer, *mapping[obj].booking)
        if row.field.restricted
    )
    return [finding for finding in found if finding]


def _filled(
    obj: SObject, spec: ObjectSpec, mapping: ObjectMapping, required: Iterable[RequiredField]
) -> frozenset[str]:
    status = spec.fields.get(STATUS)
    governed = {STATUS} if obj in WITH_PROCESS and status and status.createable else set()
    mapped = columns((*mapping.customer, *mapping.booking))
    return frozenset({*mapped, *(need.field.name for need in required), *governed})


def _supply_finding(obj: SObject, need: RequiredField, name: str, offered: Offers) -> Finding | None:
    field, here = need.field, narrowed(need.field, name, offered)
    concerns = OfType(object=obj, record_type=name)
    if need.static is not None and convert(need.static, here).warning and not convert(need.static, field).warning:
        return Finding(
            level="error" if field.restricted else "warning",
            message=f"{obj}.{field.name}: the record type {name} does not offer the value that field_validation names",
            advice="offer it there in Salesforce, or name another value in the setup file, if need be by record_type",
            concerns=concerns,
        )
    is_named = need.booking or need.static is not None
    if is_named or default_by_type(here, _ANY_TIME) is not None or default_by_type(field, _ANY_TIME) is None:
        return None
    return Finding(
        level="error",
        message=f"{obj}.{field.name} is required and the record type {name} offers no value of it",
        advice="let it offer one in Salesforce",
        concerns=concerns,
    )


def _mapped_finding(obj: SObject, row: CompiledRow, name: str, offered: Offers, texts: list[str]) -> Finding | None:
    here, is_status = narrowed(row.field, name, offered), row.booking == EVENT_STATUS
    missing = [text for text in texts if convert(text, here).warning and not convert(text, row.field).warning]
    if not (missing if is_status else row.field.choices and not here.choices):
        return None
    what = f"does not offer {', '.join(map(repr, missing))}" if is_status else "offers no value of it"
    return Finding(
        level="warning",
        message=f"{obj}.{row.field.name}: the record type {name} {what}",
        advice="let it offer what bookings say in Salesforce, or map to a text field",
        concerns=Filling(object=obj, booking=row.booking, texts=tuple(missing) if is_status else ()),
    )
