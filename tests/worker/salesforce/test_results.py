"""Whose fault it is that a record is not written."""

import pytest

from rules.plan import Record, SObject, Write
from rules.snapshot import identity
from tests.worker.salesforce.writes import a_failure, an_id, contact_booking, known, new, write
from worker.errors import Transient
from worker.salesforce.results import Done, Failed, Result, Results, failed_parent, follow_culprits, parents

HALTED = a_failure(Transient, "PROCESSING_HALTED")
CULPRIT = a_failure()
ACCOUNT, CONTACT, CASE, EVENT = contact_booking()
DONE = Done(an_id(SObject.CONTACT))


def results_of(**results: Result) -> Results:
    """What became of the records, by object."""
    writes = {"account": ACCOUNT, "contact": CONTACT, "case": CASE, "event": EVENT}
    return {identity(writes[name].record): result for name, result in results.items()}


def followed(writes: list[Write], results: Results) -> Results:
    follow_culprits(writes, results)
    return results


TABLE: list[tuple[Results, Results, str]] = [
    (
        results_of(account=CULPRIT, contact=HALTED, case=HALTED, event=HALTED),
        results_of(account=CULPRIT, contact=CULPRIT, case=CULPRIT, event=CULPRIT),
        "all the way down",
    ),
    (
        results_of(account=DONE, contact=CULPRIT, case=HALTED, event=HALTED),
        results_of(account=DONE, contact=CULPRIT, case=CULPRIT, event=CULPRIT),
        "from the middle",
    ),
    (
        results_of(account=DONE, contact=DONE, case=CULPRIT, event=HALTED),
        results_of(account=DONE, contact=DONE, case=CULPRIT, event=CULPRIT),
        "one of two parents",
    ),
    (
        results_of(account=DONE, contact=DONE, case=DONE, event=HALTED),
        results_of(account=DONE, contact=DONE, case=DONE, event=HALTED),
        "no culprit",
    ),
    (
        results_of(account=CULPRIT, contact=DONE, case=DONE, event=DONE),
        results_of(account=CULPRIT, contact=DONE, case=DONE, event=DONE),
        "written all the same",
    ),
    (
        results_of(account=DONE, contact=DONE, case=DONE, event=DONE),
        results_of(account=DONE, contact=DONE, case=DONE, event=DONE),
        "nothing failed",
    ),
]


@pytest.mark.parametrize(("before", "after"), [row[:2] for row in TABLE], ids=[row[2] for row in TABLE])
def test_a_record_that_failed_for_its_parents_sake_has_the_parents_error(before: Results, after: Results) -> None:
    assert followed(contact_booking(), dict(before)) == after


def test_a_neighbours_failure_is_not_ours() -> None:
    other = write(new(SObject.ACCOUNT, "other"))
    before = results_of(account=DONE, contact=HALTED) | {identity(other.record): CULPRIT}  # type: ignore[operator]
    assert followed([other, ACCOUNT, CONTACT], dict(before)) == before


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param(new(SObject.CONTACT), [new(SObject.CONTACT)], id="to be created"),
        pytest.param(an_id(SObject.CONTACT), [], id="there"),
        pytest.param(None, [], id="none"),
    ],
)
def test_parents_are_the_records_of_the_batch_that_a_write_names(value: object, found: list[Record]) -> None:
    assert parents(write(known(SObject.CASE), ContactId=value)) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "failure"),
    [
        pytest.param(results_of(contact=DONE, case=CULPRIT), CULPRIT, id="the one that failed"),
        pytest.param(results_of(contact=DONE, case=DONE), None, id="both written"),
        pytest.param({}, None, id="not tried yet"),
    ],
)
def test_a_parent_that_failed_is_found(results: Results, failure: Failed | None) -> None:
    assert failed_parent(EVENT, results) == failure
