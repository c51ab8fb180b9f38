"""`bookforce preview`: what bookings would come to, with nothing written anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from config.settings import DEFAULT_CONNECTION
from producers.contract import BookingEvent
from producers.refusal import Refused, shape_of
from rules.plan import Impossible
from worker.commands.console import (
    FINDING,
    WRONG_USAGE,
    ConnectionOption,
    JsonOption,
    err,
    out,
    print_json,
    read_input,
)
from worker.commands.looking import gathered
from worker.commands.preview_facts import preview_facts
from worker.commands.preview_view import view_of
from worker.documents import read_event, split_documents
from worker.foreseen import NotRecorded
from worker.previewing import Preview, Recording
from worker.previewing import preview as preview_of
from worker.recording import BadRecording, read_recording, write_recording

_PERSONAL = "It holds personal data of customers, and only you may read it."


@dataclass(slots=True, kw_only=True)
class _Asked:
    """The events of a file, and the lines where each stands."""

    events: list[BookingEvent] = field(default_factory=list)
    lines: dict[str, list[int]] = field(default_factory=dict)
    refused: int = 0


def preview(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="Booking events or OnceHub webhook bodies; - reads standard input.")
    ],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
    full: Annotated[bool, typer.Option("--full", help="Every field, also of more than 20 bookings.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="SNAPSHOT", help=f"Also write what was read into this file. {_PERSONAL}"),
    ] = None,
    offline: Annotated[
        Path | None,
        typer.Option(metavar="SNAPSHOT", help="Ask neither Redis nor Salesforce, but a file that --record wrote."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --record replace a file.")] = False,
) -> None:
    """Show what bookings would come to: records found and why, each field old → new, owners, API calls.

    Reads the journal and the org (two API calls, three at most, for each 200
    bookings), and changes neither.

    Exit code 0: all of it can be done.
    1: a booking would be parked, or the setup is not ready.
    2: a document or the snapshot cannot be read.

    --json prints one object:
    ready: false while a setup step is not, and then only setup: the steps
    connection, at: of which org, and when; setup: the version of the setup
    calls: read, write, total of all together; batches: the same of each
    bookings: a list, see below

    Of each booking:
    booking: its id
    events: event, kind, lines (in the file), known (to the journal); none for
    a booking that waits in the journal with others of its customer
    decision: plan, nothing, impossible; because: the reasons
    problem: null, or code, object, field
    matched: object, id, key (of a record that is still to be created), why
    writes: see below
    warnings: code, object, field, message
    calls: read, write, total if the booking is synced alone

    Of each write:
    object, id (null if new), key (the external id if new)
    action: create, update; gone: the record is not there now; it will be
    looked for again, and created if need be, which costs more calls
    fields: field, old, new, old_known
    owner: new and old (null, or id and username), why
    assignment_rules: whether they run

    A value is a scalar; or new_record, key for a record still to be created;
    or relationship, key_field, key for one that is looked up by its key.
    """
    _check_options(record, offline, force=force)
    if offline:
        taken = _recorded(offline)
        asked = _read_documents(file, taken.connection)
    else:
        asked = _read_documents(file, connection)
        taken = gathered(connection, asked.events, as_json=as_json)
    with _recording_explained(offline):
        found = preview_of(taken, asked.events)
    if record:
        _keep(taken, record, force=force)
    _print(found, asked, as_json=as_json, full=full)
    if asked.refused:
        raise typer.Exit(WRONG_USAGE)
    if any(isinstance(booking.shown.decision, Impossible) for booking in found.bookings):
        raise typer.Exit(FINDING)


def _check_options(record: Path | None, offline: Path | None, *, force: bool) -> None:
    if record and offline:
        raise typer.BadParameter("--record writes what --offline reads; give one of them")
    if record and record.exists() and not force:
        raise typer.BadParameter(f"--record: {record} is there already; name another file, or --force replaces it")


def _read_documents(file: str, connection: str) -> _Asked:
    asked = _Asked()
    for document in split_documents(read_input(file)):
        try:
            event = _for_this_org(read_event(document, connection), connection)
        except Refused as refused:
            err.print(f"{file}:{document.line}: {refused}")
            asked.refused += 1
            continue
        if event:
            asked.events.append(event)
            asked.lines.setdefault(event.event_id, []).append(document.line)
    return asked


def _for_this_org(event: BookingEvent | None, connection: str) -> BookingEvent | None:
    if event and event.connection != connection:
        raise Refused(
            field="connection",
            shape=shape_of(event.connection),
            expected=f"expected {connection!r}, the one that is previewed; --connection names another",
        )
    return event


def _recorded(file: Path) -> Recording:
    try:
        return read_recording(file)
    except OSError as error:
        err.print(f"bookforce: {file} cannot be read: {error.strerror}")
    except BadRecording as error:
        err.print(f"bookforce: {file} {error}")
    raise typer.Exit(WRONG_USAGE)


@contextmanager
def _recording_explained(file: Path | None) -> Iterator[None]:
    try:
        yield
    except NotRecorded as error:
        err.print(
            f"bookforce: {file} does not hold {error}: it was recorded for other bookings; record it for these ones"
        )
        raise typer.Exit(WRONG_USAGE) from error
    except KeyError as error:
        if file is None:
            raise
        # What somebody has changed by hand may still have the form of a snapshot.
        err.print(f"bookforce: {file} is damaged: nothing in it is called {error}; record it again")
        raise typer.Exit(WRONG_USAGE) from error


def _keep(taken: Recording, file: Path, *, force: bool) -> None:
    try:
        write_recording(taken, file, replace=force)
    except OSError as error:
        err.print(f"bookforce: {file} cannot be written: {error.strerror}")
        raise typer.Exit(FINDING) from error
    err.print(f"recorded in {file}. {_PERSONAL}")


def _print(found: Preview, asked: _Asked, *, as_json: bool, full: bool) -> None:
    if as_json:
        print_json(preview_facts(found, asked.lines))
        return
    for part in view_of(found, asked.lines, full=full):
        out.print(part)
