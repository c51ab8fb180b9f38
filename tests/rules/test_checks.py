from dataclasses import replace
from typing import Any

import pytest

from rules.checks import User, check_installation, check_rights, compile_record_types, compile_users, find_mergeable
from rules.describe import FieldSpec, ObjectSpec
from rules.fields import compile_mapping, compile_required
from rules.findings import Finding
from rules.plan import SObject
from tests.builders import ADA, API_USER, BEN, USERS, a_field, a_ruleset, objects

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


def test_the_org_says_which_merged_records_can_be_followed() -> None:
    org = objects(Lead=(a_field("MasterRecordId", "reference"),))
    assert find_mergeable(org) == {SObject.LEAD}
