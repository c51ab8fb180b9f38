"""Running the setup steps where people, or machines, can see it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.live import Live

from rules.findings import Finding
from worker.affected import read_outlook
from worker.commands.console import out
from worker.commands.setup_view import Hits, setup_lines, setup_table, title_of
from worker.connections import Org
from worker.setup import Stage, StageReport

_NARROWEST = 70
"""Columns below which the cells of the table are too narrow to read a field's name in."""


def run_quietly(there: Org) -> list[dict[str, Any]]:
    """Run the steps; all five as JSON holds them, those behind one that is not ready with the state `waits`."""
    reports = there.setup.run_all()
    hits = _find_hits(there, reports)
    waiting: list[dict[str, Any]] = [
        {"step": stage.value, "state": "waits", "facts": [], "findings": []} for stage in _waiting(reports)
    ]
    return [*(report_data(report, hits) for report in reports), *waiting]


def run_visibly(there: Org) -> bool:
    """Run and show the steps: in a terminal with room for a table as they go, else in lines. Whether all are ready."""
    reports = _run_live(there) if out.is_terminal and out.width >= _NARROWEST else _run_in_lines(there)
    return all(report.state == "ready" for report in reports)


def _run_live(there: Org) -> list[StageReport]:
    reports: list[StageReport] = []
    with Live(setup_table(reports, running=Stage.CONNECTION), console=out) as live:
        for report in there.setup.run_each():
            reports.append(report)
            running = next(iter(_waiting(reports)), None) if report.state == "ready" else None
            live.update(setup_table(reports, running=running))
        live.update(setup_table(reports, _find_hits(there, reports)))
    return reports


def _run_in_lines(there: Org) -> list[StageReport]:
    reports: list[StageReport] = []
    for report in there.setup.run_each():
        reports.append(report)
        out.print("\n".join(setup_lines(report, _find_hits(there, [report]))), soft_wrap=True)
    for stage in _waiting(reports):
        out.print(f"{title_of(stage)}: waits for {title_of(reports[-1].stage)}", soft_wrap=True)
    return reports


def _waiting(reports: Sequence[StageReport]) -> list[Stage]:
    return list(Stage)[len(reports) :]


def _find_hits(there: Org, reports: Sequence[StageReport]) -> Hits:
    """The bookings that the findings would hit, by the rules of the last setup that was ready; none before one was."""
    found = [each for report in reports for each in report.findings if each.concerns or each.level == "error"]
    setup = there.setup.last_ready() if found else None
    if setup is None:
        return {}
    outlook = read_outlook(there.redis, there.setup.name, setup, datetime.now(UTC))
    affected = ((finding, outlook.affected_by(finding, setup)) for finding in found)
    return {finding: hit for finding, hit in affected if hit}


def report_data(report: StageReport, hits: Hits) -> dict[str, Any]:
    """A step for machines, with the bookings that its findings would hit."""
    return {
        "step": report.stage.value,
        "state": report.state,
        "facts": [{"about": fact.about, "says": list(fact.says)} for fact in report.facts],
        "findings": [_finding(finding, hits) for finding in report.findings],
    }


def _finding(finding: Finding, hits: Hits) -> dict[str, Any]:
    said: dict[str, Any] = {"level": finding.level, "message": finding.message, "advice": finding.advice}
    hit = hits.get(finding)
    if hit is None:
        return said
    bookings = {"pending": list(hit.pending), "upcoming": list(hit.upcoming), "complete": hit.is_complete}
    return {**said, "would_hit": bookings}
