from dataclasses import replace

import pytest

from producers.contract import SalesforceIds
from rules.batch import merge_writes, plan_customer
from rules.cases import find_case
from rules.lookups import find_lookups
from rules.packages import case_key, package_key
from rules.plan import New, Plan, SObject
from rules.ready import ReadySetup
from rules.recognition import How
from rules.snapshot import OrgSnapshot, Work
from tests.builders import ADA, NOW, a_booking, a_setup, a_work, an_event
from tests.rules.planning import on_page
from tests.rules.records import CASE, a_case

EACH_ITS_OWN = {"case_per_package": False}
SHARED = New(object=SObject.CASE, key="package-PKG-7")
SESSION = a_booking("BKNG-1", package_id="PKG-7")


def session(booking_id: str = "BKNG-1", **changes: object) -> Work:
    return a_work(an_event(booking=a_booking(booking_id, **{"package_id": "PKG-7"} | changes)))


def planned(*works: Work, setup: ReadySetup, org: OrgSnapshot | None = None) -> list[Plan]:
    decisions = plan_customer(works, org or OrgSnapshot(), setup, NOW)
    return [decision for decision in decisions if isinstance(decision, Plan)]


def test_sessions_of_a_package_share_the_key_of_their_case_unless_the_setup_wants_one_each() -> None:
    assert (package_key(SESSION, a_setup()), case_key(SESSION, a_setup())) == ("package-PKG-7", "package-PKG-7")
    own = a_setup(matching=EACH_ITS_OWN)
    assert (package_key(SESSION, own), case_key(SESSION, own)) == (None, "BKNG-1")
    assert (package_key(a_booking(), a_setup()), case_key(a_booking(), a_setup())) == (None, "BKNG-1")


def test_sessions_of_a_package_are_one_case_with_an_event_each() -> None:
    writes = merge_writes(planned(session("BKNG-1"), session("BKNG-2"), setup=on_page("case")))
    cases = [write for write in writes if write.record.object is SObject.CASE]
    events = [write for write in writes if write.record.object is SObject.EVENT]
    assert [(case.record, case.fields["OwnerId"]) for case in cases] == [(SHARED, ADA)]
    assert [event.fields["WhatId"] for event in events] == [SHARED, SHARED]


def test_sessions_have_a_case_each_where_the_setup_wants_it_or_the_source_names_no_package() -> None:
    separate = planned(session("BKNG-1"), session("BKNG-2"), setup=on_page("case", matching=EACH_ITS_OWN))
    nameless = planned(a_work(), session("BKNG-2", package_id=None), setup=on_page("case"))
    for plans in (separate, nameless):
        assert [plan.records.case for plan in plans] == [
            New(object=SObject.CASE, key="BKNG-1"),
            New(object=SObject.CASE, key="BKNG-2"),
        ]


def test_a_later_session_finds_the_case_of_its_package_and_leaves_its_owner_alone() -> None:
    org = OrgSnapshot.of(cases=[a_case(key="package-PKG-7")])
    setup = on_page("case", creation_rules={"case": {"existing": {"assign": "assignment_rules"}}})
    (plan,) = planned(session("BKNG-2"), setup=setup, org=org)
    assert plan.records.case == CASE
    (write,) = (write for write in plan.writes if write.record == CASE)
    assert ("OwnerId" in write.fields, write.auto_assign) == (False, False)
    assert "Case recognised as the one of its session package, updated" in plan.because


def test_a_repeated_try_names_the_owner_of_the_packages_case_again() -> None:
    org = OrgSnapshot.of(cases=[a_case(key="package-PKG-7")])
    (plan,) = planned(replace(session(), is_retry=True), setup=on_page("case"), org=org)
    (write,) = (write for write in plan.writes if write.record == CASE)
    assert write.fields["OwnerId"] == ADA


def test_a_link_to_a_case_comes_before_the_package() -> None:
    other = replace(CASE, id="500000000000002AAA")
    org = OrgSnapshot.of(cases=[a_case(), a_case(other, key="package-PKG-7")])
    linked = session(salesforce=SalesforceIds(case=CASE.id))
    assert find_case(linked, org, a_setup()) == (a_case(), How.ID)
    assert find_case(session(), org, a_setup()) == (a_case(other, key="package-PKG-7"), How.PACKAGE)


@pytest.mark.parametrize(("page", "keys"), [("case", {"package-PKG-7"}), ("lead", set()), ("contact", set())])
def test_the_case_of_a_package_is_looked_up_where_the_page_makes_cases(page: str, keys: set[str]) -> None:
    assert find_lookups([session()], on_page(page), NOW).case_keys == keys
