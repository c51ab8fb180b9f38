"""Person Accounts: updated when they exist, never created; in an org that has them and in one that has not."""

from collections.abc import Callable

import pytest

from producers.contract import Kind, SalesforceIds
from tests.builders import a_customer, an_event
from tests.integration.people import ADA, BEN, EMAIL, PAGES, a_person, lea_books, the_person
from tests.integration.previews import everything, preview_of
from tests.rig import Rig


@pytest.mark.parametrize("page", ["BP", "BP-LEADS", "BP-PEOPLE"])
def test_a_person_account_found_by_email_is_updated_and_gets_the_event(people: Rig, page: str) -> None:
    person = a_person(people)
    people.publish(lea_books(page))
    assert people.sync() == 2
    account = the_person(people)
    assert (account["PersonEmail"], account["Phone"], account["PersonMobilePhone"]) == (EMAIL, "+33 1", "+33 6")
    assert (account["FirstName"], account["OwnerId"]) == ("Lea", people.user(BEN))
    (event,) = people.records("Event")
    assert (event["WhoId"], event.get("WhatId")) == (person["PersonContactId"], None)
    assert [len(people.records(name)) for name in ("Account", "Contact", "Lead")] == [1, 1, 0]


@pytest.mark.parametrize("link", ["PersonContactId", "Id"])
def test_a_person_account_is_recognised_by_the_ids_of_both_its_halves(people: Rig, link: str) -> None:
    person = a_person(people, PersonEmail="other@acme.example")
    people.publish(lea_books(salesforce=SalesforceIds(contact=person[link])))
    assert people.sync() == 2
    assert the_person(people)["PersonEmail"] == EMAIL
    assert people.records("Event")[0]["WhoId"] == person["PersonContactId"]


@pytest.mark.parametrize(("link", "calls"), [("PersonContactId", 2), ("Id", 3)])
def test_a_person_account_that_was_merged_is_followed_by_the_ids_of_both_its_halves(
    people: Rig, link: str, calls: int
) -> None:
    gone = a_person(people, PersonEmail="gone@acme.example")
    (kept,) = people.org.seed(
        "Account", [{"RecordTypeId": gone["RecordTypeId"], "LastName": "Kept", "PersonEmail": "kept@acme.example"}]
    )
    people.org.merge("Account", kept, [gone["Id"]])
    people.publish(lea_books(salesforce=SalesforceIds(contact=gone[link])))
    assert people.sync() == calls
    (account,) = people.records("Account")
    assert (account["Id"], account["PersonEmail"], account["Phone"]) == (kept, EMAIL, "+33 1")
    assert people.records("Event")[0]["WhoId"] == account["PersonContactId"]


@pytest.mark.parametrize("merges", [1, 2])
def test_a_person_account_is_followed_however_often_it_was_merged(people: Rig, merges: int) -> None:
    gone = a_person(people, PersonEmail="gone@acme.example")
    last = gone["Id"]
    for n in range(merges):
        (kept,) = people.org.seed(
            "Account",
            [{"RecordTypeId": gone["RecordTypeId"], "LastName": f"Kept {n}", "PersonEmail": f"{n}@x.example"}],
        )
        people.org.merge("Account", kept, [last])
        last = kept
    people.publish(lea_books(salesforce=SalesforceIds(contact=gone["Id"])))
    assert people.sync() == 3
    assert the_person(people)["PersonEmail"] == EMAIL


def test_a_person_account_that_was_merged_into_one_that_is_gone_is_looked_for_by_email(people: Rig) -> None:
    gone = a_person(people, PersonEmail="gone@acme.example")
    kinds = {"RecordTypeId": gone["RecordTypeId"]}
    kept, lea = people.org.seed(
        "Account", [{**kinds, "LastName": "Kept"}, {**kinds, "LastName": "Lea", "PersonEmail": EMAIL}]
    )
    people.org.merge("Account", kept, [gone["Id"]])
    people.change_record("Account", kept, IsDeleted=True)
    people.publish(lea_books(salesforce=SalesforceIds(contact=gone["Id"])))
    assert people.sync() == 2
    person = next(row for row in people.records("Account") if row["Id"] == lea)
    assert people.records("Event")[0]["WhoId"] == person["PersonContactId"]


def test_the_id_of_a_business_account_names_nobody(people: Rig) -> None:
    a_person(people)
    (business,) = people.org.seed("Account", [{"Name": "Acme"}])
    people.publish(lea_books(salesforce=SalesforceIds(contact=business)))
    people.sync()
    assert people.records("Event")[0]["WhoId"] == the_person(people)["PersonContactId"]


def test_a_case_is_related_to_the_person_account(people: Rig) -> None:
    person = a_person(people)
    people.publish(lea_books("BP-CASES"))
    assert people.sync() == 2
    (case,) = people.records("Case")
    assert (case["ContactId"], case["AccountId"]) == (person["PersonContactId"], person["Id"])
    assert the_person(people)["Phone"] == "+33 1"
    (event,) = people.records("Event")
    assert (event["WhoId"], event["WhatId"]) == (person["PersonContactId"], case["Id"])


