from typing import Any

import pytest

from tests.simulator_tests.api import Api, a_lead, an_api, an_event

TEN, HALF_PAST = "2026-11-22T10:00:00.000+0000", "2026-11-22T10:30:00.000+0000"


def read_event(api: Api, **fields: Any) -> dict[str, Any]:
    return api.read("Event", api.create("Event", **fields))


@pytest.mark.parametrize(
    "times",
    [
        {"StartDateTime": "2026-11-22T10:00:00Z", "DurationInMinutes": 30},
        {"StartDateTime": "2026-11-22T11:00:00+01:00", "EndDateTime": "2026-11-22T10:30:00.000+0000"},
        {"ActivityDateTime": "2026-11-22T10:00:00Z", "DurationInMinutes": 30},
        {"StartDateTime": TEN, "EndDateTime": HALF_PAST, "DurationInMinutes": 30},
        {"StartDateTime": TEN, "ActivityDateTime": TEN, "ActivityDate": "2026-11-22", "DurationInMinutes": 30},
    ],
)
def test_times_are_completed(times: dict[str, Any]) -> None:
    row = read_event(an_api(), **times)
    assert (row["StartDateTime"], row["ActivityDateTime"], row["EndDateTime"]) == (TEN, TEN, HALF_PAST)
    assert (row["DurationInMinutes"], row["ActivityDate"], row["EndDate"]) == (30, "2026-11-22", "2026-11-22")
    assert (row["ShowAs"], row["IsAllDayEvent"], row["OwnerId"]) == ("Busy", False, row["CreatedById"])


def test_all_day_event_lasts_a_day() -> None:
    row = read_event(an_api(), IsAllDayEvent=True, ActivityDate="2026-11-22")
    assert (row["DurationInMinutes"], row["ActivityDateTime"]) == (1440, None)


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"StartDateTime": TEN}, "REQUIRED_FIELD_MISSING", "EndDateTime"),
        ({"DurationInMinutes": 30}, "REQUIRED_FIELD_MISSING", "ActivityDateTime"),
        ({}, "REQUIRED_FIELD_MISSING", "ActivityDateTime"),
        (
            {"StartDateTime": TEN, "EndDateTime": HALF_PAST, "DurationInMinutes": 31},
            "FIELD_INTEGRITY_EXCEPTION",
            "DurationInMinutes",
        ),
        ({"StartDateTime": HALF_PAST, "EndDateTime": TEN}, "FIELD_INTEGRITY_EXCEPTION", "EndDateTime"),
        (
            {"StartDateTime": TEN, "EndDateTime": "2026-12-06T10:00:01Z"},
            "FIELD_INTEGRITY_EXCEPTION",
            "EndDateTime",
        ),
        (
            {"StartDateTime": TEN, "DurationInMinutes": 14 * 1440 + 1},
            "FIELD_INTEGRITY_EXCEPTION",
            "DurationInMinutes",
        ),
        (an_event(ActivityDateTime=HALF_PAST), "FIELD_INTEGRITY_EXCEPTION", "ActivityDateTime"),
        (an_event(ActivityDate="2026-11-23"), "FIELD_INTEGRITY_EXCEPTION", "ActivityDate"),
        (an_event(ShowAs="Away"), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "ShowAs"),
    ],
)
def test_event_is_refused(fields: dict[str, Any], code: str, named: str) -> None:
    reply = an_api().post("/sobjects/Event", fields)
    assert reply.error == (400, code)
    assert reply.body[0]["fields"] == [named]


def test_fourteen_days_are_allowed_and_one_where_the_org_says_so() -> None:
    api = an_api()
    fields = {"StartDateTime": TEN, "DurationInMinutes": 14 * 1440}
    assert api.post("/sobjects/Event", fields).status == 201
    api.org.change(multiday_events=False)
    assert api.post("/sobjects/Event", fields).error == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_moving_the_start_alone_keeps_the_end() -> None:
    api = an_api()
    row_id = api.create("Event", **an_event())
    assert api.patch(f"/sobjects/Event/{row_id}", {"StartDateTime": "2026-11-22T10:10:00Z"}).status == 204
    assert api.read("Event", row_id)["DurationInMinutes"] == 20
    later = api.patch(f"/sobjects/Event/{row_id}", {"StartDateTime": "2026-11-22T11:00:00Z"})
    assert later.error == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_that_it_keeps_the_duration_instead_is_a_switch() -> None:
    api = an_api(event_move_keeps_duration=True)
    row_id = api.create("Event", **an_event())
    api.patch(f"/sobjects/Event/{row_id}", {"StartDateTime": "2026-11-22T11:00:00Z"})
    assert api.read("Event", row_id)["EndDateTime"] == "2026-11-22T11:30:00.000+0000"


