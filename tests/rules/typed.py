"""Orgs with record types that narrow picklists."""

from collections.abc import Mapping
from dataclasses import replace

from rules.describe import FieldSpec, ObjectSpec, Offer
from rules.plan import SObject
from tests.builders import a_field, objects

DEMO, SALES = "Demo", "Sales"
TYPE_IDS = {DEMO: "012000000000002AAA", SALES: "012000000000003AAA"}

EMEA, APAC, AMER = REGIONS = ("EMEA", "APAC", "AMER")
NEW, WORKING = "New", "Working"


def an_offer(*values: str, default: str | None = None) -> Offer:
    return Offer(values=values, default=default)


def a_region(*, restricted: bool = True, nillable: bool = False, type_: str = "picklist") -> FieldSpec:
    """A picklist of three regions."""
    return a_field("Region__c", type_, choices=REGIONS, restricted=restricted, nillable=nillable)


def a_status() -> FieldSpec:
    """As Salesforce describes that of Lead and Case: it takes any text, and new records get one by themselves."""
    return a_field("Status", "picklist", choices=(NEW, WORKING), nillable=False, defaulted_on_create=True)


def typed_org(
    obj: SObject,
    fields: tuple[FieldSpec, ...],
    offers: Mapping[str, Mapping[str, Offer]],
    *,
    default: str | None = None,
) -> dict[SObject, ObjectSpec]:
    """An org in which this object has these fields too and these record types, by developer name."""
    org = objects(**{obj.value: fields})
    types = {name: TYPE_IDS[name] for name in offers}
    return org | {obj: replace(org[obj], record_types=types, offers=offers, default_record_type=default)}
