from typing import Any

import pytest

from producers.contract import Kind, SalesforceIds
from rules.lookups import Lookups, find_followed, find_lookups
from rules.plan import New, Records, SObject
from rules.snapshot import OrgSnapshot, Work
from tests.builders import NOW, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.records import CASE, CONTACT, EMAIL, EVENT, LEAD, OTHER_LEAD, a_case, a_contact, a_lead, an_org_event


def lookups(*works: Work, **tables: Any) -> Lookups:
    return find_lookups(works, a_setup(**tables), NOW)


def test_an_unknown_booking_is_looked_up_by_its_id_and_its_email() -> None:
    assert lookups(a_work()) == Lookups(emails={EMAIL}, booking_ids={"BKNG-1"})


@pytest.mark.parametrize("email", [None, "email@example.com"])
def test_without_an_email_of_his_own_nobody_is_looked_up(email: str | None) -> None:
    work = a_work(an_event(customer=a_customer(email=email, phone=None)))
    assert lookups(work) == Lookups(booking_ids={"BKNG-1"})


@pytest.mark.parametrize(
    ("email", "phone", "mobile", "fallback", "phones"),
    [
        pytest.param(None, "+33 1 23 45", "+33 6 12 34", True, {"+33 1 23 45", "+33 6 12 34"}, id="both numbers"),
        pytest.param("email@example.com", "+33 1 23 45", None, True, {"+33 1 23 45"}, id="our own placeholder"),
        pytest.param(EMAIL, "+33 1 23 45", None, True, set(), id="an e-mail is enough"),
        pytest.param(None, "+33 1 23 45", None, False, set(), id="not wanted"),
        pytest.param(None, "1234567890", "ext. 12", True, set(), id="numbers that are nobody's"),
    ],
)
def test_without_an_email_the_customer_is_looked_for_by_phone(
    email: str | None, phone: str, mobile: str | None, fallback: bool, phones: set[str]
) -> None:
    work = a_work(an_event(customer=a_customer(email=email, phone=phone, mobile_phone=mobile)))
    assert lookups(work, matching={"phone_fallback": fallback}).phones == phones


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ({"lead": LEAD.id}, {"lead_ids": {LEAD.id}}),
        ({"contact": CONTACT.id}, {"contact_ids": {CONTACT.id}}),
        ({"contact": LEAD.id}, {"lead_ids": {LEAD.id}}),
        ({"lead": CASE.id}, {}),
        ({"case": CASE.id}, {"case_ids": {CASE.id}, "companies": {"Acme"}}),
    ],
)
def test_the_ids_of_a_link_are_looked_up(ids: dict[str, str], expected: dict[str, set[str]]) -> None:
    work = a_work(an_event(salesforce=SalesforceIds(**ids)))
    assert lookups(work) == Lookups(emails={EMAIL}, booking_ids={"BKNG-1"}, **expected)


@pytest.mark.parametrize("records", ["records", "replaced"])
def test_the_records_of_an_earlier_try_and_of_the_replaced_booking_are_looked_up(records: str) -> None:
    work = a_work(**{records: Records(lead=LEAD, case=CASE, event=EVENT)})
    found = lookups(work)
    assert (found.lead_ids, found.case_ids, found.companies) == ({LEAD.id}, {CASE.id}, {"Acme"})


@pytest.mark.parametrize(
    ("page", "company", "empty_company", "companies"),
    [
        ("lead", "Acme", "unspecified", set()),
        ("none", "Acme", "unspecified", set()),
        ("contact", "Acme", "unspecified", {"Acme"}),
        ("case", "Acme", "unspecified", {"Acme"}),
        ("contact", None, "unspecified", {"Unspecified"}),
        ("contact", None, "customer_name", {"Lea Marin"}),
        ("contact", None, "none", set()),
    ],
)
def test_accounts_are_looked_up_where_a_contact_may_be_created(
    page: str, company: str | None, empty_company: str, companies: set[str]
) -> None:
    work = a_work(an_event(customer=a_customer(company=company)))
    found = lookups(work, pages={"default": {"object": page}}, matching={"empty_company": empty_company})
    assert found.companies == companies


