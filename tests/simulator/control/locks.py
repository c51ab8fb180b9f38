"""Faults of single records and reads, as they are met on the way: locked rows and errors aimed at one object."""

from tests.simulator.control.aims import objects_named
from tests.simulator.errors import Refused, refuse
from tests.simulator.faults import Fault
from tests.simulator.ids import SHORT
from tests.simulator.messages import Part
from tests.simulator.state import State

LOCKED = "unable to obtain exclusive access to this record"


def strike_record(state: State, object_name: str, method: str, row_id: str = "") -> None:
    """Refuse a record that is about to be written if a fault says so."""
    fault = state.faults.for_record(method, object_name)
    if fault is not None:
        raise _locked(state, row_id) if fault.effect == "row_lock" else fault.refusal


def strike_read(state: State, part: Part) -> None:
    """Refuse a query or another read of an object if a fault says so."""
    if not state.faults.on_reads:
        return
    for name in objects_named(state.schema, part.path, part.params):
        fault: Fault | None = state.faults.for_read(name)
        if fault is not None:
            raise fault.refusal


def _locked(state: State, row_id: str) -> Refused:
    named = f" or 1 records: {row_id[:SHORT]}" if row_id else ""
    return refuse("UNABLE_TO_LOCK_ROW", LOCKED + named, status=state.settings.lock_error_status)
