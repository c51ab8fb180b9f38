from typing import Any

import pytest

from producers.contract import Change, Kind
from rules.describe import FieldSpec
from rules.lifecycle import BookingState
from rules.mapping import Values
from rules.plan import SObject, Warned
from rules.ready import ReadySetup, RequiredField
from rules.validation import default_by_type, supply_required
from tests.builders import NOW, a_customer, a_field, a_setup, a_state, an_event

DEFAULTED = Warned(
    code="REQUIRED_FIELD_DEFAULTED",
    object=SObject.LEAD,
    field="X__c",
    message="nothing supplied this required field, so the default for its type was sent",
)


def supplied(
    field: FieldSpec | None = None, state: BookingState | None = None, setup: ReadySetup | None = None, **source: Any
) -> Values:
    need = RequiredField(field=field or a_field("X__c"), **source)
    return supply_required((need,), SObject.LEAD, {}, state or a_state(), setup or a_setup(), NOW)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("string", "Unspecified"),
        ("textarea", "Unspecified"),
        ("combobox", "Unspecified"),
        ("email", "email@example.com"),
        ("phone", "1234567890"),
        ("url", "http://NA"),
        ("int", 0),
        ("double", 0),
        ("currency", 0),
        ("percent", 0),
        ("date", "2026-11-22"),
        ("datetime", "2026-11-22T09:00:00Z"),
        ("location", "0, 0"),
        ("reference", None),
        ("multipicklist", None),
        ("encryptedstring", None),
        ("time", None),
    ],
)
def test_default_by_type_is_the_vendors(type_: str, value: object) -> None:
    assert default_by_type(a_field("X__c", type_), NOW) == value


def test_default_text_is_cut_to_its_field() -> None:
    assert default_by_type(a_field("X__c", length=5), NOW) == "Unspe"


def test_default_of_a_picklist_is_its_first_value() -> None:
    assert default_by_type(a_field("X__c", "picklist", choices=("Cold", "Hot")), NOW) == "Cold"
    assert default_by_type(a_field("X__c", "picklist"), NOW) is None


@pytest.mark.parametrize(
    ("source", "value"),
    [
        pytest.param({"booking": "customer_company"}, "Acme", id="booking field"),
        pytest.param({"static": "EMEA"}, "EMEA", id="static value"),
    ],
)
def test_what_the_setup_names_supplies_a_required_field(source: dict[str, Any], value: str) -> None:
    assert supplied(**source) == Values(fields={"X__c": value})


@pytest.mark.parametrize(
    ("field", "source"),
    [
        pytest.param(a_field("X__c"), {}, id="nothing is named"),
        pytest.param(a_field("X__c"), {"booking": "customer_company"}, id="the booking field is empty"),
        pytest.param(a_field("X__c", "int"), {"booking": "subject"}, id="the booking field does not fit"),
    ],
)
def test_default_is_sent_and_told_where_nothing_supplies_a_value(field: FieldSpec, source: dict[str, Any]) -> None:
    state = a_state(customer=a_customer(company=None))
    values = supplied(field, state, **source)
    assert values == Values(fields={"X__c": default_by_type(field, NOW)}, warnings=(DEFAULTED,))


def test_what_a_supplied_value_loses_is_told() -> None:
    values = supplied(a_field("X__c", length=3), booking="customer_company")
    assert values.fields == {"X__c": "Acm"}
    assert [(warning.code, warning.message) for warning in values.warnings] == [
        ("VALUE_LOST", "cut from 4 to 3 characters")
    ]


def test_a_type_without_default_is_left_to_salesforce_to_refuse() -> None:
    assert supplied(a_field("X__c", "reference")).fields == {}


def test_what_the_mapping_gives_needs_no_supply() -> None:
    need = RequiredField(field=a_field("X__c"), static="EMEA")
    assert supply_required((need,), SObject.LEAD, {"X__c": "APAC"}, a_state(), a_setup(), NOW) == Values(fields={})


@pytest.mark.parametrize(("labels", "text"), [("detailed", "Canceled by Owner"), ("phase", "Canceled")])
def test_a_status_is_supplied_in_the_words_that_the_setup_chooses(labels: str, text: str) -> None:
    canceled = a_state(an_event(Kind.CANCELED, change=Change(actor="owner")))
    assert supplied(None, canceled, a_setup(labels={"mode": labels}), booking="event_status").fields == {"X__c": text}
