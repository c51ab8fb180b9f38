from typing import Any

import pytest

from producers.contract import SalesforceIds
from rules.cases import contact_of_case, create_case, find_case, update_case
from rules.part import Part
from rules.plan import Known, New, Reason, Record, Records, SObject, Write
from rules.recognition import How
from rules.snapshot import Case, OrgSnapshot, Work
from tests.builders import ADA, NOW, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.records import (
    CASE,
    CONTACT,
    LEAD,
    OTHER_CONTACT,
    a_case,
    a_contact,
    a_lead,
    an_account,
    an_org_event,
)

LINK = an_event(salesforce=SalesforceIds(case=CASE.id))
SECOND, THIRD, FOURTH = (Known(object=SObject.CASE, id=f"50000000000000{n}AAA") for n in (2, 3, 4))


def contact_for(case: Case | None, org: OrgSnapshot, work: Work | None = None, **matching: Any) -> Part | None:
    setup = a_setup(matching=matching)
    return contact_of_case(case, work or a_work(), setup.pages["default"], org, setup, NOW)


def test_no_case_is_found_for_a_general_link() -> None:
    assert find_case(a_work(), OrgSnapshot.of(cases=[a_case()], events=[an_org_event()]), a_setup()) is None


@pytest.mark.parametrize("first", range(4), ids=["own records", "own event", "replaced booking", "link"])
def test_the_surest_sign_of_the_case_wins(first: int) -> None:
    signs = [(SECOND, How.OWN), (THIRD, How.OWN), (FOURTH, How.REPLACED), (CASE, How.ID)]
    org = OrgSnapshot.of(cases=[a_case(record) for record, _ in signs[first:]], events=[an_org_event(what=THIRD)])
    work = a_work(LINK, records=Records(case=SECOND), replaced=Records(case=FOURTH))
    record, how = signs[first]
    assert find_case(work, org, a_setup()) == (a_case(record), how)


def test_a_case_that_is_deleted_is_not_found() -> None:
    work = a_work(LINK, records=Records(), replaced=Records())
    assert find_case(work, OrgSnapshot.of(events=[an_org_event()]), a_setup()) is None


def test_a_case_id_of_fifteen_characters_names_the_case() -> None:
    work = a_work(an_event(salesforce=SalesforceIds(case=CASE.id[:15])))
    assert find_case(work, OrgSnapshot.of(cases=[a_case()]), a_setup()) == (a_case(), How.ID)


@pytest.mark.parametrize(
    ("case", "org", "record"),
    [
        pytest.param(a_case(contact=CONTACT), OrgSnapshot.of(contacts=[a_contact(email=None)]), CONTACT, id="its own"),
        pytest.param(a_case(), OrgSnapshot.of(contacts=[a_contact()]), CONTACT, id="it has none: by e-mail"),
        pytest.param(
            a_case(contact=OTHER_CONTACT), OrgSnapshot.of(contacts=[a_contact()]), CONTACT, id="hidden: by e-mail"
        ),
        pytest.param(None, OrgSnapshot.of(contacts=[a_contact()]), CONTACT, id="new Case: by e-mail"),
        pytest.param(None, OrgSnapshot(), New(object=SObject.CONTACT, key="BKNG-1"), id="new Case: created"),
        pytest.param(a_case(), OrgSnapshot(), New(object=SObject.CONTACT, key="BKNG-1"), id="it has none: created"),
        pytest.param(
            None, OrgSnapshot.of(leads=[a_lead()]), New(object=SObject.CONTACT, key="BKNG-1"), id="a Lead is no Contact"
        ),
    ],
)
def test_the_contact_of_a_case(case: Case | None, org: OrgSnapshot, record: Record) -> None:
    part = contact_for(case, org)
    assert part
    assert part.record == record
    assert part.writes[-1].record == record


@pytest.mark.parametrize(
    ("matching", "customer"),
    [
        ({"case_creates_contact": False}, {}),
        ({}, {"email": None, "name": None}),
        ({}, {"email": "email@example.com", "name": None}),
    ],
    ids=["not wanted", "no e-mail and no name", "placeholder and no name"],
)
def test_a_case_may_have_no_contact(matching: dict[str, Any], customer: dict[str, Any]) -> None:
    work = a_work(an_event(customer=a_customer(**customer)))
    assert contact_for(None, OrgSnapshot(), work, **matching) is None


