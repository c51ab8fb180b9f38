from dataclasses import replace
from typing import Any

import pytest

from rules.checks import (
    Finding,
    User,
    check_installation,
    check_rights,
    compile_mapping,
    compile_record_types,
    compile_required,
    compile_users,
)
from rules.describe import SUPPORTED_TYPES, FieldSpec, ObjectSpec
from rules.plan import SObject
from rules.ready import RequiredField
from rules.ruleset import ValidationRow
from tests.builders import ADA, API_USER, BEN, USERS, a_field, a_ruleset, objects
from tests.rules.setups import rows_with

Objects = dict[SObject, ObjectSpec]

INSTALLED = a_ruleset().installation


def without(org: Objects, obj: SObject, *names: str) -> Objects:
    fields = {name: field for name, field in org[obj].fields.items() if name not in names}
    return {**org, obj: replace(org[obj], fields=fields)}


def with_field(obj: SObject, field: FieldSpec) -> Objects:
    return objects(**{obj.value: (field,)})


def error(message: str, advice: str) -> Finding:
    return Finding(level="error", message=message, advice=advice)


def test_an_org_that_is_as_shipped_has_no_findings() -> None:
    ruleset, org = a_ruleset(), objects()
    assert check_rights(org) == check_installation(INSTALLED, org) == []
    assert compile_required((), org, INSTALLED)[1] == compile_mapping(ruleset, org)[1] == []
    assert compile_users(ruleset, USERS, API_USER)[1] == compile_record_types(ruleset, org)[1] == []


@pytest.mark.parametrize("right", ["queryable", "createable", "updateable"])
def test_each_missing_right_is_named(right: str) -> None:
    org = objects()
    denied: dict[str, Any] = {right: False}
    org[SObject.CASE] = replace(org[SObject.CASE], **denied)
    advice = "give the API user this right by its profile or a permission set"
    assert check_rights(org) == [error(f"Case is not {right} for the API user", advice)]


@pytest.mark.parametrize(
    ("obj", "where", "name"),
    [
        (SObject.LEAD, "Lead", "Bookforce_Booking_Id__c"),
        (SObject.CONTACT, "Contact", "Bookforce_Booking_Id__c"),
        (SObject.CASE, "Case", "Bookforce_Booking_Id__c"),
        (SObject.EVENT, "Activity", "Bookforce_Booking_Id__c"),
        (SObject.ACCOUNT, "Account", "Bookforce_Account_Key__c"),
    ],
)
def test_the_fields_that_make_writes_happen_once_must_be_there_and_unique(obj: SObject, where: str, name: str) -> None:
    advice = f"create a text field {name} on {where}, unique and external id, and let the API user edit it"
    missing = without(objects(), obj, name)
    assert check_installation(INSTALLED, missing) == [
        error(f"{obj}.{name} is missing or hidden from the API user", advice)
    ]
    fields = {**objects()[obj].fields, name: a_field(name)}
    plain = {**objects(), obj: replace(objects()[obj], fields=fields)}
    assert check_installation(INSTALLED, plain) == [error(f"{obj}.{name} is not a unique external id", advice)]


@pytest.mark.parametrize("obj", [SObject.LEAD, SObject.CONTACT, SObject.CASE, SObject.EVENT])
def test_ids_that_differ_in_case_alone_need_keys_that_tell_them_apart(obj: SObject) -> None:
    name = "Bookforce_Booking_Id__c"
    blind = with_field(obj, a_field(name, unique_external_id=True, case_sensitive=False))
    assert check_installation(INSTALLED, blind) == [
        Finding(
            level="warning",
            message=(
                f"{obj}.{name} does not tell capitals from small letters: "
                "booking ids that differ in nothing else collide"
            ),
            advice=("make the field case-sensitive, unless your booking system's ids never differ in case alone"),
        )
    ]


def test_company_names_are_keys_without_capitals() -> None:
    key = a_field("Bookforce_Account_Key__c", unique_external_id=True, case_sensitive=False)
    assert check_installation(INSTALLED, with_field(SObject.ACCOUNT, key)) == []


