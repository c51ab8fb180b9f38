"""A settled booking as a row of its own: what Celery's own model of a monitor makes of the events."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from celery.events.state import State, Task

from producers.contract import Kind, Named
from rules.plan import Records, SObject, Warned
from tests.builders import a_customer, an_event
from worker.claims import ClaimedBooking
from worker.outcome import Cause, Outcome, Park, Retry, Skipped, Synced, Wait
from worker.rows import Batch, booking_rows, sweep_row

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
TOOK = timedelta(seconds=1.5)

CAUSE = Cause(code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="Lea Marin is too short", object="Lead", field="Phone")
SYNCED = Synced(records=Records(), because=())
PARKED = Park(cause=CAUSE)

E1 = an_event(event_id="E1", page=Named(id="BP-1", name="Meet Dana", url="https://book.example/dana"))
E2 = an_event(Kind.CANCELED, event_id="E2", minute=1)


def claimed(*pending: Any, **changes: Any) -> ClaimedBooking:
    return ClaimedBooking(id="BKNG-1", pending=pending, **changes)


class Monitor:
    """Celery's own model of what it has seen, which Flower shows."""

    def __init__(self) -> None:
        self.state: Any = State()
        self.clock = 0

    def sees(self, booking: ClaimedBooking, outcome: Outcome) -> None:
        batch = Batch(
            connection="default", claimed_at=AT, took=TOOK, bookings=[booking], outcomes={booking.id: outcome}
        )
        for kind, fields in booking_rows(batch):
            self.clock += 1
            told = {"hostname": "worker@here", "clock": self.clock, "local_received": 0, "utcoffset": 0, "pid": 1}
            self.state.event({"type": kind, **told, **fields})

    def row(self, uuid: str = "BKNG-1:E1") -> Task:
        return cast("Task", self.state.tasks[uuid])

    def rows(self) -> dict[str, str]:
        return {uuid: task.state for uuid, task in self.state.tasks.items()}


@pytest.fixture(name="monitor")
def monitor_fixture() -> Monitor:
    return Monitor()


def test_a_row_names_booking_connection_and_page_and_how_long_it_took(monitor: Monitor) -> None:
    monitor.sees(claimed(E1), SYNCED)
    row = monitor.row()
    assert (row.name, row.state, row.result, row.runtime) == ("bookforce.booking", "SUCCESS", "synced", 1.5)
    assert row.kwargs == "{'booking': 'BKNG-1', 'connection': 'default', 'page': 'BP-1', 'events': 1}"
    assert (row.received, row.started, row.succeeded) == (AT.timestamp(), AT.timestamp(), AT.timestamp() + 1.5)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (SYNCED, "SUCCESS"),
        (Skipped(because="first heard of by a later event"), "SUCCESS"),
        (Retry(after=TOOK, cause=CAUSE), "RETRY"),
        (Wait(until_in=TOOK, cause=CAUSE), "RETRY"),
        (PARKED, "FAILURE"),
    ],
)
def test_the_state_of_a_row_is_the_outcome(monitor: Monitor, outcome: Outcome, state: str) -> None:
    monitor.sees(claimed(E1), outcome)
    assert monitor.rows() == {"BKNG-1:E1": state}


def test_a_row_counts_the_tries_before(monitor: Monitor) -> None:
    monitor.sees(claimed(E1, attempts=2), SYNCED)
    assert monitor.row().retries == 2


def test_a_parked_booking_is_explained_by_code_and_place_and_never_by_what_salesforce_quotes(monitor: Monitor) -> None:
    monitor.sees(claimed(E1), PARKED)
    row = monitor.row()
    assert str(row.exception).startswith("FIELD_CUSTOM_VALIDATION_EXCEPTION Lead.Phone: A validation rule")
    assert row.result == "parked: FIELD_CUSTOM_VALIDATION_EXCEPTION Lead.Phone"
    assert "what to do: " in str(row.traceback)
    assert "bookforce show BKNG-1" in str(row.traceback)
    assert "Marin" not in repr(vars(row))


def test_nothing_that_a_customer_or_an_owner_is_called_by_is_in_a_row(monitor: Monitor) -> None:
    marked = an_event(
        event_id="E1",
        subject="zqmark",
        customer=a_customer(name="zqmark", email="zqmark@person.example"),
        page=Named(id="BP-1", name="zqmark", label="zqmark", url="https://book.example/zqmark"),
    )
    warning = Warned(code="VALUE_LOST", object=SObject.LEAD, field="Email", message="zqmark")
    monitor.sees(claimed(marked), Synced(records=Records(), because=("zqmark",), warnings=(warning,)))
    assert monitor.row().result == "synced, with warnings: VALUE_LOST"
    assert "zqmark" not in repr(vars(monitor.row()))


def test_a_skipped_booking_says_why(monitor: Monitor) -> None:
    monitor.sees(claimed(E1), Skipped(because="the page creates nothing for general links"))
    assert monitor.row().result == "skipped: the page creates nothing for general links"


def test_tries_and_replays_of_a_booking_stay_in_one_row(monitor: Monitor) -> None:
    for outcome, state in ((Retry(after=TOOK, cause=CAUSE), "RETRY"), (PARKED, "FAILURE"), (SYNCED, "SUCCESS")):
        monitor.sees(claimed(E1), outcome)
        assert monitor.rows() == {"BKNG-1:E1": state}
    assert (monitor.row().exception, monitor.row().traceback) == (None, None)


def test_a_later_event_of_a_booking_begins_a_row_that_can_fail(monitor: Monitor) -> None:
    monitor.sees(claimed(E1), SYNCED)
    monitor.sees(claimed(E2, applied=(E1,)), PARKED)
    assert monitor.rows() == {"BKNG-1:E1": "SUCCESS", "BKNG-1:E2": "FAILURE"}


def test_events_that_are_settled_together_are_one_row(monitor: Monitor) -> None:
    monitor.sees(claimed(E1, E2), SYNCED)
    assert monitor.rows() == {"BKNG-1:E1": "SUCCESS"}
    assert "'events': 2" in str(monitor.row().kwargs)


def test_the_replacement_of_a_booking_has_a_row(monitor: Monitor) -> None:
    monitor.sees(claimed(applied=(E1,), is_replaced=True), SYNCED)
    assert monitor.rows() == {"BKNG-1:replaced": "SUCCESS"}


def test_what_is_no_booking_event_has_failed_whatever_became_of_its_booking(monitor: Monitor) -> None:
    monitor.sees(claimed(E1, unreadable=("E9",)), SYNCED)
    assert monitor.rows() == {"BKNG-1:E1": "SUCCESS", "BKNG-1:E9": "FAILURE"}
    assert str(monitor.row("BKNG-1:E9").exception).startswith("UNREADABLE_EVENT: ")


def test_a_sweep_says_what_it_repaired() -> None:
    *_, (kind, fields) = sweep_row("id", "bookforce.sweep", "default", {"waits were over": 2}, AT)
    assert (kind, fields["uuid"], fields["result"]) == ("task-succeeded", "id", "2 waits were over")
