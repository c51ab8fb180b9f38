"""Previews against a real Redis and the simulated org: they say what the sync then does, and change nothing."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producers.contract import BookingEvent, Change, Kind, Named, Owner, SalesforceIds
from rules.plan import Known, New, Nothing, Plan, Record, SObject
from rules.preview import WriteShown
from tests.builders import MONDAY, a_booking, a_customer, an_event
from tests.integration.previews import everything, preview_of, recording_of
from tests.rig import Rig
from worker.previewing import Calls, Preview

PAGES = """
[pages."BP-CONTACTS"]
object = "contact"

[pages."BP-CASES"]
object = "case"
"""
ADA, BEN = "ada.rep@vendor.example", "ben.rep@vendor.example"


def booked(n: int = 1, *, kind: Kind = Kind.SCHEDULED, minute: int = 0, **changes: Any) -> BookingEvent:
    """A booking of a customer of its own with Ada."""
    customer = a_customer(name=f"Nr {n}", email=f"nr{n}@many.example", company=f"Company {n}")
    facts = {"customer": customer, "owner": Owner(id="USR-ADA", email=ADA)} | changes
    return an_event(kind, minute=minute, booking=a_booking(f"BKNG-{n}", **facts))


def on_page(page: str, n: int = 1, **changes: Any) -> BookingEvent:
    return booked(n, page=Named(id=page), **changes)


def canceled(event: BookingEvent) -> BookingEvent:
    booking = event.booking.model_copy(update={"change": Change(actor="customer", reason="No time")})
    return an_event(Kind.CANCELED, minute=60, booking=booking)


def write_of(preview: Preview, obj: SObject, booking: int = 0) -> WriteShown:
    (write,) = (write for write in preview.bookings[booking].shown.writes if write.record.object is obj)
    return write


def changes_of(write: WriteShown) -> dict[str, tuple[object, object]]:
    assert all(change.is_known for change in write.changes)
    return {change.field: (change.old, change.new) for change in write.changes}


def found_in(preview: Preview, booking: int = 0) -> list[tuple[str, str]]:
    return [(reason.record.object, reason.found) for reason in preview.bookings[booking].shown.found]


def check_cost(rig: Rig, events: list[BookingEvent]) -> Preview:
    """The cost that is shown is the one that the org counts when the events are synced, and no more happened."""
    before = everything(rig)
    preview = preview_of(rig, *events)
    assert everything(rig) == before
    rig.publish(*events)
    assert preview.together.total == rig.sync()
    return preview


COSTS: list[tuple[list[BookingEvent], list[BookingEvent], Calls, str]] = [
    ([], [booked()], Calls(read=1, write=1), "a new lead"),
    ([booked()], [canceled(booked())], Calls(read=0, write=1), "the cancel of a known booking"),
    ([booked()], [booked()], Calls(read=0, write=0), "a delivery that is known"),
    ([], [booked(n) for n in range(30)], Calls(read=1, write=2), "30 new bookings"),
    ([], [booked(n) for n in range(12)], Calls(read=1, write=1), "24 records"),
    ([], [on_page("BP-CONTACTS")], Calls(read=1, write=1), "a contact with its account"),
    ([], [on_page("BP-CASES")], Calls(read=1, write=1), "a case"),
    ([], [on_page("BP-CASES", n) for n in range(20)], Calls(read=1, write=2), "many cases"),
    ([], [booked(n) for n in range(230)], Calls(read=2, write=4), "two batches"),
    ([], [canceled(booked())], Calls(read=1, write=0), "a cancel of what nobody knows"),
    (
        [booked(n) for n in range(30)],
        [canceled(booked(n)) for n in range(30)] + [booked(50)],
        Calls(read=1, write=2),
        "known and new bookings",
    ),
]


@pytest.mark.parametrize(("before", "events", "calls"), [row[:3] for row in COSTS], ids=[row[3] for row in COSTS])
def test_the_calls_that_are_shown_are_those_that_the_org_counts(
    make_rig: Callable[..., Rig], before: list[BookingEvent], events: list[BookingEvent], calls: Calls
) -> None:
    rig = make_rig(PAGES)
    rig.make_ready()
    rig.publish(*before)
    rig.sync()
    assert check_cost(rig, events).together == calls


def test_an_event_that_points_to_unread_records_costs_one_more_call(rig: Rig) -> None:
    rig.publish(booked())
    rig.sync()
    for key in rig.redis.scan_iter(f"bookforce:{{{rig.connection}}}:[be]*"):
        rig.redis.delete(key)
    moved = booked(customer=a_customer(email="other@many.example"), minute=1)
    preview = check_cost(rig, [moved])
    assert preview.together == preview.bookings[0].alone == Calls(read=2, write=1)
    assert (SObject.LEAD, "recognised as this booking's own") in found_in(preview)


def test_a_booking_alone_costs_what_it_costs_alone(rig: Rig) -> None:
    rig.make_ready()
    preview = preview_of(rig, *(booked(n) for n in range(30)))
    assert {booking.alone for booking in preview.bookings} == {Calls(read=1, write=1)}


def test_a_new_lead_is_shown_with_its_fields_and_its_owner(rig: Rig) -> None:
    rig.make_ready()
    preview = preview_of(rig, booked())
    lead, event = (write_of(preview, obj) for obj in (SObject.LEAD, SObject.EVENT))
    assert (lead.creates, event.creates) == (True, True)
    assert changes_of(lead)["Email"] == (None, "nr1@many.example")
    assert changes_of(event)["WhoId"] == (None, New(object=SObject.LEAD, key="BKNG-1"))
    assert preview.users[str(event.owner.id)[:15]] == ADA
    assert (event.owner.was, event.owner.because) == (None, "owner is the booking owner")


def test_of_several_leads_the_one_that_is_taken_is_shown_with_what_it_says_now(rig: Rig) -> None:
    rig.make_ready()
    rows = [{"LastName": f"Old {n}", "Company": "C", "Email": "nr1@many.example"} for n in range(3)]
    leads = rig.org.seed("Lead", [row | {"OwnerId": rig.user(BEN)} for row in rows])
    preview = preview_of(rig, booked())
    write = write_of(preview, SObject.LEAD)
    assert isinstance(write.record, Known)
    assert write.record.id in leads
    assert found_in(preview) == [("Lead", "recognised by e-mail, most recently modified of 3")]
    assert changes_of(write)["LastName"] == (f"Old {leads.index(write.record.id)}", "1")
    assert preview.users[str(write.owner.was)[:15]] == BEN


def test_a_known_booking_is_shown_with_the_values_in_the_org(rig: Rig) -> None:
    rig.publish(booked())
    rig.sync()
    (event,) = rig.records("Event")
    rig.change_record("Event", event["Id"], ScheduleOnce__Event_status__c="By hand")
    preview = preview_of(rig, canceled(booked()))
    write = write_of(preview, SObject.EVENT)
    changes = changes_of(write)
    assert changes["ScheduleOnce__Event_status__c"] == ("By hand", "Canceled by Customer")
    assert changes["ShowAs"] == ("Busy", "Free")
    assert write.owner.id == write.owner.was == rig.user(ADA)
    assert ("Event", "known from earlier events of the booking") in found_in(preview)


def test_an_event_that_is_gone_has_no_old_values(rig: Rig) -> None:
    rig.publish(booked())
    rig.sync()
    (event,) = rig.records("Event")
    rig.change_record("Event", event["Id"], IsDeleted=True)
    write = write_of(preview_of(rig, canceled(booked())), SObject.EVENT)
    assert not any(change.is_known for change in write.changes)


def test_the_later_booking_of_a_customer_sees_what_the_earlier_writes(rig: Rig) -> None:
    rig.make_ready()
    again = booked().booking.model_copy(
        update={"id": "BKNG-2", "customer": a_customer(name="Nr 1", email="nr1@many.example", phone="+49 9")}
    )
    preview = preview_of(rig, booked(), an_event(booking=again, minute=1))
    write = write_of(preview, SObject.LEAD, 1)
    assert (write.creates, write.record) == (False, New(object=SObject.LEAD, key="BKNG-1"))
    assert changes_of(write) == {"Company": ("Company 1", "Acme"), "Phone": ("+33 1 23 45", "+49 9")}
    assert found_in(preview, 1) == [("Lead", "recognised by e-mail")]


def test_a_booking_that_waits_in_the_journal_comes_along(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(booked())
    other = booked().booking.model_copy(update={"id": "BKNG-2"})
    preview = preview_of(rig, an_event(booking=other, minute=1))
    assert [(each.booking_id, len(each.events)) for each in preview.bookings] == [("BKNG-1", 0), ("BKNG-2", 1)]
    assert [len(each.shown.writes) for each in preview.bookings] == [2, 1]


def test_a_booking_that_replaces_another_takes_its_record_and_calls_it_off(rig: Rig) -> None:
    rig.publish(booked())
    rig.sync()
    moved = booked().booking.model_copy(
        update={"id": "BKNG-2", "replaces": "BKNG-1", "customer": a_customer(email="other@many.example")}
    )
    preview = check_cost(rig, [an_event(booking=moved, minute=1)])
    new, old = sorted(preview.bookings, key=lambda each: each.booking_id, reverse=True)
    assert [reason.found for reason in new.shown.found] == ["recognised as the record of the replaced booking"]
    (write,) = old.shown.writes
    assert changes_of(write)["ShowAs"] == ("Busy", "Free")


def test_what_the_journal_has_settled_comes_to_nothing(rig: Rig) -> None:
    rig.publish(booked())
    rig.sync()
    preview = preview_of(rig, booked())
    (booking,) = preview.bookings
    because = "the journal has these events already: 1 in Salesforce"
    assert booking.shown.decision == Nothing(booking_id="BKNG-1", because=because)
    assert booking.events[0].is_known
    assert preview.batches == ()


def test_what_the_journal_has_parked_comes_to_nothing(rig: Rig) -> None:
    nobody = booked(customer=a_customer(name=None, email=None))
    rig.publish(nobody)
    rig.sync()
    (booking,) = preview_of(rig, nobody).bookings
    assert booking.shown.because == ("the journal has these events already: 1 parked or skipped",)


def test_a_new_event_of_a_parked_booking_is_planned_with_it(rig: Rig) -> None:
    rig.publish(booked(customer=a_customer(name=None, email=None)))
    rig.sync()
    preview = check_cost(rig, [booked(minute=1)])
    assert [write.creates for write in preview.bookings[0].shown.writes] == [True, True]


def test_the_org_says_after_the_sync_what_the_preview_said(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    rig.make_ready()
    known = [on_page(page, n) for n, page in enumerate(["BP-LEADS", "BP-CONTACTS", "BP-CASES"], start=1)]
    rig.publish(*known)
    rig.org.seed("Lead", [{"LastName": "Old", "Company": "C", "Email": "nr11@many.example"}])
    rig.org.seed("Contact", [{"LastName": "Old", "Email": "nr12@many.example"}])
    rig.sync()
    later = [
        an_event(Kind.RESCHEDULED, minute=5, booking=each.booking.model_copy(update={"subject": "Moved"}))
        for each in known
    ]
    new = [on_page(page, n) for n, page in enumerate(["BP-LEADS", "BP-LEADS", "BP-CONTACTS", "BP-CASES"], start=10)]
    preview = check_cost(rig, [*later, canceled(known[0]), *new])
    compared = 0
    for write in (write for booking in preview.bookings for write in booking.shown.writes):
        (row,) = (row for row in rig.records(write.record.object) if is_of(row, write.record))
        said = {change.field: change.new for change in write.changes if isinstance(change.new, str)}
        texts = {name: value for name, value in said.items() if not name.endswith("DateTime")}
        assert texts == {name: row[name] for name in texts}
        assert write.owner.id in {None, row["OwnerId"]}
        compared += len(texts)
    assert compared > 40


def is_of(row: Mapping[str, Any], record: Record) -> bool:
    """Whether the org's row is this record, or what became of it."""
    if isinstance(record, Known):
        return bool(row["Id"] == record.id)
    keys = (row.get("Bookforce_Booking_Id__c"), row.get("Bookforce_Account_Key__c"))
    return record.key in keys


