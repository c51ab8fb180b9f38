"""What became of the records of a booking → its outcome → how its events end."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from producers.contract import BookingEvent, Kind
from rules.plan import FieldValue, Known, New, Plan, Records, SObject, Warned, Write
from tests.builders import MONDAY, an_event
from worker.claims import ClaimedBooking
from worker.errors import Disconnected, Drifted, LimitReached, OutOfStorage, Rejected, Stale, SyncError, Transient
from worker.journal import Settlement
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Tried, Wait
from worker.salesforce.results import Done, Failed, Results
from worker.settling import noted_records, outcome_of, to_settlement

KEEP = timedelta(days=30)
NOW = MONDAY - timedelta(days=2)

LEAD, NEW_LEAD = Known(object=SObject.LEAD, id="00Q5e0000000001AAA"), New(object=SObject.LEAD, key="BKNG-1")
EVENT, NEW_EVENT = Known(object=SObject.EVENT, id="00U5e0000000001AAA"), New(object=SObject.EVENT, key="BKNG-1")

E1 = an_event(event_id="1")
E2 = an_event(Kind.RESCHEDULED, event_id="2", minute=1)
E3 = an_event(Kind.CANCELED, event_id="3", minute=2)

SAYS = Cause(code="SOME_CODE", message="said so", object="Lead", field="Email")


def a_plan(**changes: object) -> Plan:
    """A new Lead with its Event."""
    fields: dict[str, FieldValue] = {"WhoId": NEW_LEAD}
    facts: dict[str, object] = {
        "writes": (Write(record=NEW_LEAD, fields={}), Write(record=NEW_EVENT, fields=fields)),
        "records": Records(lead=NEW_LEAD, event=NEW_EVENT, assigned=(SObject.LEAD,)),
        "because": ("Lead created", "Event created"),
    }
    return Plan(booking_id="BKNG-1", **facts | changes)  # type: ignore[arg-type]


def claimed(*pending: BookingEvent, **changes: object) -> ClaimedBooking:
    """The booking with these events to be settled."""
    return ClaimedBooking(id="BKNG-1", pending=pending, **changes)  # type: ignore[arg-type]


def failed(kind: type[SyncError]) -> Failed:
    return Failed(kind(SAYS.message, code=SAYS.code, object=SAYS.object, fields=("Email",)))


def decided(plan: Plan, results: Results, *, attempts: int = 0) -> Outcome:
    return outcome_of(plan, results, claimed(E1, attempts=attempts), lambda: 1.0)


DONE: Results = {NEW_LEAD: Done(LEAD.id), NEW_EVENT: Done(EVENT.id)}
BOTH = Records(lead=LEAD, event=EVENT, assigned=(SObject.LEAD,))
LEAD_ALONE = Records(lead=LEAD, assigned=(SObject.LEAD,))


def test_a_booking_whose_records_are_all_written_is_synced() -> None:
    warning = Warned(code="VALUE_LOST", object=SObject.LEAD, field="Email", message="too long")
    plan = a_plan(warnings=(warning,))
    assert decided(plan, DONE) == Synced(records=BOTH, because=plan.because, warnings=(warning,), writes=plan.writes)


def test_a_plan_without_writes_is_synced_and_changed_nothing() -> None:
    plan = a_plan(writes=(), records=Records(lead=LEAD, event=EVENT))
    assert decided(plan, {}) == Synced(records=plan.records, because=plan.because, changed=False)


FAILURES: list[tuple[type[SyncError], int, Outcome]] = [
    (Transient, 0, Retry(after=timedelta(seconds=2), cause=SAYS, records=LEAD_ALONE)),
    (Transient, 2, Retry(after=timedelta(seconds=8), cause=SAYS, records=LEAD_ALONE)),
    (Transient, 99, Park(cause=SAYS, records=LEAD_ALONE, because=("Lead created", "Event created"))),
    (Stale, 0, Retry(after=timedelta(seconds=0.2), cause=SAYS, records=LEAD_ALONE, reread=True)),
    (Drifted, 0, Retry(after=timedelta(seconds=15), cause=SAYS, records=LEAD_ALONE)),
    (LimitReached, 99, Wait(until_in=timedelta(minutes=5), cause=SAYS, records=LEAD_ALONE, broke_off=True)),
    (Disconnected, 99, Wait(until_in=timedelta(minutes=1), cause=SAYS, records=LEAD_ALONE, broke_off=True)),
    (Rejected, 0, Park(cause=SAYS, records=LEAD_ALONE, because=("Lead created", "Event created"))),
]


@pytest.mark.parametrize(
    ("error", "attempts", "outcome"), FAILURES, ids=[f"{row[0].__name__} after {row[1]}" for row in FAILURES]
)
def test_a_record_that_failed_decides_and_those_that_succeeded_are_kept(
    error: type[SyncError], attempts: int, outcome: Outcome
) -> None:
    assert not isinstance(outcome, Skipped)
    plan = a_plan()
    decision = decided(plan, {**DONE, NEW_EVENT: failed(error)}, attempts=attempts)
    assert decision == replace(outcome, writes=plan.writes)


URGENCY = [LimitReached, Disconnected, OutOfStorage, Transient, Stale, Drifted, Rejected]


@pytest.mark.parametrize(("first", "second"), list(pairwise(URGENCY)))
@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_errors_the_one_that_says_to_wait_decides(
    first: type[SyncError], second: type[SyncError], swapped: bool
) -> None:
    one, other = (second, first) if swapped else (first, second)
    assert decided(a_plan(), {NEW_LEAD: failed(one), NEW_EVENT: failed(other)}) == decided(
        a_plan(), {NEW_LEAD: failed(first), NEW_EVENT: failed(first)}
    )


def test_every_class_of_error_has_an_urgency() -> None:
    assert set(URGENCY) == set(SyncError.__subclasses__())


def test_errors_of_other_bookings_in_the_batch_do_not_count() -> None:
    other = New(object=SObject.LEAD, key="BKNG-2")
    assert isinstance(decided(a_plan(), {**DONE, other: failed(Rejected)}), Synced)


NOTED: list[tuple[Results, Records, str]] = [
    ({}, Records(), "nothing yet"),
    ({NEW_LEAD: Done(LEAD.id)}, Records(lead=LEAD), "the lead"),
    ({NEW_LEAD: failed(Rejected)}, Records(), "a failed lead"),
    (DONE, Records(lead=LEAD, event=EVENT), "all"),
]


@pytest.mark.parametrize(("results", "noted"), [row[:2] for row in NOTED], ids=[row[2] for row in NOTED])
def test_records_are_noted_as_far_as_they_exist(results: Results, noted: Records) -> None:
    assert noted_records(a_plan(records=Records(lead=NEW_LEAD, event=NEW_EVENT)), results, None) == noted


FOUND = a_plan(writes=(Write(record=LEAD, fields={"Phone": "1"}),), records=Records(lead=LEAD, event=EVENT))


def test_a_record_that_was_found_and_not_written_is_not_taken_for_the_bookings_own() -> None:
    assert noted_records(FOUND, {LEAD.id[:15]: failed(Rejected)}, None) == Records(event=EVENT)


def test_a_record_that_was_noted_before_stays_noted_whatever_became_of_its_write() -> None:
    before = Records(lead=LEAD)
    assert noted_records(FOUND, {LEAD.id[:15]: failed(Rejected)}, before) == Records(lead=LEAD, event=EVENT)


def test_a_record_that_another_booking_of_the_batch_creates_is_noted_too() -> None:
    theirs = New(object=SObject.LEAD, key="BKNG-0")
    plan = a_plan(writes=(), records=Records(lead=theirs))
    assert noted_records(plan, {theirs: Done(LEAD.id)}, None) == Records(lead=LEAD)


def synced(*, changed: bool = True) -> Synced:
    return Synced(records=BOTH, because=("Lead created",), changed=changed)


def ends(settlement: Settlement) -> dict[str, str]:
    return {end.event_id: end.state for end in settlement.ended}


SYNCED: list[tuple[ClaimedBooking, bool, dict[str, str], str]] = [
    (claimed(E1), True, {"1": "synced"}, "one event"),
    (claimed(E1, E2, E3), True, {"1": "superseded", "2": "superseded", "3": "synced"}, "an in-order batch"),
    (claimed(E2, applied=(E1,)), True, {"2": "synced"}, "the next event"),
    (claimed(E2, applied=(E1,)), False, {"2": "synced"}, "the next event, of which Salesforce says so already"),
    (claimed(E1, applied=(E2,)), False, {"1": "superseded"}, "a late event"),
    (claimed(E1, applied=(E2,)), True, {"1": "synced"}, "a late event that adds something"),
    (claimed(E1, E2, applied=(E3,)), False, {"1": "superseded", "2": "superseded"}, "late events"),
    (claimed(E1, E3, applied=(E2,)), True, {"1": "superseded", "3": "synced"}, "a late event beside a new one"),
    (claimed(E2, passed_over=(E1,), parked=("1",)), True, {"1": "superseded", "2": "synced"}, "one parked before"),
    (claimed(E2, passed_over=(E1,)), True, {"1": "superseded", "2": "synced"}, "one skipped before"),
    (
        claimed(E1, passed_over=(E2,), parked=("2",)),
        True,
        {"1": "synced", "2": "superseded"},
        "a newer one parked before",
    ),
    (claimed(E1, unreadable=("9",)), True, {"1": "synced", "9": "parked"}, "an unreadable one beside it"),
]


@pytest.mark.parametrize(("booking", "changed", "states"), [row[:3] for row in SYNCED], ids=[row[3] for row in SYNCED])
def test_of_a_synced_booking_the_newest_event_was_brought_and_the_others_are_contained(
    booking: ClaimedBooking, changed: bool, states: dict[str, str]
) -> None:
    settlement = to_settlement(booking, synced(changed=changed), KEEP, NOW)
    assert ends(settlement) == states
    assert (settlement.wait, settlement.attempts, settlement.cause, settlement.records) == (None, 0, None, BOTH)


def test_a_synced_event_tells_what_was_written_and_why() -> None:
    warning = Warned(code="VALUE_LOST", object=SObject.LEAD, field="Email", message="too long")
    outcome = Synced(records=BOTH, because=("Lead created",), warnings=(warning,))
    facts = to_settlement(claimed(E1), outcome, KEEP, NOW).ended[0].facts
    assert facts["because"] == ["Lead created"]
    assert facts["records"] == {"lead": LEAD.id, "event": EVENT.id, "assigned": ["Lead"]}
    assert facts["warnings"] == [{"code": "VALUE_LOST", "object": "Lead", "field": "Email", "message": "too long"}]


WRITES = (
    Write(record=NEW_LEAD, fields={"Email": "lea@acme.example", "FirstName": "Lea"}, auto_assign=True),
    Write(record=EVENT, fields={"WhoId": NEW_LEAD}),
)
PLANNED = [
    {"object": "Lead", "fields": "Email,FirstName", "assign": True},
    {"object": "Event", "fields": "WhoId", "id": EVENT.id},
]

PLANS: list[tuple[ClaimedBooking, Outcome, list[object], str]] = [
    (claimed(E1), Synced(records=BOTH, because=(), writes=WRITES), [PLANNED], "synced"),
    (claimed(E1), Synced(records=BOTH, because=(), changed=False), [[]], "synced, with nothing to write"),
    (claimed(E1, E2), Synced(records=BOTH, because=(), writes=WRITES), [PLANNED, None], "a newer one and a superseded"),
    (claimed(applied=(E1,), is_replaced=True), Synced(records=BOTH, because=(), writes=WRITES), [PLANNED], "replaced"),
    (claimed(E1), Park(cause=SAYS, writes=WRITES), [PLANNED], "parked"),
    (claimed(E1), Park(cause=SAYS), [[]], "parked before anything was planned"),
    (claimed(E1), Skipped(because="x"), [None], "skipped"),
    (claimed(unreadable=("9",)), Skipped(because="x"), [None], "unreadable"),
]


@pytest.mark.parametrize(("booking", "outcome", "plans"), [row[:3] for row in PLANS], ids=[row[3] for row in PLANS])
def test_an_end_tells_what_was_to_be_written_and_no_values(
    booking: ClaimedBooking, outcome: Outcome, plans: list[object]
) -> None:
    settlement = to_settlement(booking, outcome, KEEP, NOW)
    assert [end.facts.get("plan") for end in settlement.ended] == plans


@pytest.mark.parametrize(
    "outcome",
    [
        Park(cause=SAYS, writes=WRITES),
        Retry(after=KEEP, cause=SAYS, writes=WRITES),
        Wait(until_in=KEEP, cause=SAYS, writes=WRITES),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_a_try_that_did_not_go_through_tells_what_was_to_be_written(outcome: Outcome) -> None:
    tried = to_settlement(claimed(E1), outcome, KEEP, NOW).tried
    assert tried
    assert tried.writes == WRITES


def test_a_superseded_event_says_so() -> None:
    settlement = to_settlement(claimed(E1, E2), synced(), KEEP, NOW)
    assert {end.event_id: end.facts for end in settlement.ended}["1"] == {
        "because": ["a newer event of the booking says it all"]
    }


KEPT: list[tuple[ClaimedBooking, Outcome, timedelta | None, str]] = [
    (claimed(E1), synced(), KEEP + timedelta(days=2), "until long after the meeting"),
    (claimed(E1, unreadable=("9",)), synced(), None, "for ever beside an unreadable event"),
    (claimed(E1, parked=("9",)), synced(), None, "for ever beside one that was unreadable before"),
    (
        claimed(E2, passed_over=(E1,), parked=("1",)),
        synced(),
        KEEP + timedelta(days=2),
        "not for a parked one it contains",
    ),
    (claimed(E1), Skipped(because="x"), KEEP, "a skipped one from now"),
    (claimed(E1, unreadable=("9",)), Skipped(because="x"), None, "a skipped one beside an unreadable event"),
    (claimed(E2, passed_over=(E1,), parked=("1",)), Skipped(because="x"), None, "a skipped one beside a parked event"),
    (claimed(E2, passed_over=(E1,)), Skipped(because="x"), KEEP, "a skipped one beside a skipped event"),
    (claimed(E1), Park(cause=SAYS), None, "a parked one for ever"),
    (claimed(E1), Retry(after=KEEP, cause=SAYS), None, "a pending one for ever"),
    (claimed(E1), Wait(until_in=KEEP, cause=SAYS), None, "a waiting one for ever"),
]


@pytest.mark.parametrize(("booking", "outcome", "keep"), [row[:3] for row in KEPT], ids=[row[3] for row in KEPT])
def test_how_long_the_journal_keeps_a_booking(
    booking: ClaimedBooking, outcome: Outcome, keep: timedelta | None
) -> None:
    assert to_settlement(booking, outcome, KEEP, NOW).keep == keep


def test_of_a_meeting_that_is_over_the_time_runs_from_now() -> None:
    assert to_settlement(claimed(E1), synced(), KEEP, MONDAY + timedelta(days=400)).keep == KEEP


def test_a_skipped_booking_says_why() -> None:
    settlement = to_settlement(claimed(E1, E2), Skipped(because="nothing to cancel"), KEEP, NOW)
    assert [(end.event_id, end.state, end.facts) for end in settlement.ended] == [
        ("1", "skipped", {"because": ["nothing to cancel"]}),
        ("2", "skipped", {"because": ["nothing to cancel"]}),
    ]
    assert settlement.records is None


def test_a_parked_booking_says_what_a_person_needs() -> None:
    outcome = Park(cause=SAYS, because=("Lead created",), records=LEAD_ALONE)
    settlement = to_settlement(claimed(E1, E2), outcome, KEEP, NOW)
    cause = {"code": "SOME_CODE", "message": "said so", "object": "Lead", "field": "Email"}
    assert [(end.state, end.facts) for end in settlement.ended] == [
        ("parked", {"cause": cause, "because": ["Lead created"], "plan": []})
    ] * 2
    assert settlement.records == LEAD_ALONE
    assert settlement.tried == Tried(kind="parked", cause=SAYS)


def test_a_retry_leaves_the_events_pending_and_counts() -> None:
    outcome = Retry(after=timedelta(seconds=4), cause=SAYS, records=LEAD_ALONE)
    assert to_settlement(claimed(E1, attempts=2), outcome, KEEP, NOW) == Settlement(
        booking_id="BKNG-1",
        wait=timedelta(seconds=4),
        records=LEAD_ALONE,
        attempts=3,
        cause=SAYS,
        tried=Tried(kind="put_back", cause=SAYS),
    )


@pytest.mark.parametrize(
    ("written", "known", "noted"),
    [
        (LEAD_ALONE, None, replace(LEAD_ALONE, doubted=True)),
        (None, LEAD_ALONE, replace(LEAD_ALONE, doubted=True)),
        (None, None, None),
    ],
    ids=["those just written", "those known before", "none"],
)
def test_a_retry_after_reading_again_doubts_the_records(
    written: Records | None, known: Records | None, noted: Records | None
) -> None:
    outcome = Retry(after=timedelta(seconds=4), cause=SAYS, records=written, reread=True)
    assert to_settlement(claimed(E1, records=known), outcome, KEEP, NOW).records == noted


def test_doubted_records_are_kept_until_all_is_written() -> None:
    doubted = replace(LEAD_ALONE, doubted=True)
    plan = Plan(booking_id="BKNG-1", writes=(Write(record=NEW_LEAD, fields={}),), records=Records(lead=NEW_LEAD))
    assert noted_records(plan, {}, doubted) == doubted
    assert noted_records(plan, {NEW_LEAD: Done(id="00Q000000000007EAA")}, doubted).doubted is False


def test_a_wait_leaves_the_events_pending_and_does_not_count() -> None:
    outcome = Wait(until_in=timedelta(minutes=5), cause=SAYS)
    assert to_settlement(claimed(E1, attempts=2), outcome, KEEP, NOW) == Settlement(
        booking_id="BKNG-1",
        wait=timedelta(minutes=5),
        attempts=2,
        cause=SAYS,
        tried=Tried(kind="held_back", cause=SAYS),
    )


OUTCOMES: list[Outcome] = [
    Skipped(because="x"),
    Park(cause=SAYS),
    Retry(after=KEEP, cause=SAYS),
    Wait(until_in=KEEP, cause=SAYS),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: type(outcome).__name__)
def test_what_is_no_event_is_parked_whatever_the_outcome(outcome: Outcome) -> None:
    settlement = to_settlement(claimed(unreadable=("8", "9")), outcome, KEEP, NOW)
    assert ends(settlement) == {"8": "parked", "9": "parked"}
    causes = [end.facts["cause"] for end in settlement.ended]
    assert all(isinstance(cause, dict) and cause["code"] == "UNREADABLE_EVENT" for cause in causes)
