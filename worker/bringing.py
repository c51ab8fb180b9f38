"""From claimed bookings to their outcomes, in reading order: read the org → plan → write → invite."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from rules.batch import merge_writes
from rules.lookups import find_lookups
from rules.plan import Decision, Impossible, Nothing, Plan, Records
from rules.ready import ReadySetup
from rules.repair import Repairs
from rules.snapshot import OrgSnapshot, Work
from rules.values import utc_text
from worker.claims import Claim, ClaimedBooking
from worker.errors import SyncError
from worker.holding import check_held
from worker.inviting import Invited, invite
from worker.outcome import Cause, Outcome, Park, Skipped
from worker.planning import plan_works, read_for, works_of
from worker.repairing import find_repairs
from worker.salesforce.results import Failed, Results
from worker.salesforce.write import write_records
from worker.settling import noted_records, outcome_of
from worker.tools import Tools, pause_at_limit, stage

MOST_IN_DETAIL = 6
"""Customers at a time whose records are written one by one: at most four each, so that they fit into one composite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Bookings of which Salesforce refused something that can be had otherwise: what to do differently, by id."""

    claim: Claim
    repairs: Mapping[str, Repairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The outcome of every booking of a claim, the errors met on the way, and what is to be tried once more at once."""

    outcomes: Mapping[str, Outcome]
    errors: tuple[SyncError, ...]
    again: tuple[Again, ...] = ()


def bring(claim: Claim, repairs: Mapping[str, Repairs], tools: Tools, setup: ReadySetup) -> Brought:
    """The steps between claiming and settling. Raises SyncError if the org could not be read.

    `repairs` are what to do differently for bookings of which Salesforce has refused something just now.
    """
    now = utc_text(tools.clock())
    works = {name: _repaired(work, repairs) for name, work in works_of(claim.customers).items()}
    org = _read(works, tools, setup, now)
    with stage(tools, "plan", bookings=len(works)):
        decisions = plan_works(claim.customers, works, org, setup, now)
    plans = {name: decision for name, decision in decisions.items() if isinstance(decision, Plan)}
    results = _write(claim, works, plans, tools, setup)
    invited = _invite(claim, plans, _outcomes(claim, decisions, results, tools), tools)
    errors = (*(result.error for result in results.values() if isinstance(result, Failed)), *invited.errors)
    pause_at_limit(errors, tools)
    refused = find_repairs(plans, works, results, setup)
    noted = {name: noted_records(plans[name], results, works[name].records) for name in refused}
    tools.journal.note(claim, noted)
    return Brought(outcomes=invited.outcomes, errors=errors, again=tuple(_parts(claim, noted, refused)))


def _repaired(work: Work, repairs: Mapping[str, Repairs]) -> Work:
    name = work.booking_id
    return replace(work, repairs=repairs[name], is_retry=True) if name in repairs else work


def _read(works: Mapping[str, Work], tools: Tools, setup: ReadySetup, now: str) -> OrgSnapshot:
    """What decisions need of the org: nothing for known bookings, one call otherwise, one more to follow pointers."""
    lookups = find_lookups(works.values(), setup, now)
    if not lookups:
        return OrgSnapshot()
    with stage(tools, "read", bookings=len(works)):
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
    with stage(tools, "write", records=len(writes)):
        return write_records(tools.session, writes, setup.installation, note)


def _invite(claim: Claim, plans: Mapping[str, Plan], outcomes: Mapping[str, Outcome], tools: Tools) -> Invited:
    asked = sum(plan.invitations is not None for plan in plans.values())
    if not asked:
        return Invited(outcomes=outcomes)
    with stage(tools, "invite", bookings=asked):
        mine = partial(check_held, tools.journal, claim)
        return invite(tools.session, claim.bookings, plans, outcomes, tools.jitter, mine)


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


def _parts(claim: Claim, noted: Mapping[str, Records], refused: Mapping[str, Repairs]) -> Iterator[Again]:
    """The claim with nothing but the refused bookings, and what is known to be written of them already.

    In parts small enough for single records where details count.
    """
    customers = [
        replace(customer, bookings=tuple(replace(b, records=noted[b.id]) for b in customer.bookings if b.id in noted))
        for customer in claim.customers
    ]
    concerned = [customer for customer in customers if customer.bookings]
    size = MOST_IN_DETAIL if any(repairs.in_detail for repairs in refused.values()) else max(len(concerned), 1)
    for start in range(0, len(concerned), size):
        part = replace(claim, customers=tuple(concerned[start : start + size]))
        yield Again(claim=part, repairs={booking.id: refused[booking.id] for booking in part.bookings})
