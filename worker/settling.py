"""What became of the records of a booking → its outcome → what the journal keeps."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import assert_never

from producers.contract import BookingEvent
from rules.lifecycle import in_order
from rules.plan import Known, New, Plan, Record, Records
from rules.snapshot import identity
from worker.claims import REPLACED, ClaimedBooking, State, records_json
from worker.errors import Disconnected, Drifted, LimitReached, OutOfStorage, Rejected, Stale, SyncError, Transient
from worker.journal import EventEnd, Settlement
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Tried, Wait
from worker.planned import plan_json
from worker.retry import decide
from worker.salesforce.results import Done, Failed, Results

# Of several errors the one that says to wait comes first: what else is wrong is seen when the rest works.
_URGENCY: Sequence[type[SyncError]] = (LimitReached, Disconnected, OutOfStorage, Transient, Stale, Drifted, Rejected)


def outcome_of(plan: Plan, results: Results, booking: ClaimedBooking, jitter: Callable[[], float]) -> Outcome:
    """The booking's outcome: synced if all its records are written, else what its most urgent error asks for."""
    records = noted_records(plan, results, booking.records)
    errors = [result.error for write in plan.writes if isinstance(result := results[identity(write.record)], Failed)]
    if not errors:
        return Synced(
            records=records,
            because=plan.because,
            warnings=plan.warnings,
            changed=bool(plan.writes),
            writes=plan.writes,
        )
    worst = min(errors, key=lambda error: next(n for n, cls in enumerate(_URGENCY) if isinstance(error, cls)))
    outcome = decide(worst, booking.attempts + 1, booking.tries_like(worst.code), jitter())
    match outcome:
        case Park():
            return replace(outcome, records=records, because=plan.because, writes=plan.writes)
        case Retry():
            return replace(outcome, records=records, writes=plan.writes)
        case Wait():
            return replace(outcome, records=records, writes=plan.writes, broke_off=True)
        case Synced() | Skipped():  # pragma: no cover - an error never decides for these
            return outcome


def noted_records(plan: Plan, results: Results, before: Records | None) -> Records:
    """The plan's records as far as they are written now, or were noted before.

    A record that was found and could not be written is not noted: the next try would take it for the booking's own
    and not assign it. Records that are doubted stay so until all is written: they lead to what is there in their place.
    """
    names = [identity(write.record) for write in plan.writes]
    unwritten = {name for name in names if not isinstance(results.get(name), Done)}
    if before and before.doubted and unwritten:
        return before
    records = plan.records
    if records.person_account and records.contact and identity(records.person_account) in unwritten:
        unwritten.add(identity(records.contact))
    if before:
        unwritten -= {identity(record) for record in before.all}
    return Records(
        account=records.account and _resolved(records.account, results, unwritten),
        lead=records.lead and _resolved(records.lead, results, unwritten),
        contact=records.contact and _resolved(records.contact, results, unwritten),
        case=records.case and _resolved(records.case, results, unwritten),
        event=records.event and _resolved(records.event, results, unwritten),
        person_account=records.person_account,
        assigned=records.assigned,
        filled=records.filled,
        invited=records.invited,
        doubted=records.doubted,
    )


def to_settlement(booking: ClaimedBooking, outcome: Outcome, keep: timedelta, now: datetime) -> Settlement:
    """What the journal is to do for this outcome. Events that are no booking events are parked whatever it is.

    A booking with a parked event is kept until a person has looked.
    """
    unreadable = tuple(_unreadable(event_id) for event_id in booking.unreadable)
    match outcome:
        case Synced():
            ended = _synced(booking, outcome) + unreadable
            lasting = keep + max(_time_left(booking, now), timedelta())
            return _settled(booking, ended, records=outcome.records, keep=_unless_parked(lasting, booking, ended))
        case Skipped():
            ended = _all(booking, "skipped", {"because": [outcome.because]}) + unreadable
            return _settled(booking, ended, keep=_unless_parked(keep, booking, ended))
        case Park():
            parked = _all(booking, "parked", _facts_of_parked(outcome))
            tried = Tried(kind="parked", cause=outcome.cause, writes=outcome.writes)
            return _settled(booking, parked + unreadable, records=outcome.records, tried=tried)
        case Retry():
            return Settlement(
                booking_id=booking.id,
                ended=unreadable,
                wait=outcome.after,
                records=_doubted(outcome.records or booking.records) if outcome.reread else outcome.records,
                attempts=booking.attempts + 1,
                cause=outcome.cause,
                tried=Tried(kind="put_back", cause=outcome.cause, writes=outcome.writes),
            )
        case Wait():
            return Settlement(
                booking_id=booking.id,
                ended=unreadable,
                wait=outcome.until_in,
                records=outcome.records,
                attempts=booking.attempts,
                broke_off=booking.broke_off or outcome.broke_off,
                cause=outcome.cause,
                tried=Tried(kind="held_back", cause=outcome.cause, writes=outcome.writes),
            )
        case _:
            assert_never(outcome)


