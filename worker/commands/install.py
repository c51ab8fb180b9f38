"""Installing where people, or machines, can see it: the plan first, then each step, then the setup steps."""

from collections.abc import Iterable
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from config.load import BadSetupFile, load_ruleset
from rules.findings import Finding
from rules.installing import InstallPlan
from worker.commands.console import out
from worker.commands.setup_view import finding_lines
from worker.commands.steps import run_quietly, run_visibly
from worker.connections import Org
from worker.errors import SyncError
from worker.install import Installer, Taken, explain_reading


def install_visibly(there: Org, *, dry_run: bool) -> bool:
    """Show the plan and, unless it is a dry run, carry it out and run the setup steps. Whether all is well."""
    installer = Installer(there.tools.session)
    plan = _plan(there, installer)
    if isinstance(plan, Finding):
        _print_findings([plan])
        return False
    out.print(plan_table(plan))
    _print_findings(plan.problems)
    is_sound = not _has_error(plan.problems)
    if not plan.steps and is_sound:
        out.print("Everything is installed: nothing to do.")
    if dry_run:
        return is_sound
    for taken in installer.take_all(plan):
        if taken.problem:
            _print_findings([taken.problem])
            return False
        out.print(f"[green]done[/green] {escape(str(taken.step))}", soft_wrap=True)
    return run_visibly(there) and is_sound


def _has_error(findings: Iterable[Finding]) -> bool:
    return any(finding.level == "error" for finding in findings)


def install_quietly(there: Org, *, dry_run: bool) -> dict[str, Any]:
    """The plan, what was done of it, what is wrong, and the setup steps behind it, as JSON holds them."""
    installer = Installer(there.tools.session)
    plan = _plan(there, installer)
    if isinstance(plan, Finding):
        return _as_data(None, [], [plan], [])
    taken = [] if dry_run else list(installer.take_all(plan))
    failed = [each.problem for each in taken if each.problem]
    steps = [] if dry_run or failed else run_quietly(there)
    return _as_data(plan, taken, [*plan.problems, *failed], steps)


def plan_table(plan: InstallPlan) -> Table:
    """What there is, and what is to be done."""
    what = Column("what", overflow="fold")  # a name that is cut names nothing
    table = Table(what, "now", "plan", title="Installation", title_justify="left")
    for name in plan.there:
        table.add_row(escape(name), "[green]there[/green]", "")
    for step in plan.steps:
        table.add_row(escape(str(step)), "missing", step.verb)
    return table


def _plan(there: Org, installer: Installer) -> InstallPlan | Finding:
    try:
        return installer.plan(load_ruleset(there.setup.connection.setup).installation)
    except BadSetupFile as error:
        return Finding(level="error", message=str(error), advice="correct the setup file")
    except SyncError as error:
        return explain_reading(error)


def _print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        out.print("\n".join(finding_lines(finding)), soft_wrap=True)


def _as_data(
    plan: InstallPlan | None, taken: list[Taken], problems: list[Finding], steps: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "there": list(plan.there) if plan else [],
        "plan": [{"what": str(step), "do": step.verb} for step in plan.steps] if plan else [],
        "done": [str(each.step) for each in taken if not each.problem],
        "problems": [{"level": f.level, "message": f.message, "advice": f.advice} for f in problems],
        "setup": steps,
    }
