"""What the seed document on creation rules says of behaviour, sentence by sentence, in an org with active rules."""

from collections.abc import Callable
from typing import Any

import pytest

from producers.contract import BookingEvent, Named, Owner, SalesforceIds
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig

ADA, BEN = "ada.rep@vendor.example", "ben.rep@vendor.example"
EMAIL = "lea@acme.example"

PAGES = """
[pages."BP-CONTACTS"]
object = "contact"

[pages."BP-CASES"]
object = "case"
"""
PAGE_OF = {"Lead": "BP-LEADS", "Contact": "BP-CONTACTS", "Case": "BP-CASES"}
EXISTING: dict[str, dict[str, Any]] = {
    "Lead": {"LastName": "Old", "Company": "Old", "Email": EMAIL},
    "Contact": {"LastName": "Old", "Email": EMAIL},
    "Case": {"Subject": "Old"},
}
# A field that the record has, one that it lacks, and what the booking says of both.
TOLD = {
    "Lead": {"LastName": "Marin", "Phone": "+33 1 23 45"},
    "Contact": {"LastName": "Marin", "Phone": "+33 1 23 45"},
    "Case": {"SuppliedName": "Lea Marin", "Description": "It broke"},
}
NAME_OF_CASE = '\n[[field_mapping]]\nbooking = "customer_name"\nobject = "Case"\nfield = "SuppliedName"\n'

MakeRig = Callable[..., Rig]


def existing_rules(obj: str, update: str = "override", assign: str = "keep") -> str:
    return f'[creation_rules.{obj.lower()}.existing]\nupdate = "{update}"\nassign = "{assign}"\n'


def new_rules(obj: str, assign: str) -> str:
    return f'[creation_rules.{obj.lower()}.new]\nassign = "{assign}"\n'


def a_record(rig: Rig, obj: str, **fields: Any) -> str:
    """Ben's record that is there before Lea books."""
    (record_id,) = rig.org.seed(obj, [EXISTING[obj] | {"OwnerId": rig.user(BEN)} | fields])
    return record_id


def lea_books(obj: str, record_id: str | None = None, **changes: Any) -> BookingEvent:
    """Lea books with Ada on the page for this object, by a general link or by a link with this record's id."""
    customer = a_customer(email=EMAIL, note="It broke")
    link = SalesforceIds(**{obj.lower(): record_id}) if record_id else SalesforceIds()
    facts = {"page": Named(id=PAGE_OF[obj]), "owner": Owner(email=ADA), "customer": customer, "salesforce": link}
    return an_event(booking=a_booking(**facts | changes))


def the(rig: Rig, obj: str) -> dict[str, Any]:
    """The one record of this object."""
    (record,) = rig.records(obj)
    return record


def owners(rig: Rig) -> dict[str, str]:
    """Who is meant by each of the admin's choices."""
    queues = {row["DeveloperName"]: str(row["Id"]) for row in rig.org.records("Group")}
    return {
        "keep": rig.user(BEN),
        "booking_owner": rig.user(ADA),
        "Lead assignment_rules": queues["Lead_Queue"],
        "Case assignment_rules": queues["Case_Queue"],
    }


def owner_by(rig: Rig, obj: str, assign: str) -> str:
    known = owners(rig)
    return known.get(assign) or known[f"{obj} {assign}"]


def test_setup_is_connection_installation_field_validation_field_mapping_and_creation_rules(rig: Rig) -> None:
    steps = [report.stage.value for report in rig.here.setup.run_all()]
    assert steps == ["connection", "installation", "field_validation", "field_mapping", "creation_rules"]


@pytest.mark.parametrize("obj", ["Lead", "Contact"])
def test_an_existing_lead_or_contact_is_recognised_by_its_id_in_a_personalized_link(
    make_rig: MakeRig, obj: str
) -> None:
    rig = make_rig(PAGES)
    record_id = a_record(rig, obj, Email="another@acme.example")
    rig.publish(lea_books(obj, record_id))
    rig.sync()
    assert (the(rig, obj)["Id"], the(rig, obj)["Email"]) == (record_id, EMAIL)


