"""A batch's way, in reading order: claim → read the org → plan → write → settle."""

import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import assert_never

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from redis.exceptions import RedisError
from structlog.typing import FilteringBoundLogger

from rules.batch import merge_writes
from rules.lookups import find_lookups
from rules.plan import Decision, Impossible, Nothing, Plan, Records
from rules.quota import Budget, decide_pace
from rules.ready import ReadySetup
from rules.repair import Repairs
from rules.snapshot import OrgSnapshot, Work
from rules.values import utc_text
from worker.claims import Claim, ClaimedBooking
from worker.errors import LimitReached, Rejected, SyncError, Transient
from worker.holding import LEASE, check_held, held
from worker.inviting import Invited, invite
from worker.journal import MAX_BOOKINGS, Journal, Settled
from worker.locked import set_aside
from worker.measures import Measures
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Wait
from worker.planning import plan_works, read_for, works_of
from worker.repairing import find_repairs
from worker.retry import decide, decide_unforeseen
from worker.rows import Brought
from worker.salesforce.errors import casts_doubt_on_setup, contradicts_setup
from worker.salesforce.results import Failed, Results
from worker.salesforce.session import SalesforceSession
from worker.salesforce.write import write_records
from worker.settling import noted_records, outcome_of, to_settlement

log = structlog.get_logger()

NOTHING_REFUSED: Mapping[str, Repairs] = {}

MOST_IN_DETAIL = 6
"""Customers at a time whose records are written one by one: at most four each, so that they fit into one composite."""

