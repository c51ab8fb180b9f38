"""A copy of Redis from before, of its append-only file or a dump: docs/operations.md tells what a restore means."""

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from producers.contract import BookingEvent, Kind
from tests.builders import MONDAY, a_booking, a_customer, an_event
from tests.rig import Rig, essence
from tests.servers import free_port, running_redis
from tests.simulator.server import RunningOrg

_OBJECTS = ("Lead", "Account", "Contact", "Case", "Event")
_LATER = MONDAY.replace(hour=15)

TakeCopy = Callable[[Redis, Path, Path], None]


def _copy_file(redis: Redis, source: Path, target: Path) -> None:
    """Of the folder of the append-only file, while nothing writes it anew."""
    redis.config_set("auto-aof-rewrite-percentage", 0)
    _until_written(redis, "aof_rewrite_in_progress")
    shutil.copytree(source / "appendonlydir", target / "appendonlydir")


def _copy_dump(redis: Redis, source: Path, target: Path) -> None:
    redis.bgsave()
    _until_written(redis, "rdb_bgsave_in_progress")
    target.mkdir()
    shutil.copy(source / "dump.rdb", target)


def _until_written(redis: Redis, what: str) -> None:
    while cast("Mapping[str, Any]", redis.info("persistence"))[what]:
        time.sleep(0.02)


def _load_dump(folder: Path) -> None:
    """A Redis with an append-only file reads no dump: it is started without one first."""
    with running_redis(folder, appendonly=False) as url, Redis.from_url(url) as redis:
        redis.config_set("appendonly", "yes")
        _until_written(redis, "aof_rewrite_scheduled")
        _until_written(redis, "aof_rewrite_in_progress")


@pytest.mark.parametrize("copy", [_copy_file, _copy_dump], ids=["append-only file", "dump"])
def test_behind_a_restore_all_is_published_again_and_nothing_is_there_twice(
    copy: TakeCopy, running_org: RunningOrg, tmp_path: Path
) -> None:
    port, before, after = free_port(), tmp_path / "before", tmp_path / "after"
    finished, waiting, lost = (_scheduled(name) for name in ("FINISHED", "WAITING", "LOST"))
    moved = _moved("WAITING")
    with ExitStack() as stack:
        server = stack.enter_context(ExitStack())
        url = server.enter_context(running_redis(before, port))
        rig = Rig(url, running_org, tmp_path)
        stack.callback(rig.close)
        rig.publish(finished)
        rig.sync()
        rig.publish(waiting)
        copy(rig.redis, before, after)
        rig.sync()
        rig.publish(moved, lost)
        rig.sync()
        right = _everything(rig)
        server.close()
        if copy is _copy_dump:
            _load_dump(after)
        stack.enter_context(running_redis(after, port))
        assert rig.journal.counts()["ready"] == 1, "what has been done since is to be done again"
        rig.sync()
        assert _start(rig, "WAITING") == f"{MONDAY:%H:%M}", "what it was changed to is not known any more"
        assert rig.publish(finished, waiting, moved, lost) == [False, False, True, True]
        rig.sync()
        assert _everything(rig) == right
        assert _start(rig, "WAITING") == f"{_LATER:%H:%M}"


def _everything(rig: Rig) -> dict[str, list[dict[str, Any]]]:
    return {obj: essence(rig.records(obj)) for obj in _OBJECTS}


def _scheduled(name: str) -> BookingEvent:
    return an_event(booking=a_booking(name, customer=a_customer(email=f"{name}@acme.example".lower())))


def _moved(name: str) -> BookingEvent:
    booking = a_booking(name, customer=a_customer(email=f"{name}@acme.example".lower()), starts_at=_LATER)
    return an_event(Kind.RESCHEDULED, minute=60, booking=booking)


def _start(rig: Rig, name: str) -> str:
    (event,) = [row for row in rig.records("Event") if row["Bookforce_Booking_Id__c"] == name]
    return str(event["StartDateTime"])[11:16]