@pytest.mark.parametrize("customer", [{"email": None}, {"email": "email@example.com"}], ids=["none", "placeholder"])
def test_a_name_is_enough_for_a_contact_of_a_case(customer: dict[str, Any]) -> None:
    part = contact_for(None, OrgSnapshot(), a_work(an_event(customer=a_customer(**customer))))
    assert part
    assert part.record == New(object=SObject.CONTACT, key="BKNG-1")


def test_a_customer_named_by_a_lead_becomes_a_contact_of_the_case() -> None:
    work = a_work(an_event(salesforce=SalesforceIds(case=CASE.id, lead=LEAD.id)))
    part = contact_for(a_case(), OrgSnapshot.of(leads=[a_lead()]), work)
    assert part
    assert part.record == New(object=SObject.CONTACT, key="BKNG-1")


@pytest.mark.parametrize(
    ("work", "own", "booker"),
    [
        pytest.param(a_work(), a_contact(email="kim@acme.example"), a_contact(OTHER_CONTACT), id="by e-mail"),
        pytest.param(a_work(), a_contact(email=None), a_contact(OTHER_CONTACT), id="own Contact without e-mail"),
        pytest.param(
            a_work(an_event(salesforce=SalesforceIds(contact=OTHER_CONTACT.id))),
            a_contact(email="kim@acme.example"),
            a_contact(OTHER_CONTACT, email=None),
            id="by id",
        ),
        pytest.param(
            a_work(an_event(salesforce=SalesforceIds(lead=LEAD.id))),
            a_contact(email="kim@acme.example"),
            a_contact(OTHER_CONTACT),
            id="by e-mail, beside a Lead by id",
        ),
        pytest.param(
            a_work(records=Records(contact=CONTACT, case=CASE)),
            a_contact(email="kim@acme.example"),
            a_contact(OTHER_CONTACT),
            id="on a repeated try",
        ),
    ],
)
def test_a_case_keeps_its_contact_when_somebody_else_uses_the_link(work: Work, own: Any, booker: Any) -> None:
    part = contact_for(
        a_case(contact=CONTACT),
        OrgSnapshot.of(leads=[a_lead(email=None)], contacts=[own, booker], events=[an_org_event(who=CONTACT)]),
        work,
    )
    assert part
    assert (part.record, part.who) == (OTHER_CONTACT, CONTACT)
    assert [write.record for write in part.writes] == [OTHER_CONTACT]
    assert part.warnings[0].code == "CASE_CONTACT_DIFFERS"


@pytest.mark.parametrize(
    ("own", "others"),
    [
        pytest.param(a_contact(email="kim@acme.example"), {}, id="nobody else is known"),
        pytest.param(a_contact(), {"contacts": [a_contact(OTHER_CONTACT, modified="later")]}, id="his own double"),
        pytest.param(a_contact(email="kim@acme.example"), {"leads": [a_lead()]}, id="a Lead"),
        pytest.param(a_contact(email="kim@acme.example"), {"leads": [a_lead()], "lead": LEAD.id}, id="a Lead by id"),
        pytest.param(a_contact(email="kim@acme.example"), {"contact": CONTACT.id}, id="he himself by id"),
    ],
)
def test_the_own_contact_of_a_case_is_updated_unless_the_customer_is_another_contact(
    own: Any, others: dict[str, Any]
) -> None:
    org = OrgSnapshot.of(leads=others.get("leads", ()), contacts=[own, *others.get("contacts", ())])
    ids = SalesforceIds(lead=others.get("lead"), contact=others.get("contact"))
    part = contact_for(a_case(contact=CONTACT), org, a_work(an_event(salesforce=ids)))
    assert part
    assert [write.record for write in part.writes] == [CONTACT]
    assert part.who is None


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(a_work(replaced=Records(lead=LEAD)), id="the replaced booking's"),
        pytest.param(a_work(an_event(salesforce=SalesforceIds(case=CASE.id, lead=LEAD.id))), id="by a link"),
    ],
)
def test_a_lead_that_is_named_leaves_a_case_to_the_contact_with_the_email(work: Work) -> None:
    part = contact_for(None, OrgSnapshot.of(leads=[a_lead()], contacts=[a_contact()]), work)
    assert part
    assert [write.record for write in part.writes] == [CONTACT]


SAME = {"Subject": "Product demo"}


