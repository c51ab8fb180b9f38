"""Writing a batch: one call for few, collections for many; what failed takes its children with it, and no one else."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from rules.plan import New, SObject, Write
from rules.snapshot import identity
from tests.worker.salesforce.writes import BASE, INSTALLATION, an_answer, an_id, known, new, refused, write
from worker.errors import Transient
from worker.salesforce.composite import MAX_SUBREQUESTS
from worker.salesforce.results import Done, Failed, Results
from worker.salesforce.session import SalesforceSession
from worker.salesforce.write import count_calls, write_records

Body = dict[str, Any]
LATE = Transient("Salesforce did not answer in time", code="READ_TIMEOUT")


class Org:
    """A session that writes everything, but refuses what it is told to; notes what it was asked."""

    base_path = BASE

    def __init__(self, *, refuses: Sequence[str] = (), breaks_at: int = 0) -> None:
        self.refuses = refuses
        self.breaks_at = breaks_at
        self.bodies: list[Body] = []

    def post(self, path: str, body: Body) -> Body:
        assert path == "composite"
        self.bodies.append(body)
        if len(self.bodies) == self.breaks_at:
            raise LATE
        halted: list[str] = []
        return an_answer(*(self._part(request, halted) for request in body["compositeRequest"]))

    def sent(self, obj: SObject) -> int:
        """How many records of the object were sent in collections."""
        records = (r for body in self.bodies for part in body["compositeRequest"] for r in part["body"]["records"])
        return sum(record["attributes"]["type"] == obj for record in records)

    def _part(self, request: Body, halted: list[str]) -> tuple[int, object]:
        if "records" in request["body"]:
            return 200, [self._saved(record) for record in request["body"]["records"]]
        if any(f"@{{{name}.id}}" in request["body"].values() for name in halted):
            return 400, refused("PROCESSING_HALTED")
        if any(key in request["url"] for key in self.refuses):
            halted.append(request["referenceId"])
            return 400, refused("STRING_TOO_LONG")
        return 201, {"id": f"id of {request['url']}", "success": True, "errors": [], "created": True}

    def _saved(self, record: Body) -> Body:
        if any(key in str(record) for key in self.refuses):
            return {"success": False, "errors": [{"statusCode": "STRING_TOO_LONG", "message": "no", "fields": []}]}
        return {"id": f"id of {sorted(record.items(), key=str)}"[:60], "success": True, "errors": []}


def lead_bookings(number: int) -> list[Write]:
    """New Leads with their Events, parents first."""
    made = [write(new(SObject.LEAD, f"B-{n}."), Company="Acme") for n in range(number)]
    return made + [write(new(SObject.EVENT, f"B-{n}."), WhoId=new(SObject.LEAD, f"B-{n}.")) for n in range(number)]


def written(org: Org, writes: list[Write], note: Callable[[Results], None] = lambda _: None) -> Results:
    return write_records(cast("SalesforceSession", org), writes, INSTALLATION, note)


def failures(results: Results) -> dict[str | New, str]:
    return {name: result.error.code for name, result in results.items() if isinstance(result, Failed)}


def test_nothing_costs_no_call() -> None:
    org = Org()
    assert (written(org, []), org.bodies) == ({}, [])


@pytest.mark.parametrize(
    ("bookings", "calls", "is_collections"),
    [(1, 1, False), (MAX_SUBREQUESTS // 2, 1, False), (MAX_SUBREQUESTS // 2 + 1, 2, True), (200, 2, True)],
)
def test_few_records_are_one_call_and_many_are_two(bookings: int, calls: int, is_collections: bool) -> None:
    org, writes = Org(), lead_bookings(bookings)
    results = written(org, writes)
    assert len(org.bodies) == calls
    assert ("records" in org.bodies[0]["compositeRequest"][0]["body"]) is is_collections
    assert set(results) == {identity(one.record) for one in writes}
    assert all(isinstance(result, Done) for result in results.values())


@pytest.mark.parametrize("bookings", [3, 20], ids=["few", "many"])
def test_a_record_that_is_refused_takes_its_children_along_and_nobody_else(bookings: int) -> None:
    results = written(Org(refuses=["B-1."]), lead_bookings(bookings))
    lead, event = new(SObject.LEAD, "B-1."), new(SObject.EVENT, "B-1.")
    assert failures(results) == {lead: "STRING_TOO_LONG", event: "STRING_TOO_LONG"}


def test_orphans_are_not_sent() -> None:
    org = Org(refuses=["B-1."])
    written(org, lead_bookings(20))
    assert (org.sent(SObject.LEAD), org.sent(SObject.EVENT)) == (20, 19)


def test_a_call_without_any_record_left_is_not_made() -> None:
    org = Org(refuses=["B-"])
    written(org, lead_bookings(20))
    assert (len(org.bodies), org.sent(SObject.EVENT)) == (1, 0)


@pytest.mark.parametrize("bookings", [1, 20], ids=["few", "many"])
def test_a_call_that_breaks_is_the_failure_of_all_its_records_and_their_children(bookings: int) -> None:
    results = written(Org(breaks_at=1), lead_bookings(bookings))
    assert len(results) == 2 * bookings
    assert set(failures(results).values()) == {"READ_TIMEOUT"}


def test_what_an_earlier_call_wrote_stays_written_when_a_later_one_breaks() -> None:
    results = written(Org(breaks_at=2), lead_bookings(20))
    assert {name.object for name in failures(results) if isinstance(name, New)} == {SObject.EVENT}
    assert isinstance(results[new(SObject.LEAD, "B-1.")], Done)


def test_what_was_written_is_noted_before_each_further_call() -> None:
    notes: list[int] = []
    written(Org(), lead_bookings(200), lambda so_far: notes.append(len(so_far)))
    assert notes == [200]


def test_a_record_that_is_there_keeps_its_id() -> None:
    (result,) = written(Org(), [write(known(SObject.LEAD), Company="Acme")]).values()
    assert result == Done(an_id(SObject.LEAD))


@pytest.mark.parametrize("bookings", [0, 1, 12, 13, 100, 200, 201, 1100])
def test_the_calls_are_counted_before_they_are_made(bookings: int) -> None:
    org, writes = Org(), lead_bookings(bookings)
    written(org, writes)
    assert count_calls(writes) == len(org.bodies)
