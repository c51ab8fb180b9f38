"""What `bookforce setup` shows, as text."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from rules.findings import Concern, Fact, Filling, Finding, OfType, OwnedBy, Writing
from rules.plan import SObject
from worker.affected import Affected
from worker.commands.setup_view import setup_lines, setup_table
from worker.setup import Stage, StageReport

LOST = Finding(level="error", message="Lead.X__c [is] missing", advice="make it")
ODD = Finding(level="warning", message="odd", advice="look")


def a_report(stage: Stage = Stage.CONNECTION, **changes: Any) -> StageReport:
    facts: dict[str, Any] = {"state": "ready", "findings": (), "facts": (Fact(about="org", says=("Acme", "00D1")),)}
    return StageReport(stage=stage, at=datetime(2026, 11, 22, tzinfo=UTC), **facts | changes)


def shown(*reports: StageReport, width: int = 120, **options: Any) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(setup_table(reports, **options))
    return capture.get()


def test_steps_that_have_not_run_wait() -> None:
    text = shown(a_report(), a_report(Stage.INSTALLATION, state="not_ready", findings=(LOST,)))
    assert [text.count(word) for word in ("1 API connection", "not ready", "waits")] == [1, 1, 3]
    assert "Acme, 00D1" in text


def test_a_long_name_is_not_cut_where_there_is_little_room() -> None:
    name = "Event.ScheduleOnce__Cancel_reschedule_reason__c"
    lost = Finding(level="error", message=name, advice=name)
    text = shown(a_report(facts=(Fact(about=name, says=(name,)),), findings=(lost,)), width=70)
    assert "…" not in text


def test_the_step_that_runs_is_shown_as_such() -> None:
    text = shown(a_report(), running=Stage.INSTALLATION)
    assert [text.count(word) for word in ("ready", "runs", "waits")] == [1, 1, 3]


def test_a_finding_is_shown_with_what_it_would_hit_and_what_to_do() -> None:
    report = a_report(state="not_ready", findings=(LOST, ODD))
    hits = {LOST: Affected(pending=("A", "B"), upcoming=("C",)), ODD: Affected(pending=(), upcoming=())}
    assert setup_lines(report, hits) == [
        "API connection: [red]not ready[/red]",
        "  org: Acme, 00D1",
        "  [red]error[/red]: Lead.X__c \\[is] missing",
        "    would hit 2 pending and 1 upcoming bookings",
        "    next: make it",
        "  [yellow]warning[/yellow]: odd",
        "    next: look",
    ]
    assert "would hit 2 pending and 1 upcoming bookings" in shown(report, hits=hits)
    most = {LOST: Affected(pending=("A", "B"), upcoming=(), is_complete=False)}
    assert "would hit at least 2 pending and 0 upcoming bookings" in shown(report, hits=most)


@pytest.mark.parametrize(
    "concern",
    [
        Writing(object=SObject.LEAD),
        Writing(object=SObject.LEAD, creates=True),
        Filling(object=SObject.LEAD, booking="subject"),
        Filling(object=SObject.LEAD, booking="subject", texts=("A",)),
        OwnedBy(),
        OwnedBy(name="USR-1"),
        OfType(object=SObject.LEAD, record_type="Inbound"),
        None,
    ],
)
def test_what_a_finding_is_about_is_kept_with_it(concern: Concern | None) -> None:
    kept = TypeAdapter(Finding)
    finding = Finding(level="error", message="m", advice="a", concerns=concern)
    assert kept.validate_json(kept.dump_json(finding)).concerns == concern