_ENDS: Mapping[type[Outcome], str] = {
    Synced: "booking.synced",
    Skipped: "booking.skipped",
    Retry: "booking.put_back",
    Wait: "booking.held_back",
    Park: "booking.parked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the pipeline works with. `jitter` gives numbers from 0 to 1, `clock` the time in UTC."""

    journal: Journal
    session: SalesforceSession
    keep: timedelta
    jitter: Callable[[], float]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    measures: Measures = field(default_factory=Measures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a batch came to: `recheck` if the setup stages should look again.

    `doubts` if they should unless they did a short while ago.
    """

    bookings: int = 0
    recheck: bool = False
    doubts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """The outcome of every booking of a claim, and the errors met on the way."""

    outcomes: Mapping[str, Outcome]
    errors: tuple[SyncError, ...] = ()


def sync_batch(
    tools: Tools, setup: ReadySetup, wake: Callable[[], None], tell: Callable[[Brought], None] | None = None
) -> Report:
    """Bring whatever is ready, up to 200 bookings, to Salesforce. A batch of nothing costs two round trips to Redis.

    `wake` is called as soon as it is known that more is ready than was claimed: another worker need not wait for this
    one. `tell` is told what became of the batch.
    """
    start, calls = time.perf_counter(), tools.session.meter.made
    claim = _claim(tools, setup)
    if claim is None or not claim.customers:
        return Report()
    if claim.wake:
        wake()
    with structlog.contextvars.bound_contextvars(batch=claim.token):
        worked, settled = _sync(claim, tools, setup)
    if settled.wake:
        wake()
    if tell:
        own = [b for customer in claim.customers if customer.key not in settled.lost for b in customer.bookings]
        took = timedelta(seconds=time.perf_counter() - start)
        at, name = tools.clock() - took, tools.journal.connection
        tell(Brought(connection=name, claimed_at=at, took=took, bookings=own, outcomes=worked.outcomes))
    tools.measures.add_batch(len(claim.bookings), tools.session.meter.made - calls)
    tools.journal.add_measures(tools.measures.take())
    return Report(
        bookings=len(claim.bookings),
        recheck=any(contradicts_setup(error) for error in worked.errors),
        doubts=any(casts_doubt_on_setup(error) for error in worked.errors),
    )


def _sync(claim: Claim, tools: Tools, setup: ReadySetup) -> tuple[Worked, Settled]:
    """The way of a batch that was claimed."""
    open_ones, outcomes = set_aside(claim)
    with held(tools.journal, claim):
        worked = _work_on(open_ones, tools, setup)
    worked = replace(worked, outcomes={**outcomes, **worked.outcomes})
    with _stage(tools, "settle", bookings=len(claim.bookings)):
        return worked, _settle(claim, worked.outcomes, tools)


def _claim(tools: Tools, setup: ReadySetup) -> Claim | None:
    """What may be worked on with the API calls that are left; None if these do not suffice for a batch."""
    budget = tools.session.meter.budget()
    pace = decide_pace(budget, setup.quota)
    if pace.lane is None:
        _wait_for_calls(budget, tools)
        return None
    with _stage(tools, "claim"):
        claim = tools.journal.claim(LEASE, up_to=pace.lane)
    if claim.customers and pace.linger and len(claim.bookings) < MAX_BOOKINGS:
        tools.journal.pause(pace.linger)
    return claim


def _work_on(claim: Claim, tools: Tools, setup: ReadySetup, repairs: Mapping[str, Repairs] = NOTHING_REFUSED) -> Worked:
    """The one place that catches everything: whatever happens, the claim is settled and nothing stays behind."""
    try:
        return _bring(claim, tools, setup, repairs)
    except SoftTimeLimitExceeded:
        return _failed(claim, Transient("the batch took too long", code="TIME_LIMIT"), tools)
    except Rejected as error:
        # A look-up that Salesforce refuses: one booking's value can be the reason, and the others must not pay for it.
        return _failed(claim, error, tools) if len(claim.customers) == 1 else _in_halves(claim, tools, setup, repairs)
    except SyncError as error:
        _pause_at_limit((error,), tools)
        return _failed(claim, error, tools)
    except RedisError:
        raise  # nothing can be settled now; the lease ends and the claim is made again
    except Exception as error:  # noqa: BLE001 - a fault of ours, which must not take the claim with it
        log.error("sync.broke_off", error=type(error).__name__, at=places_of(error), bookings=len(claim.bookings))  # noqa: TRY400 - the text of an exception may hold a customer's data
        if len(claim.customers) > 1:
            return _in_halves(claim, tools, setup, repairs)
        cause = Cause(code="INTERNAL_ERROR", message=type(error).__name__)
        return Worked(outcomes={b.id: decide_unforeseen(cause, b.attempts + 1, tools.jitter()) for b in claim.bookings})


def _failed(claim: Claim, error: SyncError, tools: Tools) -> Worked:
    outcomes = {b.id: decide(error, b.attempts + 1, tools.jitter()) for b in claim.bookings}
    return Worked(outcomes=outcomes, errors=(error,))


def _in_halves(claim: Claim, tools: Tools, setup: ReadySetup, repairs: Mapping[str, Repairs]) -> Worked:
    """The customer who brings the failure about stays alone, after some 2 x log2(customers) more calls.

    Whatever was written before is found by the second read, so that nothing is written twice.
    """
    middle = len(claim.customers) // 2
    halves = [replace(claim, customers=part) for part in (claim.customers[:middle], claim.customers[middle:])]
    first, second = (_work_on(half, tools, setup, repairs) for half in halves)
    return Worked(outcomes={**first.outcomes, **second.outcomes}, errors=first.errors + second.errors)


def places_of(error: Exception) -> list[str]:
    """Where it happened, without what it said."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def _bring(claim: Claim, tools: Tools, setup: ReadySetup, repairs: Mapping[str, Repairs] = NOTHING_REFUSED) -> Worked:
    """The stages between claiming and settling. Raises SyncError if the org could not be read.

    `repairs` are what to do differently for bookings of which Salesforce has refused something just now.
    """
    now = utc_text(tools.clock())
    works = {name: _repaired(work, repairs) for name, work in works_of(claim.customers).items()}
    org = _read(works, tools, setup, now)
    with _stage(tools, "plan", bookings=len(works)):
        decisions = plan_works(claim.customers, works, org, setup, now)
    plans = {name: decision for name, decision in decisions.items() if isinstance(decision, Plan)}
    results = _write(claim, works, plans, tools, setup)
    outcomes = _outcomes(claim, decisions, results, tools)
    invited = _invite(claim, plans, outcomes, tools)
    errors = (*(result.error for result in results.values() if isinstance(result, Failed)), *invited.errors)
    _pause_at_limit(errors, tools)
    worked = Worked(outcomes=invited.outcomes, errors=errors)
    refused = find_repairs(plans, works, results, setup)
    return _mend(worked, claim, plans, works, results, refused, tools, setup) if refused else worked


def _repaired(work: Work, repairs: Mapping[str, Repairs]) -> Work:
    name = work.booking_id
    return replace(work, repairs=repairs[name], is_retry=True) if name in repairs else work


def _mend(
    worked: Worked,
    claim: Claim,
    plans: Mapping[str, Plan],
    works: Mapping[str, Work],
    results: Results,
    refused: Mapping[str, Repairs],
    tools: Tools,
    setup: ReadySetup,
) -> Worked:
    """The refused bookings once more, with what they can have; whatever was written of them already is known.

    What fails on the way is theirs alone: the others of the claim are done.
    """
    outcomes, errors = dict(worked.outcomes), worked.errors
    noted = {name: noted_records(plans[name], results, works[name].records) for name in refused}
    for part in _parts(claim, noted, detailed=any(repairs.in_detail for repairs in refused.values())):
        again = _work_on(part, tools, setup, {booking.id: refused[booking.id] for booking in part.bookings})
        outcomes |= again.outcomes
        errors += again.errors
    return Worked(outcomes=outcomes, errors=errors)


def _parts(claim: Claim, noted: Mapping[str, Records], *, detailed: bool) -> Iterator[Claim]:
    """The claim with nothing but these bookings; in parts small enough for single records where details count."""
    customers = [
        replace(customer, bookings=tuple(replace(b, records=noted[b.id]) for b in customer.bookings if b.id in noted))
        for customer in claim.customers
    ]
    concerned = [customer for customer in customers if customer.bookings]
    size = MOST_IN_DETAIL if detailed else len(concerned)
    for start in range(0, len(concerned), size):
        yield replace(claim, customers=tuple(concerned[start : start + size]))


def _read(works: Mapping[str, Work], tools: Tools, setup: ReadySetup, now: str) -> OrgSnapshot:
    """What decisions need of the org: nothing for known bookings, one call otherwise, one more to follow pointers."""
    lookups = find_lookups(works.values(), setup, now)
    if not lookups:
        return OrgSnapshot()
    with _stage(tools, "read", bookings=len(works)):
        return read_for(works, lookups, tools.session, setup).org


def _write(
    claim: Claim, works: Mapping[str, Work], plans: Mapping[str, Plan], tools: Tools, setup: ReadySetup
) -> Results:
    writes = merge_writes(list(plans.values()))

    def note(so_far: Results) -> None:
        noted = {name: noted_records(plan, so_far, works[name].records) for name, plan in plans.items()}
        tools.journal.note(claim, noted)
        check_held(tools.journal, claim)

    if writes:
        check_held(tools.journal, claim)
    with _stage(tools, "write", records=len(writes)):
        return write_records(tools.session, writes, setup.installation, note)


def _wait_for_calls(budget: Budget, tools: Tools) -> None:
    """Bookings stay in the journal. Looked at now and then, because the limit or our share of it may be raised."""
    pause = min(budget.frees_in, LimitReached.resets_in) if budget.spent else LimitReached.resets_in
    log.warning("sync.share_used", resumes_in_seconds=pause.total_seconds())
    tools.journal.pause(pause)


def _invite(claim: Claim, plans: Mapping[str, Plan], outcomes: Mapping[str, Outcome], tools: Tools) -> Invited:
    asked = sum(plan.invitations is not None for plan in plans.values())
    if not asked:
        return Invited(outcomes=outcomes)
    with _stage(tools, "invite", bookings=asked):
        return invite(tools.session, claim.bookings, plans, outcomes, tools.jitter)


def _pause_at_limit(errors: tuple[SyncError, ...], tools: Tools) -> None:
    """The org's limit holds for every worker: nobody claims until some calls are back."""
    limit = next((error for error in errors if isinstance(error, LimitReached)), None)
    if limit:
        log.warning("sync.limit_reached", resumes_in_seconds=limit.resets_in.total_seconds())
        tools.journal.pause(limit.resets_in)


def _outcomes(claim: Claim, decisions: Mapping[str, Decision], results: Results, tools: Tools) -> dict[str, Outcome]:
    nothing = Skipped(because="no event of it can be read")
    return {
        booking.id: _outcome(booking, decisions[booking.id], results, tools) if booking.id in decisions else nothing
        for booking in claim.bookings
    }


def _outcome(booking: ClaimedBooking, decision: Decision, results: Results, tools: Tools) -> Outcome:
    match decision:
        case Plan():
            return outcome_of(decision, results, booking, tools.jitter)
        case Nothing():
            return Skipped(because=decision.because)
        case Impossible():
            cause = Cause(code=decision.code, message=decision.because, object=decision.object, field=decision.field)
            return Park(cause=cause)
        case _:
            assert_never(decision)


def _settle(claim: Claim, outcomes: Mapping[str, Outcome], tools: Tools) -> Settled:
    now = tools.clock()
    settlements = {b.id: to_settlement(b, outcomes[b.id], tools.keep, now) for b in claim.bookings}
    settled = tools.journal.settle(claim, settlements)
    own_log = log.bind()  # once: the lazy logger puts itself together anew for every line
    for booking in claim.bookings:
        _log_outcome(own_log, booking, outcomes[booking.id])
    if settled.lost:
        log.warning("sync.claim_lost", customers=len(settled.lost))
    return settled


def _log_outcome(own_log: FilteringBoundLogger, booking: ClaimedBooking, outcome: Outcome) -> None:
    deliveries = [event.event_id for event in booking.pending]
    facts: dict[str, object] = {"booking": booking.id, "events": len(deliveries), "deliveries": deliveries}
    if isinstance(outcome, Retry | Wait | Park):
        facts |= {"code": outcome.cause.code, "object": outcome.cause.object, "field": outcome.cause.field}
    own_log.info(_ENDS[type(outcome)], **facts)


@contextmanager
def _stage(tools: Tools, name: str, **facts: object) -> Iterator[None]:
    """One log line a stage, with how long it took."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - start
        tools.measures.add_stage(name, seconds)
        log.info("sync.stage_done", stage=name, ms=round(seconds * 1000, 1), **facts)