@pytest.mark.parametrize("obj", ["Lead", "Contact"])
def test_an_existing_lead_or_contact_is_recognised_by_its_email_through_a_general_link(
    make_rig: MakeRig, obj: str
) -> None:
    rig = make_rig(PAGES)
    record_id = a_record(rig, obj, Email=EMAIL.upper())
    rig.publish(lea_books(obj))
    rig.sync()
    assert (the(rig, obj)["Id"], the(rig, obj)["LastName"]) == (record_id, "Marin")


@pytest.mark.parametrize("page", ["Lead", "Contact"])
@pytest.mark.parametrize("found", ["Lead", "Contact"])
@pytest.mark.parametrize(("update", "name"), [("override", "Marin"), ("fill_empty", "Old")])
def test_a_general_link_finds_lead_or_contact_and_updates_it_by_the_rules_of_its_own_object(
    make_rig: MakeRig, page: str, found: str, update: str, name: str
) -> None:
    other = "Contact" if found == "Lead" else "Lead"
    rig = make_rig(PAGES + existing_rules(found, update))
    a_record(rig, found)
    rig.publish(lea_books(page))
    rig.sync()
    assert (the(rig, found)["LastName"], the(rig, found)["Phone"]) == (name, "+33 1 23 45")
    assert not rig.records(other)


@pytest.mark.parametrize("obj", ["Lead", "Contact", "Case"])
def test_existing_data_is_overridden_where_the_admin_chooses_so(make_rig: MakeRig, obj: str) -> None:
    told = changed_record(make_rig, obj, "override")
    assert told == TOLD[obj]


@pytest.mark.parametrize("obj", ["Lead", "Contact", "Case"])
def test_existing_data_is_kept_and_only_empty_fields_are_updated_where_the_admin_chooses_so(
    make_rig: MakeRig, obj: str
) -> None:
    told = changed_record(make_rig, obj, "fill_empty")
    full, empty = TOLD[obj]
    assert told == {full: "Old", empty: TOLD[obj][empty]}


def changed_record(make_rig: MakeRig, obj: str, update: str) -> dict[str, Any]:
    """What becomes of a full and of an empty field of a record that is there."""
    rig = make_rig(NAME_OF_CASE + PAGES + existing_rules(obj, update))
    full, _ = TOLD[obj]
    record_id = a_record(rig, obj, **{full: "Old"})
    rig.publish(lea_books(obj, record_id))
    rig.sync()
    record = the(rig, obj)
    return {name: record[name] for name in TOLD[obj]}


@pytest.mark.parametrize("assign", ["keep", "booking_owner", "assignment_rules"])
@pytest.mark.parametrize("obj", ["Lead", "Case"])
def test_an_existing_lead_or_case_keeps_its_owner_or_gets_the_booking_owner_or_goes_by_assignment_rules(
    make_rig: MakeRig, obj: str, assign: str
) -> None:
    rig = make_rig(PAGES + existing_rules(obj, assign=assign))
    rig.publish(lea_books(obj, a_record(rig, obj)))
    rig.sync()
    assert the(rig, obj)["OwnerId"] == owner_by(rig, obj, assign)


@pytest.mark.parametrize("assign", ["keep", "booking_owner"])
def test_an_existing_contact_keeps_its_owner_or_gets_the_booking_owner(make_rig: MakeRig, assign: str) -> None:
    rig = make_rig(PAGES + existing_rules("Contact", assign=assign))
    a_record(rig, "Contact")
    rig.publish(lea_books("Contact"))
    rig.sync()
    assert the(rig, "Contact")["OwnerId"] == owner_by(rig, "Contact", assign)


def test_a_customer_who_is_not_in_salesforce_becomes_a_lead_with_an_event(make_rig: MakeRig) -> None:
    rig = make_rig(PAGES)
    rig.publish(lea_books("Lead"))
    rig.sync()
    lead, event = the(rig, "Lead"), the(rig, "Event")
    assert (lead["LastName"], lead["Company"], lead["Email"]) == ("Marin", "Acme", EMAIL)
    assert (event["WhoId"], event["Subject"]) == (lead["Id"], "Product demo")


