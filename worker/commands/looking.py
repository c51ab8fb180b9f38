"""What commands that only look at the org share: reading it for some events, or saying why that cannot be."""

from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from config.settings import DEFAULT_CONNECTION
from producers.cipher import Locked
from producers.contract import BookingEvent
from worker.commands.console import FINDING, err, out, print_json, redis_explained, settings_explained
from worker.commands.setup_view import setup_table
from worker.commands.steps import report_data
from worker.connections import Org, org_to_look_at
from worker.errors import SyncError
from worker.journal_view import JournalView
from worker.locked import ADVICE
from worker.previewing import Recording, gather


def gathered(
    connection: str, events: Sequence[BookingEvent], *, as_json: bool, journal: JournalView | None = None
) -> Recording:
    """All that a preview of these events needs; ends the command where it cannot be had.

    `journal` stands for what the journal says, where it is to be taken for something else.
    """
    with settings_explained(), redis_explained():
        here = org_to_look_at(connection)
        ready = here.ready()
        if ready is None:
            _say_not_ready(here, connection, as_json=as_json)
            raise typer.Exit(FINDING)
        try:
            return gather(here, ready, events, datetime.now(UTC), journal)
        except SyncError as error:
            err.print(f"bookforce: {error.message} ({error.code})")
            raise typer.Exit(FINDING) from error
        except Locked as error:
            err.print(f"bookforce: the journal holds bookings of these customers that are {error}; {ADVICE}")
            raise typer.Exit(FINDING) from error
        finally:
            here.tools.session.close()
            here.redis.close()


def _say_not_ready(here: Org, connection: str, *, as_json: bool) -> None:
    reports = list(here.setup.reports().values())
    if as_json:
        steps = [report_data(report, {}) for report in reports]
        print_json({"ready": False, "connection": connection, "setup": steps})
    elif reports:
        out.print(setup_table(reports))
    failed = next((report.stage.replace("_", " ") for report in reports if report.state != "ready"), None)
    why = f"its step {failed!r} is not" if failed else "its steps have not run with these credentials"
    err.print(f"bookforce: the setup of {connection!r} is not ready: {why}; run `bookforce setup{_option(connection)}`")


def _option(connection: str) -> str:
    return "" if connection == DEFAULT_CONNECTION else f" -c {connection}"
