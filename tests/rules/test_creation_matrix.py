"""The creation matrix of setup step 5, cell by cell."""

import pytest

from tests.builders import ADA
from tests.rules.planning import (
    FOUND,
    FOUND_CONTACT,
    LINKS,
    NEW_CASE,
    NEW_CONTACT,
    NEW_LEAD,
    NOBODY,
    Fields,
    a_plan,
    event_of,
    records_of,
    with_rules,
)
from tests.rules.records import ACCOUNT, CASE, CONTACT, EMAIL, LEAD

# What each record gets from the booking.
_PERSON: Fields = {"FirstName": "Lea", "LastName": "Marin", "Email": EMAIL, "Phone": "+33 1 23 45"}
LEAD_NEW: Fields = {**_PERSON, "Company": "Acme", "State": "Normandy"}
LEAD_OVER: Fields = {name: LEAD_NEW[name] for name in ("FirstName", "LastName", "Company", "Phone", "State")}
LEAD_FILL: Fields = {name: LEAD_NEW[name] for name in ("Company", "Phone", "State")}
CONTACT_NEW: Fields = {**_PERSON, "MailingState": "Normandy", "AccountId": ACCOUNT.id}
CONTACT_OVER: Fields = {name: CONTACT_NEW[name] for name in ("FirstName", "LastName", "Phone", "MailingState")}
CONTACT_FILL: Fields = {name: CONTACT_NEW[name] for name in ("Phone", "MailingState")}
CASE_NEW: Fields = {"Subject": "Product demo", "Description": "By phone"}
CASE_OVER: Fields = CASE_NEW
CASE_FILL: Fields = {"Subject": "Product demo"}  # what the booking says is written in both modes


@pytest.mark.parametrize(
    ("by", "update", "assign", "fields", "owner", "auto_assign"),
    [
        ("id", "override", "keep", LEAD_OVER, None, False),
        ("id", "override", "booking_owner", LEAD_OVER, ADA, False),
        ("id", "override", "assignment_rules", LEAD_OVER, None, True),
        ("id", "fill_empty", "keep", LEAD_FILL, None, False),
        ("id", "fill_empty", "booking_owner", LEAD_FILL, ADA, False),
        ("id", "fill_empty", "assignment_rules", LEAD_FILL, None, True),
        ("e-mail", "override", "keep", LEAD_OVER, None, False),
        ("e-mail", "override", "booking_owner", LEAD_OVER, ADA, False),
        ("e-mail", "override", "assignment_rules", LEAD_OVER, None, True),
        ("e-mail", "fill_empty", "keep", LEAD_FILL, None, False),
        ("e-mail", "fill_empty", "booking_owner", LEAD_FILL, ADA, False),
        ("e-mail", "fill_empty", "assignment_rules", LEAD_FILL, None, True),
    ],
)
def test_existing_lead(by: str, update: str, assign: str, fields: Fields, owner: str | None, auto_assign: bool) -> None:
    link = {"salesforce": LINKS["Lead"]} if by == "id" else {}
    decision = a_plan(FOUND, with_rules("lead", update, assign), **link)
    assert records_of(decision) == {LEAD: (fields, owner, auto_assign)}
    assert event_of(decision).fields["WhoId"] == LEAD.id


@pytest.mark.parametrize("update", ["override", "fill_empty"])
@pytest.mark.parametrize(
    ("assign", "owner", "auto_assign"), [("booking_owner", ADA, False), ("assignment_rules", None, True)]
)
def test_new_lead(update: str, assign: str, owner: str | None, auto_assign: bool) -> None:
    decision = a_plan(NOBODY, with_rules("lead", update, assign))
    assert records_of(decision) == {NEW_LEAD: (LEAD_NEW, owner, auto_assign)}
    assert event_of(decision).fields["WhoId"] == NEW_LEAD


@pytest.mark.parametrize(
    ("by", "update", "assign", "fields", "owner"),
    [
        ("id", "override", "keep", CONTACT_OVER, None),
        ("id", "override", "booking_owner", CONTACT_OVER, ADA),
        ("id", "fill_empty", "keep", CONTACT_FILL, None),
        ("id", "fill_empty", "booking_owner", CONTACT_FILL, ADA),
        ("e-mail", "override", "keep", CONTACT_OVER, None),
        ("e-mail", "override", "booking_owner", CONTACT_OVER, ADA),
        ("e-mail", "fill_empty", "keep", CONTACT_FILL, None),
        ("e-mail", "fill_empty", "booking_owner", CONTACT_FILL, ADA),
    ],
)
def test_existing_contact(by: str, update: str, assign: str, fields: Fields, owner: str | None) -> None:
    link = {"salesforce": LINKS["Contact"]} if by == "id" else {}
    decision = a_plan(FOUND_CONTACT, with_rules("contact", update, assign), **link)
    assert records_of(decision) == {CONTACT: (fields, owner, False)}
    assert event_of(decision).fields["WhoId"] == CONTACT.id


