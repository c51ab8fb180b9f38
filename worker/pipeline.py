"""A batch's way: claim → bring (see bringing.py: read the org → plan → write → invite) → settle, whatever happens."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from redis.exceptions import RedisError
from structlog.typing import FilteringBoundLogger

from rules.quota import Budget, decide_pace
from rules.ready import ReadySetup
from rules.repair import Repairs
from worker.bringing import Brought, bring
from worker.claims import Claim, ClaimedBooking
from worker.errors import LimitReached, Rejected, SyncError, Transient
from worker.holding import LEASE, held
from worker.journal import MAX_BOOKINGS, Settled
from worker.lethal import give_up
from worker.locked import set_aside
from worker.logs import places_of
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Wait
from worker.retry import decide, decide_unforeseen
from worker.rows import Batch
from worker.salesforce.errors import casts_doubt_on_setup, contradicts_setup
from worker.settling import to_settlement
from worker.tools import Tools, pause_at_limit, stage

log = structlog.get_logger()

NOTHING_REFUSED: Mapping[str, Repairs] = {}

_ENDS: Mapping[type[Outcome], str] = {
    Synced: "booking.synced",
    Skipped: "booking.skipped",
    Retry: "booking.put_back",
    Wait: "booking.held_back",
    Park: "booking.parked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """The outcome of every booking of a claim, and the errors met on the way."""

    outcomes: Mapping[str, Outcome]
    errors: tuple[SyncError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a batch came to: `recheck` if the setup stages should look again.

    `doubts` if they should unless they did a short while ago.
    """

    bookings: int = 0
    recheck: bool = False
    doubts: bool = False


def sync_batch(
    tools: Tools, setup: ReadySetup, wake: Callable[[], None], tell: Callable[[Batch], None] | None = None
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
        tell(Batch(connection=name, claimed_at=at, took=took, bookings=own, outcomes=worked.outcomes))
    tools.measures.add_batch(len(claim.bookings), tools.session.meter.made - calls)
    tools.journal.add_measures(tools.measures.take())
    return Report(
        bookings=len(claim.bookings),
        recheck=any(contradicts_setup(error) for error in worked.errors),
        doubts=any(casts_doubt_on_setup(error) for error in worked.errors),
    )


def _sync(claim: Claim, tools: Tools, setup: ReadySetup) -> tuple[Worked, Settled]:
    """The way of a batch that was claimed: the outcomes of all its bookings, and what the journal made of them."""
    rest, given_up = give_up(claim)
    open_ones, locked = set_aside(rest)
    with held(tools.journal, claim):
        worked = _work_on(open_ones, tools, setup)
    worked = replace(worked, outcomes={**given_up, **locked, **worked.outcomes})
    with stage(tools, "settle", bookings=len(claim.bookings)):
        return worked, _settle(claim, worked.outcomes, tools)


def _claim(tools: Tools, setup: ReadySetup) -> Claim | None:
    """What may be worked on with the API calls that are left; None if these do not suffice for a batch."""
    budget = tools.session.meter.budget()
    pace = decide_pace(budget, setup.quota)
    if pace.lane is None:
        _wait_for_calls(budget, tools)
        return None
    with stage(tools, "claim"):
        claim = tools.journal.claim(LEASE, up_to=pace.lane)
    if claim.customers and pace.linger and len(claim.bookings) < MAX_BOOKINGS:
        tools.journal.pause(pace.linger)
    return claim


def _work_on(claim: Claim, tools: Tools, setup: ReadySetup, repairs: Mapping[str, Repairs] = NOTHING_REFUSED) -> Worked:
    """The one place that catches everything: whatever happens, the claim is settled and nothing stays behind."""
    try:
        return _with_second_try(bring(claim, repairs, tools, setup), tools, setup)
    except SoftTimeLimitExceeded:
        return _failed(claim, Transient("the batch took too long", code="TIME_LIMIT"), tools)
    except Rejected as error:
        # A look-up that Salesforce refuses: one booking's value can be the reason, and the others must not pay for it.
        return _failed(claim, error, tools) if len(claim.customers) == 1 else _in_halves(claim, tools, setup, repairs)
    except SyncError as error:
        pause_at_limit((error,), tools)
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


def _with_second_try(brought: Brought, tools: Tools, setup: ReadySetup) -> Worked:
    """The refused bookings once more, with what they can have. What fails on the way is theirs alone."""
    outcomes, errors = dict(brought.outcomes), brought.errors
    for part in brought.again:
        again = _work_on(part.claim, tools, setup, part.repairs)
        outcomes |= _begun(again.outcomes)
        errors += again.errors
    return Worked(outcomes=outcomes, errors=errors)


def _begun(outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """The outcomes of bookings of which something may have been written before."""
    return {
        name: replace(outcome, broke_off=True) if isinstance(outcome, Wait) else outcome
        for name, outcome in outcomes.items()
    }


def _wait_for_calls(budget: Budget, tools: Tools) -> None:
    """Bookings stay in the journal. Looked at now and then, because the limit or our share of it may be raised."""
    pause = min(budget.frees_in, LimitReached.resets_in) if budget.spent else LimitReached.resets_in
    log.warning("sync.share_used", resumes_in_seconds=pause.total_seconds())
    tools.journal.pause(pause)


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
