from datetime import timedelta
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.data.records import Index
from tests.simulator.errors import Refused
from tests.simulator_tests.api import Api, Reply, a_lead, an_api, an_event, select

KEY = "Bookforce_Booking_Id__c"


def control(api: Api, act: str, **body: Any) -> Reply:
    return api.send("POST", f"/_simulator/{act}", orjson.dumps(body))


def ids(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.body
    return [row["Id"] for row in reply.body["records"]]


def living(api: Api, name: str) -> list[str]:
    return ids(api.query(select("Id", name, "Id != null")))


def ever(api: Api, name: str) -> list[str]:
    return ids(api.get("/queryAll?q=" + quote(select("Id", name, "Id != null"))))


def test_an_account_takes_contacts_and_activities_with_it() -> None:
    api = an_api()
    account, other = api.create("Account", Name="Acme"), api.create("Account", Name="Other")
    contact = api.create("Contact", LastName="x", AccountId=account)
    api.create("Contact", LastName="y", AccountId=other)
    for fields in ({"WhoId": contact}, {"WhatId": account}, {"WhoId": contact, "WhatId": account}):
        api.create("Event", **an_event(**fields))
        api.create("Task", **fields)
    kept = api.create("Event", **an_event(WhatId=other))
    assert api.delete(f"/sobjects/Account/{account}").status == 204
    assert (living(api, "Account"), len(living(api, "Contact")), living(api, "Task")) == ([other], 1, [])
    assert living(api, "Event") == [kept]
    assert len(ever(api, "Event")) == 4


@pytest.mark.parametrize(
    ("name", "body", "reference"),
    [
        ("Lead", a_lead(), "WhoId"),
        ("Contact", {"LastName": "x"}, "WhoId"),
        ("Case", {"Subject": "x"}, "WhatId"),
    ],
)
def test_activities_go_with_their_lead_contact_or_case(name: str, body: dict[str, Any], reference: str) -> None:
    api = an_api()
    parent = api.create(name, **body)
    event = api.create("Event", **an_event(**{reference: parent}))
    results = api.call("DELETE", f"/composite/sobjects?ids={parent}").body
    assert results == [{"id": parent, "success": True, "errors": []}]
    assert api.get(f"/sobjects/Event/{event}").error == (404, "ENTITY_IS_DELETED")


def still_needed(name: str, numbers: str) -> str:
    return (
        f"Your attempt to delete {name} could not be completed because it is associated with the following cases.: "
        f"{numbers}\n"
    )


def test_cases_stop_the_deletion_of_their_contact_and_account() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", Salutation="Mr.", FirstName="Josh", LastName="Davis", AccountId=account)
    event = api.create("Event", **an_event(WhoId=contact))
    api.create("Case", ContactId=contact)
    api.create("Case", AccountId=account)
    for path, name, numbers in (
        (f"/sobjects/Contact/{contact}", "Mr. Josh Davis", "00001001"),
        (f"/sobjects/Account/{account}", "Acme", "00001001, 00001002"),
    ):
        reply = api.delete(path)
        expected = [{"message": still_needed(name, numbers), "errorCode": "DELETE_FAILED", "fields": []}]
        assert (reply.status, reply.body) == (400, expected)
    assert living(api, "Event") == [event]
    for case in living(api, "Case"):
        api.delete(f"/sobjects/Case/{case}")
    assert api.delete(f"/sobjects/Account/{account}").status == 204
    assert living(api, "Contact") == []


def test_a_refused_deletion_takes_the_whole_collection_back() -> None:
    api = an_api()
    free, held = api.create("Contact", LastName="x"), api.create("Contact", LastName="y")
    event = api.create("Event", **an_event(WhoId=free))
    api.create("Case", ContactId=held)
    results = api.call("DELETE", f"/composite/sobjects?ids={free},{held}&allOrNone=true").body
    codes = [result["errors"][0]["statusCode"] for result in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "DELETE_FAILED"]
    assert (living(api, "Contact"), living(api, "Event")) == ([free, held], [event])


def test_what_went_with_a_record_comes_back_with_it_and_not_alone() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="x", AccountId=account)
    event, earlier = (api.create("Event", **an_event(WhoId=contact)) for _ in range(2))
    api.delete(f"/sobjects/Event/{earlier}")
    api.delete(f"/sobjects/Account/{account}")
    assert control(api, "undelete", ids=[contact]).error == (400, "UNDELETE_FAILED")
    assert control(api, "undelete", ids=[account]).body["ids"] == [account, contact, event]
    row = api.read("Event", event)
    assert (row["WhoId"], row["AccountId"], row["IsDeleted"]) == (contact, account, False)
    assert living(api, "Event") == [event]
    assert control(api, "undelete", ids=[earlier]).status == 200


@pytest.mark.parametrize("sent", ["", "nonsense", "00Q5e0000000ZZZ", "living"])
def test_only_what_is_in_the_bin_can_be_undeleted(sent: str) -> None:
    api = an_api()
    living_lead, gone = api.create("Lead", **a_lead()), api.create("Lead", **a_lead())
    api.delete(f"/sobjects/Lead/{gone}")
    reply = control(api, "undelete", ids=[gone, living_lead if sent == "living" else sent])
    assert (reply.status, reply.body) == (
        400,
        [{"message": "Entity is not in the recycle bin", "errorCode": "UNDELETE_FAILED", "fields": []}],
    )
    assert living(api, "Lead") == [living_lead]


