import pytest

from producers.contract import SalesforceIds
from rules.links import link_warnings
from rules.plan import Warned
from rules.recognition import How, Recognised
from rules.snapshot import Contact, Lead, OrgSnapshot
from tests.builders import a_customer, a_setup, a_work, an_event
from tests.rules.planning import a_plan
from tests.rules.records import CASE, CONTACT, LEAD, a_case, a_contact, a_lead

STRANGER = "sam@other.example"


def codes(
    person: Lead | Contact, how: How = How.ID, email: str | None = "lea@acme.example", *, wanted: bool = True
) -> list[str]:
    work = a_work(an_event(customer=a_customer(email=email)))
    setup = a_setup(matching={"warn_on_other_email": wanted})
    return [warning.code for warning in link_warnings(Recognised(person=person, how=how), work, setup)]


@pytest.mark.parametrize("person", [a_lead(email=STRANGER), a_contact(email=STRANGER)], ids=["Lead", "Contact"])
def test_a_link_whose_record_has_another_email_than_the_customer_is_told(person: Lead | Contact) -> None:
    assert codes(person) == ["LINK_EMAIL_DIFFERS"]
    assert codes(person, wanted=False) == []


@pytest.mark.parametrize("how", [how for how in How if how is not How.ID])
def test_what_no_link_names_may_have_any_email(how: How) -> None:
    assert codes(a_lead(email=STRANGER), how) == []


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("LEA@acme.example", "lea@acme.example"),
        (None, "lea@acme.example"),
        ("email@example.com", "lea@acme.example"),
        (STRANGER, None),
        (STRANGER, "email@example.com"),
    ],
    ids=["other capitals", "the record has none", "our placeholder", "none was given", "a placeholder was given"],
)
def test_an_email_that_says_nothing_differs_from_none(there: str | None, said: str | None) -> None:
    assert codes(a_lead(email=there), email=said) == []


@pytest.mark.parametrize(
    ("org", "link", "named"),
    [
        (OrgSnapshot.of(leads=[a_lead(email=STRANGER)]), SalesforceIds(lead=LEAD.id), LEAD),
        (OrgSnapshot.of(contacts=[a_contact(email=STRANGER)]), SalesforceIds(contact=CONTACT.id), CONTACT),
        (
            OrgSnapshot.of(cases=[a_case(contact=CONTACT)], contacts=[a_contact(email=STRANGER)]),
            SalesforceIds(case=CASE.id),
            CONTACT,
        ),
    ],
    ids=["Lead", "Contact", "Contact of a Case"],
)
def test_the_record_is_written_all_the_same(org: OrgSnapshot, link: SalesforceIds, named: object) -> None:
    plan = a_plan(org, salesforce=link)
    assert [warning.code for warning in plan.warnings] == ["LINK_EMAIL_DIFFERS"]
    (write,) = (write for write in plan.writes if write.record == named)
    assert write.fields["Email"] == "lea@acme.example"


def test_the_warning_names_the_field_and_no_address() -> None:
    (warning,) = link_warnings(Recognised(person=a_lead(email=STRANGER), how=How.ID), a_work(), a_setup())
    message = "the link names this record, whose e-mail was another than the one that the customer gave"
    assert warning == Warned(code="LINK_EMAIL_DIFFERS", object=LEAD.object, field="Email", message=message)