def test_later_events_cost_one_call_and_write_through_the_account(people: Rig) -> None:
    a_person(people)
    people.publish(lea_books())
    people.sync()
    customer = a_customer(email=EMAIL, phone="+33 2", mobile_phone="+33 6")
    people.publish(lea_books(kind=Kind.RESCHEDULED, minute=1, customer=customer))
    assert people.sync() == 1
    assert the_person(people)["Phone"] == "+33 2"


def test_a_preview_shows_what_is_written_to_the_account(people: Rig) -> None:
    person = a_person(people, Phone="+33 0")
    people.make_ready()
    before = everything(people)
    preview = preview_of(people, lea_books())
    assert everything(people) == before
    (booking,) = preview.bookings
    assert [(str(reason.record), reason.found) for reason in booking.shown.found] == [
        (f"Contact {person['PersonContactId']}", "recognised by e-mail"),
        (f"Account {person['Id']}", "the Person Account of this Contact"),
    ]
    write = booking.shown.writes[0]
    assert str(write.record) == f"Account {person['Id']}"
    phone = next(change for change in write.changes if change.field == "Phone")
    assert (phone.old, phone.new, phone.is_known) == ("+33 0", "+33 1", True)
    assert (write.owner.id, write.owner.because) == (person["OwnerId"], "owner kept")
    people.publish(lea_books())
    assert people.sync() == preview.together.total == 2


def test_the_rules_for_existing_contacts_hold_for_person_accounts(make_people: Callable[[str], Rig]) -> None:
    rules = '\n[creation_rules.contact.existing]\nupdate = "fill_empty"\nassign = "booking_owner"\n'
    people = make_people(PAGES + rules)
    a_person(people, Phone="+49 own", FirstName="Léa")
    people.publish(lea_books())
    people.sync()
    account = the_person(people)
    assert (account["Phone"], account["FirstName"], account["PersonMobilePhone"]) == ("+49 own", "Léa", "+33 6")
    assert account["OwnerId"] == people.user(ADA)


def test_custom_fields_of_contacts_are_written_to_their_mirrors(make_people: Callable[[str], Rig]) -> None:
    row = '\n[[field_mapping]]\nbooking = "answer:Region"\nobject = "Contact"\nfield = "Region__c"\n'
    people = make_people(row + PAGES)
    a_person(people)
    people.publish(lea_books(answers={"Region": "EMEA"}))
    people.sync()
    assert the_person(people)["Region__pc"] == "EMEA"


def test_person_accounts_are_never_created(people: Rig) -> None:
    people.publish(lea_books("BP-PEOPLE"))
    people.sync()
    assert [people.records(name) for name in ("Account", "Contact", "Lead", "Event")] == [[], [], [], []]
    assert people.journal.counts()["skipped"] == 1


def test_a_business_contact_is_created_where_its_account_is_no_person(people: Rig) -> None:
    people.publish(lea_books())
    people.sync()
    (account,), (contact,) = people.records("Account"), people.records("Contact")
    assert (account["IsPersonAccount"], contact["IsPersonAccount"]) == (False, False)
    assert (account["Name"], contact["AccountId"]) == ("Acme", account["Id"])


def test_a_company_that_is_called_like_a_person_is_no_person_account(people: Rig) -> None:
    a_person(people, LastName="Acme", PersonEmail="acme@home.example")
    people.publish(lea_books())
    people.sync()
    (business,) = (row for row in people.records("Account") if not row["IsPersonAccount"])
    contact = next(row for row in people.records("Contact") if row["Email"] == EMAIL)
    assert contact["AccountId"] == business["Id"]


def test_two_bookings_of_one_person_in_one_batch_are_one_write_to_him(people: Rig) -> None:
    a_person(people)
    people.publish(lea_books(), an_event(event_id="2", booking=lea_books().booking.model_copy(update={"id": "BKNG-2"})))
    assert people.sync() == 2
    assert len(people.records("Event")) == 2
    assert the_person(people)["Phone"] == "+33 1"


def test_what_has_no_counterpart_on_the_account_is_found_by_the_setup(make_people: Callable[[str], Rig]) -> None:
    row = '\n[[field_mapping]]\nbooking = "subject"\nobject = "Contact"\nfield = "Department"\n'
    people = make_people(row + PAGES)
    people.org.change(read_only_fields=("Account.PersonDepartment",))
    try:
        people.make_ready()
        findings = people.here.setup.reports()
    finally:
        people.org.change(read_only_fields=())
    messages = [finding.message for report in findings.values() for finding in report.findings]
    assert "Contact.Department has no counterpart on a Person Account that the API user may edit" in messages
