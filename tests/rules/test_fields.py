from dataclasses import replace
from typing import Any

import pytest

from rules.describe import SUPPORTED_TYPES, FieldSpec, ObjectSpec
from rules.fields import check_lookups, compile_mapping, compile_required, lookup_targets
from rules.findings import Concern, Finding, OfType, Writing
from rules.lifecycle import status_labels
from rules.plan import SObject
from rules.ready import CompiledRow, RequiredField, needs_of
from rules.ruleset import ValidationRow
from tests.builders import a_field, a_ruleset, objects
from tests.rules.setups import rows_with

Objects = dict[SObject, ObjectSpec]

INSTALLED = a_ruleset().installation


def with_field(obj: SObject, *fields: FieldSpec) -> Objects:
    return objects(**{obj.value: fields})


def error(message: str, advice: str) -> Finding:
    return Finding(level="error", message=message, advice=advice)


def test_required_fields_of_a_stock_org_are_the_vendors_four() -> None:
    compiled, _ = compile_required((), objects(), INSTALLED)
    required = [f"{obj}.{need.field.name}" for obj, needs in compiled.items() for need in needs]
    assert required == ["Account.Name", "Lead.LastName", "Lead.Company", "Contact.LastName"]


@pytest.mark.parametrize(
    ("source", "value", "need"),
    [
        ("booking", "customer_company", {"booking": "customer_company"}),
        ("static", "EMEA", {"static": "EMEA"}),
        ("picklist", "EMEA", {"static": "EMEA"}),
    ],
)
@pytest.mark.parametrize("nillable", [False, True], ids=["required", "optional"])
def test_the_setup_names_what_supplies_a_field(source: Any, value: str, need: Any, nillable: bool) -> None:
    field = a_field("Region__c", nillable=nillable)
    row = ValidationRow(object=SObject.LEAD, field="Region__c", source=source, value=value)
    compiled, findings = compile_required((row,), with_field(SObject.LEAD, field), INSTALLED)
    assert findings == []
    assert compiled[SObject.LEAD][-1] == RequiredField(field=field, **need)


@pytest.mark.parametrize(
    ("field", "row", "messages"),
    [
        pytest.param(
            a_field("X__c", "reference", nillable=False),
            None,
            ["Lead.X__c is required and nothing can supply a reference"],
            id="a type without default",
        ),
        pytest.param(
            a_field("X__c", "reference", nillable=False),
            {"source": "booking", "value": "subject"},
            [
                "field_validation of Lead.X__c: a reference field cannot be mapped",
                "Lead.X__c is required and nothing can supply a reference",
            ],
            id="a type that nothing can supply",
        ),
        pytest.param(
            a_field("X__c", "picklist", nillable=False),
            None,
            ["Lead.X__c is required and nothing can supply a picklist"],
            id="a picklist without values",
        ),
        pytest.param(
            a_field("X__c", "picklist", nillable=False),
            {"source": "booking", "value": "subject"},
            [],
            id="a picklist that the booking supplies",
        ),
        pytest.param(
            a_field("X__c", "picklist", nillable=False),
            {"source": "picklist", "value": "Hot"},
            [],
            id="a picklist with a value of the setup",
        ),
        pytest.param(
            a_field("X__c", "int", nillable=False),
            {"source": "static", "value": "many"},
            ["Lead.X__c: the int field cannot take the value that field_validation names"],
            id="a value that does not fit",
        ),
        pytest.param(a_field("X__c", "date", nillable=False), None, [], id="a default by type"),
        pytest.param(
            a_field("Other__c"),
            {"source": "static", "value": "a"},
            ["Lead.X__c does not exist or is hidden from the API user"],
            id="no such field",
        ),
        pytest.param(
            a_field("X__c", createable=False),
            {"source": "static", "value": "a"},
            ["field_validation of Lead.X__c: the field is read-only for the API user"],
            id="a read-only field",
        ),
        pytest.param(
            a_field("X__c", nillable=False, defaulted_on_create=True), None, [], id="Salesforce has a default"
        ),
    ],
)
def test_what_nothing_can_supply_is_found_before_the_first_booking(
    field: FieldSpec, row: dict[str, Any] | None, messages: list[str]
) -> None:
    rows = (ValidationRow(object=SObject.LEAD, field="X__c", **row),) if row else ()
    _, findings = compile_required(rows, with_field(SObject.LEAD, field), INSTALLED)
    assert [finding.message for finding in findings] == messages
    assert {finding.level for finding in findings} <= {"error"}


