"""API calls, as the org itself counts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tests.servers import SimulatedOrg

_ALL_CALLS = 500

Call = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """API calls so far, by what they were for."""

    setup: int
    bookings: int


def read_usage(org: SimulatedOrg) -> Usage:
    """What the org has counted. A look of the setup stages describes the objects, which syncing never does."""
    state = cast("Mapping[str, Any]", org.control("GET", f"/state?calls={_ALL_CALLS}"))
    setup = sum(call["cost"] for call in cast("Sequence[Call]", state["calls"]) if _is_setup(call))
    return Usage(setup=setup, bookings=state["api_calls"] - setup)


def _is_setup(call: Call) -> bool:
    return any("/describe" in part["url"] for part in call["parts"])
