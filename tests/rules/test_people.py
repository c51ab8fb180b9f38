from typing import Any

import pytest

from producers.contract import Owner
from rules.part import Part
from rules.people import create_contact, create_lead, update_person
from rules.plan import Known, New, Reason, Records, SObject, Write
from rules.recognition import How, Recognised
from rules.snapshot import OrgSnapshot, Work
from tests.builders import ADA, NOW, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.records import CONTACT, EMAIL, LEAD, a_contact, a_lead

SAME = {"FirstName": "Lea", "LastName": "Marin", "Email": EMAIL, "Company": "Acme", "Phone": "+33 1 23 45"}

TRIED = Records(assigned=(SObject.LEAD, SObject.CONTACT))


def with_lead_rules(**existing: str) -> Any:
    return a_setup(creation_rules={"lead": {"existing": existing}, "contact": {"existing": existing}})


@pytest.mark.parametrize("person", [a_lead(values=SAME), a_contact(values=SAME)], ids=["Lead", "Contact"])
def test_a_record_that_already_says_so_is_not_written(person: Any) -> None:
    part = update_person(Recognised(person=person, how=How.EMAIL), a_work(), a_setup())
    name = person.record.object
    assert part == Part(
        record=person.record,
        because=(f"{name} recognised by e-mail, already says so (override)", "owner kept"),
        reasons=(Reason(record=person.record, found="recognised by e-mail", owner="owner kept"),),
    )


def test_assignment_rules_run_even_where_no_field_changes() -> None:
    setup = a_setup(creation_rules={"lead": {"existing": {"assign": "assignment_rules"}}})
    part = update_person(Recognised(person=a_lead(values=SAME), how=How.ID), a_work(), setup)
    assert part.writes == (Write(record=LEAD, fields={}, auto_assign=True),)


def test_the_reasons_tell_how_many_others_have_the_email() -> None:
    found = Recognised(person=a_lead(), how=How.EMAIL, others=2)
    part = update_person(found, a_work(), with_lead_rules(update="fill_empty"))
    assert part.because[0] == (
        "Lead recognised by e-mail, most recently modified of 3, updated (only empty fields filled)"
    )


@pytest.mark.parametrize(
    ("how", "work", "is_assigned"),
    [
        pytest.param(How.EMAIL, a_work(), True, id="met by e-mail"),
        pytest.param(How.ID, a_work(), True, id="met by id"),
        pytest.param(How.REPLACED, a_work(), True, id="of the replaced booking"),
        pytest.param(How.OWN, a_work(), False, id="the journal is lost"),
        pytest.param(How.OWN, a_work(records=Records()), False, id="tried before, not assigned"),
        pytest.param(How.OWN, a_work(records=TRIED), True, id="tried before, assigned"),
        pytest.param(How.OWN, a_work(records=TRIED, prior=a_state()), False, id="known"),
        pytest.param(How.OWN, a_work(records=TRIED, prior=a_state(owner=Owner())), True, id="known, of another owner"),
        pytest.param(How.OWN, a_work(records=Records(), prior=a_state(owner=Owner())), False, id="known, not assigned"),
        pytest.param(How.OWN, a_work(prior=a_state(owner=Owner())), False, id="known, its records are not"),
        pytest.param(How.EMAIL, a_work(prior=a_state()), False, id="looked for again by e-mail"),
        pytest.param(How.ID, a_work(prior=a_state()), False, id="looked for again by id"),
    ],
)
@pytest.mark.parametrize("person", [a_lead(), a_contact()], ids=["Lead", "Contact"])
def test_a_record_is_assigned_once_when_the_booking_meets_it(
    person: Any, how: How, work: Work, is_assigned: bool
) -> None:
    part = update_person(Recognised(person=person, how=how), work, with_lead_rules(assign="booking_owner"))
    (write,) = part.writes
    assert write.fields.get("OwnerId") == (ADA if is_assigned else None)
    assert part.assigned == ((person.record.object,) if is_assigned else ())