def test_moving_start_and_duration_moves_the_rest() -> None:
    api = an_api()
    row_id = api.create("Event", **an_event())
    api.patch(f"/sobjects/Event/{row_id}", {"StartDateTime": "2026-11-23T10:00:00Z", "DurationInMinutes": 60})
    row = api.read("Event", row_id)
    assert (row["EndDateTime"], row["ActivityDate"]) == ("2026-11-23T11:00:00.000+0000", "2026-11-23")


def test_a_lead_excludes_other_relations() -> None:
    api = an_api()
    lead, account = api.create("Lead", **a_lead()), api.create("Account", Name="Acme")
    assert api.post("/sobjects/Event", an_event(WhoId=lead)).status == 201
    reply = api.post("/sobjects/Event", an_event(WhoId=lead, WhatId=account))
    assert reply.error == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_who_is_a_person() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme")
    reply = api.post("/sobjects/Event", an_event(WhoId=account))
    assert reply.error == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert reply.body[0]["message"] == f"Name ID: id value of incorrect type: {account}"
    assert reply.body[0]["fields"] == ["WhoId"]


def test_private_events_have_no_relations() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    reply = api.post("/sobjects/Event", an_event(WhoId=lead, IsPrivate=True))
    assert reply.error == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_an_event_cannot_be_owned_by_a_queue() -> None:
    api = an_api()
    reply = api.post("/sobjects/Event", an_event(OwnerId=api.queue("Lead_Queue")))
    assert reply.error == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_account_is_derived_from_what_else_from_the_contact() -> None:
    api = an_api()
    account, other = api.create("Account", Name="Acme"), api.create("Account", Name="Other")
    contact = api.create("Contact", LastName="Hopper", AccountId=account)
    case = api.create("Case", ContactId=contact, AccountId=other)
    assert read_event(api, **an_event(WhoId=contact))["AccountId"] == account
    assert read_event(api, **an_event(WhoId=contact, WhatId=other))["AccountId"] == other
    assert read_event(api, **an_event(WhoId=contact, WhatId=case))["AccountId"] == account
    assert read_event(api, **an_event(WhatId=case))["AccountId"] is None


def test_booking_ids_are_unique_across_tasks_and_events() -> None:
    api = an_api()
    api.create("Event", **an_event(Bookforce_Booking_Id__c="b-1"))
    task = {"Subject": "Call", "Bookforce_Booking_Id__c": "b-1"}
    assert api.post("/sobjects/Task", task).error == (400, "DUPLICATE_VALUE")
    api.org.change(activity_unique_spans_task_and_event=False)
    assert api.post("/sobjects/Task", task).status == 201


def test_parents_can_be_named_by_external_id() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(Bookforce_Booking_Id__c="b-1"))
    who = {"attributes": {"type": "Lead"}, "Bookforce_Booking_Id__c": "b-1"}
    assert read_event(api, **an_event(Who=who))["WhoId"] == lead


def test_case_takes_account_and_addresses_from_its_contact() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme", Bookforce_Account_Key__c="acme")
    contact = api.create(
        "Contact",
        LastName="Hopper",
        Email="g@example.com",
        Bookforce_Booking_Id__c="b-1",
        Account={"Bookforce_Account_Key__c": "ACME"},
    )
    row = api.read("Case", api.create("Case", Contact={"Bookforce_Booking_Id__c": "b-1"}, Subject="Hi"))
    assert (row["ContactId"], row["AccountId"], row["ContactEmail"]) == (contact, account, "g@example.com")
    assert (row["CaseNumber"], row["Status"], row["Priority"], row["Origin"]) == ("00001001", "New", "Medium", None)
    assert (row["IsClosed"], row["IsEscalated"]) == (False, False)


def test_case_is_closed_by_its_status() -> None:
    api = an_api()
    case = api.create("Case", Subject="Hi")
    api.patch(f"/sobjects/Case/{case}", {"Status": "Closed"})
    assert api.read("Case", case)["IsClosed"] is True
