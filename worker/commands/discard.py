"""`bookforce discard`: parked events that are not to be brought."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from config.settings import DEFAULT_CONNECTION, load_settings
from worker.commands.console import (
    FINDING,
    ConnectionOption,
    JsonOption,
    out,
    print_json,
    redis_explained,
    settings_explained,
)
from worker.commands.meant import find_meant, refusals, refused_facts, say_count, say_refused, target_facts
from worker.connections import connect_redis
from worker.replaying import Replaying

_LONGEST_REASON = 500

_LEFT_ALONE = {
    "unknown": "the journal does not know it any more",
    "pending": "it is pending; only what is parked can be discarded",
    "synced": "it is in Salesforce; only what is parked can be discarded",
    "superseded": "a newer event of its booking says it all; only what is parked can be discarded",
    "skipped": "it was skipped or discarded before",
}


def _reason(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_REASON:
        raise typer.BadParameter(f"say why, in at most {_LONGEST_REASON} characters")
    return text.strip()


def discard(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="Ids of events or bookings.")],
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", callback=_reason, help="The reason, which `bookforce show` tells.")
    ],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """End parked events as skipped, because a person says so.

    A booking's id means all that is parked of it. The reason and the time are
    kept with the event, and it expires as others do. `bookforce replay ID` still
    brings it while it is kept. A later event of the booking is brought as ever.

    Exit code 0: done. 1: an id is unknown or left alone; the others are done.
    2: wrong usage.

    --json prints one object:
    discarded: a list of event, booking
    refused: a list of id, why
    """
    with settings_explained(), redis_explained():
        settings = load_settings()
        replaying = Replaying(connect_redis(settings), connection, settings.cipher)
        meant = find_meant(replaying, ids)
        keep = timedelta(days=settings.keep_finished_days)
        done = replaying.discard(meant.targets, why, keep, datetime.now(UTC))
    discarded = [target for target, result in done.results.items() if result == "discarded"]
    refused = meant.refused | refusals(done.results, _LEFT_ALONE)
    if as_json:
        print_json({"discarded": target_facts(discarded), "refused": refused_facts(refused)})
    else:
        out.print(f"{say_count(discarded)} discarded" if discarded else "nothing was discarded")
        say_refused(refused)
    if refused:
        raise typer.Exit(FINDING)
