"""The bookforce command."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from redis.exceptions import AuthenticationError, RedisError
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from config.settings import DEFAULT_CONNECTION, BadSettings, configured_connections, load_settings
from producers.contract import BookingEvent
from producers.publish import Publisher
from producers.refusal import Refused, shape_of
from worker.connections import connect_redis, org
from worker.documents import Document, read_event, split_documents
from worker.journal import Journal
from worker.setup import Stage, StageReport

FINDING, WRONG_USAGE = 1, 2
"""Exit codes beside 0 for done: something was found or failed; the command or its input is wrong."""

_INTERRUPTED = 130

_CHUNK = 500

cli = typer.Typer(
    help="Keeps Salesforce true to a booking system.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Without emoji: rich would print the line number in FILE:100: as one.
out = Console(emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


def _configured(name: str) -> str:
    """The connection, if the environment describes it: events for another one would wait for ever."""
    names = configured_connections()
    if names and name not in names:
        raise typer.BadParameter(f"no connection {name!r}; the environment names: {', '.join(names)}")
    return name


ConnectionOption = Annotated[
    str, typer.Option("--connection", "-c", help="Which Salesforce org.", callback=_configured)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@cli.command()
def publish(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="JSON document, JSON array or JSON lines; - reads standard input.")
    ],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """Accept bookings: OnceHub webhook bodies or canonical events. Good ones go through, bad ones are named."""
    documents = list(split_documents(_read_input(file)))
    publisher = Publisher.connect(*_addresses())
    tally = {"accepted": 0, "known": 0, "ignored": 0, "refused": 0}
    with _redis_explained(tally), Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("publishing", total=len(documents))
        for start in range(0, len(documents), _CHUNK):
            chunk = documents[start : start + _CHUNK]
            events = _readable(chunk, file, connection, tally)
            new = publisher.publish_many(events)
            tally["accepted"] += sum(new)
            tally["known"] += len(new) - sum(new)
            progress.advance(bar, len(chunk))
    if as_json:
        out.print_json(data=tally)
    else:
        _say(tally, len(documents))
    if tally["refused"]:
        raise typer.Exit(WRONG_USAGE)


@cli.command()
def setup(connection: ConnectionOption = DEFAULT_CONNECTION, as_json: JsonOption = False) -> None:
    """Run the five setup steps against the org and show their state."""
    with _settings_explained(), _redis_explained():
        reports = org(connection).setup.run_all()
    if as_json:
        out.print_json(data=[_report_facts(report) for report in reports])
    else:
        out.print(setup_table(reports))
    if any(report.state != "ready" for report in reports):
        raise typer.Exit(FINDING)


@cli.command()
def status(connection: ConnectionOption = DEFAULT_CONNECTION, as_json: JsonOption = False) -> None:
    """How many events stand where."""
    with _settings_explained(), _redis_explained():
        counts = Journal(connect_redis(load_settings()), connection).counts()
    if as_json:
        out.print_json(data=counts)
        return
    table = Table("events / customers", "how many")
    for name, number in counts.items():
        table.add_row(f"customers {name}" if name in {"ready", "claimed", "waiting"} else name, str(number))
    out.print(table)


@cli.command()
def show(
    booking: Annotated[str, typer.Argument(metavar="ID", help="A booking's id or an event's.")],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """What became of a booking: its events, its Salesforce records, and why."""
    with _settings_explained(), _redis_explained():
        journal = Journal(connect_redis(load_settings()), connection)
        found = journal.find_booking_of(booking) or booking
        known = journal.read_booking(found)
        ends = journal.read_ends(found)
    if known is None:
        err.print(f"bookforce: the journal of {connection!r} knows no booking or event {booking!r}")
        raise typer.Exit(FINDING)
    pending = {event.event_id: {"state": "pending"} for event in known.pending}
    if as_json:
        out.print_json(data={"booking": found, "events": {**ends, **pending}})
        return
    out.print(_events_table(found, {**ends, **pending}))


def main() -> None:
    """Run the command; the terminal's Ctrl-C ends it without a traceback."""
    try:
        cli()
    except SystemExit as end:  # typer has turned Ctrl-C into this
        if end.code == _INTERRUPTED:
            err.print("bookforce: interrupted; what was accepted stays accepted")
        raise


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


