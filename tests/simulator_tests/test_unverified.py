"""Every unverified fact that the simulator takes a stand on: its switch, and the test that shows both positions."""

import importlib
from collections.abc import Callable
from dataclasses import fields
from itertools import dropwhile
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import settings as settings_module
from tests.simulator.settings import Settings
from tests.simulator.texts import TEXTS, placeholders
from tests.simulator_tests.api import ROOT, Api, a_lead, a_part, an_api, an_event, select
from tests.simulator_tests.test_auth import BEARER, PUBLIC, an_assertion
from tests.simulator_tests.test_invitees import children, invite

# Fact (section of the reference) → its switch → module and test that show both positions.
SHOWN = [
    (
        "§1 some orgs name a gateway in the token",
        "api_instance_url",
        "test_auth.test_whether_the_token_names_a_gateway_is_a_switch",
    ),
    (
        "§1 an inactive user is told so",
        "inactive_user_is_told",
        "test_auth.test_whether_an_inactive_user_is_told_so_is_a_switch",
    ),
    ("§1 wording of claim faults", "texts", "test_unverified.test_each_text_can_be_replaced"),
    ("§2 text is trimmed", "text_is_trimmed", "test_unverified.test_whether_text_is_trimmed"),
    (
        "§3.1 outer headers reach subrequests",
        "composite_inherits_headers",
        "test_unverified.test_whether_outer_headers_reach_subrequests",
    ),
    (
        "§3.2 an upsert that updates answers a body",
        "upsert_update_returns_body",
        "test_unverified.test_whether_an_updating_upsert_answers_a_body",
    ),
    (
        "§3.3 an unreadable record spoils the call",
        "unreadable_record_fails_collection",
        "test_collections.test_whether_an_unreadable_record_spoils_the_call_is_a_switch",
    ),
    ("§5 texts marked so", "texts", "test_unverified.test_each_text_can_be_replaced"),
    (
        "§3.3 a key that comes twice is refused both times",
        "same_key_refuses_all",
        "test_collections.test_whether_a_key_that_comes_twice_is_refused_both_times_is_a_switch",
    ),
    (
        "§3.3 an unknown field spoils the call",
        "unknown_field_fails_collection",
        "test_collections.test_whether_an_unknown_field_spoils_the_call_is_a_switch",
    ),
    (
        "§5 a deleted parent has which code",
        "deleted_parent_code",
        "test_unverified.test_which_code_a_deleted_parent_has",
    ),
    (
        "§6 moving an event keeps its duration",
        "event_move_keeps_duration",
        "test_events.test_that_it_keeps_the_duration_instead_is_a_switch",
    ),
    (
        "§6 unique values in the recycle bin",
        "unique_counts_recycle_bin",
        "test_refusals.test_whether_the_recycle_bin_counts_is_a_switch",
    ),
    ("§7 size of a request", "max_body_bytes", "test_unverified.test_how_large_a_request_may_be"),
    ("§7 /limits counts itself", "limits_call_counts", "test_limits.test_whether_the_limits_call_counts_is_a_switch"),
    (
        "§8 Task and Event share unique values",
        "activity_unique_spans_task_and_event",
        "test_unverified.test_whether_tasks_and_events_share_unique_values",
    ),
    (
        "§4 a rule named by its id owns updated records",
        "rule_id_applies_to_updates",
        "test_ownership.test_whether_a_rule_named_by_its_id_owns_updated_records_is_a_switch",
    ),
    (
        "§4 an id of no rule",
        "unknown_rule_id",
        "test_ownership.test_whether_an_id_that_is_none_of_the_objects_rules_is_refused_is_a_switch",
    ),
    (
        "§5 status of a lock",
        "lock_error_status",
        "test_locks.test_the_status_of_a_lock_is_a_switch",
    ),
    (
        "§5 standard duplicate rules are active",
        "duplicate_rule_mode",
        "test_duplicates.test_allow_save_passes_alerts_and_never_blocks",
    ),
    (
        "§5 spelling of duplicateResult",
        "duplicate_key_spelling",
        "test_duplicates.test_spelling_of_the_key_is_a_switch",
    ),
    (
        "§5 records of one save are held against each other",
        "duplicates_within_request",
        "test_duplicates.test_whether_records_of_one_save_are_compared_with_each_other_is_a_switch",
    ),
    (
        "§5 collections show duplicateResult",
        "collections_show_duplicate_result",
        "test_duplicates.test_collections_tell_of_duplicates_and_whether_they_show_them_is_a_switch",
    ),
    (
        "§6 an upsert finds an archived event",
        "upsert_matches_archived",
        "test_recycle_bin.test_whether_an_upsert_finds_an_archived_event_is_a_switch",
    ),
    (
        "§6 an invitee is refused the second time",
        "same_invitee_is_refused",
        "test_invitees.test_whether_an_invitee_is_refused_the_second_time_is_a_switch",
    ),
    (
        "§6 a person is both Who and What",
        "person_account_as_what",
        "test_person_accounts.test_whether_a_person_is_both_who_and_what_is_a_switch",
    ),
    (
        "§6 code of a second contact of a person",
        "person_account_contact_code",
        "test_person_accounts.test_people_have_no_other_contacts",
    ),
    (
        "§6 a person is written through Contact",
        "person_contact_writable_via_contact",
        "test_person_accounts.test_whether_people_are_written_through_contact_is_a_switch",
    ),
    (
        "§6 leads need a company where there are people",
        "lead_company_optional_with_person_accounts",
        "test_person_accounts.test_whether_leads_need_a_company_is_a_switch",
    ),
    (
        "§8 a grant on Event serves Task",
        "activity_grants_are_shared",
        "test_access.test_event_and_task_share_a_grant_only_where_that_is_set",
    ),
    (
        "§8 a set that is assigned can be deleted",
        "assigned_permission_set_can_be_deleted",
        "test_permissions.test_a_set_that_is_assigned_is_deleted_or_kept",
    ),
    (
        "§8 a grant without read goes away",
        "permission_without_read_is_deleted",
        "test_permissions.test_a_grant_without_read_is_deleted_or_refused",
    ),
    (
        "§2 the list of layouts tells picklists",
        "layouts_tell_picklists",
        "test_layouts.test_whether_the_list_tells_what_types_offer_is_a_switch",
    ),
    ("§9 NOT holds of null", "negation_includes_nulls", "test_soql.test_whether_not_holds_of_null_is_a_switch"),
]

