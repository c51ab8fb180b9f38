"""What the demo prints."""

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.markup import escape
from rich.table import Table

from tests.demo.bursts import Burst
from tests.demo.checks import Verdict
from tests.demo.outcomes import Outcome
from tests.servers import SimulatedOrg
from tests.watching import Flower

_COLOURS = {"synced": "green", "superseded": "green", "skipped": "dim", "parked": "red", "pending": "red"}


def bursts_table(bursts: Sequence[Burst]) -> Table:
    """What arrived together, and what it cost."""
    table = Table("published together", title="What it cost", title_justify="left", title_style="bold")
    for heading in ("events", "known", "ignored", "bookings", "API calls", "s"):
        table.add_column(heading, justify="right")
    for burst in bursts:
        numbers = (burst.tally.accepted, burst.tally.known, burst.tally.ignored, burst.part.bookings, burst.calls)
        table.add_row(burst.part.title, *map(str, numbers), f"{burst.seconds:.1f}")
    return table


def bookings_table(outcomes: Sequence[Outcome]) -> Table:
    """One row a booking; reads well from 80 columns on."""
    table = Table(
        title="What the bookings came to",
        title_justify="left",
        title_style="bold",
        box=box.HORIZONTALS,
        show_lines=True,
        pad_edge=False,
        expand=True,
    )
    table.add_column("booking", width=17)
    table.add_column("record", ratio=1)
    table.add_column("events", width=17)
    table.add_column("what was done and why", ratio=3)
    for outcome in outcomes:
        table.add_row(*_row(outcome))
    return table


def totals(bursts: Sequence[Burst], outcomes: Sequence[Outcome], setup_calls: int) -> list[str]:
    """How much it was, and what it cost."""
    accepted = sum(burst.tally.accepted for burst in bursts)
    known, ignored = (sum(getattr(burst.tally, name) for burst in bursts) for name in ("known", "ignored"))
    calls = sum(burst.calls for burst in bursts)
    each = f"{calls / len(outcomes):.2f} a booking"
    return [
        f"{len(outcomes)} bookings: {accepted} events accepted, {known} delivered before, {ignored} about no booking.",
        f"API calls, counted by the org: {calls} for the bookings ({each}), {setup_calls} for the setup.",
    ]


def second_publish(again: Burst) -> list[str]:
    """What publishing everything once more came to."""
    tally = again.tally
    return [
        f"The whole file again: {tally.accepted} accepted, {tally.known} delivered before, {again.calls} API calls."
    ]


def verdict_lines(verdict: Verdict, differences: Sequence[str]) -> list[str]:
    """Whether the org's records are right; else every difference."""
    if not differences:
        return [f"[green]The org's {verdict.records} records are as expected, in all {verdict.facts} facts.[/]"]
    lines = [f"[red]{escape(line)}[/]" for line in differences]
    return [*lines, f"[red]{len(differences)} differences from what is expected.[/]"]


def next_steps_after(folder: Path) -> list[str]:
    """Where to look when everything has ended."""
    return [
        f"Logs: {folder}/worker.log, org.log, redis.log. The bookings: {folder}/bookings.jsonl.",
        "KEEP=1 make demo leaves it all running: the org's records as a page, Flower, bookforce status and show.",
    ]


def next_steps_while(folder: Path, org: SimulatedOrg, flower: Flower, command: Path, booking: str) -> list[str]:
    """Where to look while everything runs."""
    return [
        f"The org's records and calls:  {org.url}/  (the browser does not know its certificate)",
        f"Flower, Celery's dashboard:   {flower.url}/tasks  (user {flower.user}, password {flower.password})",
        "In another terminal:",
        f"  . {folder}/environment",
        f"  {command} status",
        f"  {command} show {booking}",
        f"Logs: {folder}/worker.log, org.log, redis.log, flower.log",
        "Ctrl-C ends it all.",
    ]


def _row(outcome: Outcome) -> tuple[str, ...]:
    history = outcome.history
    warnings = [f"[yellow]{escape(warning)}[/]" for warning in outcome.warnings]
    return (
        f"{history.booking}\n{history.page}\n[{_COLOURS[outcome.state]}]{outcome.state}[/]",
        "\n".join(map(escape, outcome.records)) or "[dim]none[/]",
        "\n".join(history.describe()),
        "\n".join(["; ".join(map(escape, outcome.because)), *warnings]),
    )
