from rules.cases import create_case
from rules.plan import SObject
from rules.ready import ReadySetup
from rules.supplied import compile_supplied
from tests.builders import NOW, a_customer, a_field, a_setup, a_state, an_event, objects
from tests.rules.records import CONTACT
from tests.rules.setups import rows_with

WEB_FIELDS = (
    a_field("SuppliedName", length=80),
    a_field("SuppliedEmail", "email", length=80),
    a_field("SuppliedPhone", "phone", length=40),
    a_field("SuppliedCompany", length=80),
)
SAID = {
    "SuppliedName": "Lea Marin",
    "SuppliedEmail": "lea@acme.example",
    "SuppliedPhone": "+33 1 23 45",
    "SuppliedCompany": "Acme",
}


def fields_of_new_case(setup: ReadySetup, contact: object = None, **customer: object) -> dict[str, object]:
    state = a_state(an_event(customer=a_customer(**customer)))
    part = create_case(CONTACT if contact else None, state, setup.pages["default"], setup, NOW)
    (write,) = part.writes
    return {name: value for name, value in write.fields.items() if name.startswith("Supplied")}


def test_a_case_without_contact_says_itself_who_asked() -> None:
    assert fields_of_new_case(a_setup(objects(Case=WEB_FIELDS))) == SAID


def test_a_case_with_a_contact_leaves_that_to_the_contact() -> None:
    assert fields_of_new_case(a_setup(objects(Case=WEB_FIELDS)), CONTACT) == {}


def test_what_does_not_fit_the_web_fields_is_told() -> None:
    setup = a_setup(objects(Case=WEB_FIELDS))
    part = create_case(None, a_state(customer=a_customer(company="A" * 100)), setup.pages["default"], setup, NOW)
    assert [(warning.code, warning.field) for warning in part.warnings] == [("VALUE_LOST", "SuppliedCompany")]


def test_only_web_fields_that_may_be_filled_and_are_not_mapped_are_filled() -> None:
    read_only = (a_field("SuppliedName", createable=False), *WEB_FIELDS[1:3])
    rows = rows_with({"booking": "customer_phone", "object": "Case", "field": "SuppliedPhone"})
    setup = a_setup(objects(Case=read_only), field_mapping=rows)
    names = [row.field.name for row in compile_supplied(setup.mapping[SObject.CASE], objects(Case=read_only))]
    assert names == ["SuppliedEmail"]