def of_inbound(**row: str) -> ValidationRow:
    facts: dict[str, Any] = {"field": "X__c", "source": "static", "value": "1", "record_type": "Inbound"}
    return ValidationRow(object=SObject.LEAD, **facts | row)


def test_a_record_type_can_have_a_supply_of_its_own() -> None:
    field = a_field("X__c", nillable=False)
    every = ValidationRow(object=SObject.LEAD, field="X__c", source="static", value="2")
    compiled, findings = compile_required((of_inbound(), every), with_field(SObject.LEAD, field), INSTALLED)
    assert findings == []
    assert compiled[SObject.LEAD][-2:] == (
        RequiredField(field=field, static="2"),
        RequiredField(field=field, static="1", record_type="Inbound"),
    )
    assert needs_of(compiled[SObject.LEAD], "Inbound")[-1].static == "1"
    assert needs_of(compiled[SObject.LEAD], "Sales")[-1].static == "2"
    assert needs_of(compiled[SObject.LEAD], None)[-1].static == "2"


@pytest.mark.parametrize(
    ("row", "message", "concerns"),
    [
        pytest.param(
            of_inbound(record_type="Nope"),
            "field_validation of Lead.X__c: Lead has no record type 'Nope' that the API user may use",
            Writing(object=SObject.LEAD, creates=True),
            id="unknown record type",
        ),
        pytest.param(
            of_inbound(record_type=""),
            "field_validation of Lead.X__c: Lead has no record type '' that the API user may use",
            Writing(object=SObject.LEAD, creates=True),
            id="a record type without a name",
        ),
        pytest.param(
            of_inbound(value="many"),
            "Lead.X__c of the record type Inbound: the int field cannot take the value that field_validation names",
            OfType(object=SObject.LEAD, record_type="Inbound"),
            id="a value that does not fit",
        ),
    ],
)
def test_a_supply_of_a_record_type_that_cannot_work_is_found(
    row: ValidationRow, message: str, concerns: Concern
) -> None:
    org = with_field(SObject.LEAD, a_field("X__c", "int", nillable=False))
    (finding,) = compile_required((row,), org, INSTALLED)[1]
    assert (finding.message, finding.concerns) == (message, concerns)


@pytest.mark.parametrize(
    ("types", "advice"), [({"Sales": "012"}, "name one of: Sales"), ({}, "name one of: (the org has none)")]
)
def test_the_record_types_that_there_are_are_named(types: dict[str, str], advice: str) -> None:
    org = with_field(SObject.LEAD, a_field("X__c", "int", nillable=False))
    org[SObject.LEAD] = replace(org[SObject.LEAD], record_types=types)
    (finding,) = compile_required((of_inbound(),), org, INSTALLED)[1]
    assert finding.advice == advice


def test_fields_that_the_connector_writes_need_no_supply() -> None:
    own = a_field("StartDateTime", "datetime", nillable=False)
    key = a_field("Bookforce_Booking_Id__c", nillable=False, unique_external_id=True)
    compiled, findings = compile_required((), objects(Event=(own, key)), INSTALLED)
    assert (compiled[SObject.EVENT], findings) == ((), [])


def test_mapping_rows_are_told_apart_by_who_says_them() -> None:
    mapping, _ = compile_mapping(a_ruleset(), objects())
    assert [row.booking for row in mapping[SObject.CASE].customer] == ["customer_note"]
    assert [row.booking for row in mapping[SObject.CASE].booking] == ["subject"]


def test_a_row_that_is_switched_off_maps_nothing() -> None:
    off = {"booking": "subject", "object": "Case", "field": "Subject", "enabled": False}
    mapping, findings = compile_mapping(a_ruleset(field_mapping=rows_with(off)), objects())
    assert (mapping[SObject.CASE].booking, findings) == ((), [])


