from collections.abc import Sequence
from typing import Any

import pytest

from producers.contract import SalesforceIds
from rules.plan import Known, New, Record, Records, SObject
from rules.recognition import How, Recognised, find_booker, find_linked, find_person, matchable_email, person_of_id
from rules.ruleset import PageObject
from rules.snapshot import Contact, Lead, OrgSnapshot
from tests.builders import a_customer, a_setup, a_work, an_event
from tests.rules.records import (
    ACCOUNT,
    CASE,
    CONTACT,
    LEAD,
    OTHER_CONTACT,
    OTHER_LEAD,
    a_contact,
    a_lead,
    an_org_event,
)

SETUP = a_setup()


def linked(**ids: str) -> Any:
    return an_event(salesforce=SalesforceIds(**ids))


def converted(record: Known = LEAD, contact: Record | None = CONTACT, **facts: Any) -> Lead:
    return a_lead(record, converted=True, converted_contact=contact, **facts)


@pytest.mark.parametrize(
    ("record_id", "record"),
    [(LEAD.id, LEAD), (CONTACT.id, CONTACT), (CASE.id, None), (ACCOUNT.id, None), (None, None)],
)
def test_an_id_tells_its_object_by_its_prefix(record_id: str | None, record: Known | None) -> None:
    assert person_of_id(record_id) == record


@pytest.mark.parametrize(
    ("email", "matched"),
    [
        ("lea@acme.example", "lea@acme.example"),
        ("LEA@Acme.example", "lea@acme.example"),
        ("email@example.com", None),
        ("Email@Example.com", None),
        (None, None),
    ],
)
def test_a_customer_is_matched_by_any_email_but_our_placeholder(email: str | None, matched: str | None) -> None:
    assert matchable_email(a_work(an_event(customer=a_customer(email=email)))) == matched


CANDIDATES: Sequence[tuple[str, Known, How]] = [
    ("own records", LEAD, How.OWN),
    ("own event", CONTACT, How.OWN),
    ("replaced booking", OTHER_LEAD, How.REPLACED),
    ("contact id", OTHER_CONTACT, How.ID),
    ("lead id", Known(object=SObject.LEAD, id="00Q000000000003EAA"), How.ID),
    ("e-mail", Known(object=SObject.LEAD, id="00Q000000000004EAA"), How.EMAIL),
]


@pytest.mark.parametrize("first", range(len(CANDIDATES)), ids=[name for name, _, _ in CANDIDATES])
def test_the_surest_sign_wins_and_what_leads_nowhere_falls_back(first: int) -> None:
    records = {name: record for name, record, _ in CANDIDATES}
    there = [record for _, record, _ in CANDIDATES[first:]]
    org = OrgSnapshot.of(
        leads=[
            a_lead(record, email="lea@acme.example" if record == records["e-mail"] else None)
            for record in there
            if record.object is SObject.LEAD
        ],
        contacts=[a_contact(record, email=None) for record in there if record.object is SObject.CONTACT],
        events=[an_org_event(who=records["own event"])],
    )
    work = a_work(
        linked(lead=records["lead id"].id, contact=records["contact id"].id),
        records=Records(lead=LEAD),
        replaced=Records(lead=OTHER_LEAD),
    )
    found = find_person(work, "lead", org, SETUP)
    assert found
    assert (found.person.record, found.how) == CANDIDATES[first][1:]


def test_nobody_is_found_where_nothing_leads_anywhere() -> None:
    work = a_work(linked(lead=LEAD.id), records=Records(), replaced=Records())
    assert find_person(work, "lead", OrgSnapshot.of(events=[an_org_event()]), SETUP) is None
    assert find_person(a_work(an_event(customer=a_customer(email=None))), "lead", OrgSnapshot(), SETUP) is None


def test_ids_are_equal_in_their_two_lengths() -> None:
    org = OrgSnapshot.of(leads=[a_lead(email=None)])
    found = find_linked(a_work(linked(lead=LEAD.id[:15])), org, SETUP)
    assert found == Recognised(person=a_lead(email=None), how=How.ID)


def test_a_lead_id_in_the_parameter_for_contacts_still_names_the_lead() -> None:
    found = find_linked(a_work(linked(contact=LEAD.id)), OrgSnapshot.of(leads=[a_lead()]), SETUP)
    assert found
    assert found.person.record == LEAD


def test_who_uses_the_link_is_told_apart_from_whom_the_booking_came_to() -> None:
    org = OrgSnapshot.of(leads=[a_lead()], contacts=[a_contact(email=None)])
    work = a_work(records=Records(contact=CONTACT))
    assert find_person(work, "lead", org, SETUP) == Recognised(person=a_contact(email=None), how=How.OWN)
    assert find_booker(work, "lead", org, SETUP) == Recognised(person=a_lead(), how=How.EMAIL)


