"""What setup steps 3 to 5 show."""

from collections.abc import Mapping
from typing import Any

import pytest

from rules.checks import compile_users
from rules.describe import FieldSpec, Offer
from rules.fields import compile_mapping, compile_required
from rules.overview import mapping_facts, matrix_facts, owner_facts, page_facts, supply_facts
from rules.plan import SObject
from rules.record_types import compile_offers
from tests.builders import API_USER, USERS, a_field, a_ruleset, objects
from tests.rules.setups import rows_with
from tests.rules.typed import (
    AMER,
    APAC,
    DEMO,
    EMEA,
    NEW,
    WORKING,
    a_region,
    a_status,
    an_offer,
    typed_org,
)


def supplied(field: FieldSpec, row: dict[str, str] | None = None, mapped: str | None = None) -> str:
    """What is said to supply this required field of Lead."""
    rows = [{"object": "Lead", "field": field.name, **row}] if row else []
    mapping_row = {"booking": mapped, "object": "Lead", "field": field.name}
    ruleset = a_ruleset(field_validation=rows, field_mapping=rows_with(*([mapping_row] if mapped else [])))
    org = objects(Lead=(field,))
    required = compile_required(ruleset.field_validation, org, ruleset.installation)[0]
    facts = supply_facts(required, compile_mapping(ruleset, org)[0], {})
    return next(", ".join(fact.says) for fact in facts if fact.about == f"Lead.{field.name}")


def a_required(type_: str = "string", **changes: object) -> FieldSpec:
    return a_field("X__c", type_, nillable=False, **changes)


@pytest.mark.parametrize(
    ("field", "row", "mapped", "said"),
    [
        pytest.param(a_required(), None, None, "'Unspecified'", id="default by type"),
        pytest.param(a_required(), None, "customer_note", "customer_note, else 'Unspecified'", id="mapping row"),
        pytest.param(
            a_required(),
            {"source": "booking", "value": "subject"},
            "customer_note",
            "customer_note, else subject, else 'Unspecified'",
            id="booking field behind a mapping row",
        ),
        pytest.param(
            a_required(),
            {"source": "static", "value": "EMEA"},
            "customer_note",
            "customer_note, else 'EMEA'",
            id="static value behind a mapping row",
        ),
        pytest.param(
            a_required("picklist", choices=("A", "B")),
            {"source": "picklist", "value": "B"},
            None,
            "'B'",
            id="picklist value",
        ),
        pytest.param(a_required("picklist", choices=("A", "B")), None, None, "'A'", id="first of a picklist"),
        pytest.param(a_required("date"), None, None, "the current date", id="date"),
        pytest.param(a_required("datetime"), None, None, "the current time", id="time"),
        pytest.param(a_required("currency"), None, None, "0", id="number"),
        pytest.param(a_required("reference"), None, None, "nothing", id="nothing can"),
    ],
)
def test_what_supplies_a_required_field_is_said_in_order(
    field: FieldSpec, row: dict[str, str] | None, mapped: str | None, said: str
) -> None:
    assert supplied(field, row, mapped) == said


def test_the_standard_fields_of_a_stock_org_are_the_vendors_four() -> None:
    ruleset, org = a_ruleset(), objects()
    required = compile_required((), org, ruleset.installation)[0]
    facts = supply_facts(required, compile_mapping(ruleset, org)[0], {})
    assert {fact.about: fact.says for fact in facts} == {
        "Account.Name": ("customer_company, else 'Unspecified'",),
        "Lead.LastName": ("customer_last_name, else 'Unspecified'",),
        "Lead.Company": ("customer_company, else 'Unspecified'",),
        "Contact.LastName": ("customer_last_name, else 'Unspecified'",),
    }


def typed_facts(obj: SObject, *fields: FieldSpec, offers: Mapping[str, Offer], **tables: Any) -> dict[str, str]:
    """What is said of the fields of this object's record types."""
    org = typed_org(obj, fields, {DEMO: offers})
    ruleset = a_ruleset(pages={"default": {"record_types": {obj.value: DEMO}}}, **tables)
    required = compile_required(ruleset.field_validation, org, ruleset.installation)[0]
    mapping = compile_mapping(ruleset, org)[0]
    facts = supply_facts(required, mapping, compile_offers(ruleset.pages, org, mapping, required))
    return {fact.about: ", ".join(fact.says) for fact in facts if "__c" in fact.about or "(" in fact.about}


def test_what_supplies_a_field_is_said_by_record_type_where_that_differs() -> None:
    offers = {"Region__c": an_offer(APAC, AMER, default=AMER)}
    assert typed_facts(SObject.LEAD, a_region(), offers=offers) == {
        "Lead.Region__c": "'EMEA'",
        "Lead.Region__c (record type Demo)": "'AMER'",
    }
    assert typed_facts(SObject.LEAD, a_region(), offers={"Region__c": an_offer(EMEA)}) == {"Lead.Region__c": "'EMEA'"}
    assert typed_facts(SObject.LEAD, a_region(), offers={"Region__c": an_offer()}) == {
        "Lead.Region__c": "'EMEA'",
        "Lead.Region__c (record type Demo)": "nothing",
    }