# Facts about what is not here: there is nothing to switch.
NOT_BUILT = {
    "§1 username-password flow blocked by default": "the flow is not offered: every org answers unsupported_grant_type",
    "§3.2 updateOnly, node budget, headers and wordings of graphs": "there is no /composite/graph",
    "§5 503 of Apex' own concurrency limit": "a fault with any status, code and message stands for it",
    "§7 blobs of 50 MB": "there are no blobs",
}


def unverified() -> set[str]:
    """Name the settings below the comment that says so."""
    lines = Path(settings_module.__file__).read_text(encoding="utf-8").splitlines()
    below = "\n".join(dropwhile(lambda line: line.strip() != "# unverified", lines))
    return {each.name for each in fields(Settings) if f"    {each.name}: " in below}


def test_every_unverified_setting_has_a_row() -> None:
    assert unverified() == {switch for _, switch, _ in SHOWN}


@pytest.mark.parametrize(("fact", "switch", "shown_by"), SHOWN)
def test_every_row_names_a_setting_and_a_test(fact: str, switch: str, shown_by: str) -> None:
    module, _, test = shown_by.partition(".")
    assert fact.startswith("§")
    assert switch in {each.name for each in fields(Settings)}
    assert callable(getattr(importlib.import_module(f"tests.simulator_tests.{module}"), test))


@pytest.mark.parametrize(("trimmed", "kept"), [(True, "CEO"), (False, " CEO ")])
def test_whether_text_is_trimmed(trimmed: bool, kept: str) -> None:
    api = an_api(text_is_trimmed=trimmed)
    lead = api.create("Lead", **a_lead(Title=" CEO "))
    assert api.read("Lead", lead)["Title"] == kept
    for _ in range(2):
        api.patch("/sobjects/Lead/Bookforce_Booking_Id__c/%20b-1", a_lead())
    assert len(api.org.records("Lead")) == 2


@pytest.mark.parametrize("inherits", [True, False])
def test_whether_outer_headers_reach_subrequests(inherits: bool) -> None:
    api = an_api(composite_inherits_headers=inherits)
    parts = (
        a_part("POST", "/sobjects/Lead", "a", a_lead()),
        a_part("POST", "/sobjects/Lead", "b", a_lead(), Sforce_Auto_Assign="TRUE"),
    )
    api.composite(*parts, Sforce_Auto_Assign="FALSE")
    owned_by_rule = [row["OwnerId"] == api.queue("Lead_Queue") for row in api.org.records("Lead")]
    assert owned_by_rule == [not inherits, True]


@pytest.mark.parametrize(("answers", "status"), [(True, 200), (False, 204)])
def test_whether_an_updating_upsert_answers_a_body(answers: bool, status: int) -> None:
    api = an_api(upsert_update_returns_body=answers)
    path = "/sobjects/Lead/Bookforce_Booking_Id__c/b-1"
    api.patch(path, a_lead())
    reply = api.patch(path, a_lead())
    assert (reply.status, bool(reply.body)) == (status, answers)


