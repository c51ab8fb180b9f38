from typing import Any

import pytest

from producers.contract import BookingEvent, Kind, Owner
from rules.changes import must_look_again, needs_reading, plan_change
from rules.plan import FieldValue, Known, Plan, Records, SObject
from rules.ready import ReadySetup
from rules.snapshot import OrgSnapshot
from rules.updating import update_mode
from tests.builders import ADA, BEN, a_customer, a_setup, a_state, a_work, an_event
from tests.rules.records import CASE, CONTACT, EVENT, LEAD, a_case, a_contact, a_lead
from tests.rules.setups import rows_with

ADA_IS, BEN_IS, GONE = Owner(email="ada@vendor.example"), Owner(email="ben@vendor.example"), Owner(id="USR-GONE")
BOOKED = an_event(minute=5, customer=a_customer(phone="1", note="A"))
SAID = an_event(Kind.RESCHEDULED, minute=6, customer=a_customer(phone="2", note="B"))
CANCELED = an_event(Kind.CANCELED, minute=7, customer=a_customer(phone="1", note="A"))
FILLING = {name: {"existing": {"update": "fill_empty"}} for name in ("lead", "contact", "case")}


def change(
    *events: BookingEvent, records: Records, org: OrgSnapshot | None = None, setup: ReadySetup | None = None
) -> Plan:
    """What the last of these deliveries means for a booking whose others were applied."""
    work = a_work(*events, prior=a_state(*events[:-1]), records=records)
    assert work.prior
    return plan_change(work, work.prior, records, org or OrgSnapshot(), setup or a_setup())


def written(plan: Plan) -> dict[str, dict[str, FieldValue]]:
    return {write.record.object.value: dict(write.fields) for write in plan.writes}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param(Records(lead=LEAD), {"Lead": {"Phone": "2"}}, id="Lead"),
        pytest.param(Records(contact=CONTACT), {"Contact": {"Phone": "2"}}, id="Contact"),
        pytest.param(
            Records(contact=CONTACT, case=CASE), {"Contact": {"Phone": "2"}, "Case": {"Description": "B"}}, id="Case"
        ),
        pytest.param(Records(case=CASE), {"Case": {"Description": "B"}}, id="Case alone"),
        pytest.param(Records(), {}, id="nothing"),
    ],
)
def test_every_record_of_the_booking_follows_what_changed(records: Records, expected: dict[str, Any]) -> None:
    plan = change(BOOKED, SAID, records=records)
    assert written(plan) == expected
    assert plan.because == tuple(f"{name} updated with what changed" for name in expected)
    assert plan.records == records
    assert not any(write.auto_assign for write in plan.writes)


def test_the_event_follows_too_and_comes_last() -> None:
    plan = change(BOOKED, SAID, records=Records(lead=LEAD, event=EVENT))
    assert [write.record for write in plan.writes] == [LEAD, EVENT]
    assert plan.because == ("Lead updated with what changed", "Event updated")


def test_an_event_that_says_nothing_new_changes_nothing() -> None:
    again = an_event(minute=6, customer=a_customer(phone="1", note="A"))
    plan = change(BOOKED, again, records=Records(lead=LEAD, event=EVENT))
    assert (plan.writes, plan.because) == ((), ("Event already says so",))


@pytest.mark.parametrize(
    ("records", "org", "expected"),
    [
        pytest.param(
            Records(lead=LEAD, filled=("Lead.Phone",)),
            OrgSnapshot.of(leads=[a_lead(values={"Phone": "1"})]),
            {"Lead": {"Phone": "2"}},
            id="Lead follows",
        ),
        pytest.param(
            Records(lead=LEAD),
            OrgSnapshot.of(leads=[a_lead(values={"Phone": "1"})]),
            {},
            id="Lead keeps what it had already",
        ),
        pytest.param(Records(lead=LEAD), OrgSnapshot.of(leads=[a_lead(values={"Phone": "own"})]), {}, id="Lead keeps"),
        pytest.param(
            Records(contact=CONTACT),
            OrgSnapshot.of(contacts=[a_contact(values={"Phone": "own"})]),
            {},
            id="Contact keeps",
        ),
        pytest.param(
            Records(case=CASE), OrgSnapshot.of(cases=[a_case(values={"Description": "own"})]), {}, id="Case keeps"
        ),
        pytest.param(
            Records(lead=LEAD),
            OrgSnapshot(),
            {"Lead": {"Phone": "2"}},
            id="a record that is gone is for Salesforce to refuse",
        ),
    ],
)
def test_where_only_empty_fields_are_filled_the_record_counts(
    records: Records, org: OrgSnapshot, expected: dict[str, Any]
) -> None:
    assert written(change(BOOKED, SAID, records=records, org=org, setup=a_setup(creation_rules=FILLING))) == expected