def test_what_supplies_one_record_type_alone_is_said_of_it() -> None:
    row = {"object": "Lead", "field": "Text__c", "source": "static", "value": "Hi", "record_type": DEMO}
    for nillable, shared in ((False, {"Lead.Text__c": "'Unspecified'"}), (True, {})):
        text = a_field("Text__c", nillable=nillable)
        facts = typed_facts(SObject.LEAD, text, offers={}, field_validation=[row])
        assert facts == {**shared, "Lead.Text__c (record type Demo)": "'Hi'"}


@pytest.mark.parametrize(
    ("obj", "offer", "row", "said"),
    [
        pytest.param(SObject.LEAD, an_offer(WORKING, default=WORKING), None, "'Working' of its process", id="process"),
        pytest.param(
            SObject.CASE,
            an_offer(WORKING, default=WORKING),
            "row",
            "answer:Status, else 'Working' of its process",
            id="behind a row",
        ),
        pytest.param(SObject.LEAD, an_offer(NEW, WORKING, default=WORKING), "static", None, id="the setup supplies it"),
        pytest.param(SObject.LEAD, an_offer(WORKING), None, None, id="a process without default"),
        pytest.param(SObject.CONTACT, an_offer(WORKING, default=WORKING), None, None, id="no process governs it"),
    ],
)
def test_the_status_of_a_process_is_said(obj: SObject, offer: Offer, row: str | None, said: str | None) -> None:
    static = {"object": obj.value, "field": "Status", "source": "static", "value": NEW}
    mapped = {"object": obj.value, "field": "Status", "booking": "answer:Status"}
    facts = typed_facts(
        obj,
        a_status(),
        offers={"Status": offer},
        field_validation=[static] if row == "static" else [],
        field_mapping=rows_with(*([mapped] if row == "row" else [])),
    )
    assert facts.get(f"{obj}.Status (record type Demo)") == said


def test_mapping_rows_are_said_with_type_and_length() -> None:
    region = a_field("Region__c", "reference", relationship="Region__r", reference_to=("Region__c",), length=18)
    day = a_field("Day__c", "date", length=0)
    rows = rows_with(
        {"booking": "answer:Region", "object": "Lead", "field": "Region__c", "lookup_key": "Code__c"},
        {"booking": "starting_time", "object": "Lead", "field": "Day__c"},
    )
    mapping = compile_mapping(a_ruleset(field_mapping=rows), objects(Lead=(region, day)))[0]
    facts = {fact.about: fact.says for fact in mapping_facts(mapping)}
    assert facts["Account"] == ("customer_company → Name (string, 255)",)
    assert "answer:Region → Region__c (reference, 18) by Code__c" in facts["Lead"]
    assert "starting_time → Day__c (date)" in facts["Lead"]


def test_the_matrix_is_said_as_it_is_set() -> None:
    rules = a_ruleset(
        creation_rules={"lead": {"existing": {"update": "fill_empty"}, "new": {"assign": "assignment_rules"}}}
    ).creation_rules
    assert {fact.about: fact.says for fact in matrix_facts(rules)} == {
        "existing Lead": ("update: fill_empty", "owner: keep"),
        "existing Contact": ("update: override", "owner: keep"),
        "existing Case": ("update: override", "owner: keep"),
        "new Lead": ("created", "owner: assignment_rules"),
        "new Contact": ("created", "owner: booking_owner"),
        "new Case": ("created", "owner: booking_owner"),
        "new Account": ("created where it is missing", "never renamed"),
    }


@pytest.mark.parametrize(
    ("by_email", "said"), [(True, "matched by e-mail and username"), (False, "not matched by e-mail")]
)
def test_owners_are_counted_and_not_named(by_email: bool, said: str) -> None:
    owners = {"users": {"USR-1": "ada@vendor.example"}, "match_by_email": by_email}
    ruleset = a_ruleset(owners=owners)
    facts = owner_facts(ruleset.owners, compile_users(ruleset, USERS, API_USER)[0])
    assert facts[0].says[:2] == ("1 named", said)
    assert facts[1].says == ("api_user",)
    assert "ada" not in repr(facts)


def test_pages_are_said_with_their_settings() -> None:
    pages = a_ruleset(
        pages={
            "default": {"record_types": {"Lead": "Inbound"}},
            "BP-1": {"object": "case", "create_event": False, "record_types": {}},
        }
    ).pages
    assert {fact.about: fact.says for fact in page_facts(pages)} == {
        "page default": ("general links: lead", "an Event", "Lead of record type Inbound"),
        "page BP-1": ("general links: case", "no Event"),
    }


def test_every_object_has_its_rows() -> None:
    assert [fact.about for fact in mapping_facts(compile_mapping(a_ruleset(), objects())[0])] == list(SObject)
