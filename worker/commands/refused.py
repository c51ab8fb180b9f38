"""`bookforce refused`: what came by task or webhook and could not be journalled."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from config.settings import load_settings
from producers.refused import RefusedEvent, RefusedEvents
from worker.commands.console import FINDING, JsonOption, err, out, print_json, redis_explained, settings_explained
from worker.connections import connect_redis


def refused(
    bodies: Annotated[
        bool, typer.Option("--bodies", help="Print what came, one a line: personal data, to mend and publish.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Throw all of them away.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show events that nobody could journal: who sent them, and what is wrong.

    They came as `bookforce.accept` tasks or as signed webhooks. They are kept
    as long as finished bookings, at most 1000. Mend them in their source, or
    here: --bodies prints them as `bookforce publish -` reads them.

    Exit code 0: there are none. 1: there are some.

    --json prints a list of objects: at, source, problem
    """
    with settings_explained(), redis_explained():
        settings = load_settings()
        redis = connect_redis(settings)
        events = RefusedEvents(redis, settings.cipher, timedelta(days=settings.keep_finished_days))
        if forget:
            out.print(f"{events.forget()} thrown away")
            return
        found, came = events.list(), events.count()
        redis.close()
    if bodies:
        _print_bodies(found)
    elif as_json:
        print_json([_facts(each) for each in found])
    else:
        _print(found, came)
    if found:
        raise typer.Exit(FINDING)


def _facts(event: RefusedEvent) -> dict[str, str]:
    return {"at": event.at.isoformat(timespec="seconds"), "source": event.source, "problem": event.problem}


def _print(found: list[RefusedEvent], came: int) -> None:
    if not found:
        out.print("nothing was refused")
        return
    table = Table("last came", "from", "what is wrong")
    for each in found:
        table.add_row(*_facts(each).values())
    out.print(table)
    out.print(f"{len(found)} kept; {came} came so far, each time counted")


def _print_bodies(found: list[RefusedEvent]) -> None:
    for each in found:
        if each.body is None:
            err.print(f"bookforce: one of {each.at:%Y-%m-%d %H:%M} is encrypted with a key that is not set")
        else:
            out.print(" ".join(each.body.splitlines()), markup=False, soft_wrap=True, highlight=False)