@pytest.mark.parametrize("name", ["ScheduleOnce__Event_status__c", "ScheduleOnce__Cancel_reschedule_reason__c"])
def test_bookings_sync_without_the_fields_for_status_and_reason(name: str) -> None:
    org = without(objects(), SObject.EVENT, name)
    (finding,) = check_installation(INSTALLED, org)
    assert finding == Finding(
        level="warning",
        message=f"Event.{name} is missing or hidden from the API user; bookings sync without it",
        advice="install it, or name another field under [installation]",
    )
    mapping, findings = compile_mapping(a_ruleset(), org)
    assert findings == []
    assert name not in {row.field.name for row in mapping[SObject.EVENT].booking}


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
                "subject → Lead.X__c: a reference field cannot be mapped",
                "map to a field of another type, or remove the row",
            ),
            id="a lookup",
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
    vendors = {"string", "textarea", "email", "phone", "url", "picklist", "date", "datetime"}
    assert vendors | {"combobox", "int", "double", "currency", "percent"} == SUPPORTED_TYPES


def test_users_are_found_by_username_and_email_unless_two_share_it() -> None:
    double = User(id=API_USER, username="api@vendor.example", email="ADA@vendor.example")
    users, findings = compile_users(a_ruleset(), (*USERS, double), API_USER)
    assert users.by_name == {"ben@vendor.example": BEN, "api@vendor.example": API_USER}
    assert (users.api_user, users.fallback, findings) == (API_USER, None, [])


@pytest.mark.parametrize("user", ["ben@vendor.example", "BEN@vendor.example", BEN, BEN[:15]])
def test_the_setup_names_users_by_username_email_or_id(user: str) -> None:
    users, findings = compile_users(a_ruleset(owners={"users": {"USR-BEN": user}}), USERS, API_USER)
    assert users.by_name["usr-ben"] == BEN
    assert findings == []


def test_the_setup_may_forbid_to_match_users_by_email() -> None:
    ruleset = a_ruleset(owners={"users": {"USR-BEN": BEN}, "match_by_email": False})
    assert compile_users(ruleset, USERS, API_USER)[0].by_name == {"usr-ben": BEN}


@pytest.mark.parametrize(
    ("owners", "where", "user"),
    [
        ({"users": {"USR-X": "x@vendor.example"}}, "owners.users.USR-X", "x@vendor.example"),
        (
            {"on_unmapped": "fallback_user", "fallback_user": "x@vendor.example"},
            "owners.fallback_user",
            "x@vendor.example",
        ),
    ],
)
def test_a_user_who_is_nobody_is_found(owners: dict[str, Any], where: str, user: str) -> None:
    users, findings = compile_users(a_ruleset(owners=owners), USERS, API_USER)
    assert users.fallback is None
    message = f"{where}: {user!r} is no active standard user of the org, or two users share this e-mail"
    assert findings == [error(message, "name an active user by username, e-mail or id")]


@pytest.mark.parametrize(("on_unmapped", "fallback"), [("fallback_user", ADA), ("api_user", None), ("skip", None)])
def test_the_fallback_user_counts_where_the_setup_wants_one(on_unmapped: str, fallback: str | None) -> None:
    owners = {"on_unmapped": on_unmapped, "fallback_user": "Ada@vendor.example"}
    users, findings = compile_users(a_ruleset(owners=owners), USERS, API_USER)
    assert (users.fallback, findings) == (fallback, [])


@pytest.mark.parametrize(
    ("types", "advice"),
    [({"Inbound": "012000000000001AAA"}, "name one of: Inbound"), ({}, "name one of: (the org has none)")],
)
def test_a_record_type_that_the_org_does_not_offer_is_found(types: dict[str, str], advice: str) -> None:
    org = objects()
    org[SObject.LEAD] = replace(org[SObject.LEAD], record_types=types)
    ruleset = a_ruleset(pages={"default": {"record_types": {"Lead": "Outbound", "Case": "Inbound"}}})
    compiled, findings = compile_record_types(ruleset, org)
    assert findings == [error("Lead has no record type 'Outbound' that the API user may use", advice)]
    assert compiled[SObject.LEAD] == types
