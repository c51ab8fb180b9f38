"""Order by version, not by arrival (promise P3), through the real pipeline."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producers.contract import BookingEvent, Change, Kind, Owner
from tests.builders import a_booking, a_customer
from tests.builders import an_event as build_event
from tests.rig import Rig, essence

_EMAILS = ("ada.rep@vendor.example", "ben.rep@vendor.example")
_KINDS = (Kind.RESCHEDULED, Kind.REASSIGNED, Kind.COMPLETED, Kind.NO_SHOW, Kind.CANCELED)

STATUS = "ScheduleOnce__Event_status__c"

FILL_EMPTY = """
[creation_rules.lead.existing]
update = "fill_empty"
assign = "booking_owner"
"""


@st.composite
def stories(draw: st.DrawFn) -> list[BookingEvent]:
    """One booking's events in version order: made, then up to four things happen; each may say something new."""
    kinds = [Kind.SCHEDULED, *draw(st.lists(st.sampled_from(_KINDS), max_size=4))]
    return [_event(draw, kind, minute) for minute, kind in enumerate(kinds)]


def _event(draw: st.DrawFn, kind: Kind, minute: int) -> BookingEvent:
    customer = a_customer(
        phone=draw(st.sampled_from([None, "+33 1", "+33 2"])), mobile_phone=draw(st.sampled_from([None, "+44 1"]))
    )
    booking = a_booking(
        customer=customer,
        owner=Owner(email=draw(st.sampled_from(_EMAILS))),
        duration_minutes=draw(st.sampled_from([30, 60])),
        change=Change(actor="customer", reason=draw(st.sampled_from([None, "Ill", "Late"]))),
    )
    return build_event(kind, minute=minute, booking=booking, event_id=f"EVNT-{minute}")


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[BookingEvent], list[list[BookingEvent]]]:
    """A story, and its events in any order, some twice, cut into batches that are synced one after the other."""
    story = draw(stories())
    arriving = draw(st.permutations(story + draw(st.lists(st.sampled_from(story), max_size=2))))
    cuts = sorted(draw(st.lists(st.integers(0, len(arriving)), max_size=3)))
    bounds = [0, *cuts, len(arriving)]
    return story, [list(arriving[a:b]) for a, b in pairwise(bounds)]


def _final(rig: Rig, batches: Sequence[Sequence[BookingEvent]], existing: dict[str, Any] | None) -> dict[str, Any]:
    """The final records after these batches in an empty org and an empty journal."""
    rig.start_over()
    if existing:
        rig.org.seed("Lead", [existing])
    for batch in batches:
        rig.publish(*batch)
        rig.sync()
    assert not rig.journal.counts()["parked"]
    leads = rig.records("Lead")
    names = {lead["Id"]: "the Lead" for lead in leads}
    return {"Lead": essence(leads), "Event": essence(rig.records("Event"), names)}


_MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_MANY
@given(deliveries())
def test_any_order_of_a_bookings_events_gives_the_same_records(
    rig: Rig, delivery: tuple[list[BookingEvent], list[list[BookingEvent]]]
) -> None:
    story, batches = delivery
    in_order = _final(rig, [[event] for event in story], None)
    assert _final(rig, batches, None) == in_order


@_MANY
@given(deliveries())
def test_any_order_gives_the_same_records_when_only_empty_fields_are_filled(
    make_rig: Callable[..., Rig], delivery: tuple[list[BookingEvent], list[list[BookingEvent]]]
) -> None:
    rig = make_rig(FILL_EMPTY)
    existing = {"LastName": "Marin", "Company": "Acme", "Email": "lea@acme.example", "MobilePhone": "+99"}
    story, batches = delivery
    in_order = _final(rig, [[event] for event in story], existing)
    assert _final(rig, batches, existing) == in_order


@st.composite
def replacements(draw: st.DrawFn) -> tuple[list[BookingEvent], list[list[BookingEvent]]]:
    """A booking and the one that replaces it, whose own cancellation may be heard of or not; in order, and in any."""
    old = [build_event(event_id="OLD-1")]
    if draw(st.booleans()):
        change = Change(actor="owner", reason="Travel", reschedule_requested=True)
        old.append(build_event(Kind.CANCELED, minute=1, event_id="OLD-2", change=change))
    new = [_replacing(Kind.RESCHEDULED, 2), *(_replacing(Kind.COMPLETED, 3) for _ in range(draw(st.integers(0, 1))))]
    arriving = draw(st.permutations([*old, *new]))
    cut = draw(st.integers(0, len(arriving)))
    return [*old, *new], [list(arriving[:cut]), list(arriving[cut:])]


def _replacing(kind: Kind, minute: int) -> BookingEvent:
    booking = a_booking("BKNG-2", replaces="BKNG-1", change=Change(actor="customer"))
    return build_event(kind, minute=minute, event_id=f"NEW-{minute}", booking=booking)


@_MANY
@given(replacements())
def test_a_replaced_booking_is_off_in_any_order_whether_its_own_end_is_heard_of_or_not(
    rig: Rig, delivery: tuple[list[BookingEvent], list[list[BookingEvent]]]
) -> None:
    story, batches = delivery
    in_order, arrived = (_final(rig, each, None) for each in ([[event] for event in story], batches))
    # The Lead carries the id of the booking that came first; all else is the same.
    assert (arrived["Event"], len(arrived["Lead"])) == (in_order["Event"], 1)
    is_told = any(event.event_id == "OLD-2" for event in story)
    states = sorted((row["Bookforce_Booking_Id__c"], row[STATUS], row["ShowAs"]) for row in rig.records("Event"))
    assert states[0] == ("BKNG-1", "Canceled (reschedule requested by Owner)" if is_told else "Canceled", "Free")
    assert states[1][2] == "Busy"
    assert len(states) == 2


REASSIGNING = """
[creation_rules.lead.existing]
update = "override"
assign = "booking_owner"
"""


def test_a_replaced_booking_that_comes_late_moves_neither_owner_nor_values_back(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(REASSIGNING)
    rig.org.seed("Lead", [{"LastName": "M.", "Company": "Acme", "Email": "lea@acme.example"}])
    old, new = (
        a_booking(f"BKNG-{n}", owner=Owner(email=email), customer=a_customer(phone=f"+33 {n}"), replaces=replaces)
        for n, email, replaces in ((1, _EMAILS[0], None), (2, _EMAILS[1], "BKNG-1"))
    )
    for event in (build_event(Kind.RESCHEDULED, minute=2, booking=new), build_event(booking=old)):
        rig.publish(event)
        rig.sync()
    (lead,) = rig.records("Lead")
    assert (lead["Phone"], lead["OwnerId"]) == ("+33 2", rig.user(_EMAILS[1]))
    shown = {event["Bookforce_Booking_Id__c"]: event["ShowAs"] for event in rig.records("Event")}
    assert shown == {"BKNG-1": "Free", "BKNG-2": "Busy"}
