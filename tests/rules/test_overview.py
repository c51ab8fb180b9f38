"""What setup steps 3 to 5 show."""

import pytest

from rules.checks import compile_users
from rules.describe import FieldSpec
from rules.fields import compile_mapping, compile_required
from rules.overview import mapping_facts, matrix_facts, owner_facts, page_facts, supply_facts
from rules.plan import SObject
from tests.builders import API_USER, USERS, a_field, a_ruleset, objects
from tests.rules.setups import rows_with


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