def test_a_contact_comes_with_its_account(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    rig.make_ready()
    (acme,) = rig.org.seed("Account", [{"Name": "Company 1"}])
    preview = check_cost(rig, [on_page("BP-CONTACTS"), on_page("BP-CONTACTS", 2)])
    assert found_in(preview) == [("Account", "found by its name")]
    assert changes_of(write_of(preview, SObject.CONTACT))["AccountId"] == (None, acme)
    account = New(object=SObject.ACCOUNT, key="company 2")
    assert write_of(preview, SObject.ACCOUNT, 1).record == account
    assert changes_of(write_of(preview, SObject.CONTACT, 1))["AccountId"] == (None, account)


def test_a_case_that_a_link_names_is_shown_as_it_is(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    rig.make_ready()
    (case,) = rig.org.seed("Case", [{"Subject": "Help", "OwnerId": rig.user(BEN)}])
    preview = check_cost(rig, [booked(salesforce=SalesforceIds(case=case))])
    assert ("Case", "recognised by its Salesforce id") in found_in(preview)
    assert changes_of(write_of(preview, SObject.CASE))["ContactId"] == (None, New(object=SObject.CONTACT, key="BKNG-1"))


def test_who_gets_a_record_by_the_rules_is_not_foretold(make_rig: Callable[..., Rig]) -> None:
    rules = '[creation_rules.lead]\nexisting = { assign = "assignment_rules" }\nnew = { assign = "assignment_rules" }\n'
    rig = make_rig(rules)
    rig.make_ready()
    rig.org.seed("Lead", [{"LastName": "Old", "Company": "C", "Email": "nr1@many.example", "OwnerId": rig.user(BEN)}])
    preview = preview_of(rig, booked(), booked(2))
    for booking, was in ((0, rig.user(BEN)), (1, None)):
        write = write_of(preview, SObject.LEAD, booking)
        assert write.auto_assign
        assert (write.owner.id, write.owner.was) == (None, was)
        assert write.owner.because == "owner by the org's assignment rules"


def test_a_reassigned_booking_shows_both_owners(rig: Rig) -> None:
    rig.publish(booked())
    rig.sync()
    given = booked(kind=Kind.REASSIGNED, minute=5, owner=Owner(id="USR-BEN", email=BEN))
    owner = write_of(preview_of(rig, given), SObject.EVENT).owner
    assert (owner.was, owner.id) == (rig.user(ADA), rig.user(BEN))


def test_an_owner_who_is_nobody_is_a_warning(rig: Rig) -> None:
    rig.make_ready()
    (booking,) = preview_of(rig, booked(owner=Owner(email="gone@vendor.example"))).bookings
    assert {warning.code for warning in booking.shown.warnings} == {"OWNER_UNMAPPED"}


@pytest.mark.parametrize("is_shared", [True, False], ids=["shared token", "no token"])
def test_a_preview_leaves_no_trace_although_the_session_has_ended(rig: Rig, *, is_shared: bool) -> None:
    rig.make_ready()
    rig.org.expire_sessions()
    if not is_shared:
        rig.here.tools.session.tokens.forget()
    before = everything(rig)
    assert isinstance(preview_of(rig, booked()).bookings[0].shown.decision, Plan)
    assert everything(rig) == before


def test_previews_read_the_org_in_two_calls(rig: Rig) -> None:
    rig.make_ready()
    rig.org.seed("Lead", [{"LastName": "Old", "Company": "C", "Email": "nr1@many.example"}])
    before = rig.calls
    preview_of(rig, booked(starts_at=MONDAY), booked(2))
    assert rig.calls - before == 2
    latest = list(rig.org.state.calls.latest(2))
    assert {part.method for call in latest for part in call.parts} == {"GET"}


def test_a_recording_of_many_batches_holds_what_each_of_them_read(rig: Rig) -> None:
    rig.make_ready()
    rows = [{"LastName": "Old", "Company": "C", "Email": f"nr{n}@many.example"} for n in range(230)]
    rig.org.seed("Lead", rows)
    recording = recording_of(rig, *(booked(n) for n in range(230)))
    assert len(recording.reading.org.leads) == len(recording.before) == 230
    assert recording.asked.emails == {row["Email"] for row in rows}


@st.composite
def an_arrival(draw: st.DrawFn) -> BookingEvent:
    """An event of one of a few bookings of a few people, on any page, which may replace another."""
    n = draw(st.integers(1, 5))
    replaces = draw(st.sampled_from([None, None, *range(1, 6)]))
    email = draw(st.sampled_from([None, "lea@acme.example", "bo@acme.example"]))
    minute = draw(st.integers(0, 5))
    booking = a_booking(
        f"BKNG-{n}",
        page=Named(id=draw(st.sampled_from(["BP-LEADS", "BP-CONTACTS", "BP-CASES"]))),
        owner=Owner(email=draw(st.sampled_from([ADA, BEN, "gone@vendor.example"]))),
        customer=a_customer(email=email, name=draw(st.sampled_from([None, "Lea Marin", "Bo Li"]))),
        replaces=f"BKNG-{replaces}" if replaces and replaces != n else None,
    )
    return an_event(draw(st.sampled_from(list(Kind))), minute=minute, booking=booking, event_id=f"{n}-{minute}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(an_arrival(), max_size=8), events=st.lists(an_arrival(), min_size=1, max_size=8))
def test_whatever_was_before_the_calls_are_those_that_are_counted(
    make_rig: Callable[..., Rig], before: list[BookingEvent], events: list[BookingEvent]
) -> None:
    rig = make_rig(PAGES)
    rig.make_ready()
    rig.start_over()
    rig.publish(*before)
    rig.sync()
    check_cost(rig, events)
