"""`bookforce setup` and `bookforce setup install`."""

from typing import Annotated

import typer

from config.settings import DEFAULT_CONNECTION
from worker.commands.console import (
    FINDING,
    ConnectionOption,
    JsonOption,
    print_json,
    redis_explained,
    settings_explained,
)
from worker.commands.install import install_quietly, install_visibly
from worker.commands.steps import run_quietly, run_visibly
from worker.connections import org

setup = typer.Typer()


@setup.callback(invoke_without_command=True)
def run(context: typer.Context, connection: ConnectionOption = DEFAULT_CONNECTION, as_json: JsonOption = False) -> None:
    """Run the five setup steps against the org and show their state."""
    if context.invoked_subcommand:
        _refuse_options(context)
        return
    with settings_explained(), redis_explained():
        there = org(connection)
        if not as_json:
            _end(run_visibly(there))
        steps = run_quietly(there)
    print_json(steps)
    _end(all(step["state"] == "ready" for step in steps))


@setup.command()
def install(
    connection: ConnectionOption = DEFAULT_CONNECTION,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Create the fields that the org lacks, let the API user edit them, and run the setup steps."""
    with settings_explained(), redis_explained():
        there = org(connection)
        if not as_json:
            _end(install_visibly(there, dry_run=dry_run))
        done = install_quietly(there, dry_run=dry_run)
    print_json(done)
    is_sound = not any(problem["level"] == "error" for problem in done["problems"])
    _end(is_sound and all(step["state"] == "ready" for step in done["setup"]))


def _end(is_done: bool) -> None:
    raise typer.Exit(0 if is_done else FINDING)


def _refuse_options(context: typer.Context) -> None:
    """An option before the subcommand would be lost on it."""
    sources = [context.get_parameter_source(name) for name in context.params]
    if any(source and source.name == "COMMANDLINE" for source in sources):
        raise typer.BadParameter(f"options stand behind it: bookforce setup {context.invoked_subcommand} …")
