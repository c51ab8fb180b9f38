"""New records with the picklists of their record type."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.describe import FieldSpec, Offer
from rules.mapping import Values
from rules.offers import narrowed, type_of_new
from rules.part import values_for_create
from rules.plan import SObject, Warned
from tests.builders import NOW, a_booking, a_field, a_setup, a_state
from tests.rules.setups import rows_with
from tests.rules.typed import (
    AMER,
    APAC,
    DEMO,
    EMEA,
    NEW,
    REGIONS,
    SALES,
    WORKING,
    a_region,
    a_status,
    an_offer,
    typed_org,
)

NO_SETUP: dict[str, Any] = {}
STATIC = {"field_validation": [{"object": "Lead", "field": "Region__c", "source": "static", "value": APAC}]}
MAPPED = {"field_mapping": rows_with({"booking": "answer:Region", "object": "Lead", "field": "Region__c"})}

DEFAULTED = (
    "REQUIRED_FIELD_DEFAULTED",
    "nothing supplied this required field, so the default for its type was sent",
)
LEFT_OUT = ("VALUE_LOST", "left out: not a value of the restricted picklist for the record type Demo")
NOT_OFFERED = ("VALUE_NOT_OFFERED", "sent, but the record type Demo does not offer it")


def created(
    field: FieldSpec,
    offer: Offer | None,
    tables: dict[str, Any],
    *,
    page: str | None = DEMO,
    default: str | None = None,
    region: str | None = None,
) -> Values:
    """What a new Lead gets that the page gives a record type, or the API user's default does."""
    org = typed_org(SObject.LEAD, (field,), {DEMO: {field.name: offer} if offer else {}}, default=default)
    pages = {"default": {"record_types": {"Lead": page} if page else {}}}
    setup = a_setup(org, pages=pages, **tables)
    state = a_state(booking=a_booking(answers={"Region": region} if region else {}))
    return values_for_create(SObject.LEAD, state, setup.pages["default"], setup, NOW)


def warned(values: Values) -> list[tuple[str, str]]:
    return [(warning.code, warning.message) for warning in values.warnings]


@pytest.mark.parametrize(
    ("offer", "tables", "region", "value", "warnings"),
    [
        pytest.param(an_offer(APAC, AMER, default=AMER), NO_SETUP, None, AMER, [DEFAULTED], id="the type's default"),
        pytest.param(an_offer(APAC, AMER), NO_SETUP, None, APAC, [DEFAULTED], id="the type's first value"),
        pytest.param(None, NO_SETUP, None, EMEA, [DEFAULTED], id="the field's first where the type says nothing"),
        pytest.param(an_offer(), NO_SETUP, None, None, [DEFAULTED], id="none where the type offers none"),
        pytest.param(an_offer(APAC, AMER), STATIC, None, APAC, [], id="the setup's value"),
        pytest.param(an_offer(AMER), STATIC, None, AMER, [DEFAULTED], id="a setup's value that the type lacks"),
        pytest.param(an_offer(APAC, AMER), MAPPED, "amer", AMER, [], id="what the customer says"),
        pytest.param(an_offer(AMER), MAPPED, APAC, AMER, [LEFT_OUT, DEFAULTED], id="what he says and the type lacks"),
    ],
)
def test_a_required_restricted_picklist_gets_a_value_of_the_record_type(
    offer: Offer | None, tables: dict[str, Any], region: str | None, value: str | None, warnings: list[Any]
) -> None:
    values = created(a_region(), offer, tables, region=region)
    assert values.fields.get("Region__c") == value
    assert warned(values) == warnings


@pytest.mark.parametrize(
    ("offer", "tables", "region", "value", "warnings"),
    [
        pytest.param(an_offer(APAC, AMER, default=AMER), NO_SETUP, None, AMER, [DEFAULTED], id="the type's default"),
        pytest.param(an_offer(), NO_SETUP, None, EMEA, [DEFAULTED], id="the field's where the type offers none"),
        pytest.param(an_offer(AMER), STATIC, None, APAC, [NOT_OFFERED], id="the setup's value"),
        pytest.param(an_offer(AMER), MAPPED, "apac", APAC, [NOT_OFFERED], id="what the customer says"),
        pytest.param(an_offer(AMER), MAPPED, "Moon", "Moon", [], id="what nobody has heard of"),
    ],
)
def test_an_unrestricted_picklist_takes_what_the_record_type_does_not_offer(
    offer: Offer, tables: dict[str, Any], region: str | None, value: str, warnings: list[Any]
) -> None:
    values = created(a_region(restricted=False), offer, tables, region=region)
    assert values.fields["Region__c"] == value
    assert warned(values) == warnings


def test_a_warning_names_object_and_field() -> None:
    values = created(a_region(nillable=True), an_offer(AMER), MAPPED, region=APAC)
    assert values.warnings == (Warned(code="VALUE_LOST", object=SObject.LEAD, field="Region__c", message=LEFT_OUT[1]),)
    assert "Region__c" not in values.fields


