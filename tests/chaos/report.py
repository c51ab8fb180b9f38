"""What a run came to, as a table for people or as JSON."""

import json
import math
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from tests.chaos.run import Result

_MOST_LINES = 20


def print_table(result: Result, console: Console) -> None:
    """Everything that was done, what it cost, and what is wrong."""
    options = result.options
    table = Table("what", "figure", title=f"chaos, seed {options.seed}, {options.events:,} events")
    for what, figure in _figures(result).items():
        table.add_row(what, figure)
    table.add_section()
    for name, number in {**result.blows, **result.faults}.items():
        table.add_row(name, f"{number:,}")
    table.add_section()
    for name, lines in _wrong(result).items():
        table.add_row(f"[bold]{name}", f"[bold]{len(lines):,}")
    console.print(table)
    for name, lines in _wrong(result).items():
        for line in lines[:_MOST_LINES]:
            console.print(f"{name}: {line}", markup=False, soft_wrap=True)
        if len(lines) > _MOST_LINES:
            console.print(f"{name}: and {len(lines) - _MOST_LINES} more")


def to_json(result: Result) -> str:
    """The same for machines; `differences` and their like with their lines."""
    options = asdict(result.options)
    facts = {
        **options,
        "schedule": result.schedule.digest,
        "deliveries": result.schedule.deliveries,
        "bookings": result.bookings,
        "customers": result.customers,
        "blows": dict(result.blows),
        "org_faults": dict(result.faults),
        "calls": result.calls,
        "sent_in_seconds": round(result.sent_in, 1),
        "settled_in_seconds": round(result.settled_in, 1),
        "is_settled": result.is_settled,
        "standstill_seconds": round(result.standstill, 1),
        "worker_starts": result.starts,
        "idle_workers": list(result.idle_workers),
        "recovered_in_seconds": _recovered_in(result),
        **{name: list(lines) for name, lines in _wrong(result).items()},
        "is_clean": result.is_clean,
    }
    return json.dumps(facts, indent=2)


def _recovered_in(result: Result) -> float | str:
    if result.recovered_in is None:
        return "not measured"
    return round(result.recovered_in, 1) if math.isfinite(result.recovered_in) else "never"


def _figures(result: Result) -> dict[str, str]:
    schedule = result.schedule
    recovered = _recovered_in(result)
    recovered = recovered if isinstance(recovered, str) else f"{recovered:.0f} s"
    return {
        "events, each once": f"{result.options.events:,}",
        "deliveries, shuffled and doubled": f"{schedule.deliveries:,}",
        "bookings of customers": f"{result.bookings:,} of {result.customers:,}",
        "schedule": schedule.digest,
        "appendfsync": result.options.fsync,
        "broker": result.options.broker,
        "sent in": f"{result.sent_in:.0f} s",
        "settled after another": f"{result.settled_in:.0f} s" if result.is_settled else "never",
        "API calls": f"{result.calls:,}",
        "worker starts": f"{result.starts}",
        "longest standstill with work to do": f"{result.standstill:.1f} s",
        "workers that look alive and do nothing": ", ".join(result.idle_workers) or "none",
        "all settled after the only worker was killed": recovered,
    }


def _wrong(result: Result) -> dict[str, tuple[str, ...]]:
    verdict = result.verdict
    return {"lost": verdict.lost, "doubled": verdict.doubled, "differences": verdict.differences}