@pytest.mark.parametrize(
    ("field", "finding"),
    [
        pytest.param(
            a_field("Other__c"),
            error(
                "Lead.X__c does not exist or is hidden from the API user",
                "correct the name, or give the API user access to the field",
            ),
            id="no such field",
        ),
        pytest.param(
            a_field("X__c", "reference"),
            error(
                "subject → Lead.X__c: a lookup is filled by an external id of the record that it leads to, which "
                "lookup_key names",
                "see lookup_key in the shipped setup",
            ),
            id="a lookup without key",
        ),
        pytest.param(
            a_field("X__c", "encryptedstring"),
            error(
                "subject → Lead.X__c: a encryptedstring field cannot be mapped",
                "map to a field of another type, or remove the row",
            ),
            id="a type that is not supported",
        ),
        pytest.param(
            a_field("X__c", "multipicklist"),
            error(
                "subject → Lead.X__c: a multipicklist field is mapped only with values.extended_types",
                "set it to true",
            ),
            id="a type beyond the vendor's",
        ),
        pytest.param(
            a_field("X__c", "date"),
            error(
                "subject → Lead.X__c: this value does not go into a date field",
                "map it to one of: combobox, picklist, string, textarea",
            ),
            id="a pair that does not fit",
        ),
        pytest.param(
            a_field("X_c"),
            error(
                "Lead.X__c does not exist or is hidden from the API user; did you mean X_c?",
                "correct the name, or give the API user access to the field",
            ),
            id="a misspelt field",
        ),
        pytest.param(
            a_field("X__c", createable=False),
            error(
                "subject → Lead.X__c: the field is read-only for the API user",
                "let the API user edit it, or remove the row",
            ),
            id="read-only",
        ),
    ],
)
def test_a_row_that_cannot_work_is_found(field: FieldSpec, finding: Finding) -> None:
    row = {"booking": "subject", "object": "Lead", "field": "X__c"}
    mapping, findings = compile_mapping(a_ruleset(field_mapping=rows_with(row)), with_field(SObject.LEAD, field))
    assert findings == [finding]
    assert "X__c" not in {row.field.name for row in mapping[SObject.LEAD].booking}


@pytest.mark.parametrize("type_", ["boolean", "multipicklist"])
def test_the_setup_may_allow_types_beyond_the_vendors(type_: str) -> None:
    row = {"booking": "answer:Color", "object": "Lead", "field": "X__c"}
    ruleset = a_ruleset(field_mapping=rows_with(row), values={"extended_types": True})
    mapping, findings = compile_mapping(ruleset, with_field(SObject.LEAD, a_field("X__c", type_)))
    assert findings == []
    assert mapping[SObject.LEAD].customer[-1].field.type == type_


def test_two_rows_cannot_fill_one_field() -> None:
    row = {"booking": "customer_note", "object": "Lead", "field": "Phone"}
    _, findings = compile_mapping(a_ruleset(field_mapping=rows_with(row)), objects())
    assert findings == [
        error(
            "Lead.Phone is filled by 2 rows", "remove all but one of its rows; a shipped one goes with enabled = false"
        ),
        error(
            "customer_note → Lead.Phone: this value does not go into a phone field",
            "map it to one of: combobox, string, textarea",
        ),
    ]


CODES = (
    a_field("StateCode", "picklist", controller="CountryCode", choices=("CA",)),
    a_field("CountryCode", "picklist", choices=("US",)),
)


def test_states_and_countries_go_to_their_codes_where_the_org_has_them() -> None:
    mapping, findings = compile_mapping(a_ruleset(), with_field(SObject.LEAD, *CODES))
    assert findings == []
    assert mapping[SObject.LEAD].customer[-2:] == (
        CompiledRow(booking="customer_country", field=CODES[1]),
        CompiledRow(booking="customer_state", field=CODES[0], country="CountryCode"),
    )


def test_statuses_that_a_restricted_picklist_lacks_are_found() -> None:
    status = a_field("ScheduleOnce__Event_status__c", "picklist", restricted=True, choices=("Scheduled", "Completed"))
    _, findings = compile_mapping(a_ruleset(labels={"mode": "phase"}), with_field(SObject.EVENT, status))
    assert findings == [
        Finding(
            level="warning",
            message=(
                "Event.ScheduleOnce__Event_status__c: the restricted picklist lacks 'Rescheduled', 'No-show', "
                "'Canceled', 'Scheduled (Reassigned by User)', 'Rescheduled (Reassigned by User)'"
            ),
            advice="add these values in Salesforce, or map to a text field",
        )
    ]


