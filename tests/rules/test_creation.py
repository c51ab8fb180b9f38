from dataclasses import replace
from typing import Any

import pytest

from producers.contract import Change, Kind, Named, Owner
from rules.creation import plan_booking
from rules.lookups import find_lookups
from rules.plan import Impossible, Known, New, Nothing, Plan, Records, SObject
from rules.snapshot import OrgSnapshot
from tests.builders import API_USER, NOW, a_booking, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.planning import (
    A_CASE,
    A_CONTACT,
    A_LEAD,
    FOUND,
    FOUND_CONTACT,
    LINKS,
    NEW_CASE,
    NEW_CONTACT,
    NEW_EVENT,
    NEW_LEAD,
    NOBODY,
    a_plan,
    event_of,
    on_page,
    plan,
    records_of,
    with_rules,
)
from tests.rules.records import (
    ACCOUNT,
    CASE,
    CONTACT,
    EVENT,
    LEAD,
    OTHER_CONTACT,
    a_case,
    a_contact,
    an_account,
    an_org_event,
)


@pytest.mark.parametrize("assign", ["keep", "booking_owner", "assignment_rules"])
def test_an_owner_and_assignment_rules_exclude_each_other(assign: str) -> None:
    for page in ("lead", "contact", "case"):
        for org in (NOBODY, FOUND, FOUND_CONTACT):
            writes = a_plan(org, with_rules(page, "override", assign)).writes
            assert not any(write.auto_assign and "OwnerId" in write.fields for write in writes)
            assert not any(
                write.auto_assign for write in writes if write.record.object in {SObject.CONTACT, SObject.EVENT}
            )


@pytest.mark.parametrize(
    ("page", "prefer", "cross", "people", "found"),
    [
        ("lead", "page", True, ("Lead", "Contact"), LEAD),
        ("contact", "page", True, ("Lead", "Contact"), CONTACT),
        ("lead", "page", True, ("Contact",), CONTACT),
        ("contact", "page", True, ("Lead",), LEAD),
        ("lead", "contact", True, ("Lead", "Contact"), CONTACT),
        ("contact", "lead", True, ("Lead", "Contact"), LEAD),
        ("lead", "page", False, ("Contact",), NEW_LEAD),
        ("contact", "page", False, ("Lead",), NEW_CONTACT),
        ("case", "page", True, ("Lead", "Contact"), CONTACT),
        ("case", "page", True, ("Lead",), NEW_CONTACT),
    ],
)
def test_who_is_taken_for_the_customer_when_the_email_is_known(
    page: str, prefer: str, cross: bool, people: tuple[str, ...], found: object
) -> None:
    org = OrgSnapshot.of(
        leads=[A_LEAD] if "Lead" in people else [],
        contacts=[A_CONTACT] if "Contact" in people else [],
        accounts=[an_account()],
    )
    setup = on_page(page, matching={"prefer": prefer, "cross_object_match": cross})
    assert event_of(a_plan(org, setup)).fields["WhoId"] == (found.id if isinstance(found, Known) else found)


@pytest.mark.parametrize("page", ["lead", "contact", "case", "none"])
@pytest.mark.parametrize(("named", "record"), [("Lead", LEAD), ("Contact", CONTACT)])
def test_a_link_decides_the_object_whatever_the_page_creates(page: str, named: str, record: Known) -> None:
    org = OrgSnapshot.of(leads=[A_LEAD], contacts=[A_CONTACT])
    decision = a_plan(org, on_page(page), salesforce=LINKS[named], customer=a_customer(email="new@acme.example"))
    assert set(records_of(decision)) == {record}
    assert decision.records.case is None


@pytest.mark.parametrize(
    ("page", "created"), [("lead", {NEW_LEAD}), ("contact", {NEW_CONTACT}), ("case", {NEW_CONTACT, NEW_CASE})]
)
def test_a_link_that_leads_nowhere_is_a_general_link(page: str, created: set[New]) -> None:
    for link in LINKS.values():
        assert set(records_of(a_plan(NOBODY, on_page(page), salesforce=link))) == created