def test_undelete_is_refused_when_the_key_was_taken_meanwhile() -> None:
    api = an_api()
    gone = api.create("Lead", **a_lead(**{KEY: "b-1"}))
    api.delete(f"/sobjects/Lead/{gone}")
    taken = api.patch(f"/sobjects/Lead/{KEY}/b-1", a_lead()).body["id"]
    reply = control(api, "undelete", ids=[gone])
    assert reply.error == (400, "DUPLICATE_VALUE")
    assert reply.body[0]["message"] == f"duplicate value found: {KEY} duplicates value on record with id: {taken[:15]}"
    assert living(api, "Lead") == [taken]


def test_the_loser_of_a_merge_comes_back_without_its_children() -> None:
    api = an_api()
    winner, loser = (api.create("Contact", LastName="x") for _ in range(2))
    event = api.create("Event", **an_event(WhoId=loser))
    api.org.merge("Contact", winner, [loser])
    assert api.org.undelete([loser]) == [loser]
    assert (api.read("Contact", loser)["MasterRecordId"], api.read("Event", event)["WhoId"]) == (None, winner)


def test_a_child_comes_back_without_a_parent_that_is_gone() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="x", AccountId=account)
    api.delete(f"/sobjects/Contact/{contact}")
    api.delete(f"/sobjects/Account/{account}")
    assert api.org.undelete([contact]) == [contact]
    assert api.read("Contact", contact)["AccountId"] is None


def test_archived_events_are_hidden_from_query_alone() -> None:
    api = an_api()
    event, task = api.create("Event", **an_event()), api.create("Task", Subject="x")
    assert control(api, "archive", ids=[event, task]).body["ids"] == [event, task]
    assert (living(api, "Event"), ever(api, "Event"), living(api, "Task")) == ([], [event], [])
    assert api.read("Event", event)["IsArchived"] is True
    assert api.patch(f"/sobjects/Event/{event}", {"Subject": "x"}).status == 204
    lead = api.create("Lead", **a_lead())
    assert control(api, "archive", ids=[lead]).error == (400, "INVALID_INPUT")


def test_events_are_archived_by_their_age_when_none_are_named() -> None:
    api = an_api(session_lifetime=timedelta(days=400))
    old = api.create("Event", **an_event())
    api.clock.pass_by(timedelta(days=366))
    recent = api.create("Event", **an_event(StartDateTime="2026-11-23T10:00:00Z"))
    assert control(api, "archive").body["ids"] == [old]
    assert (living(api, "Event"), control(api, "archive").body["ids"]) == ([recent], [])


@pytest.mark.parametrize(("matches", "status"), [(True, 200), (False, 400)])
def test_whether_an_upsert_finds_an_archived_event_is_a_switch(matches: bool, status: int) -> None:
    api = an_api(upsert_matches_archived=matches)
    event = api.create("Event", **an_event(**{KEY: "b-1"}))
    api.org.archive([event])
    reply = api.patch(f"/sobjects/Event/{KEY}/b-1", an_event())
    assert reply.status == status
    if not matches:
        assert reply.error == (400, "DUPLICATE_VALUE")


ACTS = st.lists(st.tuples(st.sampled_from(["delete", "undelete", "merge", "convert"]), st.integers(0, 9)), max_size=12)


def act_on_leads_and_contacts(api: Api, act: str, number: int) -> None:
    """Do something to some record; that the org refuses is as good as that it does it."""
    name = "Lead" if number % 2 else "Contact"
    rows = api.org.records(name)
    row_id, other = str(rows[number % len(rows)]["Id"]), str(rows[-1]["Id"])
    try:
        if act == "delete":
            api.delete(f"/sobjects/{name}/{row_id}")
        elif act == "undelete":
            api.org.undelete([row_id])
        elif act == "merge":
            api.org.merge(name, row_id, [other])
        elif name == "Lead":
            api.org.convert(row_id)
    except (Refused, ValueError):
        return


@settings(deadline=None)
@given(acts=ACTS)
def test_whatever_vanishes_and_returns_indexes_counts_and_parents_stay_true(acts: list[tuple[str, int]]) -> None:
    api = an_api()
    people = [api.create("Lead", **a_lead(**{KEY: f"l-{number}"})) for number in range(3)]
    people += [api.create("Contact", LastName="x", **{KEY: f"c-{number}"}) for number in range(3)]
    for person in people:
        api.create("Event", **an_event(WhoId=person))
        api.create("Task", WhoId=person)
    for act, number in acts:
        act_on_leads_and_contacts(api, act, number)
    records = api.org.state.records
    for name, table in records.tables.items():
        assert table.living == sum(not row.get("IsDeleted") for row in table.rows.values())
        for field, index in table.indexes.items():
            rebuilt = Index(records.schema.objects[name].fields[field])
            for row_id, row in table.rows.items():
                if row.get(field) is not None:
                    rebuilt.add(str(row[field]), row_id)
            held = {str(row[field]) for row in table.rows.values() if row.get(field) is not None}
            assert all(set(index.ids(value)) == set(rebuilt.ids(value)) for value in held)
    for row in api.org.records("Event") + api.org.records("Task"):
        who = records.find(str(row["WhoId"]))
        assert row["IsDeleted"] or who is None or not (who["IsDeleted"] or who.get("IsConverted"))
