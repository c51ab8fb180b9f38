"""`bookforce show`: what became of one booking."""

from typing import Annotated

import typer

from config.settings import DEFAULT_CONNECTION, load_settings
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
from worker.commands.show_facts import show_facts
from worker.commands.show_view import show_view
from worker.connections import connect_redis
from worker.job_search import JobSearch


def show(
    booking: Annotated[str, typer.Argument(metavar="ID", help="A booking's id or an event's.")],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """What became of a booking: the timeline, its Salesforce records, and each error explained.

    The timeline goes from accepted over the tries that did not go through (put
    back, held back, lapsed lease, parked) and replays to how each event ended.
    The plan is what was to be written: records and names of fields, no values.
    An error is explained: what happened, whose side it is on, what to do.

    What it prints may quote what a customer typed.

    --json prints one object:
    booking: its id
    events: of each event by its id: state (pending, synced, superseded,
    skipped, parked), at, because, records, warnings, cause, plan (a list of
    object, id (null: a new record), action (create, update), fields,
    assignment_rules)
    stands: null, or where pending events do: queue (ready, claimed, waiting)
    and until (when the lease ends, or when it is tried again)
    records: Salesforce ids by object
    attempts: failed tries that count; cause: why the last try failed, or null
    timeline: a list of at, what, event, code, object, field, message, plan
    forgotten: how many older tries are not kept
    explained: a list of code, object, field, what, side (ours, admin,
    booking, salesforce), do, known
    """
    with settings_explained(), redis_explained():
        settings = load_settings()
        search = JobSearch(connect_redis(settings), connection, settings.cipher)
        found = search.find_booking(booking)
        standing = search.standing(found[0], found[1].get("customer", "")) if found else None
    if found is None:
        err.print(f"bookforce: the journal of {connection!r} knows no booking or event {booking!r}")
        raise typer.Exit(FINDING)
    if as_json:
        print_json(show_facts(*found, standing))
        return
    for part in show_view(*found, standing):
        out.print(part)