@pytest.mark.parametrize(
    ("owners", "assigned", "owner_id"),
    [
        pytest.param((ADA_IS, BEN_IS), (SObject.LEAD,), ADA, id="an earlier owner is heard of later"),
        pytest.param((ADA_IS, BEN_IS), (), None, id="the owner was never set"),
        pytest.param((ADA_IS, ADA_IS), (SObject.LEAD,), None, id="the same owner"),
        pytest.param(
            (Owner(id="USR-1", email="ada@vendor.example"), ADA_IS), (SObject.LEAD,), None, id="the same user"
        ),
        pytest.param((GONE, BEN_IS), (SObject.LEAD,), None, id="an earlier owner who is no user"),
        pytest.param((ADA_IS, GONE), (SObject.LEAD,), ADA, id="until now no owner was a user"),
        pytest.param((Owner(), BEN_IS), (SObject.LEAD,), None, id="an earlier event that names nobody"),
    ],
)
def test_a_record_that_was_assigned_follows_the_owner_at_booking_time(
    owners: tuple[Owner, Owner], assigned: tuple[SObject, ...], owner_id: str | None
) -> None:
    first, applied = an_event(minute=1, owner=owners[0]), an_event(Kind.REASSIGNED, minute=2, owner=owners[1])
    records = Records(lead=LEAD, assigned=assigned)
    prior = a_state(applied)
    plan = plan_change(a_work(first, applied, prior=prior), prior, records, OrgSnapshot(), a_setup())
    assert written(plan).get("Lead", {}).get("OwnerId") == owner_id


@pytest.mark.parametrize(("owner", "owner_id"), [(ADA_IS, ADA), (GONE, None)], ids=["a user", "nobody"])
def test_a_repeated_try_names_the_owner_again(owner: Owner, owner_id: str | None) -> None:
    records = Records(lead=LEAD, assigned=(SObject.LEAD,))
    prior = a_state(an_event(owner=owner))
    work = a_work(an_event(owner=owner), prior=prior, is_retry=True)
    plan = plan_change(work, prior, records, OrgSnapshot(), a_setup())
    assert written(plan)["Lead"].get("OwnerId") == owner_id


def test_what_was_filled_before_is_remembered() -> None:
    filled = ("Lead.Phone", "Lead.Email")
    records = Records(lead=LEAD, filled=("Lead.Email",))
    org = OrgSnapshot.of(leads=[a_lead(values={"Phone": None})])
    assert set(
        change(BOOKED, SAID, records=records, org=org, setup=a_setup(creation_rules=FILLING)).records.filled
    ) == set(filled)


def test_reassignment_leaves_the_owner_of_the_record_alone() -> None:
    records = Records(lead=LEAD, event=EVENT, assigned=(SObject.LEAD,))
    plan = change(an_event(), an_event(Kind.REASSIGNED, minute=1, owner=BEN_IS), records=records)
    assert written(plan)["Event"]["OwnerId"] == BEN
    assert "Lead" not in written(plan)


def test_what_the_event_tells_that_no_field_takes_is_told() -> None:
    plan = change(an_event(), an_event(minute=1, customer=a_customer(phone="1" * 41)), records=Records(lead=LEAD))
    assert plan.writes == ()
    assert [(warning.object, warning.field) for warning in plan.warnings] == [(SObject.LEAD, "Phone")]


def test_booking_data_on_a_record_follows_in_both_modes() -> None:
    rows = rows_with({"booking": "event_status", "object": "Lead", "field": "Status__c"})
    for rules in ({}, FILLING):
        setup = a_setup(field_mapping=rows, creation_rules=rules)
        plan = change(an_event(), an_event(Kind.COMPLETED, minute=1), records=Records(lead=LEAD), setup=setup)
        assert written(plan) == {"Lead": {"Status__c": "Completed"}}


@pytest.mark.parametrize(
    ("obj", "mode"),
    [(SObject.LEAD, "override"), (SObject.CONTACT, "fill_empty"), (SObject.CASE, "override")],
)
def test_each_object_has_its_own_mode(obj: SObject, mode: str) -> None:
    assert update_mode(obj, a_setup(creation_rules={"contact": {"existing": {"update": "fill_empty"}}})) == mode


@pytest.mark.parametrize(
    ("kind", "create_event", "records", "lacks"),
    [
        pytest.param(Kind.SCHEDULED, True, Records(lead=LEAD), True, id="broken off before it"),
        pytest.param(Kind.RESCHEDULED, True, None, True, id="nothing is known"),
        pytest.param(Kind.SCHEDULED, True, Records(lead=LEAD, event=EVENT), False, id="it is there"),
        pytest.param(Kind.SCHEDULED, False, Records(lead=LEAD), False, id="the page wants none"),
        pytest.param(Kind.CANCELED, True, Records(lead=LEAD), False, id="the meeting is off"),
        pytest.param(Kind.COMPLETED, True, Records(lead=LEAD), False, id="the meeting is over"),
    ],
)
def test_whether_an_event_is_still_to_be_created(
    kind: Kind, create_event: bool, records: Records | None, lacks: bool
) -> None:
    setup = a_setup(pages={"default": {"create_event": create_event}})
    assert must_look_again(a_work(an_event(kind), records=records), setup) is lacks


RECORDS = Records(lead=LEAD, contact=CONTACT, case=CASE, event=EVENT)


@pytest.mark.parametrize(
    ("rules", "events", "records", "read"),
    [
        pytest.param(FILLING, (BOOKED, SAID), RECORDS, [LEAD, CONTACT, CASE], id="news to fill in"),
        pytest.param({}, (BOOKED, SAID), RECORDS, [], id="news to override with"),
        pytest.param(FILLING, (BOOKED, CANCELED), RECORDS, [], id="no news"),
        pytest.param(FILLING, (BOOKED, SAID), Records(), [], id="records of nothing"),
    ],
)
def test_a_known_record_is_read_only_where_there_is_news_to_fill_in(
    rules: dict[str, Any], events: tuple[BookingEvent, ...], records: Records, read: list[Known]
) -> None:
    prior = a_state(events[0])
    work = a_work(*events, prior=prior, records=records)
    assert needs_reading(work, prior, records, a_setup(creation_rules=rules)) == read
