"""`python -m tests.load`: requests at a fixed rate to the HTTP intake, a worker running; exit code 1 if one is lost."""

import argparse
import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.load.run import Report, measure

FOLDER = Path(".bench") / "load"


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="requests a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2, help="processes of the Celery worker")
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    report = measure(FOLDER, rate=options.rate, seconds=options.seconds, workers=options.workers)
    _print(report)
    (FOLDER / "load.json").write_text(json.dumps({"options": vars(options), **asdict(report)}, indent=2) + "\n")
    return int(report.lost > 0 or set(report.statuses) - {200, 202} != set())


def _print(report: Report) -> None:
    table = Table("what", "figure", title="the HTTP intake, one run on this machine")
    table.add_row("requests", f"{report.sent:,} at {report.per_second:,.0f} /s")
    table.add_row("answers by status", ", ".join(f"{status}: {n:,}" for status, n in sorted(report.statuses.items())))
    table.add_row("answered within, half of them", f"{report.p50 * 1000:,.1f} ms")
    table.add_row("answered within, 99 of 100", f"{report.p99 * 1000:,.1f} ms")
    table.add_row("longest answer", f"{report.longest * 1000:,.1f} ms")
    table.add_row("connections", f"{report.connections:,}")
    table.add_row("all in Salesforce, after the last answer", f"{report.settled_after:,.1f} s")
    table.add_row("accepted and lost", f"{report.lost:,}")
    Console().print(table)


sys.exit(main())
