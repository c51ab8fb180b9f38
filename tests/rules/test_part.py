import pytest

from rules.ownership import Ownership
from rules.part import owner_fields, owner_warnings, record_type_fields, reference, values_for_create
from rules.plan import FieldValue, New, Record, SObject, Warned
from tests.builders import ADA, NOW, a_customer, a_setup, a_state
from tests.rules.records import LEAD

KEPT = Ownership(owner_id=None, auto_assign=False, because="kept")
ASSIGNED = Ownership(owner_id=ADA, auto_assign=False, because="assigned")
FALLEN_BACK = Ownership(owner_id=ADA, auto_assign=False, because="nobody", unmapped=True)


def test_a_new_record_gets_what_is_mapped_and_what_else_it_needs() -> None:
    state = a_state(customer=a_customer(name=None, company=None, phone="1" * 41))
    setup = a_setup()
    values = values_for_create(SObject.LEAD, state, setup.pages["default"], setup, NOW)
    assert values.fields == {"Email": "lea@acme.example", "LastName": "Unspecified", "Company": "Unspecified"}
    assert [(warning.code, warning.field) for warning in values.warnings] == [
        ("VALUE_LOST", "Phone"),
        ("REQUIRED_FIELD_DEFAULTED", "LastName"),
        ("REQUIRED_FIELD_DEFAULTED", "Company"),
    ]


def test_an_owner_is_sent_only_where_one_is_set() -> None:
    assert owner_fields(KEPT) == {}
    assert owner_fields(ASSIGNED) == {"OwnerId": ADA}


def test_an_unmapped_owner_is_told() -> None:
    told = Warned(code="OWNER_UNMAPPED", object=SObject.LEAD, field="OwnerId", message="nobody")
    assert owner_warnings(SObject.LEAD, ASSIGNED) == ()
    assert owner_warnings(SObject.LEAD, FALLEN_BACK) == (told,)


def test_a_page_names_record_types_by_object() -> None:
    setup = a_setup(pages={"default": {"record_types": {"Lead": "Inbound"}}})
    page = setup.pages["default"]
    assert record_type_fields(SObject.LEAD, page, setup) == {"RecordTypeId": "012000000000001AAA"}
    assert record_type_fields(SObject.CASE, page, setup) == {}


@pytest.mark.parametrize(
    ("record", "value"),
    [(LEAD, LEAD.id), (New(object=SObject.LEAD, key="BKNG-1"), New(object=SObject.LEAD, key="BKNG-1"))],
    ids=["by its id", "by its name in the plan"],
)
def test_a_record_is_referred_to(record: Record, value: FieldValue) -> None:
    assert reference(record) == value