def test_a_page_without_object_creates_nothing_for_general_links() -> None:
    expected = Nothing(booking_id="BKNG-1", because="the page creates nothing for general links")
    assert plan(NOBODY, on_page("none")) == plan(FOUND, on_page("none")) == expected


def test_the_settings_of_the_bookings_own_page_count() -> None:
    setup = a_setup(pages={"BP-1": {**a_setup().pages["default"].model_dump(), "object": "contact"}})
    assert a_plan(NOBODY, setup, page=Named(id="BP-1")).records.contact == NEW_CONTACT
    assert a_plan(NOBODY, setup, page=Named(id="BP-2")).records.lead == NEW_LEAD


def test_a_case_may_have_no_contact() -> None:
    decision = a_plan(NOBODY, on_page("case", matching={"case_creates_contact": False}))
    assert decision.records == Records(case=NEW_CASE, event=NEW_EVENT, assigned=(SObject.CASE,))
    assert "WhoId" not in event_of(decision).fields


def test_later_events_follow_the_customer_and_leave_the_contact_alone_that_a_case_has_kept() -> None:
    kim = a_contact(email="kim@acme.example")
    org = OrgSnapshot.of(contacts=[kim, a_contact(OTHER_CONTACT)], cases=[a_case(contact=CONTACT)])
    decision = a_plan(org, salesforce=LINKS["Case"])
    assert event_of(decision).fields["WhoId"] == CONTACT.id
    assert decision.records == Records(contact=OTHER_CONTACT, case=CASE, event=NEW_EVENT)
    assert CONTACT not in {write.record for write in decision.writes}


NAMELESS = a_customer(email=None, name=None, company=None, phone=None)


def test_a_cases_page_makes_a_case_of_a_booking_that_names_nobody_and_tells() -> None:
    decision = a_plan(NOBODY, on_page("case"), customer=NAMELESS, answers={})
    assert decision.records == Records(case=NEW_CASE, event=NEW_EVENT, assigned=(SObject.CASE,))
    assert [warning.code for warning in decision.warnings] == ["CUSTOMER_UNKNOWN"]


@pytest.mark.parametrize(
    ("prior", "contact"),
    [
        pytest.param(NAMELESS, NEW_CONTACT, id="who said nothing of himself before"),
        pytest.param(a_customer(), None, id="whom the setup gave none before"),
    ],
)
def test_a_case_without_contact_gets_the_customers_once_he_is_named(prior: Any, contact: Any) -> None:
    first = an_event(customer=prior)
    records = Records(case=CASE, event=EVENT)
    work = a_work(first, an_event(Kind.RESCHEDULED, minute=1), prior=a_state(first), records=records)
    org = OrgSnapshot.of(cases=[a_case()], events=[an_org_event(what=CASE)], accounts=[an_account()])
    decision = plan_booking(work, org, on_page("case"), NOW)
    assert isinstance(decision, Plan)
    assert decision.records.contact == contact
    written = {write.record: write.fields for write in decision.writes}
    assert (written.get(CASE, {}).get("ContactId"), written[EVENT].get("WhoId")) == (contact, contact)
    assert bool(find_lookups([work], on_page("case"), NOW)) is (contact is not None)


@pytest.mark.parametrize(
    ("kind", "changes", "wanted", "is_created"),
    [
        pytest.param(Kind.COMPLETED, {}, True, True, id="as shipped"),
        pytest.param(Kind.COMPLETED, {}, False, False, id="not wanted"),
        pytest.param(Kind.SCHEDULED, {}, False, True, id="its beginning"),
        pytest.param(Kind.RESCHEDULED, {"replaces": "BKNG-0"}, False, True, id="it replaces another"),
    ],
)
def test_whether_a_late_first_event_creates_is_the_setups_choice(
    kind: Kind, changes: dict[str, Any], wanted: bool, is_created: bool
) -> None:
    setup = a_setup(life_cycle={"create_on_late_event": wanted})
    decision = plan_booking(a_work(an_event(kind, **changes)), NOBODY, setup, NOW)
    late = Nothing(booking_id="BKNG-1", because="first heard of by a later event")
    assert isinstance(decision, Plan) is is_created
    assert is_created or decision == late