@pytest.mark.parametrize(
    ("page", "default", "value"),
    [
        pytest.param(DEMO, SALES, AMER, id="the page's comes first"),
        pytest.param(None, DEMO, AMER, id="the API user's default"),
        pytest.param(None, None, EMEA, id="Master has all values"),
    ],
)
def test_the_record_type_is_the_pages_or_else_the_default_one(
    page: str | None, default: str | None, value: str
) -> None:
    org = typed_org(
        SObject.LEAD,
        (a_region(),),
        {DEMO: {"Region__c": an_offer(AMER)}, SALES: {"Region__c": an_offer(APAC)}},
        default=default,
    )
    setup = a_setup(org, pages={"default": {"record_types": {"Lead": page} if page else {}}})
    rules = setup.pages["default"]
    assert type_of_new(SObject.LEAD, rules, setup) == (page or default)
    assert values_for_create(SObject.LEAD, a_state(), rules, setup, NOW).fields["Region__c"] == value


@pytest.mark.parametrize(("page", "value"), [(DEMO, AMER), (SALES, APAC), (None, APAC)])
def test_what_the_setup_names_for_one_record_type_comes_before_what_it_names_for_all(
    page: str | None, value: str
) -> None:
    own = {**STATIC["field_validation"][0], "value": AMER, "record_type": DEMO}
    org = typed_org(SObject.LEAD, (a_region(),), {DEMO: {}, SALES: {}})
    pages = {"default": {"record_types": {"Lead": page} if page else {}}}
    setup = a_setup(org, pages=pages, field_validation=[*STATIC["field_validation"], own])
    values = values_for_create(SObject.LEAD, a_state(), setup.pages["default"], setup, NOW)
    assert (values.fields["Region__c"], values.warnings) == (value, ())


@pytest.mark.parametrize("obj", [SObject.LEAD, SObject.CASE, SObject.CONTACT])
@pytest.mark.parametrize(
    ("page", "offer", "tables", "status"),
    [
        pytest.param(DEMO, an_offer(WORKING, default=WORKING), NO_SETUP, WORKING, id="default of the process"),
        pytest.param(DEMO, an_offer(WORKING), NO_SETUP, None, id="a process without default"),
        pytest.param(None, an_offer(WORKING, default=WORKING), NO_SETUP, None, id="no type of the page"),
        pytest.param(DEMO, an_offer(NEW, WORKING, default=WORKING), {"source": "static"}, NEW, id="the setup's value"),
        pytest.param(DEMO, an_offer(NEW, WORKING, default=WORKING), {"source": "row"}, NEW, id="a mapping row"),
    ],
)
def test_a_lead_or_case_of_a_record_type_says_the_status_of_its_process(
    obj: SObject, page: str | None, offer: Offer, tables: dict[str, str], status: str | None
) -> None:
    org = typed_org(obj, (a_status(),), {DEMO: {"Status": offer}}, default=DEMO)
    supplied = {"object": obj.value, "field": "Status", "source": "static", "value": NEW}
    row = {"booking": "answer:Status", "object": obj.value, "field": "Status"}
    setup = a_setup(
        org,
        pages={"default": {"record_types": {obj.value: page} if page else {}}},
        field_validation=[supplied] if tables == {"source": "static"} else [],
        field_mapping=rows_with(*([row] if tables == {"source": "row"} else [])),
    )
    state = a_state(booking=a_booking(answers={"Status": NEW}))
    values = values_for_create(obj, state, setup.pages["default"], setup, NOW)
    governed = obj is not SObject.CONTACT or bool(tables)
    assert values.fields.get("Status") == (status if governed else None)
    assert values.warnings == ()


def test_a_status_that_the_api_user_may_not_write_is_left_to_salesforce() -> None:
    status = a_field("Status", "picklist", choices=(WORKING,), createable=False)
    org = typed_org(SObject.LEAD, (status,), {DEMO: {"Status": an_offer(WORKING, default=WORKING)}})
    setup = a_setup(org, pages={"default": {"record_types": {"Lead": DEMO}}})
    values = values_for_create(SObject.LEAD, a_state(), setup.pages["default"], setup, NOW)
    assert "Status" not in values.fields


@given(
    offered=st.lists(st.sampled_from(REGIONS), unique=True),
    said=st.sampled_from((*REGIONS, "emea", "Moon", None)),
    tables=st.sampled_from((NO_SETUP, STATIC, MAPPED)),
    type_=st.sampled_from(("picklist", "multipicklist")),
)
def test_a_new_record_never_has_a_value_that_a_restricted_picklist_of_its_type_lacks(
    offered: list[str], said: str | None, tables: dict[str, Any], type_: str
) -> None:
    extended = {"values": {"extended_types": True}}
    field = a_region(type_=type_, nillable=type_ == "multipicklist")
    values = created(field, an_offer(*offered), {**tables, **extended}, region=said)
    assert values.fields.get("Region__c") in {None, *offered}


def test_other_fields_stay_as_they_are() -> None:
    field = a_field("X__c")
    assert narrowed(field, DEMO, {"Region__c": an_offer(EMEA)}) is field


def test_a_value_that_the_type_offers_and_the_field_does_not_tell_of_is_a_value() -> None:
    field = narrowed(a_region(), DEMO, {"Region__c": an_offer("MARS")})
    assert [choice.value for choice in field.choices] == ["MARS"]