@pytest.mark.parametrize(
    ("person", "assign", "is_retry", "owner"),
    [
        pytest.param(a_lead(key="BKNG-1"), "booking_owner", True, ADA, id="Lead by the booking owner"),
        pytest.param(a_lead(key="BKNG-1"), "assignment_rules", True, None, id="Lead by the rules, which have run"),
        pytest.param(a_lead(key="BKNG-1"), "booking_owner", False, None, id="no try broke off"),
        pytest.param(a_lead(key="BKNG-2"), "booking_owner", True, None, id="Lead of another booking"),
        pytest.param(a_contact(key="BKNG-1"), "assignment_rules", True, ADA, id="Contact always by the booking owner"),
    ],
)
def test_a_record_made_by_a_try_that_broke_off_is_assigned_as_a_new_one(
    person: Any, assign: str, is_retry: bool, owner: str | None
) -> None:
    setup = a_setup(creation_rules={"lead": {"new": {"assign": assign}}})
    (write,) = update_person(Recognised(person=person, how=How.OWN), a_work(is_retry=is_retry), setup).writes
    assert (write.fields.get("OwnerId"), write.auto_assign) == (owner, False)


def test_a_repeated_try_runs_no_assignment_rules() -> None:
    setup = a_setup(creation_rules={"lead": {"existing": {"assign": "assignment_rules"}}})
    part = update_person(Recognised(person=a_lead(), how=How.OWN), a_work(records=Records(lead=LEAD)), setup)
    assert not any(write.auto_assign for write in part.writes)


def test_a_booking_that_replaces_another_runs_no_assignment_rules_again() -> None:
    setup = a_setup(creation_rules={"lead": {"existing": {"assign": "assignment_rules"}}})
    part = update_person(Recognised(person=a_lead(values=SAME), how=How.REPLACED), a_work(), setup)
    assert (part.writes, part.because[1]) == ((), "owner kept")


def test_values_that_do_not_fit_an_existing_record_are_told() -> None:
    work = a_work(an_event(customer=a_customer(phone="1" * 41, company="A" * 256)))
    part = update_person(Recognised(person=a_lead(), how=How.ID), work, a_setup())
    assert [(warning.field, warning.message) for warning in part.warnings] == [
        ("Company", "cut from 256 to 255 characters"),
        ("Phone", "left out: 41 characters, the field takes 40"),
    ]


def test_a_new_lead_carries_the_bookings_id() -> None:
    setup = a_setup()
    part = create_lead(a_state(), setup.pages["default"], setup, NOW)
    assert part.record == New(object=SObject.LEAD, key="BKNG-1")
    assert part.writes == (Write(record=part.record, fields={**SAME, "OwnerId": ADA}),)
    assert part.assigned == (SObject.LEAD,)


def test_a_lead_that_rules_assign_is_nobodys_to_follow() -> None:
    setup = a_setup(creation_rules={"lead": {"new": {"assign": "assignment_rules"}}})
    assert create_lead(a_state(), setup.pages["default"], setup, NOW).assigned == ()


def test_a_new_contact_comes_after_its_account() -> None:
    setup = a_setup()
    part = create_contact(a_work(), setup.pages["default"], OrgSnapshot(), setup, NOW)
    account, contact = part.writes
    assert (account.record, contact.record) == (New(object=SObject.ACCOUNT, key="acme"), part.record)
    assert contact.fields["AccountId"] == account.record
    assert part.assigned == (SObject.ACCOUNT, SObject.CONTACT)


def test_what_new_records_lack_is_told_parents_first() -> None:
    setup = a_setup(pages={"default": {"object": "contact"}})
    page = setup.pages["default"]
    work = a_work(an_event(customer=a_customer(company=None, phone="1" * 41, name=None)))
    told = [
        (warning.object, warning.field) for warning in create_contact(work, page, OrgSnapshot(), setup, NOW).warnings
    ]
    account, contact, lead = SObject.ACCOUNT, SObject.CONTACT, SObject.LEAD
    assert told == [(account, "Name"), (contact, "Phone"), (contact, "LastName")]
    assert {warning.object for warning in create_lead(work.state, page, setup, NOW).warnings} == {lead}


def test_a_contact_may_belong_to_no_account() -> None:
    setup = a_setup(matching={"empty_company": "none"})
    work = a_work(an_event(customer=a_customer(company=None)))
    (write,) = create_contact(work, setup.pages["default"], OrgSnapshot(), setup, NOW).writes
    assert "AccountId" not in write.fields


@pytest.mark.parametrize("record", [LEAD, CONTACT])
def test_writes_to_people_say_false_unless_rules_are_wanted(record: Known) -> None:
    person = a_lead() if record is LEAD else a_contact()
    part = update_person(Recognised(person=person, how=How.ID), a_work(), a_setup())
    assert [(write.record, write.auto_assign) for write in part.writes] == [(record, False)]
