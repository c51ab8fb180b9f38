from typing import Any
from urllib.parse import quote

import orjson
import pytest

from tests.simulator_tests.api import Api, Reply, a_lead, an_api, an_event, select

KEY = "Bookforce_Booking_Id__c"
GONE = [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}]
BODIES: dict[str, dict[str, Any]] = {
    "Lead": a_lead(),
    "Contact": {"LastName": "Hopper"},
    "Account": {"Name": "Acme"},
    "Case": {"Subject": "Hi"},
}


def merge(api: Api, name: str, winner: str, *losers: str) -> Reply:
    body = {"object": name, "winner": winner, "losers": losers}
    return api.send("POST", "/_simulator/merge", orjson.dumps(body))


def two(api: Api, name: str) -> tuple[str, str]:
    return api.create(name, **BODIES[name]), api.create(name, **BODIES[name])


@pytest.mark.parametrize("name", BODIES)
def test_the_loser_is_gone_and_says_where_it_went(name: str) -> None:
    api = an_api()
    winner, loser = two(api, name)
    assert merge(api, name, winner, loser).status == 200
    path = f"/sobjects/{name}/{loser}"
    for reply in (api.get(path), api.patch(path, {"Description": "x"}), api.delete(path)):
        assert (reply.status, reply.body) == (404, GONE)
    assert [row["Id"] for row in api.rows(select("Id", name, "Id != null"))] == [winner]
    all_rows = quote(select("MasterRecordId", name, f"Id = '{loser}'"))
    [row] = api.get(f"/queryAll?q={all_rows}").body["records"]
    assert row["MasterRecordId"] == winner


def test_activities_and_cases_of_a_contact_move_to_the_winner() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme")
    winner, loser = api.create("Contact", LastName="Hopper", AccountId=account), api.create("Contact", LastName="Hoper")
    event = api.create("Event", **an_event(WhoId=loser))
    task, case = api.create("Task", WhoId=loser), api.create("Case", ContactId=loser)
    assert set(merge(api, "Contact", winner, loser).body["moved"]) == {event, task, case}
    row = api.read("Event", event)
    assert (row["WhoId"], row["AccountId"]) == (winner, account)
    assert (api.read("Task", task)["WhoId"], api.read("Case", case)["ContactId"]) == (winner, winner)
    assert [row["Id"] for row in api.rows(select("Id", "Event", f"WhoId = '{winner}'"))] == [event]


def test_all_that_an_account_had_moves_to_the_winner() -> None:
    api = an_api()
    winner, loser = two(api, "Account")
    contact = api.create("Contact", LastName="Hopper", AccountId=loser)
    child = api.create("Account", Name="Child", ParentId=loser)
    case = api.create("Case", AccountId=loser)
    met, called = api.create("Event", **an_event(WhoId=contact)), api.create("Event", **an_event(WhatId=loser))
    merge(api, "Account", winner, loser)
    assert api.read("Contact", contact)["AccountId"] == winner
    assert (api.read("Account", child)["ParentId"], api.read("Case", case)["AccountId"]) == (winner, winner)
    assert [api.read("Event", each)["AccountId"] for each in (met, called)] == [winner, winner]
    assert api.read("Event", called)["WhatId"] == winner


def test_a_winner_below_its_loser_does_not_become_its_own_parent() -> None:
    api = an_api()
    loser = api.create("Account", Name="Acme")
    winner = api.create("Account", Name="Acme", ParentId=loser)
    merge(api, "Account", winner, loser)
    assert api.read("Account", winner)["ParentId"] is None


def test_events_of_a_lead_and_of_a_case_move_too() -> None:
    api = an_api()
    for name, reference in (("Lead", "WhoId"), ("Case", "WhatId")):
        winner, *losers = (api.create(name, **BODIES[name]) for _ in range(3))
        events = [api.create("Event", **an_event(**{reference: loser})) for loser in losers]
        merge(api, name, winner, *losers)
        assert [api.read("Event", each)[reference] for each in events] == [winner, winner]


def test_the_losers_key_stays_in_the_bin_so_an_upsert_by_it_creates_a_fresh_record() -> None:
    api = an_api()
    winner = api.create("Lead", **a_lead(**{KEY: "b-1"}))
    loser = api.create("Lead", **a_lead(**{KEY: "b-2"}))
    merge(api, "Lead", winner, loser)
    assert api.read("Lead", winner)[KEY] == "b-1"
    assert api.get(f"/sobjects/Lead/{KEY}/b-2").status == 404
    reply = api.patch(f"/sobjects/Lead/{KEY}/b-2", a_lead())
    assert reply.status == 201
    assert reply.body["id"] not in {winner, loser}


def test_where_the_bin_counts_that_upsert_is_refused() -> None:
    api = an_api(unique_counts_recycle_bin=True)
    winner, loser = api.create("Lead", **a_lead()), api.create("Lead", **a_lead(**{KEY: "b-2"}))
    merge(api, "Lead", winner, loser)
    assert api.patch(f"/sobjects/Lead/{KEY}/b-2", a_lead()).error == (400, "DUPLICATE_VALUE")


@pytest.mark.parametrize("code", ["ENTITY_IS_DELETED", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"])
def test_a_merged_record_cannot_be_referred_to(code: str) -> None:
    api = an_api(deleted_parent_code=code)
    winner, loser = two(api, "Contact")
    merge(api, "Contact", winner, loser)
    assert api.post("/sobjects/Event", an_event(WhoId=loser)).error == (400, code)


def test_stamps_tell_of_the_merge() -> None:
    api = an_api()
    winner, loser = two(api, "Contact")
    event = api.create("Event", **an_event(WhoId=loser))
    api.clock.now = api.clock.now.replace(hour=10)
    merge(api, "Contact", winner, loser)
    later = "2026-11-22T10:00:00.000+0000"
    assert [api.read("Event", event)["LastModifiedDate"], api.read("Contact", winner)["SystemModstamp"]] == [later] * 2


def test_refused_merges_change_nothing() -> None:
    api = an_api()
    winner, loser = two(api, "Contact")
    lead, [converted] = api.create("Lead", **a_lead()), api.org.seed("Lead", [a_lead(IsConverted=True)])
    api.create("Event", **an_event(WhoId=loser))
    before = {name: api.org.records(name) for name in ("Contact", "Lead", "Event")}
    wrong: list[tuple[str, str, list[str], int, str]] = [
        ("Contact", winner, [loser, lead], 400, "MALFORMED_ID"),
        ("Contact", winner, [loser, "0035e0000000ZZZ"], 404, "INVALID_CROSS_REFERENCE_KEY"),
        ("Contact", winner, [winner], 400, "INVALID_INPUT"),
        ("Contact", winner, [], 400, "INVALID_INPUT"),
        ("Contact", winner, [loser] * 3, 400, "INVALID_INPUT"),
        ("Lead", lead, [converted], 400, "CANNOT_UPDATE_CONVERTED_LEAD"),
        ("User", winner, [loser], 400, "INVALID_INPUT"),
        ("Pet", winner, [loser], 400, "INVALID_INPUT"),
    ]
    for name, kept, losers, status, code in wrong:
        assert merge(api, name, kept, *losers).error == (status, code)
    assert {name: api.org.records(name) for name in before} == before