def _doubted(records: Records | None) -> Records | None:
    return replace(records, doubted=True) if records else None


def _settled(
    booking: ClaimedBooking,
    ended: tuple[EventEnd, ...],
    *,
    records: Records | None = None,
    keep: timedelta | None = None,
    tried: Tried | None = None,
) -> Settlement:
    return Settlement(booking_id=booking.id, ended=ended, records=records, keep=keep, tried=tried)


def _unless_parked(keep: timedelta, booking: ClaimedBooking, ended: tuple[EventEnd, ...]) -> timedelta | None:
    if not booking.parked and all(end.state != "parked" for end in ended):
        return keep
    states = dict.fromkeys(booking.parked, "parked") | {end.event_id: end.state for end in ended}
    return None if "parked" in states.values() else keep


def _synced(booking: ClaimedBooking, outcome: Synced) -> tuple[EventEnd, ...]:
    """The newest pending event is the one that was brought; all others are contained in it.

    A late event is superseded, unless it told of something that had been missing.
    """
    facts: dict[str, object] = {
        "because": list(outcome.because),
        "records": records_json(outcome.records),
        "warnings": [asdict(warning) for warning in outcome.warnings],
        "plan": plan_json(outcome.writes),
    }
    replaced = (EventEnd(event_id=REPLACED, state="synced", facts=facts),) if booking.is_replaced else ()
    if not booking.pending:
        return replaced
    newest = booking.pending[-1]
    is_late = bool(booking.applied) and in_order((*booking.applied, newest))[-1] is not newest
    state: State = "superseded" if is_late and not outcome.changed else "synced"
    contained = {"because": ["a newer event of the booking says it all"]}
    older = (*booking.pending[:-1], *booking.passed_over)
    own = EventEnd(event_id=newest.event_id, state=state, facts=facts if state == "synced" else contained)
    return (
        own,
        *(EventEnd(event_id=event.event_id, state="superseded", facts=contained) for event in older),
        *replaced,
    )


def _facts_of_parked(outcome: Park) -> dict[str, object]:
    return {
        "cause": asdict(outcome.cause),
        "because": list(outcome.because),
        "plan": plan_json(outcome.writes),
    }


def _all(booking: ClaimedBooking, state: State, facts: Mapping[str, object]) -> tuple[EventEnd, ...]:
    ids = [event.event_id for event in booking.pending]
    replaced = [REPLACED] if booking.is_replaced else []
    return tuple(EventEnd(event_id=event_id, state=state, facts=facts) for event_id in (*ids, *replaced))


def _unreadable(event_id: str) -> EventEnd:
    cause = Cause(code="UNREADABLE_EVENT", message="the journal holds something under this id that is no booking event")
    return EventEnd(event_id=event_id, state="parked", facts={"cause": asdict(cause)})


def _time_left(booking: ClaimedBooking, now: datetime) -> timedelta:
    """Until the meeting, because life-cycle events of the booking come until then and after."""
    events: Sequence[BookingEvent] = (*booking.applied, *booking.passed_over, *booking.pending)
    return max(event.booking.starts_at for event in events) - now


def _resolved(record: Record, results: Results, unwritten: Collection[str | New]) -> Known | None:
    if unwritten and identity(record) in unwritten:
        return None
    if isinstance(record, Known):
        return record
    result = results.get(record)
    return Known(object=record.object, id=result.id) if isinstance(result, Done) else None