@pytest.mark.parametrize(
    ("how", "case", "prior", "is_assigned"),
    [
        pytest.param(How.ID, a_case(), None, True, id="named by a link"),
        pytest.param(How.REPLACED, a_case(), None, True, id="of the replaced booking"),
        pytest.param(How.OWN, a_case(), None, False, id="on a repeated try"),
        pytest.param(How.ID, a_case(key="BKNG-1"), None, False, id="made by this booking"),
        pytest.param(How.ID, a_case(), a_state(), False, id="looked for again"),
    ],
)
@pytest.mark.parametrize(("assign", "owner"), [("booking_owner", ADA), ("assignment_rules", None)])
def test_an_existing_case_is_assigned_once(
    how: How, case: Case, prior: Any, is_assigned: bool, assign: str, owner: str | None
) -> None:
    setup = a_setup(creation_rules={"case": {"existing": {"assign": assign}}})
    (write,) = update_case(case, how, None, a_work(prior=prior), setup).writes
    assert write.fields.get("OwnerId") == (owner if is_assigned else None)
    # The rules have had their say when the replaced booking was scheduled.
    assert write.auto_assign is (is_assigned and owner is None and how is not How.REPLACED)


@pytest.mark.parametrize(
    ("assign", "is_retry", "owner"),
    [
        pytest.param("booking_owner", True, ADA, id="by the booking owner"),
        pytest.param("booking_owner", False, None, id="no try broke off, so people may have moved it"),
        pytest.param("assignment_rules", True, None, id="by the rules, which ran when it was created"),
    ],
)
def test_a_case_made_by_a_try_that_broke_off_is_assigned_as_a_new_one(
    assign: str, is_retry: bool, owner: str | None
) -> None:
    setup = a_setup(creation_rules={"case": {"new": {"assign": assign}}})
    (write,) = update_case(a_case(key="BKNG-1"), How.ID, None, a_work(is_retry=is_retry), setup).writes
    assert (write.fields.get("OwnerId"), write.auto_assign) == (owner, False)


def test_a_case_that_already_says_so_is_not_written() -> None:
    part = update_case(a_case(values=SAME), How.ID, None, a_work(), a_setup())
    assert part == Part(
        record=CASE,
        because=("Case recognised by its Salesforce id, already says so", "owner kept"),
        reasons=(Reason(record=CASE, found="recognised by its Salesforce id", owner="owner kept"),),
    )


def test_assignment_rules_run_on_a_case_even_where_no_field_changes() -> None:
    setup = a_setup(creation_rules={"case": {"existing": {"assign": "assignment_rules"}}})
    part = update_case(a_case(values=SAME), How.ID, None, a_work(), setup)
    assert part.writes == (Write(record=CASE, fields={}, auto_assign=True),)


@pytest.mark.parametrize(("own", "written"), [(None, CONTACT.id), (OTHER_CONTACT, None)], ids=["none", "its own"])
def test_a_case_without_contact_gets_the_customers(own: Known | None, written: str | None) -> None:
    (write,) = update_case(a_case(contact=own), How.ID, CONTACT, a_work(), a_setup()).writes
    assert write.fields.get("ContactId") == written


def test_a_new_case_carries_the_bookings_id_and_its_contact() -> None:
    setup = a_setup(pages={"default": {"record_types": {"Case": "Inbound"}}})
    part = create_case(CONTACT, a_state(), setup.pages["default"], setup, NOW)
    assert part.record == New(object=SObject.CASE, key="BKNG-1")
    (write,) = part.writes
    assert write.fields == {**SAME, "ContactId": CONTACT.id, "OwnerId": ADA, "RecordTypeId": "012000000000001AAA"}
    assert part.assigned == (SObject.CASE,)


def test_a_new_case_whose_values_do_not_fit_is_told() -> None:
    setup = a_setup()
    part = create_case(None, a_state(subject="S" * 256), setup.pages["default"], setup, NOW)
    assert [(warning.object, warning.field) for warning in part.warnings] == [(SObject.CASE, "Subject")]


def test_a_new_case_without_contact_that_rules_assign() -> None:
    setup = a_setup(creation_rules={"case": {"new": {"assign": "assignment_rules"}}})
    part = create_case(None, a_state(), setup.pages["default"], setup, NOW)
    assert part.writes == (Write(record=part.record, fields=SAME, auto_assign=True),)
    assert part.assigned == ()


def test_a_case_of_an_unknown_customer_finds_his_account() -> None:
    part = contact_for(None, OrgSnapshot.of(accounts=[an_account()]))
    assert part
    assert [write.record.object for write in part.writes] == [SObject.CONTACT]
