"""`bookforce replay`: parked events are decided anew."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from config.settings import DEFAULT_CONNECTION, Settings, load_settings
from producers.publish import Publisher
from worker.commands.console import (
    FINDING,
    ConnectionOption,
    JsonOption,
    out,
    print_json,
    redis_explained,
    settings_explained,
)
from worker.commands.jobs import CodeOption, SinceOption
from worker.commands.looking import gathered
from worker.commands.meant import Meant, find_meant, refusals, refused_facts, say_count, say_refused, target_facts
from worker.commands.preview_facts import preview_facts
from worker.commands.preview_view import view_of
from worker.commands.times import read_since
from worker.connections import connect_redis
from worker.foreseen_replay import replayed_events, view_replayed
from worker.job_search import JobSearch, Wanted
from worker.journal import MAX_BOOKINGS, Journal
from worker.previewing import Preview
from worker.previewing import preview as preview_of
from worker.replaying import Replaying, Target

_LEFT_ALONE = {
    "unknown": "the journal does not know it any more",
    "pending": "it is pending already",
    "erased": "the person in it was erased, and nothing is left that could be brought",
    "synced": "it is in Salesforce; only what is parked or skipped can be replayed",
    "superseded": "a newer event of its booking says it all; only what is parked or skipped can be replayed",
}


def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Ids of events or bookings.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are parked.")] = False,
    code: CodeOption = None,
    since: SinceOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be replayed and what it would come to; do nothing.")
    ] = False,
    connection: ConnectionOption = DEFAULT_CONNECTION,
    as_json: JsonOption = False,
) -> None:
    """Decide parked events anew, by today's setup and org.

    Name events or bookings; or else --all; or --code, --since or both. By its id
    an event is replayed also if it was skipped or discarded; a booking's id
    means what is parked of it, or what was skipped if nothing is parked.
    Whatever was written of it before is found again, so nothing is written
    twice. Two replays at once are one.

    --dry-run reads the org for the first 200 events and shows what they would
    come to, as `bookforce preview` does. What the org itself refuses, by a validation
    rule say, is seen only when it is written.

    Exit code 0: done. 1: an id is unknown or left alone; the others are done.
    2: wrong usage.

    --json prints one object:
    dry_run: whether nothing was done
    replayed: a list of event, booking
    refused: a list of id, why
    preview: null; with --dry-run what `bookforce preview --json` prints
    """
    _check_selection(ids, code, since, everything=everything)
    start = read_since(since, datetime.now(UTC)) if since else None
    with settings_explained(), redis_explained():
        settings = load_settings()
        redis = connect_redis(settings)
        replaying = Replaying(redis, connection, settings.cipher)
        search = JobSearch(redis, connection, settings.cipher)
        meant = find_meant(replaying, ids) if ids else _parked(search, Wanted(code=code, since=start))
        done = replaying.look(meant.targets) if dry_run else replaying.replay(meant.targets)
        if done.wake:
            Publisher.connect(settings.redis_url, settings.broker).wake(connection)
    replayed = [target for target, result in done.results.items() if result == "replayed"]
    # Of a selection somebody else may have replayed one meanwhile, which is no finding.
    refused = meant.refused | refusals(done.results, _LEFT_ALONE) if ids else {}
    preview = _foresee(settings, connection, replayed, as_json=as_json) if dry_run and replayed else None
    _print(replayed, refused, preview, dry_run=dry_run, as_json=as_json)
    if refused:
        raise typer.Exit(FINDING)


def _check_selection(ids: list[str] | None, code: str | None, since: str | None, *, everything: bool) -> None:
    chosen = [
        name
        for name, is_given in (("ids", ids), ("--all", everything), ("--code or --since", code or since))
        if is_given
    ]
    if not chosen:
        raise typer.BadParameter("name events or bookings by their ids, or give --all, --code or --since")
    if len(chosen) > 1:
        raise typer.BadParameter(f"{' and '.join(chosen)} exclude each other; give one of them")


def _parked(search: JobSearch, wanted: Wanted) -> Meant:
    found = search.find(wanted)
    return Meant(targets=[Target(booking_id=job.booking_id, event_id=job.event_id) for job in found])


def _foresee(settings: Settings, connection: str, targets: Sequence[Target], *, as_json: bool) -> Preview:
    """What the first of them would come to: more would cost the org's API calls for more than a person reads."""
    first = targets[:MAX_BOOKINGS]
    with settings_explained(), redis_explained():
        redis = connect_redis(settings)
        events = replayed_events(Journal(redis, connection, settings.cipher), first)
        view = view_replayed(redis, connection, first, events, settings.cipher)
    return preview_of(gathered(connection, events, as_json=as_json, journal=view), events)


def _print(
    replayed: Sequence[Target], refused: dict[str, str], preview: Preview | None, *, dry_run: bool, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "replayed": target_facts(replayed),
                "refused": refused_facts(refused),
                "preview": preview_facts(preview, {}) if preview else None,
            }
        )
        return
    for part in view_of(preview, {}, full=False) if preview else ():
        out.print(part)
    if preview and len(replayed) > MAX_BOOKINGS:
        out.print(f"these are the first {MAX_BOOKINGS} events")
    said = "would be replayed; nothing was done" if dry_run else "pending again"
    out.print(f"{say_count(replayed)} {said}" if replayed else "nothing to replay")
    say_refused(refused)