def test_a_booking_whose_event_is_there_is_known_however_late_it_is_heard_of() -> None:
    setup, org = a_setup(life_cycle={"create_on_late_event": False}), OrgSnapshot.of(events=[an_org_event()])
    assert isinstance(plan_booking(a_work(an_event(Kind.COMPLETED)), org, setup, NOW), Plan)


@pytest.mark.parametrize(
    ("org", "page", "what"),
    [
        pytest.param(OrgSnapshot.of(contacts=[a_contact(account=ACCOUNT)]), "contact", ACCOUNT.id, id="existing"),
        pytest.param(OrgSnapshot(), "contact", New(object=SObject.ACCOUNT, key="acme"), id="new"),
        pytest.param(OrgSnapshot(), "lead", None, id="a Lead has none"),
        pytest.param(OrgSnapshot(), "case", NEW_CASE, id="the Case comes first"),
        pytest.param(OrgSnapshot.of(contacts=[a_contact(person_account=ACCOUNT)]), "contact", None, id="a person"),
    ],
)
def test_an_event_may_be_related_to_the_contacts_account(org: OrgSnapshot, page: str, what: Any) -> None:
    related, alone = (on_page(page, event={"relate_account": wanted}) for wanted in (True, False))
    assert event_of(a_plan(org, related)).fields.get("WhatId") == what
    assert event_of(a_plan(org, alone)).fields.get("WhatId") == (NEW_CASE if page == "case" else None)