def _read_input(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        err.print(f"bookforce: {file} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        err.print(f"bookforce: {file} is not UTF-8 text (byte {error.start})")
    raise typer.Exit(WRONG_USAGE)


def _addresses() -> tuple[str, str]:
    with _settings_explained():
        settings = load_settings()
        return settings.redis_url, settings.broker


def _readable(documents: list[Document], file: str, connection: str, tally: dict[str, int]) -> list[BookingEvent]:
    events = []
    for document in documents:
        try:
            event = _for_a_known_org(read_event(document, connection))
        except Refused as refused:
            err.print(f"{file}:{document.line}: {refused}", markup=False)
            tally["refused"] += 1
            continue
        if event is None:
            tally["ignored"] += 1
        else:
            events.append(event)
    return events


def _for_a_known_org(event: BookingEvent | None) -> BookingEvent | None:
    names = configured_connections()
    if event and names and event.connection not in names:
        raise Refused(
            field="connection",
            shape=shape_of(event.connection),
            expected=f"expected one that the environment names: {', '.join(names)}",
        )
    return event


def _say(tally: dict[str, int], total: int) -> None:
    parts = [f"{tally['accepted']} of {total} accepted"]
    parts += [f"{tally['known']} known before"] if tally["known"] else []
    parts += [f"{tally['ignored']} about no booking"] if tally["ignored"] else []
    parts += [f"{tally['refused']} refused"] if tally["refused"] else []
    out.print(", ".join(parts))


def _report_facts(report: StageReport) -> dict[str, Any]:
    return {
        "step": report.stage.value,
        "state": report.state,
        "facts": list(report.facts),
        "findings": [{"level": f.level, "message": f.message, "advice": f.advice} for f in report.findings],
    }


def _events_table(booking: str, events: dict[str, Any]) -> Table:
    table = Table("event", "state", "why", title=escape(f"Booking {booking}"))
    for event_id, end in events.items():
        why = list(end.get("because", []))
        if cause := end.get("cause"):
            where = ".".join(part for part in (cause["object"], cause["field"]) if part)
            why.append(f"{cause['code']} {where}: {cause['message']}")
        why += [f"{w['object']}.{w['field']}: {w['message']}" for w in end.get("warnings", [])]
        table.add_row(escape(event_id), end["state"], escape("\n".join(why)))
    return table


@contextmanager
def _settings_explained() -> Iterator[None]:
    try:
        yield
    except BadSettings as error:
        err.print(f"bookforce: {error}", markup=False)
        raise typer.Exit(WRONG_USAGE) from error


@contextmanager
def _redis_explained(tally: dict[str, int] | None = None) -> Iterator[None]:
    """One sentence for a Redis that is away: where it was expected, what was kept, what to do."""
    try:
        yield
    except RedisError as error:
        address = json.dumps(_without_password(load_settings().redis_url))
        kept = _kept(tally) if tally else ""
        err.print(
            f"bookforce: Redis at {address} does not answer ({_short(error)}).{kept} "
            "Start it, or let BOOKFORCE_REDIS_URL name another.",
            markup=False,
        )
        raise typer.Exit(FINDING) from error


def _kept(tally: dict[str, int]) -> str:
    if not tally["accepted"]:
        return " Nothing was published."
    return f" {tally['accepted']} were accepted before; publishing the file again is safe."


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def _short(error: RedisError) -> str:
    text = str(error).lower()
    if isinstance(error, AuthenticationError):
        return "it asks for another password"
    return "connection refused" if "refused" in text else "timed out" if "time" in text else type(error).__name__
