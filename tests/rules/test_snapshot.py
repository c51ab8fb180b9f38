import pytest

from rules.plan import Known, New, SObject
from rules.snapshot import Account, OrgSnapshot, company_key, identity, known
from tests.rules.records import (
    CASE,
    CONTACT,
    EMAIL,
    LEAD,
    OTHER_CONTACT,
    OTHER_LEAD,
    a_case,
    a_contact,
    a_lead,
    an_account,
    an_org_event,
)

OTHER_ACCOUNT = Known(object=SObject.ACCOUNT, id="001000000000002AAA")
OTHER_CASE = Known(object=SObject.CASE, id="500000000000002AAA")
RENAMED = an_account("Acme SA", record=OTHER_ACCOUNT, modified="1", key="acme")


def test_a_record_is_the_same_by_its_short_and_its_long_id() -> None:
    assert identity(LEAD) == identity(Known(object=SObject.LEAD, id=LEAD.id[:15]))
    assert identity(LEAD) != identity(OTHER_LEAD)
    new = New(object=SObject.LEAD, key="BKNG-1")
    assert identity(new) == new


@pytest.mark.parametrize(("record_id", "record"), [(LEAD.id, LEAD), (None, None), ("", None)])
def test_no_id_is_no_record(record_id: str | None, record: Known | None) -> None:
    assert known(SObject.LEAD, record_id) == record


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme", "acme"),
        ("  ACME \t GmbH ", "acme gmbh"),
        ("Acme Inc.", "acme inc"),
        ("acme.inc", "acme inc"),
        ("Straße", "strasse"),
        ("...", "unnamed"),
        ("x" * 300, "x" * 255),
    ],
)
def test_spellings_of_one_company_have_one_key_which_is_never_empty(name: str, key: str) -> None:
    assert company_key(name) == key


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([an_account(modified="1"), an_account(record=OTHER_ACCOUNT, modified="2")], OTHER_ACCOUNT),
        ([an_account(modified="2"), an_account(record=OTHER_ACCOUNT, modified="1")], an_account().record),
        ([an_account(modified="2"), RENAMED], OTHER_ACCOUNT),
    ],
    ids=["the later", "the earlier", "the one with our key, whatever it is called now"],
)
def test_one_account_a_company(accounts: list[Account], expected: Known) -> None:
    for order in (accounts, accounts[::-1]):
        assert {name: account.record for name, account in OrgSnapshot.of(accounts=order).accounts.items()} == {
            "acme": expected
        }


def test_people_without_email_are_found_by_id_alone() -> None:
    org = OrgSnapshot.of(leads=[a_lead(email=None)], contacts=[a_contact(email="")])
    assert (org.leads_by_email, org.contacts_by_email) == ({}, {})
    assert set(org.leads) | set(org.contacts) == {identity(LEAD), identity(CONTACT)}


def test_a_record_that_is_read_twice_is_there_once() -> None:
    org = OrgSnapshot.of(leads=[a_lead(), a_lead()], contacts=[a_contact(), a_contact()])
    assert (org.leads_by_email[EMAIL], org.contacts_by_email[EMAIL]) == ((a_lead(),), (a_contact(),))


def test_having_a_record_is_as_if_it_had_been_read() -> None:
    records = (a_lead(), a_contact(), a_case(), an_account())
    org = OrgSnapshot.of(events=[an_org_event()])
    for record in records:
        org = org.having(record)
    assert org == OrgSnapshot.of(
        leads=[a_lead()], contacts=[a_contact()], cases=[a_case()], accounts=[an_account()], events=[an_org_event()]
    )


def test_having_a_record_again_replaces_it() -> None:
    org = OrgSnapshot.of(leads=[a_lead(values={"Phone": "1"})]).having(a_lead(values={"Phone": "2"}))
    assert org.leads_by_email[EMAIL] == (a_lead(values={"Phone": "2"}),)


def test_two_reads_make_one_snapshot_in_which_the_second_is_newer() -> None:
    first = OrgSnapshot.of(
        leads=[a_lead(values={"Phone": "1"}), a_lead(OTHER_LEAD, email=None)],
        contacts=[a_contact()],
        cases=[a_case()],
        accounts=[an_account()],
        events=[an_org_event()],
    )
    second = OrgSnapshot.of(
        leads=[a_lead(values={"Phone": "2"})],
        contacts=[a_contact(OTHER_CONTACT)],
        cases=[a_case(OTHER_CASE)],
        accounts=[an_account("Globex")],
        events=[an_org_event(booking_id="BKNG-2")],
    )
    merged = first.merged(second)
    assert merged.leads_by_email[EMAIL] == (a_lead(values={"Phone": "2"}),)
    assert set(merged.leads) == {identity(LEAD), identity(OTHER_LEAD)}
    assert set(merged.contacts) == {identity(CONTACT), identity(OTHER_CONTACT)}
    assert set(merged.cases) == {identity(CASE), identity(OTHER_CASE)}
    assert set(merged.accounts) == {"acme", "globex"}
    assert set(merged.events) == {"BKNG-1", "BKNG-2"}
