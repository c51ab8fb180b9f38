"""`python -m tests.sizing`: what the processes and a booking take, on servers of its own; a table."""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.sizing.measures import Sizes, measure
from tests.sizing.usage import RedisUsage

_MIB = 1024 * 1024


def main() -> int:
    """Measure and print; exit code 0 when all that was published is settled."""
    parser = argparse.ArgumentParser(prog="python -m tests.sizing", description=__doc__)
    parser.add_argument("--bookings", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=2, help="processes of the Celery worker")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _print(measure(Path(folder), bookings=options.bookings, concurrency=options.workers))
    return 0


def _print(sizes: Sizes) -> None:
    out = Console()
    processes = Table("process", "in memory, MiB", "without what others share, MiB", title="Processes at rest")
    for each in sizes.processes:
        processes.add_row(each.name, f"{each.resident / _MIB:.0f}", f"{each.proportional / _MIB:.0f}")
    out.print(processes)
    table = Table("of a booking", "published", "worked on", "both", "canceled", title=f"{sizes.bookings} bookings")
    states = sizes.empty, sizes.waiting, sizes.finished, sizes.canceled
    steps = [(states[before], states[after]) for before, after in ((0, 1), (1, 2), (0, 2), (2, 3))]
    for name in ("memory", "file", "network"):
        table.add_row(f"Redis: {name}, bytes", *(f"{_each(sizes, name, *step):,.0f}" for step in steps))
    table.add_row("Redis: CPU, µs", *(f"{_each(sizes, 'cpu', *step) * 1e6:,.0f}" for step in steps))
    table.add_row("workers: CPU with their start, µs", "", f"{sizes.worker_cpu / sizes.bookings * 1e6:,.0f}", "", "")
    out.print(table)


def _each(sizes: Sizes, name: str, before: RedisUsage, after: RedisUsage) -> float:
    return float(getattr(after, name) - getattr(before, name)) / sizes.bookings


sys.exit(main())
