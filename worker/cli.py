"""The bookforce command."""

import sys

import typer

from worker.bookforce import INTERRUPTED
from worker.commands.console import err, escape_what_cannot_be_shown
from worker.commands.discard import discard
from worker.commands.erase import erase
from worker.commands.flower import flower
from worker.commands.jobs import jobs
from worker.commands.key import key
from worker.commands.metrics import metrics
from worker.commands.preview import preview
from worker.commands.publish import publish
from worker.commands.refused import refused
from worker.commands.replay import replay
from worker.commands.setup import setup
from worker.commands.show import show
from worker.commands.status import status
from worker.logs import logs_to_stderr

cli = typer.Typer(
    help="Keeps Salesforce true to a booking system.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (publish, preview, status, jobs, show, replay, discard, refused, erase, key, flower, metrics):
    cli.command()(command)
cli.add_typer(setup, name="setup")


def main() -> None:
    """Run the command; the terminal's Ctrl-C ends it without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        escape_what_cannot_be_shown(stream)
    logs_to_stderr()
    try:
        cli()
    except SystemExit as end:  # typer has turned Ctrl-C into this
        if end.code == INTERRUPTED:
            err.print("bookforce: interrupted; what was done so far stays done")
        raise
