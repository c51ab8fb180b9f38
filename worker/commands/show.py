"""`bookforce show`: what became of one booking."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from config.settings import DEFAULT_CONNECTION, load_settings
from worker.commands.console import FINDING, ConnectionOption, JsonOption, err, out, redis_explained, settings_explained
from worker.connections import connect_redis
from worker.journal import Journal


def show(
    booking: Annotated[str, typer.Argument(metavar="ID", help="A booking's id or an event's.")],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """What became of a booking: its events, its Salesforce records, and why."""
    with settings_explained(), redis_explained():
        settings = load_settings()
        journal = Journal(connect_redis(settings), connection, settings.cipher)
        found = journal.find_booking_of(booking) or booking
        known = journal.read_booking(found)
        ends = journal.read_ends(found)
    if known is None:
        err.print(f"bookforce: the journal of {connection!r} knows no booking or event {booking!r}")
        raise typer.Exit(FINDING)
    waiting = (*(event.event_id for event in known.pending), *known.locked)
    pending = {event_id: {"state": "pending"} for event_id in waiting if event_id not in ends}
    if as_json:
        out.print_json(data={"booking": found, "events": {**ends, **pending}})
        return
    out.print(_events_table(found, {**ends, **pending}))


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
