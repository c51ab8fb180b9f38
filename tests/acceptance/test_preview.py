"""The real `bookforce preview` in a process of its own: online, recorded, and again with Redis and the org gone."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redis import Redis

from producers.contract import BookingEvent, Kind, Owner
from tests.builders import a_booking, a_customer, an_event
from tests.servers import SimulatedOrg, running_org, running_redis

BOOKFORCE = str(Path(sys.executable).with_name("bookforce"))
_OBJECTS = ("Account", "Lead", "Contact", "Case", "Event")


def run(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`bookforce` in an empty folder with no other settings than these."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BOOKFORCE_")}
    return subprocess.run(  # noqa: S603 - the command under test
        [BOOKFORCE, *arguments],
        cwd=folder,
        env={**own, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def everything(redis: Redis, org: SimulatedOrg) -> tuple[int, dict[str, Any], list[object]]:
    """How many keys there are, what they hold, and the records of the org."""
    keys = {str(key): (redis.dump(key), redis.expiretime(key)) for key in redis.scan_iter("*")}
    return int(str(redis.dbsize())), keys, [org.control("GET", f"/records/{obj}") for obj in _OBJECTS]


def booked(n: int, kind: Kind = Kind.SCHEDULED, minute: int = 0) -> BookingEvent:
    customer = a_customer(email=f"nr{n}@many.example")
    owner = Owner(email="ada.rep@vendor.example")
    return an_event(kind, minute=minute, booking=a_booking(f"BKNG-{n}", customer=customer, owner=owner))


def test_a_preview_changes_nothing_and_its_recording_shows_the_same_without_redis_and_org(tmp_path: Path) -> None:
    bookings, snapshot = tmp_path / "bookings.jsonl", tmp_path / "snapshot.json"
    events = [booked(1), booked(1, Kind.CANCELED, 9), booked(2), booked(3)]
    bookings.write_text("\n".join(event.model_dump_json(exclude_none=True) for event in events))
    with running_redis(tmp_path / "redis") as url, running_org(tmp_path / "org") as org:
        environment = {"BOOKFORCE_REDIS_URL": url, **org.environment()}
        org.control("POST", "/records/Lead", [{"LastName": "Old", "Company": "C", "Email": "nr2@many.example"}])
        assert run(tmp_path, environment, "setup").returncode == 0
        assert run(tmp_path, environment, "publish", str(bookings)).returncode == 0
        org.control("POST", "/expire_sessions")
        bookings.write_text(bookings.read_text() + "\n" + booked(2, Kind.NO_SHOW, 9).model_dump_json(exclude_none=True))

        redis = Redis.from_url(url, decode_responses=True)
        redis.delete("bookforce:{default}:woken")  # would expire meanwhile
        before = everything(redis, org)
        online = run(tmp_path, environment, "preview", str(bookings), "--json")
        recorded = run(tmp_path, environment, "preview", str(bookings), "--json", "--record", str(snapshot))
        assert everything(redis, org) == before
        redis.close()
    assert (online.returncode, online.stderr) == (0, "")
    assert (recorded.returncode, stat.S_IMODE(snapshot.stat().st_mode)) == (0, 0o600)
    assert facts(recorded) | {"at": ""} == facts(online) | {"at": ""}

    offline = run(tmp_path, {}, "preview", str(bookings), "--json", "--offline", str(snapshot))
    assert (offline.returncode, offline.stdout, offline.stderr) == (0, recorded.stdout, "")
    decided = {booking["booking"]: booking["decision"] for booking in facts(offline)["bookings"]}
    assert decided == {"BKNG-1": "plan", "BKNG-2": "plan", "BKNG-3": "plan"}
    shown = run(tmp_path, {"COLUMNS": "100"}, "preview", str(bookings), "--offline", str(snapshot))
    assert "update    Lead 00Q" in shown.stdout


def facts(process: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(process.stdout)
    return parsed
