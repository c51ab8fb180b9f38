"""`bookforce publish`: a file of bookings into the journal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.progress import Progress

from config.settings import DEFAULT_CONNECTION, configured_connections, load_settings
from producers.contract import BookingEvent
from producers.deliveries import Delivery, ToldById
from producers.intake_desk import Desk
from producers.publish import Publisher
from producers.refusal import Refused, shape_of
from producers.refused import RefusedEvents
from worker.commands.console import (
    WRONG_USAGE,
    ConnectionOption,
    JsonOption,
    err,
    out,
    print_json,
    read_input,
    redis_explained,
    settings_explained,
)
from worker.connections import connect_redis
from worker.documents import Document, read_delivery, split_documents

_CHUNK = 500


def publish(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="JSON document, JSON array or JSON lines; - reads standard input.")
    ],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """Accept bookings: webhook bodies of OnceHub, Calendly and Cal.com, or canonical events.

    Good ones go through, bad ones are named.
    """
    documents = list(split_documents(read_input(file)))
    tally = {"accepted": 0, "known": 0, "ignored": 0, "refused": 0}
    with (
        redis_explained(lambda: _kept(tally)),
        Progress(console=err, transient=True, disable=not err.is_terminal) as progress,
    ):
        publishing = _Publishing(desk=_desk(), file=file, connection=connection, tally=tally, bulk=len(documents) > 1)
        bar = progress.add_task("publishing", total=len(documents))
        for start in range(0, len(documents), _CHUNK):
            chunk = documents[start : start + _CHUNK]
            publishing.publish(chunk)
            progress.advance(bar, len(chunk))
    if as_json:
        print_json(tally)
    else:
        _say(tally, len(documents))
    if tally["refused"]:
        raise typer.Exit(WRONG_USAGE)


def _desk() -> Desk:
    with settings_explained():
        settings = load_settings()
        cipher = settings.cipher
    redis = connect_redis(settings)
    return Desk(redis, Publisher.connect(settings.redis_url, settings.broker, cipher), RefusedEvents(redis), cipher)


@dataclass(slots=True, kw_only=True)
class _Publishing:
    """One file on its way into the journal, in the order in which it is written, and what became of it so far."""

    desk: Desk
    file: str
    connection: str
    tally: dict[str, int]
    bulk: bool
    _events: list[BookingEvent] = field(default_factory=list)

    def publish(self, documents: Sequence[Document]) -> None:
        for document in documents:
            try:
                self._add(read_delivery(document, self.connection))
            except Refused as refused:
                err.print(f"{self.file}:{document.line}: {refused}", markup=False)
                self.tally["refused"] += 1
        self._journal()

    def _add(self, delivery: Delivery) -> None:
        _check_org(delivery)
        if isinstance(delivery, ToldById):
            self._journal()  # it may be about a booking that stands right before it
        event = self.desk.event_of(delivery, self.connection)
        if isinstance(event, BookingEvent):
            self._events.append(event)
        else:
            self.tally[event.outcome] += 1

    def _journal(self) -> None:
        for result in self.desk.take(self._events, bulk=self.bulk):
            self.tally[result.outcome] += 1
        self._events.clear()


def _check_org(delivery: Delivery) -> None:
    names = configured_connections()
    if isinstance(delivery, BookingEvent) and names and delivery.connection not in names:
        raise Refused(
            field="connection",
            shape=shape_of(delivery.connection),
            expected=f"expected one that the environment names: {', '.join(names)}",
        )


def _say(tally: dict[str, int], total: int) -> None:
    parts = [f"{tally['accepted']} of {total} accepted"]
    parts += [f"{tally['known']} known before"] if tally["known"] else []
    parts += [f"{tally['ignored']} that change nothing"] if tally["ignored"] else []
    parts += [f"{tally['refused']} refused"] if tally["refused"] else []
    out.print(", ".join(parts))


def _kept(tally: dict[str, int]) -> str:
    if not tally["accepted"]:
        return " Nothing was published."
    return f" {tally['accepted']} were accepted before; publishing the file again is safe."
