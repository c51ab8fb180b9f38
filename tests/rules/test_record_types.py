"""Stages 3 and 4 by record type."""

from typing import Any

import pytest

from rules.describe import FieldSpec, ObjectSpec, Offer
from rules.fields import compile_mapping, compile_required
from rules.findings import Filling, OfType
from rules.plan import SObject
from rules.record_types import check_mapped, check_supply, compile_offers, find_default_types, types_in_use
from tests.builders import a_field, a_ruleset
from tests.rules.setups import rows_with
from tests.rules.typed import (
    APAC,
    DEMO,
    EMEA,
    NEW,
    SALES,
    a_region,
    a_status,
    an_offer,
    typed_org,
)

BOTH = {DEMO: {"Region__c": an_offer(EMEA)}, SALES: {"Region__c": an_offer(APAC)}}
DEMO_PAGE = {"default": {"record_types": {"Lead": DEMO}}}


def a_page(**types: str) -> dict[str, Any]:
    """A page besides the default one."""
    return {"BP-1": {"object": "lead", "create_event": True, "record_types": types}}


def a_value(value: str, source: str = "picklist") -> dict[str, Any]:
    row = {"object": "Lead", "field": "Region__c", "source": source, "value": value}
    return {"field_validation": [row]}


@pytest.mark.parametrize(
    ("pages", "default", "types"),
    [
        pytest.param({}, None, (), id="Master alone"),
        pytest.param({}, SALES, (SALES,), id="the API user's default"),
        pytest.param({}, "Retired", (), id="a default that is not offered"),
        pytest.param(DEMO_PAGE, SALES, (DEMO,), id="a page's in its place"),
        pytest.param(a_page(Lead=DEMO), SALES, (SALES, DEMO), id="both"),
        pytest.param(a_page(Case=DEMO), SALES, (SALES,), id="another object's"),
        pytest.param({"default": {"record_types": {"Lead": "Nope"}}}, None, (), id="one that is not there"),
    ],
)
def test_record_types_in_use_are_those_of_the_pages_and_the_default_for_the_others(
    pages: dict[str, Any], default: str | None, types: tuple[str, ...]
) -> None:
    org = typed_org(SObject.LEAD, (a_region(),), BOTH, default=default)
    rules = a_ruleset(pages=pages).pages.values()
    assert types_in_use(SObject.LEAD, rules, org[SObject.LEAD]) == types


def test_the_default_types_are_known_by_object() -> None:
    org = typed_org(SObject.LEAD, (), BOTH, default=SALES)
    assert find_default_types(org) == {SObject.LEAD: SALES}


def test_only_what_new_records_get_is_kept_of_the_types_in_use() -> None:
    fields = (a_region(), a_status(), a_field("Other__c", "picklist", choices=("A",)))
    offers = {"Region__c": an_offer(EMEA), "Status": an_offer(NEW), "Other__c": an_offer("A")}
    org = typed_org(SObject.LEAD, fields, {DEMO: offers, SALES: offers})
    ruleset = a_ruleset(pages=DEMO_PAGE)
    required = compile_required((), org, ruleset.installation)[0]
    compiled = compile_offers(ruleset.pages, org, compile_mapping(ruleset, org)[0], required)
    assert compiled[SObject.LEAD] == {DEMO: {"Region__c": an_offer(EMEA), "Status": an_offer(NEW)}}
    assert all(not types for obj, types in compiled.items() if obj is not SObject.LEAD)


def findings_of(field: FieldSpec, offer: Offer, tables: dict[str, Any]) -> list[tuple[str, str]]:
    return findings_in(typed_org(SObject.LEAD, (field,), {DEMO: {"Region__c": offer}}), tables)


def findings_in(org: dict[SObject, ObjectSpec], tables: dict[str, Any]) -> list[tuple[str, str]]:
    """What is found of Leads on pages that make them Demo."""
    ruleset = a_ruleset(pages=DEMO_PAGE, **tables)
    required = compile_required(ruleset.field_validation, org, ruleset.installation)[0]
    offers = compile_offers(ruleset.pages, org, compile_mapping(ruleset, org)[0], required)
    found = check_supply(required, offers)
    assert all(finding.concerns == OfType(object=SObject.LEAD, record_type=DEMO) for finding in found)
    return [(finding.level, finding.message) for finding in found]


LACKS = "Lead.Region__c: the record type Demo does not offer the value that field_validation names"
NONE = "Lead.Region__c is required and the record type Demo offers no value of it"


