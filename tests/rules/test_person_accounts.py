from dataclasses import replace
from typing import Any

import pytest

from producers.contract import Kind, SalesforceIds
from rules.batch import plan_customer
from rules.describe import FieldSpec, ObjectSpec
from rules.fields import compile_mapping
from rules.findings import Finding
from rules.lookups import find_lookups
from rules.part import Part
from rules.person_accounts import compile_person_fields, has_person_accounts, may_create_contact, through_account
from rules.plan import ByKey, Nothing, Plan, Records, SObject, Write
from rules.ready import ReadySetup
from rules.snapshot import OrgSnapshot, Work
from tests.builders import ADA, NOW, a_customer, a_field, a_ruleset, a_setup, a_state, a_work, an_event, objects
from tests.rules.planning import a_plan, plan
from tests.rules.records import ACCOUNT, CONTACT, EVENT, a_contact, a_lead

NAMES = {"FirstName": "FirstName", "LastName": "LastName", "Email": "PersonEmail", "Phone": "Phone", "X__c": "X__pc"}
PERSON = a_contact(person_account=ACCOUNT, values={"LastName": "M.", "Email": "lea@acme.example", "Phone": None})
FOUND = OrgSnapshot.of(contacts=[PERSON])
NOBODY = OrgSnapshot()


def a_people_setup(**tables: Any) -> ReadySetup:
    """A setup for an org with Person Accounts."""
    return replace(a_setup(**tables), person_fields=NAMES, person_types=frozenset({"PersonAccount"}))


def account_write(decision: Any) -> Write:
    assert isinstance(decision, Plan)
    (write,) = (write for write in decision.writes if write.record == ACCOUNT)
    return write


def an_org(*account: FieldSpec, contact: tuple[FieldSpec, ...] = ()) -> dict[SObject, ObjectSpec]:
    return objects(Account=account, Contact=(a_field("IsPersonAccount", "boolean"), *contact))


def test_orgs_without_them_have_no_person_fields() -> None:
    assert not has_person_accounts(objects())
    assert compile_person_fields((), objects()) == (None, [])


def test_fields_of_contacts_have_counterparts_on_the_account() -> None:
    x = a_field("X__c")
    org = an_org(
        a_field("PersonEmail"), a_field("Phone"), a_field("PersonMobilePhone", updateable=False), a_field("X__pc"),
        a_field("FirstName"), a_field("LastName"), a_field("PersonMailingState"), a_field("PersonMailingCountry"),
        contact=(x,),
    )  # fmt: skip
    row = {"booking": "answer:X", "object": "Contact", "field": "X__c"}
    shipped = [row.model_dump() for row in a_ruleset().field_mapping]
    mapping, _ = compile_mapping(a_ruleset(field_mapping=[*shipped, row]), org)
    names, findings = compile_person_fields(mapping[SObject.CONTACT].customer, org)
    assert names == {
        "Email": "PersonEmail", "FirstName": "FirstName", "LastName": "LastName", "Phone": "Phone", "X__c": "X__pc",
        "MailingState": "PersonMailingState", "MailingCountry": "PersonMailingCountry",
    }  # fmt: skip
    assert findings == [
        Finding(
            level="warning",
            message="Contact.MobilePhone has no counterpart on a Person Account that the API user may edit",
            advice="let him edit it, or take it that Person Accounts do not get this value",
        )
    ]


def test_what_the_account_does_not_have_is_left_out() -> None:
    fields = {"Email": "x", "Birthdate": "2000-01-01", "OwnerId": ADA}
    part = through_account(
        Part(record=CONTACT, writes=(Write(record=CONTACT, fields=fields),)), ACCOUNT, a_people_setup()
    )
    assert part.writes == (Write(record=ACCOUNT, fields={"PersonEmail": "x", "OwnerId": ADA}),)
    assert (part.record, part.person_account) == (CONTACT, ACCOUNT)
    assert [(warning.code, warning.object, warning.field) for warning in part.warnings] == [
        ("VALUE_LOST", SObject.CONTACT, "Birthdate")
    ]


@pytest.mark.parametrize(("relationship", "there"), [("Region__r", "Region__pr"), ("ReportsTo", "ReportsTo")])
def test_a_lookup_of_the_contact_is_named_as_the_account_does(relationship: str, there: str) -> None:
    setup = replace(a_people_setup(), person_fields={"Region__c": "Region__pc"})
    fields = {"Region__c": ByKey(relationship=relationship, key="Code__c", value="EMEA")}
    (write,) = through_account(
        Part(record=CONTACT, writes=(Write(record=CONTACT, fields=fields),)), ACCOUNT, setup
    ).writes
    assert write.fields == {"Region__pc": ByKey(relationship=there, key="Code__c", value="EMEA")}