@pytest.mark.parametrize("how", How)
def test_all_but_email_and_phone_name_the_record_outright(how: How) -> None:
    assert how.names_the_record is (how not in {How.EMAIL, How.PHONE})


PHONES = ("+33 1 23 45",)
NAMELESS = a_work(an_event(customer=a_customer(email=None, phone="+33 1 23 45")))


@pytest.mark.parametrize(
    ("goal", "found"),
    [
        ("lead", a_lead(email=None, phones=PHONES)),
        ("contact", a_contact(email=None, phones=PHONES)),
    ],
)
def test_a_customer_without_email_is_recognised_by_phone(goal: Any, found: Any) -> None:
    leads = [a_lead(email=None, phones=PHONES), a_lead(OTHER_LEAD, email=None, phones=("+33 9 99 99",))]
    org = OrgSnapshot.of(leads=leads, contacts=[a_contact(email=None, phones=PHONES)])
    assert find_person(NAMELESS, goal, org, SETUP) == Recognised(person=found, how=How.PHONE)


def test_the_most_recently_modified_of_those_with_the_phone_counts() -> None:
    leads = [a_lead(email=None, phones=("+33 1 23 45",), modified=OLD)]
    recent = a_lead(OTHER_LEAD, email=None, phones=("+33 1 23 45",), modified=RECENT)
    found = find_person(NAMELESS, "lead", OrgSnapshot.of(leads=[*leads, recent]), SETUP)
    assert found == Recognised(person=recent, how=How.PHONE, others=1)


def test_nobody_has_the_phone() -> None:
    org = OrgSnapshot.of(leads=[a_lead(email=None, phones=("+33 9 99 99",))])
    assert find_person(NAMELESS, "lead", org, SETUP) is None


OLD, RECENT = "2026-01-01T00:00:00.000+0000", "2026-02-01T00:00:00.000+0000"
A_PERSON = a_contact(OTHER_CONTACT, person_account=ACCOUNT, modified="2026-01-01T00:00:00.000+0000")
PLANNED = a_lead(New(object=SObject.LEAD, key="BKNG-0"))


@pytest.mark.parametrize(
    ("leads", "expected", "others"),
    [
        pytest.param([a_lead(modified=RECENT), a_lead(OTHER_LEAD, modified=OLD)], LEAD, 1, id="first"),
        pytest.param([a_lead(modified=OLD), a_lead(OTHER_LEAD, modified=RECENT)], OTHER_LEAD, 1, id="second"),
        pytest.param([a_lead(modified=OLD), a_lead(OTHER_LEAD, modified=OLD)], OTHER_LEAD, 1, id="same time: last id"),
        pytest.param([a_lead(modified=RECENT), PLANNED], PLANNED.record, 1, id="planned in this batch"),
        pytest.param([a_lead()], LEAD, 0, id="only one"),
        pytest.param([a_lead(email="LEA@acme.EXAMPLE")], LEAD, 0, id="other spelling"),
    ],
)
def test_of_several_with_the_email_the_most_recently_modified_wins(
    leads: list[Lead], expected: Record, others: int
) -> None:
    found = find_person(a_work(), "lead", OrgSnapshot.of(leads=leads), SETUP)
    assert found
    assert (found.person.record, found.how, found.others) == (expected, How.EMAIL, others)


def test_only_records_of_the_same_object_count_as_others() -> None:
    org = OrgSnapshot.of(leads=[a_lead(), a_lead(OTHER_LEAD)], contacts=[a_contact()])
    lead, contact = find_person(a_work(), "lead", org, SETUP), find_person(a_work(), "contact", org, SETUP)
    assert lead
    assert contact
    assert (lead.others, contact.others) == (1, 0)


def test_a_record_that_carries_the_bookings_key_is_its_own_before_all_others() -> None:
    org = OrgSnapshot.of(leads=[a_lead(modified=OLD, key="BKNG-1"), a_lead(OTHER_LEAD, modified=RECENT)])
    found = find_person(a_work(), "lead", org, SETUP)
    assert found
    assert (found.person.record, found.how) == (LEAD, How.OWN)