def test_a_deleted_event_of_a_meeting_that_is_off_is_told() -> None:
    work = a_work(an_event(), an_event(Kind.CANCELED, minute=1), prior=a_state(), records=None)
    decision = plan_booking(work, FOUND, a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert [(warning.code, warning.object) for warning in decision.warnings] == [("EVENT_DELETED", SObject.EVENT)]


def test_a_page_may_do_without_events() -> None:
    setup = a_setup(pages={"default": {"create_event": False}})
    decision = a_plan(NOBODY, setup)
    assert [write.record for write in decision.writes] == [NEW_LEAD]
    assert decision.records == Records(lead=NEW_LEAD, assigned=(SObject.LEAD,))


def test_record_types_are_for_new_records() -> None:
    types = {"record_types": dict.fromkeys(("Lead", "Contact", "Account", "Case", "Event"), "Inbound")}
    empty, full = OrgSnapshot(), OrgSnapshot.of(contacts=[A_CONTACT], cases=[A_CASE], events=[an_org_event()])
    for page, count in (("lead", 2), ("contact", 3), ("case", 4)):
        setup = a_setup(pages={"default": {"object": page, **types}})
        typed = [
            write for write in a_plan(empty, setup).writes if write.fields.get("RecordTypeId") == "012000000000001AAA"
        ]
        assert len(typed) == count
        known = a_plan(full, setup, salesforce=LINKS["Case"])
        assert not any("RecordTypeId" in write.fields for write in known.writes)


def test_plan_names_its_records_and_its_reasons_in_the_order_of_the_writes() -> None:
    decision = a_plan(OrgSnapshot(), on_page("case"))
    account = New(object=SObject.ACCOUNT, key="acme")
    assert [write.record for write in decision.writes] == [account, NEW_CONTACT, NEW_CASE, NEW_EVENT]
    assert decision.records == Records(
        account=account,
        contact=NEW_CONTACT,
        case=NEW_CASE,
        event=NEW_EVENT,
        assigned=(SObject.ACCOUNT, SObject.CONTACT, SObject.CASE),
    )
    assert decision.because == (
        "Account created: none has this name",
        "Contact created: nobody with this id or e-mail is known",
        "owner is the booking owner",
        "Case created: the link names none",
        "owner is the booking owner",
        "Event created",
        "owner is the booking owner",
    )


@pytest.mark.parametrize(
    ("customer", "is_possible"),
    [
        pytest.param({"name": None}, True, id="e-mail alone"),
        pytest.param({"email": None}, True, id="name alone"),
        pytest.param({"email": None, "name": None, "last_name": "Marin"}, True, id="last name alone"),
        pytest.param({"email": None, "name": None}, False, id="neither"),
        pytest.param({"email": "email@example.com", "name": None}, False, id="our own placeholder"),
    ],
)
@pytest.mark.parametrize("page", ["lead", "contact"])
def test_a_customer_needs_an_email_or_a_name(page: str, customer: dict[str, Any], is_possible: bool) -> None:
    decision = plan(NOBODY, on_page(page), customer=a_customer(**customer))
    assert isinstance(decision, Plan) is is_possible
    if isinstance(decision, Impossible):
        assert (decision.code, decision.field) == ("NO_CUSTOMER", "customer.email")


def test_a_customer_without_email_and_name_is_found_by_the_link() -> None:
    nameless = a_customer(email=None, name=None)
    assert a_plan(FOUND, salesforce=LINKS["Lead"], customer=nameless).records.lead == LEAD


CANCELED = an_event(Kind.CANCELED, change=Change(actor="customer"))


def test_nothing_is_created_for_a_booking_of_which_only_the_cancellation_is_known() -> None:
    decision = plan_booking(a_work(CANCELED), FOUND, a_setup(), NOW)
    assert decision == Nothing(booking_id="BKNG-1", because="canceled before anything else of it was known")


def test_a_cancellation_finds_the_event_that_the_journal_has_lost() -> None:
    org = OrgSnapshot.of(leads=[A_LEAD], events=[an_org_event(who=LEAD)])
    decision = plan_booking(a_work(CANCELED), org, a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert event_of(decision).record == EVENT
    assert event_of(decision).fields["ShowAs"] == "Free"


@pytest.mark.parametrize("kind", [Kind.RESCHEDULED, Kind.REASSIGNED, Kind.COMPLETED, Kind.NO_SHOW])
def test_a_booking_first_heard_of_by_a_later_event_is_created_with_its_status(kind: Kind) -> None:
    decision = plan_booking(a_work(an_event(kind)), NOBODY, a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert decision.records.lead == NEW_LEAD
    assert event_of(decision).record == NEW_EVENT


@pytest.mark.parametrize(
    ("kind", "is_put_back"),
    [
        (Kind.RESCHEDULED, True),
        (Kind.REASSIGNED, True),
        (Kind.COMPLETED, False),
        (Kind.NO_SHOW, False),
        (Kind.CANCELED, False),
    ],
)
def test_an_event_that_somebody_deleted_is_put_back_only_while_the_meeting_is_to_come(
    kind: Kind, is_put_back: bool
) -> None:
    scheduled = an_event()
    work = a_work(scheduled, an_event(kind, minute=1), prior=a_state(scheduled))
    decision = plan_booking(work, FOUND, a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert (decision.records.event is not None) is is_put_back
    assert decision.records.lead == LEAD


@pytest.mark.parametrize("assign", ["booking_owner", "assignment_rules"])
def test_a_later_event_that_must_look_for_its_record_again_assigns_nothing(assign: str) -> None:
    scheduled = an_event(salesforce=LINKS["Case"])
    canceled = an_event(Kind.CANCELED, minute=1)
    work = a_work(scheduled, canceled, prior=a_state(scheduled))
    decision = plan_booking(work, FOUND_CONTACT, with_rules("lead", "override", assign), NOW)
    assert isinstance(decision, Plan)
    assert not any(write.auto_assign or "OwnerId" in write.fields for write in decision.writes)


UNKNOWN = Owner(id="USR-GONE", email="gone@vendor.example")


def test_bookings_of_unmapped_owners_can_be_skipped() -> None:
    setup = a_setup(owners={"on_unmapped": "skip"})
    assert plan(NOBODY, setup, owner=UNKNOWN) == Nothing(
        booking_id="BKNG-1", because="the booking owner is no active Salesforce user"
    )
    assert isinstance(plan(NOBODY, setup), Plan)


@pytest.mark.parametrize("owners", [(UNKNOWN, None), (None, UNKNOWN)], ids=["mapped later", "mapped at first"])
def test_one_owner_that_is_a_user_is_enough_in_any_order(owners: tuple[Owner | None, Owner | None]) -> None:
    ada = a_booking().owner
    events = [an_event(Kind.REASSIGNED, minute=n, owner=owner or ada) for n, owner in enumerate(owners)]
    assert isinstance(plan_booking(a_work(*events), NOBODY, a_setup(owners={"on_unmapped": "skip"}), NOW), Plan)


def test_unmapped_owner_is_told_of_every_record_that_lacks_him() -> None:
    decision = a_plan(OrgSnapshot(), on_page("case"), owner=UNKNOWN)
    told = [(warning.code, warning.object, warning.field) for warning in decision.warnings]
    assert told == [("OWNER_UNMAPPED", obj, "OwnerId") for obj in (SObject.CONTACT, SObject.CASE, SObject.EVENT)]


def test_a_known_booking_is_brought_without_a_look_at_the_org() -> None:
    scheduled = an_event()
    work = a_work(scheduled, CANCELED, prior=a_state(scheduled), records=Records(lead=LEAD, event=EVENT))
    decision = plan_booking(work, OrgSnapshot(), a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert [write.record for write in decision.writes] == [EVENT]


def test_a_retry_goes_on_with_the_records_that_are_there() -> None:
    work = a_work(records=Records(lead=LEAD))
    decision = plan_booking(work, FOUND, with_rules("lead", "override", "assignment_rules"), NOW)
    assert isinstance(decision, Plan)
    assert records_of(decision)[LEAD][1:] == (None, False)
    assert decision.records == Records(lead=LEAD, event=NEW_EVENT)


def test_a_retry_remembers_what_was_assigned() -> None:
    work = a_work(records=Records(lead=LEAD, assigned=(SObject.LEAD,)))
    decision = plan_booking(work, FOUND, with_rules("lead", "override", "booking_owner"), NOW)
    assert isinstance(decision, Plan)
    assert decision.records.assigned == (SObject.LEAD,)


def test_a_retry_remembers_what_the_try_before_it_did() -> None:
    noted = Records(lead=LEAD, account=ACCOUNT, assigned=(SObject.ACCOUNT,), filled=("Lead.Fax",))
    decision = plan_booking(a_work(records=noted), FOUND, a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert decision.records == replace(noted, event=NEW_EVENT)


def test_a_retry_behind_the_event_writes_it_again() -> None:
    org = OrgSnapshot.of(leads=[A_LEAD], events=[an_org_event(who=LEAD)])
    decision = plan_booking(a_work(records=Records(lead=LEAD, event=EVENT)), org, a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert event_of(decision).record == EVENT


def test_a_known_booking_whose_event_a_broken_try_left_out_gets_it() -> None:
    scheduled, moved = an_event(), an_event(Kind.RESCHEDULED, minute=1)
    work = a_work(scheduled, moved, prior=a_state(scheduled), records=Records(lead=LEAD))
    decision = plan_booking(work, FOUND, a_setup(), NOW)
    assert isinstance(decision, Plan)
    assert decision.records == Records(lead=LEAD, event=NEW_EVENT)


def test_an_existing_record_stays_with_its_owner_where_the_booking_owner_is_no_user() -> None:
    decision = a_plan(FOUND, with_rules("lead", "override", "booking_owner"), owner=UNKNOWN)
    assert records_of(decision)[LEAD][1:] == (None, False)
    assert event_of(decision).fields["OwnerId"] == API_USER
    assert decision.records.assigned == (SObject.LEAD,)


def test_a_retry_of_a_link_on_a_case_page_still_makes_no_case() -> None:
    org = OrgSnapshot.of(contacts=[A_CONTACT, a_contact(OTHER_CONTACT)])
    work = a_work(an_event(salesforce=LINKS["Contact"]), records=Records(contact=CONTACT))
    decision = plan_booking(work, org, on_page("case"), NOW)
    assert isinstance(decision, Plan)
    assert decision.records == Records(contact=CONTACT, event=NEW_EVENT)