@pytest.mark.parametrize("page", ["contact", "lead", "case"])
def test_a_person_account_is_updated_on_every_page(page: str) -> None:
    planned = a_plan(FOUND, a_people_setup(pages={"default": {"object": page}}))
    assert account_write(planned).fields == {"FirstName": "Lea", "LastName": "Marin", "Phone": "+33 1 23 45"}
    assert (planned.records.contact, planned.records.person_account) == (CONTACT, ACCOUNT)


def test_leads_pages_find_person_accounts_even_where_they_find_no_contacts() -> None:
    setup = a_people_setup(matching={"cross_object_match": False})
    assert a_plan(FOUND, setup).records.person_account == ACCOUNT
    business = OrgSnapshot.of(contacts=[a_contact()])
    assert a_plan(business, setup).records.contact is None
    both = OrgSnapshot.of(contacts=[PERSON], leads=[a_lead()])
    assert a_plan(both, setup).records.person_account == ACCOUNT


def test_on_a_leads_page_the_lead_of_whoever_is_a_person_account_too_is_left_alone() -> None:
    planned = a_plan(OrgSnapshot.of(contacts=[PERSON], leads=[a_lead()]), a_people_setup())
    assert (planned.records.person_account, planned.records.lead) == (ACCOUNT, None)
    assert SObject.LEAD not in {write.record.object for write in planned.writes}


@pytest.mark.parametrize("record_id", [CONTACT.id, ACCOUNT.id, ACCOUNT.id[:15]])
def test_a_link_may_name_either_half(record_id: str) -> None:
    other = OrgSnapshot.of(contacts=[replace(PERSON, email="other@acme.example")])
    planned = a_plan(other, a_people_setup(), salesforce=SalesforceIds(contact=record_id))
    assert planned.records.person_account == ACCOUNT


@pytest.mark.parametrize(
    ("setup", "ids"), [(a_people_setup(), {ACCOUNT.id}), (a_setup(), set())], ids=["with", "without"]
)
def test_accounts_are_looked_for_in_orgs_with_person_accounts_alone(setup: ReadySetup, ids: set[str]) -> None:
    work = a_work(an_event(salesforce=SalesforceIds(contact=ACCOUNT.id)))
    assert find_lookups([work], setup, NOW).person_account_ids == ids


@pytest.mark.parametrize(
    ("types", "default", "may"),
    [
        ({"Account": "Business"}, "PersonAccount", True),
        ({"Account": "PersonAccount"}, None, False),
        ({}, "PersonAccount", False),
        ({}, "Business", True),
        ({}, None, True),
    ],
)
@pytest.mark.parametrize("page", ["contact", "case"])
def test_person_accounts_are_never_created(types: dict[str, str], default: str | None, may: bool, page: str) -> None:
    org = objects()
    org[SObject.ACCOUNT] = replace(org[SObject.ACCOUNT], record_types={"Business": "012", "PersonAccount": "013"})
    pages = {"default": {"object": page, "record_types": types}}
    setup = replace(
        a_people_setup(pages=pages),
        default_types={SObject.ACCOUNT: default} if default else {},
        record_types={obj: spec.record_types for obj, spec in org.items()},
    )
    assert may_create_contact(setup.pages["default"], setup) is may
    decision = plan(NOBODY, setup)
    if page == "contact" and not may:
        because = "no Person Account has this id or e-mail, and the connector never creates one"
        assert decision == Nothing(booking_id="BKNG-1", because=because)
    else:
        assert isinstance(decision, Plan)
        assert any(write.record.object is SObject.CONTACT for write in decision.writes) is may


def later(**changes: Any) -> Work:
    """A booking of the person whose records are known, and what he says now."""
    records = Records(contact=CONTACT, person_account=ACCOUNT, event=EVENT)
    now = an_event(Kind.RESCHEDULED, minute=1, customer=a_customer(**changes))
    return a_work(an_event(), now, prior=a_state(), records=records)


def test_later_events_write_through_the_account() -> None:
    (decision,) = plan_customer([later(phone="+33 2")], NOBODY, a_people_setup(), NOW)
    assert account_write(decision).fields == {"Phone": "+33 2"}


def test_the_next_booking_of_a_batch_sees_what_the_one_before_writes_to_the_person() -> None:
    setup = a_people_setup(creation_rules={"contact": {"existing": {"update": "fill_empty"}}})
    second = a_work(an_event(booking_id="BKNG-2", customer=a_customer(phone="other")))
    first, then = plan_customer([a_work(an_event()), second], FOUND, setup, NOW)
    assert account_write(first).fields["Phone"] == "+33 1 23 45"
    assert isinstance(then, Plan)
    assert [write.record.object for write in then.writes] == [SObject.EVENT]
