"""What the seed document on Person Accounts says of behaviour, sentence by sentence."""

from collections.abc import Callable

import pytest

from producers.contract import SalesforceIds
from tests.integration.people import PAGES, a_person, lea_books, the_person
from tests.rig import Rig


def test_a_person_account_holds_the_first_and_last_name_of_the_customer(people: Rig) -> None:
    a_person(people, LastName="Old")
    people.publish(lea_books())
    people.sync()
    assert (the_person(people)["FirstName"], the_person(people)["LastName"]) == ("Lea", "Marin")


def test_person_accounts_are_updated_where_they_exist_and_never_created(people: Rig) -> None:
    people.publish(lea_books("BP-PEOPLE"))
    people.sync()
    assert [people.records(name) for name in ("Account", "Contact", "Lead", "Event")] == [[], [], [], []]
    a_person(people)
    people.publish(lea_books("BP-PEOPLE").model_copy(update={"event_id": "AGAIN"}))
    people.sync()
    assert the_person(people)["Phone"] == "+33 1"


def test_on_a_contacts_page_the_person_account_is_updated_and_gets_an_event(people: Rig) -> None:
    person = a_person(people)
    people.publish(lea_books())
    people.sync()
    assert (the_person(people)["Id"], the_person(people)["Phone"]) == (person["Id"], "+33 1")
    assert [event["WhoId"] for event in people.records("Event")] == [person["PersonContactId"]]


@pytest.mark.parametrize("length", [15, 18])
def test_a_link_names_a_person_account_by_the_id_of_its_contact(people: Rig, length: int) -> None:
    person = a_person(people, PersonEmail="other@acme.example")
    people.publish(lea_books(salesforce=SalesforceIds(contact=person["PersonContactId"][:length])))
    people.sync()
    assert the_person(people)["PersonEmail"] == "lea@acme.example"
    assert people.records("Event")[0]["WhoId"] == person["PersonContactId"]


@pytest.mark.parametrize("is_known", [True, False], ids=["existing lead", "new lead"])
def test_on_a_leads_page_a_lead_is_created_or_updated_and_gets_an_event(people: Rig, is_known: bool) -> None:
    if is_known:
        people.org.seed("Lead", [{"LastName": "Old", "Company": "Old", "Email": "lea@acme.example"}])
    people.publish(lea_books("BP-LEADS"))
    people.sync()
    (lead,), (event,) = people.records("Lead"), people.records("Event")
    assert (lead["LastName"], lead["Phone"]) == ("Marin", "+33 1")
    assert event["WhoId"] == lead["Id"]


def test_on_a_leads_page_a_customer_who_is_a_person_account_is_updated_as_such_and_gets_the_event(people: Rig) -> None:
    person = a_person(people)
    people.publish(lea_books("BP-LEADS"))
    people.sync()
    assert the_person(people)["Phone"] == "+33 1"
    assert people.records("Event")[0]["WhoId"] == person["PersonContactId"]
    assert not people.records("Lead")


def test_on_a_leads_page_a_person_account_comes_before_a_lead_with_the_same_email(people: Rig) -> None:
    person = a_person(people)
    people.org.seed("Lead", [{"LastName": "Old", "Company": "Old", "Email": "lea@acme.example"}])
    people.publish(lea_books("BP-LEADS"))
    people.sync()
    assert the_person(people)["Phone"] == "+33 1"
    assert people.records("Event")[0]["WhoId"] == person["PersonContactId"]
    assert [lead["LastName"] for lead in people.records("Lead")] == ["Old"]


@pytest.mark.parametrize("is_known", [True, False], ids=["existing case", "new case"])
def test_on_a_cases_page_a_case_is_created_or_updated_and_gets_an_event(people: Rig, is_known: bool) -> None:
    ids = people.org.seed("Case", [{"Subject": "Old"}]) if is_known else [None]
    people.publish(lea_books("BP-CASES", salesforce=SalesforceIds(case=ids[0])))
    people.sync()
    (case,), (event,) = people.records("Case"), people.records("Event")
    assert (case["Subject"], event["WhatId"]) == ("Product demo", case["Id"])


@pytest.mark.parametrize("is_known", [True, False], ids=["existing case", "new case"])
def test_on_a_cases_page_the_person_account_is_updated_and_related_to_the_case(people: Rig, is_known: bool) -> None:
    person = a_person(people)
    ids = people.org.seed("Case", [{"Subject": "Old"}]) if is_known else [None]
    people.publish(lea_books("BP-CASES", salesforce=SalesforceIds(case=ids[0])))
    people.sync()
    (case,) = people.records("Case")
    assert (case["ContactId"], case["AccountId"]) == (person["PersonContactId"], person["Id"])
    assert the_person(people)["Phone"] == "+33 1"


def test_a_person_account_on_a_page_without_object_is_left_alone(make_people: Callable[[str], Rig]) -> None:
    people = make_people(PAGES + '\n[pages."BP-NONE"]\nobject = "none"\n')
    a_person(people)
    people.publish(lea_books("BP-NONE"))
    people.sync()
    assert the_person(people).get("Phone") is None
    assert not people.records("Event")
