"""`bookforce publish`: a file of bookings into the journal."""

from typing import Annotated

import typer
from rich.progress import Progress

from config.settings import DEFAULT_CONNECTION, configured_connections, load_settings
from producers.contract import BookingEvent
from producers.publish import Publisher
from producers.refusal import Refused, shape_of
from worker.commands.console import (
    WRONG_USAGE,
    ConnectionOption,
    JsonOption,
    err,
    out,
    read_input,
    redis_explained,
    settings_explained,
)
from worker.documents import Document, read_event, split_documents

_CHUNK = 500


def publish(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="JSON document, JSON array or JSON lines; - reads standard input.")
    ],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """Accept bookings: OnceHub webhook bodies or canonical events. Good ones go through, bad ones are named."""
    documents = list(split_documents(read_input(file)))
    publisher = Publisher.connect(*_addresses())
    tally = {"accepted": 0, "known": 0, "ignored": 0, "refused": 0}
    with (
        redis_explained(lambda: _kept(tally)),
        Progress(console=err, transient=True, disable=not err.is_terminal) as progress,
    ):
        bar = progress.add_task("publishing", total=len(documents))
        for start in range(0, len(documents), _CHUNK):
            chunk = documents[start : start + _CHUNK]
            events = _readable(chunk, file, connection, tally)
            new = publisher.publish_many(events, bulk=len(documents) > 1)
            tally["accepted"] += sum(new)
            tally["known"] += len(new) - sum(new)
            progress.advance(bar, len(chunk))
    if as_json:
        out.print_json(data=tally)
    else:
        _say(tally, len(documents))
    if tally["refused"]:
        raise typer.Exit(WRONG_USAGE)


def _addresses() -> tuple[str, str]:
    with settings_explained():
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


def _kept(tally: dict[str, int]) -> str:
    if not tally["accepted"]:
        return " Nothing was published."
    return f" {tally['accepted']} were accepted before; publishing the file again is safe."