def test_the_admins_own_words_are_those_that_a_restricted_picklist_needs() -> None:
    labels = {"mode": "phase", "texts": dict.fromkeys(status_labels("phase"), "Met")}
    status = a_field("ScheduleOnce__Event_status__c", "picklist", restricted=True, choices=("Met",))
    assert compile_mapping(a_ruleset(labels=labels), with_field(SObject.EVENT, status))[1] == []


@pytest.mark.parametrize("restricted", [True, False])
def test_a_picklist_that_has_all_statuses_or_takes_any_is_right(restricted: bool) -> None:
    choices = status_labels("detailed") if restricted else ()
    status = a_field("ScheduleOnce__Event_status__c", "picklist", restricted=restricted, choices=choices)
    assert compile_mapping(a_ruleset(), with_field(SObject.EVENT, status))[1] == []


REGION = a_field("Region__c", "reference", relationship="Region__r", reference_to=("Region__c",))
REGION_ROW = {"booking": "answer:Region", "object": "Lead", "field": "Region__c", "lookup_key": "Code__c"}


def test_a_lookup_is_filled_by_an_external_id() -> None:
    ruleset, org = a_ruleset(field_mapping=rows_with(REGION_ROW)), with_field(SObject.LEAD, REGION)
    mapping, findings = compile_mapping(ruleset, org)
    assert findings == []
    assert mapping[SObject.LEAD].customer[-1] == CompiledRow(
        booking="answer:Region", field=REGION, lookup_key="Code__c"
    )
    assert lookup_targets(ruleset, org) == {"Region__c": "Code__c"}


def test_a_lookup_key_is_for_lookups() -> None:
    row = REGION_ROW | {"field": "Phone"}
    _, findings = compile_mapping(a_ruleset(field_mapping=rows_with(row)), objects())
    assert findings[-1].message == "answer:Region → Lead.Phone: lookup_key is for lookups, and this is a phone field"


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        pytest.param((a_field("Code__c", is_key=True),), True, id="an external id"),
        pytest.param((a_field("Code__c"),), False, id="another field"),
        pytest.param((), False, id="no such field"),
    ],
)
def test_the_key_of_a_lookup_must_be_one(fields: tuple[FieldSpec, ...], is_found: bool) -> None:
    region = replace(objects()[SObject.CASE], name="Region__c", fields={field.name: field for field in fields})
    message = "lookup_key Region__c.Code__c is no external id of that object"
    wrong = error(message, "name a field that is, or make it one")
    assert check_lookups({"Region__c": "Code__c"}, {"Region__c": region}) == ([] if is_found else [wrong])


@pytest.mark.parametrize(
    ("obj", "name"),
    [
        (SObject.LEAD, "OwnerId"),
        (SObject.LEAD, "RecordTypeId"),
        (SObject.EVENT, "StartDateTime"),
        (SObject.EVENT, "EndDateTime"),
        (SObject.EVENT, "DurationInMinutes"),
        (SObject.EVENT, "WhoId"),
        (SObject.EVENT, "WhatId"),
        (SObject.LEAD, "Bookforce_Booking_Id__c"),
        (SObject.ACCOUNT, "Bookforce_Account_Key__c"),
    ],
)
def test_fields_that_the_connector_writes_cannot_be_mapped(obj: SObject, name: str) -> None:
    row = {"booking": "booking_id", "object": obj.value, "field": name}
    _, findings = compile_mapping(a_ruleset(field_mapping=rows_with(row)), with_field(obj, a_field(name)))
    assert findings == [error(f"booking_id → {obj}.{name}: the connector owns this field", "remove the row")]


def test_types_that_can_be_mapped_are_the_vendors() -> None:
    vendors = {"string", "textarea", "email", "phone", "url", "picklist", "date", "datetime", "location"}
    assert vendors | {"combobox", "int", "double", "currency", "percent"} == SUPPORTED_TYPES