@pytest.mark.parametrize("update", ["override", "fill_empty"])
@pytest.mark.parametrize("assign", ["keep", "booking_owner", "assignment_rules"])
def test_new_contact_always_gets_the_booking_owner(update: str, assign: str) -> None:
    decision = a_plan(NOBODY, with_rules("contact", update, assign))
    assert records_of(decision) == {NEW_CONTACT: (CONTACT_NEW, ADA, False)}
    assert event_of(decision).fields["WhoId"] == NEW_CONTACT


@pytest.mark.parametrize("page", ["lead", "contact", "case", "none"])
@pytest.mark.parametrize(
    ("update", "assign", "fields", "contact_fields", "owner", "contact_owner", "auto_assign"),
    [
        ("override", "keep", CASE_OVER, CONTACT_OVER, None, None, False),
        ("override", "booking_owner", CASE_OVER, CONTACT_OVER, ADA, ADA, False),
        ("override", "assignment_rules", CASE_OVER, CONTACT_OVER, None, None, True),
        ("fill_empty", "keep", CASE_FILL, CONTACT_FILL, None, None, False),
        ("fill_empty", "booking_owner", CASE_FILL, CONTACT_FILL, ADA, ADA, False),
        ("fill_empty", "assignment_rules", CASE_FILL, CONTACT_FILL, None, None, True),
    ],
)
def test_existing_case_is_known_by_its_id_on_every_page_and_its_contact_is_updated_too(
    page: str,
    update: str,
    assign: str,
    fields: Fields,
    contact_fields: Fields,
    owner: str | None,
    contact_owner: str | None,
    auto_assign: bool,
) -> None:
    decision = a_plan(FOUND_CONTACT, with_rules(page, update, assign), salesforce=LINKS["Case"])
    assert records_of(decision) == {
        CONTACT: (contact_fields, contact_owner, False),
        CASE: (fields, owner, auto_assign),
    }
    event = event_of(decision).fields
    assert (event["WhoId"], event["WhatId"]) == (CONTACT.id, CASE.id)


@pytest.mark.parametrize(
    ("update", "assign", "contact_fields", "owner", "contact_owner", "auto_assign"),
    [
        ("override", "keep", CONTACT_OVER, ADA, None, False),
        ("override", "booking_owner", CONTACT_OVER, ADA, ADA, False),
        ("override", "assignment_rules", CONTACT_OVER, None, None, True),
        ("fill_empty", "keep", CONTACT_FILL, ADA, None, False),
        ("fill_empty", "booking_owner", CONTACT_FILL, ADA, ADA, False),
        ("fill_empty", "assignment_rules", CONTACT_FILL, None, None, True),
    ],
)
def test_new_case_of_a_contact_known_by_email(
    update: str,
    assign: str,
    contact_fields: Fields,
    owner: str | None,
    contact_owner: str | None,
    auto_assign: bool,
) -> None:
    decision = a_plan(FOUND_CONTACT, with_rules("case", update, assign))
    assert records_of(decision) == {
        CONTACT: (contact_fields, contact_owner, False),
        NEW_CASE: ({**CASE_NEW, "ContactId": CONTACT.id}, owner, auto_assign),
    }
    event = event_of(decision).fields
    assert (event["WhoId"], event["WhatId"]) == (CONTACT.id, NEW_CASE)


@pytest.mark.parametrize("update", ["override", "fill_empty"])
@pytest.mark.parametrize(
    ("assign", "owner", "auto_assign"), [("booking_owner", ADA, False), ("assignment_rules", None, True)]
)
def test_new_case_of_an_unknown_customer(update: str, assign: str, owner: str | None, auto_assign: bool) -> None:
    decision = a_plan(NOBODY, with_rules("case", update, assign))
    assert records_of(decision) == {
        NEW_CONTACT: (CONTACT_NEW, ADA, False),
        NEW_CASE: ({**CASE_NEW, "ContactId": NEW_CONTACT}, owner, auto_assign),
    }