def test_a_known_booking_asks_for_nothing() -> None:
    scheduled = an_event()
    canceled = an_event(Kind.CANCELED, minute=1)
    work = a_work(scheduled, canceled, prior=a_state(scheduled), records=Records(lead=LEAD, event=EVENT))
    assert not lookups(work)


def test_a_known_booking_that_lacks_its_event_is_looked_up_again() -> None:
    work = a_work(prior=a_state(), records=Records(lead=LEAD))
    assert lookups(work) == Lookups(lead_ids={LEAD.id}, emails={EMAIL}, booking_ids={"BKNG-1"})


def test_a_known_booking_whose_records_are_forgotten_is_looked_up_again() -> None:
    scheduled = an_event()
    work = a_work(scheduled, an_event(Kind.CANCELED, minute=1), prior=a_state(scheduled))
    assert lookups(work) == Lookups(emails={EMAIL}, booking_ids={"BKNG-1"})


def test_a_known_booking_is_read_where_there_is_news_to_fill_in() -> None:
    scheduled = an_event()
    told = an_event(minute=1, customer=a_customer(phone="2"))
    work = a_work(scheduled, told, prior=a_state(scheduled), records=Records(lead=LEAD, event=EVENT))
    found = lookups(work, creation_rules={"lead": {"existing": {"update": "fill_empty"}}})
    assert found == Lookups(lead_ids={LEAD.id})


def test_one_read_serves_all_bookings() -> None:
    other = a_work(an_event(booking_id="BKNG-2", customer=a_customer(email="KIM@acme.example")))
    found = lookups(a_work(), other)
    assert found == Lookups(emails={EMAIL, "kim@acme.example"}, booking_ids={"BKNG-1", "BKNG-2"})


def test_a_record_that_is_not_there_yet_is_not_read() -> None:
    wanted = Lookups()
    wanted.add(New(object=SObject.LEAD, key="BKNG-1"))
    wanted.add(None)
    assert not wanted


@pytest.mark.parametrize(
    ("org", "expected"),
    [
        pytest.param(OrgSnapshot(), Lookups(), id="no Event"),
        pytest.param(OrgSnapshot.of(events=[an_org_event()]), Lookups(), id="related to nothing"),
        pytest.param(OrgSnapshot.of(events=[an_org_event(who=LEAD)]), Lookups(lead_ids={LEAD.id}), id="Lead"),
        pytest.param(
            OrgSnapshot.of(events=[an_org_event(who=CONTACT)]), Lookups(contact_ids={CONTACT.id}), id="Contact"
        ),
        pytest.param(OrgSnapshot.of(events=[an_org_event(what=CASE)]), Lookups(case_ids={CASE.id}), id="Case"),
        pytest.param(
            OrgSnapshot.of(leads=[a_lead(OTHER_LEAD)], events=[an_org_event(who=LEAD)]),
            Lookups(lead_ids={LEAD.id}),
            id="another Lead was read",
        ),
        pytest.param(
            OrgSnapshot.of(leads=[a_lead()], cases=[a_case()], events=[an_org_event(who=LEAD, what=CASE)]),
            Lookups(),
            id="all were read",
        ),
        pytest.param(
            OrgSnapshot.of(contacts=[a_contact()], events=[an_org_event(who=CONTACT)]), Lookups(), id="Contact was read"
        ),
    ],
)
def test_what_an_event_points_to_is_read_next(org: OrgSnapshot, expected: Lookups) -> None:
    assert find_followed([a_work()], org) == expected


def test_what_two_ask_for_covers_what_each_asks_for() -> None:
    one, other = Lookups(emails={"a"}, lead_ids={"1"}), Lookups(emails={"b"}, companies={"Acme"})
    both = one | other
    assert both == Lookups(emails={"a", "b"}, lead_ids={"1"}, companies={"Acme"})
    assert both.covers(one)
    assert both.covers(other)
    assert not one.covers(other)
    assert one.covers(Lookups())
