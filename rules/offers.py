"""What the record type of a new record offers of its picklists."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from rules.describe import Choice, FieldSpec, Offer
from rules.plan import Scalar, SObject
from rules.ready import CompiledRow, ReadySetup, RequiredField
from rules.ruleset import PageRules

STATUS = "Status"
"""The field that a lead or support process governs; a record type has one process."""

WITH_PROCESS = frozenset({SObject.LEAD, SObject.CASE})

Offers = Mapping[str, Offer]
"""Picklists of one record type, by field."""

NO_OFFERS: Offers = {}

_Filled = TypeVar("_Filled", CompiledRow, RequiredField)


def type_of_new(obj: SObject, page: PageRules, setup: ReadySetup) -> str | None:
    """The record type of a new record: the page's, else the API user's default; None for Master."""
    return page.record_types.get(obj) or setup.default_types.get(obj)


def narrow_all(filled: Iterable[_Filled], obj: SObject, page: PageRules, setup: ReadySetup) -> tuple[_Filled, ...]:
    """Rows or required fields as a new record of this page has them: with the picklists of its record type."""
    name = type_of_new(obj, page, setup)
    offers = setup.offers.get(obj, {}).get(name) if name else None
    if not offers:
        return tuple(filled)
    return tuple(replace(each, field=narrowed(each.field, name, offers)) for each in filled)


def narrowed(field: FieldSpec, record_type: str | None, offers: Offers) -> FieldSpec:
    """The field with the choices of the record type, its default first.

    A picklist that is not restricted takes the field's other values too: they follow, as not offered.
    """
    offer = offers.get(field.name)
    if offer is None:
        return field
    names = sorted(offer.values, key=lambda value: value != offer.default)
    own = {choice.value: choice for choice in field.choices}
    offered = [own.get(name, Choice(value=name)) for name in names]
    others = [replace(choice, offered=False) for choice in field.choices if choice.value not in offer.values]
    choices = (*offered, *(() if field.restricted else others))
    return replace(field, choices=choices, record_type=record_type)


def process_status(obj: SObject, page: PageRules, setup: ReadySetup) -> dict[str, Scalar]:
    """The default status of the process of the page's record type, which a Lead or Case gets that has no other.

    Source: https://help.oncehub.com/help/working-with-salesforce-record-types
    """
    name = page.record_types.get(obj)
    offer = setup.offers.get(obj, {}).get(name, NO_OFFERS).get(STATUS) if name else None
    return {STATUS: offer.default} if offer and offer.default and obj in WITH_PROCESS else {}
