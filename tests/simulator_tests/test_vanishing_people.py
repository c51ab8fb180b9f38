"""Person accounts merged, deleted, undeleted, converted to, and held for duplicates."""

from typing import Any

import pytest

from tests.simulator.errors import Refused
from tests.simulator.rules.org_rules import DuplicateRule
from tests.simulator_tests.api import Api, a_lead, an_api, an_event

GRACE = {"FirstName": "Grace", "LastName": "Hopper", "PersonEmail": "grace@example.com"}


def with_people(**settings: Any) -> Api:
    return an_api(person_accounts=True, **settings)


def a_person(api: Api, **fields: Any) -> dict[str, Any]:
    types = api.org.records("RecordType")
    return (
        GRACE | {"RecordTypeId": next(row["Id"] for row in types if row["DeveloperName"] == "PersonAccount")} | fields
    )


def create_person(api: Api, **fields: Any) -> tuple[str, str]:
    """Create a person and return the ids of the Account and its Contact."""
    account = api.create("Account", **a_person(api, **fields))
    return account, str(api.read("Account", account)["PersonContactId"])


def test_a_merged_person_is_gone_by_both_halves_and_leaves_all_to_both_halves_of_the_winner() -> None:
    api = with_people()
    (winner, kept), (loser, gone) = create_person(api), create_person(api)
    event, case = api.create("Event", **an_event(WhoId=gone)), api.create("Case", ContactId=gone, AccountId=loser)
    assert api.org.merge("Account", winner, [loser]) == [case, event]
    assert (api.read("Event", event)["WhoId"], api.read("Event", event)["AccountId"]) == (kept, winner)
    assert (api.read("Case", case)["ContactId"], api.read("Case", case)["AccountId"]) == (kept, winner)
    masters = {row["Id"]: row["MasterRecordId"] for name in ("Account", "Contact") for row in deleted(api, name)}
    assert masters == {loser: winner, gone: kept}
    assert api.org.undelete([loser]) == [loser, gone]
    assert (api.read("Contact", gone)["AccountId"], api.read("Account", loser)["PersonContactId"]) == (loser, gone)


def deleted(api: Api, name: str) -> list[dict[str, Any]]:
    return [row for row in api.org.records(name) if row["IsDeleted"]]


def test_people_are_merged_with_people_and_by_their_accounts_alone() -> None:
    api = with_people()
    (account, contact), (_, other) = create_person(api), create_person(api)
    company = api.create("Account", Name="Acme")
    with pytest.raises(ValueError, match="person accounts can be merged with person accounts alone"):
        api.org.merge("Account", account, [company])
    with pytest.raises(Refused, match="cannot reference person contact"):
        api.org.merge("Contact", contact, [other])


def test_cases_of_either_half_stop_the_deletion_of_a_person() -> None:
    api = with_people()
    account, contact = create_person(api)
    case = api.create("Case", ContactId=contact)
    assert api.delete(f"/sobjects/Account/{account}").error == (400, "DELETE_FAILED")
    api.delete(f"/sobjects/Case/{case}")
    assert api.delete(f"/sobjects/Account/{account}").status == 204
    assert api.get(f"/sobjects/Contact/{contact}").error == (404, "ENTITY_IS_DELETED")
    assert api.org.undelete([account]) == [account, contact]


def test_a_lead_without_a_company_becomes_a_person() -> None:
    api = with_people()
    [lead] = api.org.seed("Lead", [{"FirstName": "Grace", "LastName": "Hopper", "Email": "grace@example.com"}])
    event = api.create("Event", **an_event(WhoId=lead))
    made = api.org.convert(lead)
    row = api.read("Account", made.account)
    assert (row["IsPersonAccount"], row["Name"], row["PersonEmail"]) == (True, "Grace Hopper", "grace@example.com")
    assert (row["PersonContactId"], api.read("Event", event)["WhoId"]) == (made.contact, made.contact)


def test_a_lead_can_become_a_person_who_is_there() -> None:
    api = with_people()
    account, contact = create_person(api)
    made = api.org.convert(api.create("Lead", **a_lead(Title="Admiral")), account)
    assert (made.account, made.contact) == (account, contact)
    assert api.read("Contact", contact)["Title"] is None


def test_a_lead_with_a_company_becomes_a_company_and_a_contact() -> None:
    api = with_people()
    made = api.org.convert(api.create("Lead", **a_lead()))
    assert (api.read("Account", made.account)["IsPersonAccount"], api.read("Account", made.account)["Name"]) == (
        False,
        "Navy",
    )


def test_the_standard_account_rule_is_about_companies_and_people_may_have_a_rule_of_their_own() -> None:
    api = with_people(duplicate_rule_mode="block")
    create_person(api)
    create_person(api)
    assert api.post("/sobjects/Account", {"Name": "Grace Hopper"}).status == 201
    rule = DuplicateRule(
        object="Account", name="People", matching_rule="Mail", fields=("PersonEmail",), person_accounts=True
    )
    api.org.change(duplicate_rules=(rule,))
    assert api.post("/sobjects/Account", a_person(api)).error == (400, "DUPLICATES_DETECTED")
