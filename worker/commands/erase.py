"""`bookforce erase`: a person out of the journal, the audit facts stay."""

import sys
from datetime import timedelta
from typing import Annotated

import typer

from config.settings import DEFAULT_CONNECTION, Settings, load_settings
from producers.cipher import Locked
from producers.contract import is_email
from producers.refused import RefusedEvents
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
from worker.connections import connect_redis
from worker.erasing import Eraser, Erasure
from worker.locked import ADVICE

_LEFT: dict[Erasure, str] = {
    "pending": "have events that wait; --include-pending ends them as skipped, so that they never reach Salesforce",
    "claimed": "are being worked on; run the command again",
}


def erase(
    email: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Whom to erase; - reads the address from standard input.")
    ],
    connection: ConnectionOption = DEFAULT_CONNECTION,
    include_pending: Annotated[
        bool, typer.Option("--include-pending", help="End events that wait as skipped: they never reach Salesforce.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which bookings, and change nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase a person from the journal.

    All bookings that carry the address: as customer, guest, attendee, or in
    an answer or a note. What customers said is removed, with every text that
    may quote it. Ids of bookings, events and Salesforce records, times, states
    and codes stay. Parked events end as skipped. Salesforce is not touched.
    Refused events that hold the address, of any connection, are thrown away.

    Exit code 0: nothing of the person is left.
    1: bookings with events that wait or are being worked on were left, or the
    journal is encrypted with a key that is not set.

    Redis's files and backups forget when Redis writes them anew (BGREWRITEAOF,
    BGSAVE).

    --json prints one object: dry_run, and lists of booking ids: erased,
    pending (left: events wait), claimed (left: being worked on)
    """
    address = _address(email)
    with settings_explained(), redis_explained():
        found = _erase(load_settings(), connection, address, include_pending=include_pending, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, **found})
    else:
        _say(found, dry_run=dry_run)
    if found["pending"] or found["claimed"]:
        raise typer.Exit(FINDING)


def _address(email: str) -> str:
    """The address, which is never shown: what the shell shows may be kept."""
    address = (sys.stdin.readline() if email == "-" else email).strip()
    if not is_email(address):
        raise typer.BadParameter("expected an e-mail address such as name@example.com", param_hint="--email")
    return address


def _erase(
    settings: Settings, connection: str, address: str, *, include_pending: bool, dry_run: bool
) -> dict[Erasure, list[str]]:
    redis = connect_redis(settings)
    eraser = Eraser(redis, connection, settings.cipher, timedelta(days=settings.keep_finished_days))
    found: dict[Erasure, list[str]] = {"erased": [], "pending": [], "claimed": []}
    try:
        for booking in eraser.find(address):
            if dry_run:
                is_left = eraser.is_pending(booking) and not include_pending
                found["pending" if is_left else "erased"].append(booking)
            else:
                found[eraser.erase(booking, address, include_pending=include_pending)].append(booking)
        if not dry_run:
            RefusedEvents(redis, settings.cipher).forget_of(address)
    except Locked as error:
        err.print(f"bookforce: the journal holds bookings that are {error}, which may be of this person; {ADVICE}")
        raise typer.Exit(FINDING) from error
    finally:
        redis.close()
    return found


def _say(found: dict[Erasure, list[str]], *, dry_run: bool) -> None:
    done = "would be erased" if dry_run else "erased"
    if not any(found.values()):
        out.print("no booking carries this address")
        return
    out.print(f"{done}: {_listed(found['erased'])}", markup=False)
    for left, why in _LEFT.items():
        if found[left]:
            err.print(f"bookforce: left: {_listed(found[left])}, which {why}")


def _listed(bookings: list[str]) -> str:
    return f"{len(bookings)} ({', '.join(bookings)})" if bookings else "0"
