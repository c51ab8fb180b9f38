"""The setup steps for people: a table that fills while they run, and lines where there is no terminal."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Column, Table

from rules.findings import Finding
from worker.affected import Affected
from worker.setup import Stage, StageReport

Hits = Mapping[Finding, Affected]
"""The bookings that findings would hit."""

_STATES = {"ready": "[green]ready[/green]", "not_ready": "[red]not ready[/red]"}
_LEVELS = {"error": "[red]error[/red]", "warning": "[yellow]warning[/yellow]"}


def title_of(stage: Stage) -> str:
    """The step as the vendor calls it."""
    return "API connection" if stage is Stage.CONNECTION else stage.replace("_", " ").capitalize()


def setup_table(reports: Iterable[StageReport], hits: Hits | None = None, running: Stage | None = None) -> Table:
    """The five steps with their state: what was found, and what to do next."""
    step, found = (Column(name, overflow="fold") for name in ("step", "found"))  # a name that is cut names nothing
    table = Table(step, "state", found, title="Setup", title_justify="left", show_lines=True)
    done = {report.stage: report for report in reports}
    for number, stage in enumerate(Stage, start=1):
        report = done.get(stage)
        state: RenderableType = _STATES[report.state] if report else "[dim]waits[/dim]"
        if stage is running:
            state = Spinner("dots", "runs")
        table.add_row(f"{number} {title_of(stage)}", state, _found(report, hits or {}) if report else "")
    return table


def setup_lines(report: StageReport, hits: Hits) -> list[str]:
    """One step in lines, with rich's markup."""
    heading = f"{title_of(report.stage)}: {_STATES[report.state]}"
    return [heading, *(f"  {line}" for line in _lines(report, hits))]


def finding_lines(finding: Finding, hit: Affected | None = None) -> list[str]:
    """What was found, the bookings that it would hit, and what to do next."""
    lines = [f"{_LEVELS[finding.level]}: {escape(finding.message)}"]
    if hit and (hit.pending or hit.upcoming):
        least = "" if hit.is_complete else "at least "
        lines.append(f"  would hit {least}{len(hit.pending)} pending and {len(hit.upcoming)} upcoming bookings")
    return [*lines, f"  next: {escape(finding.advice)}"]


def _found(report: StageReport, hits: Hits) -> RenderableType:
    facts = Table.grid(*(Column(name, overflow="fold") for name in ("about", "says")), padding=(0, 2, 0, 0))
    for fact in report.facts:
        facts.add_row(escape(fact.about), escape(", ".join(fact.says)))
    lines = [line for found in report.findings for line in finding_lines(found, hits.get(found))]
    return Group(facts, *(["\n".join(lines)] if lines else []))


def _lines(report: StageReport, hits: Hits) -> list[str]:
    facts = [f"{escape(fact.about)}: {escape(', '.join(fact.says))}" for fact in report.facts]
    return facts + [line for found in report.findings for line in finding_lines(found, hits.get(found))]