@pytest.mark.parametrize(
    ("field", "offer", "tables", "found"),
    [
        pytest.param(a_region(), an_offer(EMEA), {}, [], id="it offers one"),
        pytest.param(a_region(), an_offer(), {}, [("error", NONE)], id="it offers none"),
        pytest.param(a_region(restricted=False), an_offer(), {}, [], id="none, where any text is taken"),
        pytest.param(a_region(), an_offer(), a_value("subject", "booking"), [], id="none, but the booking may"),
        pytest.param(a_region(nillable=True), an_offer(), {}, [], id="none of an optional field"),
        pytest.param(a_region(), an_offer(APAC), a_value(APAC), [], id="the value of the setup"),
        pytest.param(a_region(), an_offer(EMEA), a_value(APAC), [("error", LACKS)], id="not that of the setup"),
        pytest.param(
            a_region(restricted=False), an_offer(EMEA), a_value(APAC), [("warning", LACKS)], id="taken nevertheless"
        ),
        pytest.param(a_region(), an_offer(EMEA), a_value("Moon"), [], id="the field lacks it too, which is told there"),
        pytest.param(
            a_region(nillable=True), an_offer(EMEA), a_value(APAC), [("error", LACKS)], id="of an optional field"
        ),
    ],
)
def test_what_a_record_type_cannot_supply_is_found_with_object_type_and_field(
    field: FieldSpec, offer: Offer, tables: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert findings_of(field, offer, tables) == found


@pytest.mark.parametrize(("record_type", "found"), [(DEMO, []), (SALES, [("error", LACKS)])])
def test_a_value_of_its_own_serves_a_record_type_that_lacks_the_one_for_all(
    record_type: str, found: list[tuple[str, str]]
) -> None:
    own = a_value(EMEA)["field_validation"][0] | {"record_type": record_type}
    rows = {"field_validation": [*a_value(APAC)["field_validation"], own]}
    org = typed_org(SObject.LEAD, (a_region(),), {DEMO: {"Region__c": an_offer(EMEA)}, SALES: {}})
    assert findings_in(org, rows) == found


def test_a_picklist_without_any_values_is_found_once() -> None:
    field = a_field("Region__c", "picklist", nillable=False, restricted=True)
    assert findings_of(field, an_offer(), {}) == []


@pytest.mark.parametrize(
    ("restricted", "offered", "missing"),
    [
        (True, ("Scheduled", "Completed", "Canceled", "No-show"), ["Rescheduled"]),
        (True, ("Scheduled", "Rescheduled", "Completed", "Canceled", "No-show"), []),
        (False, ("Scheduled",), []),
    ],
)
def test_statuses_that_a_record_type_lacks_are_found(
    restricted: bool, offered: tuple[str, ...], missing: list[str]
) -> None:
    texts = ("Scheduled", "Rescheduled", "Completed", "Canceled", "No-show")
    field = a_field("State__c", "picklist", choices=texts, restricted=restricted)
    org = typed_org(SObject.LEAD, (field,), {DEMO: {"State__c": an_offer(*offered)}})
    rows = rows_with({"booking": "event_status", "object": "Lead", "field": "State__c"})
    ruleset = a_ruleset(pages=DEMO_PAGE, labels={"mode": "phase"}, field_mapping=rows)
    mapping = compile_mapping(ruleset, org)[0]
    required = compile_required((), org, ruleset.installation)[0]
    found = check_mapped(mapping, compile_offers(ruleset.pages, org, mapping, required), ruleset.labels)
    assert [finding.message for finding in found] == [
        f"Lead.State__c: the record type Demo does not offer {text!r}" for text in missing
    ]
    assert [finding.concerns for finding in found] == [
        Filling(object=SObject.LEAD, booking="event_status", texts=(text,)) for text in missing
    ]
    assert {finding.level for finding in found} <= {"warning"}


@pytest.mark.parametrize(
    ("restricted", "choices", "offered", "is_found"),
    [
        (True, (EMEA, APAC), (), True),
        (True, (EMEA, APAC), (APAC,), False),
        (False, (EMEA, APAC), (), False),
        (True, (), (), False),
    ],
    ids=["none is taken", "one is", "any is", "the field has none either"],
)
def test_a_mapped_picklist_of_which_a_record_type_offers_nothing_is_found(
    restricted: bool, choices: tuple[str, ...], offered: tuple[str, ...], is_found: bool
) -> None:
    field = a_field("Region__c", "picklist", choices=choices, restricted=restricted)
    org = typed_org(SObject.LEAD, (field,), {DEMO: {"Region__c": an_offer(*offered)}})
    rows = rows_with({"booking": "answer:Region", "object": "Lead", "field": "Region__c"})
    ruleset = a_ruleset(pages=DEMO_PAGE, field_mapping=rows)
    mapping = compile_mapping(ruleset, org)[0]
    required = compile_required((), org, ruleset.installation)[0]
    found = check_mapped(mapping, compile_offers(ruleset.pages, org, mapping, required), ruleset.labels)
    message = "Lead.Region__c: the record type Demo offers no value of it"
    assert [(finding.level, finding.message) for finding in found] == [("warning", message)] * is_found
    assert all(each.concerns == Filling(object=SObject.LEAD, booking="answer:Region") for each in found)


@pytest.mark.parametrize(("obj", "types"), [(SObject.ACCOUNT, []), (SObject.LEAD, [DEMO])])
def test_types_of_person_accounts_are_not_looked_at_because_none_is_created(obj: SObject, types: list[str]) -> None:
    org = typed_org(obj, (a_region(),), {DEMO: {"Region__c": an_offer()}}, default=DEMO)
    ruleset = a_ruleset()
    required = compile_required((), org, ruleset.installation)[0]
    compiled = compile_offers(ruleset.pages, org, compile_mapping(ruleset, org)[0], required, (DEMO,))
    assert list(compiled[obj]) == types
