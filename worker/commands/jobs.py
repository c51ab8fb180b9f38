"""`bookforce jobs`: which events stand where."""

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from config.settings import DEFAULT_CONNECTION, load_settings
from worker.claims import REPLACED
from worker.commands.console import (
    FINDING,
    ConnectionOption,
    JsonOption,
    err,
    out,
    print_json,
    redis_explained,
    settings_explained,
)
from worker.commands.preview_view import printable
from worker.commands.times import iso_time, read_since, say_age
from worker.connections import connect_redis
from worker.job_search import JobSearch, Wanted
from worker.jobs import Job, JobState

CodeOption = Annotated[
    str | None, typer.Option("--code", metavar="CODE", help="Only with this error's or warning's code.")
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="T",
        help="Only what came to its state since then: so long ago (90m, 2h, 3d, 1w), or 2026-11-22T10:00, which is "
        "local time if it names no zone.",
    ),
]


def jobs(
    state: Annotated[
        JobState | None,
        typer.Option("--state", help="Where the event stands; parked if neither this nor --customer-of is given."),
    ] = None,
    code: CodeOption = None,
    since: SinceOption = None,
    page: Annotated[
        str | None,
        typer.Option("--page", metavar="NAME", help="Only of this booking page: its id, link, label or name."),
    ] = None,
    customer_of: Annotated[
        str | None,
        typer.Option(
            "--customer-of", metavar="ID", help="Only of the customer of this booking or event; in any state."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="How many at most.")] = 50,
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """List jobs, one for each event: by default those that are parked, the oldest first.

    No customer's data is in the list; `bookforce show ID` tells all of one.
    ready, claimed and waiting are those of pending events; synced, superseded,
    skipped and parked tell how an event ended. One of the kind "replaced" has no
    event: it is that another booking replaces this one, and could not be told
    to Salesforce; the booking's id replays or discards it. Those that ended otherwise than
    parked, and --customer-of, are found by going through the whole journal in
    small steps.

    --json prints one object:
    jobs: a list of event (or null), booking, kind, page, state, codes (of the error,
    or else of warnings), place (object and field), accepted, since, tries
    more: whether there are more than --limit
    """
    now = datetime.now(UTC)
    start = read_since(since, now) if since else None
    with settings_explained(), redis_explained():
        settings = load_settings()
        search = JobSearch(connect_redis(settings), connection, settings.cipher)
        customer = _customer(search, customer_of, connection) if customer_of else None
        chosen = state or (None if customer else JobState.PARKED)
        wanted = Wanted(state=chosen, code=code, since=start, page=page, customer=customer)
        found = list(islice(search.find(wanted), limit + 1))
    if as_json:
        print_json({"jobs": [job_facts(job) for job in found[:limit]], "more": len(found) > limit})
        return
    _print(found[:limit], now, what=chosen.value if chosen else "")
    if len(found) > limit:
        out.print(f"there are more; --limit {limit * 10} shows them")


def job_facts(job: Job) -> dict[str, Any]:
    """A job for machines."""
    return {
        "event": None if job.event_id == REPLACED else job.event_id,
        "booking": job.booking_id,
        "kind": job.kind,
        "page": next(iter(job.pages), None),
        "state": job.state.value,
        "codes": list(job.codes),
        "place": job.place,
        "accepted": iso_time(job.accepted),
        "since": iso_time(job.since),
        "tries": job.tries,
    }


def jobs_table(found: list[Job], now: datetime) -> Table:
    """The jobs for people."""
    table = Table("event", "booking", "kind", "page", "state", "code", "age", "tries")
    for job in found:
        code = " ".join(part for part in (", ".join(job.codes), job.place) if part)
        event_id = "" if job.event_id == REPLACED else job.event_id
        parts = (event_id, job.booking_id, job.kind or "?", next(iter(job.pages), ""), job.state, code)
        age = say_age(now - job.since) if job.since else "?"
        table.add_row(*(Text(printable(part), overflow="fold") for part in parts), age, str(job.tries or ""))
    return table


def _customer(search: JobSearch, name: str, connection: str) -> str:
    customer = search.customer_of(name)
    if customer is None:
        err.print(f"bookforce: the journal of {connection!r} knows no booking or event {name!r}")
        raise typer.Exit(FINDING)
    return customer


def _print(found: list[Job], now: datetime, *, what: str) -> None:
    if found:
        out.print(jobs_table(found, now))
    else:
        out.print(f"no {what} jobs" if what else "no jobs")