@pytest.mark.parametrize("code", ["ENTITY_IS_DELETED", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"])
def test_which_code_a_deleted_parent_has(code: str) -> None:
    api = an_api(deleted_parent_code=code)
    account = api.create("Account", Name="Acme")
    api.delete(f"/sobjects/Account/{account}")
    assert api.post("/sobjects/Contact", {"LastName": "x", "AccountId": account}).error == (400, code)


@pytest.mark.parametrize(("most", "status"), [(50, 400), (5_000, 201)])
def test_how_large_a_request_may_be(most: int, status: int) -> None:
    assert an_api(max_body_bytes=most).post("/sobjects/Lead", a_lead(Title="x" * 60)).status == status


@pytest.mark.parametrize(("spans", "status"), [(True, 400), (False, 201)])
def test_whether_tasks_and_events_share_unique_values(spans: bool, status: int) -> None:
    api = an_api(activity_unique_spans_task_and_event=spans)
    api.create("Event", **an_event(Bookforce_Booking_Id__c="b-1"))
    assert api.post("/sobjects/Task", {"Subject": "x", "Bookforce_Booking_Id__c": "b-1"}).status == status


def create(object_name: str, **fields_sent: Any) -> Callable[[Api], Any]:
    return lambda api: api.post(f"/sobjects/{object_name}", fields_sent).body


def query(soql: str) -> Callable[[Api], Any]:
    return lambda api: api.composite(a_part("GET", f"/query?q={soql}", "q")).body


def composite(*parts: Any) -> Callable[[Api], Any]:
    return lambda api: api.post("/composite", {"compositeRequest": list(parts)}).body


def collection(method: str, path: str, *records: Any) -> Callable[[Api], Any]:
    return lambda api: api.call(method, f"/composite/sobjects{path}", {"records": list(records)}).body


def with_settings(act: Callable[[Api], Any], **changed: Any) -> Callable[[Api], Any]:
    def changing(api: Api) -> Any:
        api.org.change(**changed)
        return act(api)

    return changing


def two_updates(api: Api) -> Any:
    record = {"attributes": {"type": "Lead"}, "id": api.create("Lead", **a_lead())}
    return collection("PATCH", "", record, record)(api)


def unfinished(api: Api) -> Any:
    return api.send("POST", f"{ROOT}/sobjects/Lead", b"{", {"Authorization": f"Bearer {api.token}"}).body


def retrieving_too_many(api: Api) -> Any:
    return api.post("/composite/sobjects/Lead", {"ids": ["x"] * 2001, "fields": ["Id"]}).body


def signing_in(**claims: Any) -> Callable[[Api], Any]:
    def act(api: Api) -> Any:
        api.org.change(jwt_public_keys=(PUBLIC.decode(),))
        return api.sign_in(grant_type=BEARER, assertion=an_assertion(api, **claims)).body

    return act


LEAD, CONTACT = {"attributes": {"type": "Lead"}, **a_lead()}, {"attributes": {"type": "Contact"}, "LastName": "x"}
LIMITS = [a_part("GET", "/limits", f"r{n}") for n in range(26)]
JOIN = "OwnerId IN (SELECT Id FROM User)"
LATE = {"EndDateTime": "2026-12-22T10:00:00Z", "DurationInMinutes": None}
TRIGGERS: dict[str, Callable[[Api], Any]] = {
    "INVALID_EMAIL_ADDRESS": create("Lead", **a_lead(Email="foo")),
    "INACTIVE_OWNER_OR_USER": lambda api: create("Lead", **a_lead(OwnerId=api.user("gus.gone@vendor.example")))(api),
    "LEAD_WITH_WHAT": lambda api: create("Event", **an_event(
        WhoId=api.create("Lead", **a_lead()), WhatId=api.create("Account", Name="x")))(api),
    "PRIVATE_EVENT": lambda api: create("Event", **an_event(
        IsPrivate=True, WhatId=api.create("Account", Name="x")))(api),
    "EVENT_TIMES_DISAGREE": create("Event", **an_event(EndDateTime="2026-11-22T12:00:00Z")),
    "EVENT_ENDS_BEFORE_IT_STARTS": create("Event", **an_event(DurationInMinutes=-5)),
    "EVENT_TOO_LONG": create("Event", **an_event(**LATE)),
    "RELATION_WITHOUT_INVITEE": lambda api: invite(api, "ben.rep@vendor.example", IsInvitee=False),
    "INVITEE_OF_CHILD": lambda api: [
        invite(api, "ben.rep@vendor.example"),
        invite(api, "cleo.rep@vendor.example", EventId=children(api)[0]["Id"]),
    ],
    "INVITEE_IS_OWNER": lambda api: invite(api, "integration@vendor.example"),
    "INVITEE_TWICE": lambda api: [
        invite(api, "ben.rep@vendor.example", EventId=event) for event in [api.create("Event", **an_event())] * 2],
    "DUPLICATE_DEVELOPER_NAME": lambda api: api.post("/tooling/sobjects/CustomField", {
        "FullName": "Lead.Bookforce_Booking_Id__c", "Metadata": {"label": "x", "type": "Text", "length": 9}}).body,
    "JSON_SYNTAX": unfinished,
    "JSON_VALUE": create("Lead", **a_lead(IsUnreadByOwner="x")),
    "METHOD_NOT_ALLOWED": lambda api: api.call("PUT", "/limits", {}).body,
    "BODY_TOO_LARGE": with_settings(create("Lead", **a_lead()), max_body_bytes=5),
    "UNSUPPORTED_MEDIA_TYPE": lambda api: api.post("/sobjects/Lead", {}, Content_Type="text/csv").body,
    "GONE": lambda api: api.get("/services/data/v30.0/limits").body,
    "API_DISABLED_FOR_ORG": with_settings(lambda api: api.get("/limits").body, api_access="API_DISABLED_FOR_ORG"),
    "API_CURRENTLY_DISABLED": with_settings(lambda api: api.get("/limits").body, api_access="API_CURRENTLY_DISABLED"),
    "SOQL_STRING_TOO_LONG": query(select("Id", "Lead", f"Title = '{'x' * 4001}'")),
    "SOQL_PATH_TOO_DEEP": query("SELECT a.b.c.d.e.f.Id FROM Lead"),
    "SOQL_MISSING": lambda api: api.get("/query").body,
    "SOQL_SCOPE": query("SELECT Id FROM Lead USING SCOPE team"),
    "SOQL_SEMIJOINS": query(select("Id", "Lead", f"{JOIN} AND {JOIN} AND {JOIN}")),
    "COMPOSITE_FORM": composite(5),
    "COMPOSITE_SUBREQUESTS": composite(*LIMITS),
    "COMPOSITE_QUERIES": composite(*[a_part("GET", "/query?q=x", f"r{n}") for n in range(6)]),
    "COMPOSITE_SAME_REFERENCE": composite(LIMITS[0], LIMITS[0]),
    "COMPOSITE_REFERENCE": composite(a_part("GET", "/limits", "with-dash")),
    "COMPOSITE_HEADERS": composite(a_part("GET", "/limits", "r", Accept="x")),
    "COLLECTION_CHUNKS": collection("POST", "", *[LEAD, CONTACT] * 6),
    "COLLECTION_TYPE": collection("PATCH", "/Lead/Bookforce_Booking_Id__c", CONTACT),
    "COLLECTION_NO_ID": collection("PATCH", "", LEAD),
    "COLLECTION_NO_KEY": collection("PATCH", "/Lead/Bookforce_Booking_Id__c", LEAD),
    "COLLECTION_SAME_ID": two_updates,
    "COLLECTION_NO_IDS": lambda api: api.delete("/composite/sobjects").body,
    "COLLECTION_RETRIEVED": retrieving_too_many,
    "AUTH_AUDIENCE": signing_in(aud="https://example.com"),
    "AUTH_ASSERTION": signing_in(exp="soon"),
    "AUTH_EXPIRED": signing_in(exp=1),
    "AUTH_INACTIVE_USER": with_settings(signing_in(sub="gus.gone@vendor.example"), inactive_user_is_told=True),
    "AUTH_INACTIVE_ORG": with_settings(lambda api: api.sign_in().body, org_active=False),
    "AUTH_NOT_POST": lambda api: api.send("GET", "/services/oauth2/token").body,
}  # fmt: skip


def test_every_text_is_triggered_below() -> None:
    assert set(TRIGGERS) == set(TEXTS)


@pytest.mark.parametrize("key", sorted(TRIGGERS))
def test_each_text_can_be_replaced(key: str) -> None:
    api = an_api()
    shown = "".join(f"[{{{name}}}]" for name in sorted(placeholders(TEXTS[key].template)))
    assert "said otherwise" not in str(TRIGGERS[key](api))
    api = an_api(texts={key: f"said otherwise {shown}"})
    assert "said otherwise" in str(TRIGGERS[key](api))


@pytest.mark.parametrize(
    "texts",
    [
        {"NO_SUCH_TEXT": "x"},
        {"GONE": "{}"},
        {"GONE": "{most}"},
        {"GONE": "{version.real}"},
        {"GONE": "{version:{width}}"},
        {"GONE": "{version:d}"},
        {"GONE": "{"},
    ],
)
def test_texts_that_could_not_be_written_are_refused(texts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"text|format|'{'"):
        Settings(texts=texts)
    with pytest.raises(ValueError, match=r"text|format|'{'"):
        an_api().org.change(texts=texts)


def test_facts_about_what_is_not_here_say_why() -> None:
    assert all(fact.startswith("§") and reason for fact, reason in NOT_BUILT.items())
