from dataclasses import replace
from typing import Any

import pytest

from rules.checks import User, check_rights, compile_record_types, compile_users, find_mergeable
from rules.describe import ObjectSpec
from rules.fields import compile_mapping, compile_required
from rules.findings import Finding, OfType, OwnedBy, Writing
from rules.installation import check_installation
from rules.plan import SObject
from tests.builders import ADA, API_USER, BEN, USERS, a_field, a_ruleset, objects

Objects = dict[SObject, ObjectSpec]

INSTALLED = a_ruleset().installation


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
    (finding,) = check_rights(org)
    assert finding == error(f"Case is not {right} for the API user", advice)
    expected = {"queryable": None, "createable": Writing(object=SObject.CASE, creates=True)}
    assert finding.concerns == expected.get(right, Writing(object=SObject.CASE))


def test_users_are_found_by_username_and_email_unless_two_share_it() -> None:
    double = User(id=API_USER, username="api@vendor.example", email="ADA@vendor.example")
    users, findings = compile_users(a_ruleset(), (*USERS, double), API_USER)
    assert users.by_name == {"ben@vendor.example": BEN, "api@vendor.example": API_USER}
    assert (users.api_user, users.fallback) == (API_USER, None)
    message = f"users {ADA}, {API_USER} share an e-mail address: a booking owner who has it is none of them"
    advice = "name the one who is meant under [owners.users]"
    assert findings == [Finding(level="warning", message=message, advice=advice)]


def test_a_shared_email_is_no_matter_where_users_are_not_matched_by_it() -> None:
    double = User(id=API_USER, username="api@vendor.example", email="ADA@vendor.example")
    ruleset = a_ruleset(owners={"match_by_email": False})
    assert compile_users(ruleset, (*USERS, double), API_USER)[1] == []


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
    assert findings[0].concerns == OwnedBy(name=None if where == "owners.fallback_user" else "USR-X")


@pytest.mark.parametrize(("on_unmapped", "fallback"), [("fallback_user", ADA), ("api_user", None), ("skip", None)])
def test_the_fallback_user_counts_where_the_setup_wants_one(on_unmapped: str, fallback: str | None) -> None:
    owners = {"on_unmapped": on_unmapped, "fallback_user": "Ada@vendor.example"}
    users, findings = compile_users(a_ruleset(owners=owners), USERS, API_USER)
    assert (users.fallback, findings) == (fallback, [])


@pytest.mark.parametrize("wanted", [ADA, ADA[:15], "ada@vendor.example"], ids=["id", "short id", "e-mail"])
def test_the_fallback_user_is_named_as_other_users_are(wanted: str) -> None:
    owners = {"on_unmapped": "fallback_user", "fallback_user": wanted}
    assert compile_users(a_ruleset(owners=owners), USERS, API_USER)[0].fallback == ADA


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
    assert findings[0].concerns == OfType(object=SObject.LEAD, record_type="Outbound")
    assert compiled[SObject.LEAD] == types


def test_the_org_says_which_merged_records_can_be_followed() -> None:
    org = objects(Lead=(a_field("MasterRecordId", "reference"),))
    assert find_mergeable(org) == {SObject.LEAD}
