from typing import Any

import orjson
import pytest

from tests.simulator_tests.api import NO_RULES, Api, Reply, a_lead, an_api, an_event

KEY = "Bookforce_Booking_Id__c"
GRACE = a_lead(
    FirstName="Grace", Email="grace@example.com", Phone="1", City="Arlington", Title="Admiral", **{KEY: "b-1"}
)
REFUSED = [{"message": "cannot reference converted lead", "errorCode": "CANNOT_UPDATE_CONVERTED_LEAD", "fields": []}]


def convert(api: Api, lead: str, **into: str) -> Reply:
    return api.send("POST", "/_simulator/convert", orjson.dumps({"lead": lead, **into}))


def test_a_lead_becomes_an_account_and_a_contact() -> None:
    api = an_api()
    ada = api.user("ada.rep@vendor.example")
    lead = api.create("Lead", **GRACE, OwnerId=ada)
    made = convert(api, lead).body
    account, contact = api.read("Account", made["account"]), api.read("Contact", made["contact"])
    assert (account["Name"], account["Phone"], account["BillingCity"], account["OwnerId"]) == (
        "Navy",
        "1",
        "Arlington",
        ada,
    )
    assert (contact["Name"], contact["Email"], contact["Title"]) == ("Grace Hopper", "grace@example.com", "Admiral")
    assert (contact["AccountId"], contact["OwnerId"], contact["MailingCity"]) == (account["Id"], ada, "Arlington")
    assert contact[KEY] is None
    row = api.read("Lead", lead)
    assert (row["IsConverted"], row["ConvertedDate"], row["Status"]) == (True, "2026-11-22", "Closed - Converted")
    assert (row["ConvertedAccountId"], row["ConvertedContactId"]) == (account["Id"], contact["Id"])
    assert row[KEY] == "b-1"


def test_existing_records_get_what_they_lack_and_keep_what_they_have() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="Hoper", AccountId=account)
    assert convert(api, api.create("Lead", **GRACE), account=account, contact=contact).status == 200
    row = api.read("Contact", contact)
    assert (row["Name"], row["Email"]) == ("Grace Hoper", "grace@example.com")
    assert (api.read("Account", account)["Name"], api.read("Account", account)["Phone"]) == ("Acme", "1")
    assert len(api.org.records("Contact")) == 1


def test_activities_move_to_the_contact_and_its_account() -> None:
    api = an_api()
    lead = api.create("Lead", **GRACE)
    event, task = api.create("Event", **an_event(WhoId=lead)), api.create("Task", WhoId=lead)
    made = convert(api, lead).body
    for name, row_id in (("Event", event), ("Task", task)):
        row = api.read(name, row_id)
        assert (row["WhoId"], row["AccountId"]) == (made["contact"], made["account"])


def test_a_lead_of_a_queue_is_converted_by_whoever_converts_it() -> None:
    api = an_api()
    lead = api.post("/sobjects/Lead", GRACE).body["id"]
    owner = api.read("Contact", convert(api, lead).body["contact"])["OwnerId"]
    assert owner == api.user("integration@vendor.example")


@pytest.mark.parametrize("allowed", [False, True])
def test_a_converted_lead_can_be_written_and_referred_to_with_that_permission_alone(allowed: bool) -> None:
    api = an_api(edit_converted_leads=allowed)
    lead = api.create("Lead", **GRACE)
    convert(api, lead)
    replies = [
        api.patch(f"/sobjects/Lead/{lead}", {"Title": "x"}, **NO_RULES),
        api.patch(f"/sobjects/Lead/{KEY}/b-1", {"Title": "x"}, **NO_RULES),
        api.post("/sobjects/Event", an_event(WhoId=lead)),
    ]
    assert [reply.status for reply in replies] == ([204, 200, 201] if allowed else [400] * 3)
    if not allowed:
        assert [reply.body for reply in replies] == [REFUSED] * 3


def test_conversions_that_cannot_be_change_nothing() -> None:
    api = an_api()
    lead = api.create("Lead", **GRACE)
    account, other = api.create("Account", Name="Acme"), api.create("Account", Name="Other")
    contact = api.create("Contact", LastName="x", AccountId=other)
    before = {name: api.org.records(name) for name in ("Lead", "Account", "Contact")}
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"account": account, "contact": contact}, 400, "INVALID_INPUT"),
        ({"contact": contact}, 400, "INVALID_INPUT"),
        ({"account": contact}, 400, "MALFORMED_ID"),
        ({"account": "0015e0000000ZZZ"}, 404, "INVALID_CROSS_REFERENCE_KEY"),
    ]
    for into, status, code in wrong:
        assert convert(api, lead, **into).error == (status, code)
    assert {name: api.org.records(name) for name in before} == before
    convert(api, lead)
    assert convert(api, lead).error == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