@pytest.mark.parametrize("assign", ["booking_owner", "assignment_rules"])
@pytest.mark.parametrize("obj", ["Lead", "Case"])
def test_a_new_lead_or_case_gets_the_booking_owner_or_goes_by_assignment_rules(
    make_rig: MakeRig, obj: str, assign: str
) -> None:
    rig = make_rig(PAGES + new_rules(obj, assign))
    rig.publish(lea_books(obj))
    rig.sync()
    assert the(rig, obj)["OwnerId"] == owner_by(rig, obj, assign)
    assert the(rig, "Event")["OwnerId"] == rig.user(ADA)


@pytest.mark.parametrize("is_known", [True, False], ids=["known account", "new account"])
def test_a_new_contact_is_the_booking_owners_and_gets_an_event_whether_or_not_its_account_exists(
    make_rig: MakeRig, is_known: bool
) -> None:
    rig = make_rig(PAGES)
    if is_known:
        rig.org.seed("Account", [{"Name": "Acme", "OwnerId": rig.user(BEN)}])
    rig.publish(lea_books("Contact"))
    rig.sync()
    contact = the(rig, "Contact")
    assert (contact["LastName"], contact["OwnerId"]) == ("Marin", rig.user(ADA))
    assert contact["AccountId"] == the(rig, "Account")["Id"]
    assert the(rig, "Event")["WhoId"] == contact["Id"]


@pytest.mark.parametrize("page", ["Contact", "Case"])
def test_an_account_that_is_missing_is_always_created_from_the_booking(make_rig: MakeRig, page: str) -> None:
    rig = make_rig(PAGES)
    rig.publish(lea_books(page))
    rig.sync()
    account = the(rig, "Account")
    assert (account["Name"], account["OwnerId"]) == ("Acme", rig.user(ADA))


def test_an_existing_case_is_recognised_by_its_id_in_a_personalized_link(make_rig: MakeRig) -> None:
    rig = make_rig(PAGES)
    case_id = a_record(rig, "Case")
    rig.publish(lea_books("Case", case_id))
    rig.sync()
    assert (the(rig, "Case")["Id"], the(rig, "Case")["Subject"]) == (case_id, "Product demo")
    assert the(rig, "Event")["WhatId"] == case_id


@pytest.mark.parametrize(("update", "name"), [("override", "Marin"), ("fill_empty", "Old")])
@pytest.mark.parametrize("is_new", [True, False], ids=["new case", "existing case"])
def test_the_contact_of_a_case_is_always_updated_by_the_rules_for_contacts(
    make_rig: MakeRig, is_new: bool, update: str, name: str
) -> None:
    rig = make_rig(PAGES + existing_rules("Contact", update))
    contact_id = a_record(rig, "Contact")
    case_id = None if is_new else a_record(rig, "Case", ContactId=contact_id)
    rig.publish(lea_books("Case", case_id))
    rig.sync()
    assert (the(rig, "Contact")["LastName"], the(rig, "Contact")["Phone"]) == (name, "+33 1 23 45")
    assert the(rig, "Case")["ContactId"] == contact_id


@pytest.mark.parametrize("is_known", [True, False], ids=["known customer", "unknown customer"])
def test_a_new_case_with_an_event_is_created_whether_or_not_the_customer_exists(
    make_rig: MakeRig, is_known: bool
) -> None:
    rig = make_rig(PAGES)
    if is_known:
        a_record(rig, "Contact")
    a_record(rig, "Case")
    rig.publish(lea_books("Case"))
    rig.sync()
    (created,) = (case for case in rig.records("Case") if case["Subject"] == "Product demo")
    assert created["ContactId"] == the(rig, "Contact")["Id"]
    assert (the(rig, "Event")["WhatId"], the(rig, "Event")["WhoId"]) == (created["Id"], created["ContactId"])
