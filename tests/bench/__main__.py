"""`python -m tests.bench`: Celery's no-op rate, publish rate and bookings per second, in one run; table and JSON."""

import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measures import Figures, measure

FOLDER = Path(".bench")


def main() -> int:
    """Measure, print, write; exit code 0 when everything that was published is settled."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--bookings", type=int, default=10_000)
    parser.add_argument("--tasks", type=int, default=5_000, help="no-op tasks")
    parser.add_argument("--workers", type=int, default=2, help="processes of the Celery worker")
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    figures = measure(FOLDER, bookings=options.bookings, tasks=options.tasks, workers=options.workers)
    file = FOLDER / "bench.json"
    file.write_text(json.dumps(_facts(figures, options), indent=2) + "\n")
    _print(figures)
    Console().print(f"written to {file}")
    return 0


def _print(figures: Figures) -> None:
    table = Table("what", "figure", title="bookforce, one run on this machine")
    table.add_row("Celery no-op tasks, sent and run", f"{figures.noop_per_second:,.0f} /s")
    table.add_row("celery.send_task(), one event a task", f"{figures.send_task_per_second:,.0f} events/s")
    table.add_row("publish(), one event a call", f"{figures.publish_per_second:,.0f} events/s")
    table.add_row("publish_many(), 500 a call", f"{figures.publish_many_per_second:,.0f} events/s")
    table.add_row("new bookings, published to settled", f"{figures.bookings_per_second:,.0f} bookings/s")
    table.add_row("cancellations of them", f"{figures.changes_per_second:,.0f} bookings/s")
    table.add_row("API calls per new booking", f"{figures.calls_per_booking:.4f}")
    table.add_row("API calls per cancellation", f"{figures.calls_per_change:.4f}")
    table.add_row("publish() ÷ send_task()", f"{figures.publish_ratio:.1f}")
    table.add_row("publish_many() ÷ send_task()", f"{figures.publish_many_ratio:.1f}")
    table.add_row("[bold]bookings/s ÷ no-op tasks/s", f"[bold]{figures.ratio:.1f}")
    Console().print(table)


def _facts(figures: Figures, options: argparse.Namespace) -> dict[str, object]:
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    return {"machine": machine, "options": vars(options), **figures.as_dict()}


sys.exit(main())
