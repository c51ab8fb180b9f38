"""`bookforce setup`: the five steps and their state."""

from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from config.settings import DEFAULT_CONNECTION
from worker.commands.console import FINDING, ConnectionOption, JsonOption, out, redis_explained, settings_explained
from worker.connections import org
from worker.setup import Stage, StageReport


def setup(connection: ConnectionOption = DEFAULT_CONNECTION, as_json: JsonOption = False) -> None:
    """Run the five setup steps against the org and show their state."""
    with settings_explained(), redis_explained():
        reports = org(connection).setup.run_all()
    if as_json:
        out.print_json(data=[report_facts(report) for report in reports])
    else:
        out.print(setup_table(reports))
    if any(report.state != "ready" for report in reports):
        raise typer.Exit(FINDING)


def setup_table(reports: list[StageReport]) -> Table:
    """The five steps with their state, for a terminal."""
    table = Table("step", "state", "found", "what to do", title="Setup")
    done = {report.stage: report for report in reports}
    for stage in Stage:
        report = done.get(stage)
        if report is None:
            table.add_row(stage.replace("_", " "), "[dim]waits[/dim]", "", "")
            continue
        state = "[green]ready[/green]" if report.state == "ready" else "[red]not ready[/red]"
        found = [*report.facts, *(finding.message for finding in report.findings)]
        advice = [finding.advice for finding in report.findings]
        table.add_row(stage.replace("_", " "), state, escape("\n".join(found)), escape("\n".join(advice)))
    return table


def report_facts(report: StageReport) -> dict[str, Any]:
    """A step's state for machines."""
    return {
        "step": report.stage.value,
        "state": report.state,
        "facts": list(report.facts),
        "findings": [{"level": f.level, "message": f.message, "advice": f.advice} for f in report.findings],
    }