@pytest.mark.parametrize(
    ("goal", "leads", "contacts", "matching", "expected"),
    [
        pytest.param("lead", [a_lead()], [a_contact()], {}, LEAD, id="Leads page: Lead first"),
        pytest.param("contact", [a_lead()], [a_contact()], {}, CONTACT, id="Contacts page: Contact first"),
        pytest.param("lead", [], [a_contact()], {}, CONTACT, id="Leads page: else Contact"),
        pytest.param("contact", [a_lead()], [], {}, LEAD, id="Contacts page: else Lead"),
        pytest.param("case", [a_lead()], [a_contact()], {}, CONTACT, id="Cases page: Contact"),
        pytest.param("case", [a_lead()], [], {}, None, id="Cases page: no Lead"),
        pytest.param("none", [a_lead()], [a_contact()], {}, CONTACT, id="no object: either"),
        pytest.param("lead", [a_lead()], [a_contact()], {"prefer": "contact"}, CONTACT, id="prefer Contacts"),
        pytest.param("contact", [a_lead()], [a_contact()], {"prefer": "lead"}, LEAD, id="prefer Leads"),
        pytest.param("lead", [], [a_contact()], {"cross_object_match": False}, None, id="Leads alone"),
        pytest.param("contact", [a_lead()], [], {"cross_object_match": False}, None, id="Contacts alone"),
        pytest.param("lead", [a_lead()], [], {"cross_object_match": False}, LEAD, id="Leads alone, found"),
        pytest.param("lead", [a_lead()], [a_contact(), A_PERSON], {}, OTHER_CONTACT, id="Leads page: a person first"),
        pytest.param("lead", [], [a_contact(), A_PERSON], {}, OTHER_CONTACT, id="Leads page: a person before Contacts"),
        pytest.param("lead", [a_lead()], [A_PERSON], {"prefer": "lead"}, LEAD, id="prefer Leads to persons"),
        pytest.param(
            "lead", [a_lead()], [A_PERSON], {"cross_object_match": False}, OTHER_CONTACT, id="Leads alone and persons"
        ),
    ],
)
def test_precedence_of_objects_when_the_email_is_known(
    goal: PageObject, leads: list[Lead], contacts: list[Contact], matching: dict[str, Any], expected: Known | None
) -> None:
    org = OrgSnapshot.of(leads=leads, contacts=contacts)
    found = find_person(a_work(), goal, org, a_setup(matching=matching))
    assert (found.person.record if found else None) == expected


BECAME = a_contact(email="new@acme.example")


@pytest.mark.parametrize(
    ("goal", "people", "matching", "expected"),
    [
        pytest.param("lead", [converted()], {}, CONTACT, id="its Contact"),
        pytest.param("contact", [converted()], {}, CONTACT, id="on a Contacts page too"),
        pytest.param("case", [converted()], {}, CONTACT, id="on a Cases page too"),
        pytest.param("lead", [converted()], {"cross_object_match": False}, CONTACT, id="also where Leads stay Leads"),
        pytest.param("lead", [converted(), a_lead(OTHER_LEAD)], {}, OTHER_LEAD, id="after open Leads"),
        pytest.param("lead", [converted(contact=None)], {}, None, id="Contact hidden"),
        pytest.param("lead", [converted(contact=OTHER_CONTACT)], {}, None, id="Contact deleted"),
        pytest.param("lead", [converted()], {"follow_converted": False}, None, id="not followed"),
    ],
)
def test_a_converted_lead_leads_to_the_contact_that_it_became(
    goal: PageObject, people: list[Lead], matching: dict[str, Any], expected: Known | None
) -> None:
    org = OrgSnapshot.of(leads=people, contacts=[BECAME])
    found = find_person(a_work(), goal, org, a_setup(matching=matching))
    assert (found.person.record if found else None) == expected


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        pytest.param(converted(email=None), CONTACT, id="its Contact"),
        pytest.param(converted(email=None, contact=None), OTHER_LEAD, id="Contact hidden: by e-mail"),
        pytest.param(converted(email=None, contact=OTHER_CONTACT), OTHER_LEAD, id="Contact deleted: by e-mail"),
    ],
)
def test_the_id_of_a_converted_lead_names_its_contact(lead: Lead, expected: Known) -> None:
    org = OrgSnapshot.of(leads=[lead, a_lead(OTHER_LEAD)], contacts=[BECAME])
    found = find_person(a_work(linked(lead=LEAD.id)), "lead", org, SETUP)
    assert found
    assert found.person.record == expected


@pytest.mark.parametrize("ids", [{"lead": LEAD.id}, {"contact": LEAD.id}], ids=["as a Lead", "as a Contact"])
def test_a_link_to_a_converted_lead_leads_nowhere_where_such_leads_are_not_followed(ids: dict[str, str]) -> None:
    org = OrgSnapshot.of(leads=[converted(email=None), a_lead(OTHER_LEAD)], contacts=[BECAME])
    found = find_person(a_work(linked(**ids)), "lead", org, a_setup(matching={"follow_converted": False}))
    assert found == Recognised(person=a_lead(OTHER_LEAD), how=How.EMAIL)


def test_a_lead_that_was_converted_since_is_followed_all_the_same() -> None:
    org = OrgSnapshot.of(leads=[converted(email=None)], contacts=[BECAME])
    found = find_person(a_work(records=Records(lead=LEAD)), "lead", org, a_setup(matching={"follow_converted": False}))
    assert found == Recognised(person=BECAME, how=How.OWN)
