"""Personal data and secrets are planted everywhere, and everything that the system emits is searched for them."""

import base64
import binascii
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from redis import Redis

from producers.cipher import PLAIN, Cipher, new_key
from producers.contract import Booking, BookingEvent, Change, Customer, Kind, Named, Owner
from producers.publish import Publisher
from tests.acceptance.test_workers import World, until, world
from tests.broker import broker_url, overheard
from tests.builders import MONDAY, a_booking, a_customer, an_event
from tests.servers import running_worker
from worker.journal import Journal

__all__ = ["world"]  # a fixture

ROOT = Path(__file__).parents[2]

MARK, DIGITS = "zqmark", "99424242"
"""Stand in every field that says something of a person; in phones, which are digits."""

QUOTED = f"Value {MARK} of {DIGITS} is not allowed for {MARK}@person.example"

FAULTS: dict[str, dict[str, Any]] = {
    "VALIDATION": {
        "effect": "error",
        "match": {"object": "Lead", "nth": 1},
        "status": 400,
        "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "message": QUOTED,
    },
    "EVENT": {
        "effect": "error",
        "match": {"object": "Event", "nth": 1},
        "status": 400,
        "errorCode": "FIELD_INTEGRITY_EXCEPTION",
        "message": QUOTED,
    },
    "DUPLICATE": {
        "effect": "error",
        "match": {"object": "Lead", "nth": 1},
        "status": 400,
        "errorCode": "DUPLICATES_DETECTED",
        "message": QUOTED,
    },
    "LOCK": {
        "effect": "error",
        "match": {"object": "Lead", "nth": 1},
        "status": 400,
        "errorCode": "UNABLE_TO_LOCK_ROW",
        "message": QUOTED,
    },
    "QUERY": {
        "effect": "error",
        "match": {"path_contains": "composite", "nth": 1},
        "status": 400,
        "errorCode": "MALFORMED_QUERY",
        "message": QUOTED,
    },
    "UNKNOWN": {
        "effect": "error",
        "match": {"path_contains": "composite", "nth": 1},
        "status": 400,
        "errorCode": "SOME_NEW_CODE",
        "message": QUOTED,
    },
    "OUTAGE": {"effect": "html_503", "match": {"path_contains": "composite", "nth": 1}},
    "HALF": {"effect": "truncate", "match": {"path_contains": "composite", "nth": 1}},
    "DROPPED": {"effect": "drop_after", "match": {"path_contains": "composite", "nth": 2}},
}


def marked(name: str, kind: Kind = Kind.SCHEDULED, minute: int = 0) -> BookingEvent:
    """A booking that carries the mark wherever the contract has room for what people say."""
    customer = Customer(
        name=f"{MARK} person",
        first_name=MARK,
        last_name=MARK,
        email=f"{MARK}-{name}@person.example",
        phone=f"+{DIGITS} 1",
        mobile_phone=f"+{DIGITS} 2",
        company=f"{MARK} GmbH {name}",
        time_zone=MARK,
        note=f"note {MARK}",
        guests=(f"{MARK}@guest.example",),
    )
    booking = Booking(
        id=f"BKNG-{name}",
        tracking_id=MARK,
        subject=f"With {MARK}",
        starts_at=MONDAY,
        duration_minutes=30,
        calendar=MARK,
        attendees=(f"{MARK}@attendee.example",),
        location=f"{MARK} Street",
        join_url=f"https://meet.example/{MARK}",
        change_url=f"https://book.example/{MARK}",
        page=Named(id="BP-1"),
        owner=Owner(id="USR-1", name=MARK, email=f"{MARK}@owner.example"),
        customer=customer,
        answers={f"Question {MARK}": f"answer {MARK}"},
        change=Change(reason=f"because of {MARK}", actor="customer"),
    )
    return an_event(kind, minute=minute, booking=booking, event_id=f"EVNT-{name}-{minute}")


@dataclass(slots=True)
class Wire:
    """Every command that any client sends to Redis, as Redis itself tells, and what another broker was sent."""

    data: bytearray = field(default_factory=bytearray)
    messages: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        return self.data.decode("ascii", "replace").splitlines()

    def of_the_broker(self) -> str:
        """Messages and events of Celery, the queues' names, and what is encoded in them."""
        lines = [line for line in self.lines() if "bookforce:{" not in line]
        return "\n".join([*lines, *_decoded("\n".join(lines)), *self.messages])


def _decoded(text: str) -> Iterator[str]:
    for run in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        try:
            yield base64.b64decode(run + "=" * (-len(run) % 4)).decode("utf-8", "replace")
        except binascii.Error:
            continue


@contextmanager
def tapped(redis_url: str) -> Iterator[Wire]:
    """Listen to Redis, and to another broker where there is one, while the block runs."""
    where, wire = urlsplit(redis_url), Wire()
    address = (str(where.hostname), int(where.port or 0))
    with overheard(broker_url(redis_url), wire.messages), socket.create_connection(address) as tap:
        tap.sendall(b"MONITOR\r\n")
        ear = threading.Thread(target=_listen, args=(tap, wire))
        ear.start()
        try:
            yield wire
        finally:
            tap.shutdown(socket.SHUT_RDWR)
            ear.join()


def _listen(tap: socket.socket, wire: Wire) -> None:
    while chunk := tap.recv(65_536):
        wire.data += chunk


def provoke(world: World, journal: Journal, publisher: Publisher) -> None:
    """Bookings of marked people, each with a fault of another kind, and their life afterwards."""
    publisher.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
    until(lambda: journal.counts()["synced"] == 1, world)
    for name, fault in FAULTS.items():
        world.org.control("POST", "/faults", [fault])
        publisher.publish(marked(name))
        until(lambda name=name: _has_met_it(journal, name), world)  # type: ignore[misc]  # a default binds it
    world.org.control("POST", "/faults", [])
    publisher.publish_many([marked(name, Kind.CANCELED, 5) for name in FAULTS], bulk=True)
    until(lambda: all(_is_settled(journal, name) for name in FAULTS), world)


def _has_met_it(journal: Journal, name: str) -> bool:
    booking = journal.read_booking(f"BKNG-{name}")
    return booking is not None and (booking.attempts > 0 or not booking.pending)


def _is_settled(journal: Journal, name: str) -> bool:
    booking = journal.read_booking(f"BKNG-{name}")
    return booking is not None and not booking.pending


def run_commands(world: World, environment: Mapping[str, str], *, as_json: bool) -> str:
    """All that the commands say which are no one's view of one booking, on good input and bad."""
    wrong = [
        {
            "event_id": "X",
            "kind": MARK,
            "occurred_at": MARK,
            "booking": {"id": f"a {MARK}", "customer": {"email": MARK}},
        },
        json.loads(marked("BAD").model_dump_json()) | {"kind": MARK},
        {"object": "event", "type": "booking.scheduled", "id": "E", "data": {"id": "B", "subject": [MARK]}},
    ]
    file = world.folder / "bookings.jsonl"
    file.write_text("\n".join([*(json.dumps(each) for each in wrong), f'{{"{MARK}', f'"{MARK}"']))
    shape = ("--json",) if as_json else ()
    address = f"{MARK}-EVENT@person.example"
    commands: Sequence[Sequence[str]] = (
        ("status", *shape),
        ("setup", *shape),
        ("publish", str(file), *shape),
        ("erase", "--email", address, "--dry-run", *shape),
        ("erase", "--email", address, *shape),
        ("erase", "--email", MARK),
    )
    return "\n".join(_run(command, environment) for command in commands)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> str:
    program = "from worker.cli import main; main()"
    env = {**os.environ, **environment, "COLUMNS": "300"}
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return f"$ {command[0]}\n{done.stdout}\n{done.stderr}"


def kept(redis: Redis) -> tuple[str, str]:
    """The names of all keys of Redis, and all its values with what is encoded in them."""
    names, values = [], []
    for name in cast("Iterator[str]", redis.scan_iter("*")):
        kind = str(redis.type(name))
        names.append(name)
        values.append(repr(_VALUES[kind](redis, name)))
    text = "\n".join(values)
    return "\n".join(names), "\n".join([text, *_decoded(text)])


_VALUES: dict[str, Any] = {
    "string": lambda redis, name: redis.get(name),
    "hash": lambda redis, name: redis.hgetall(name),
    "list": lambda redis, name: redis.lrange(name, 0, -1),
    "set": lambda redis, name: redis.smembers(name),
    "zset": lambda redis, name: redis.zrange(name, 0, -1),
}


def access_token(redis: Redis, cipher: Cipher) -> str:
    (key,) = [name for name in cast("Iterator[str]", redis.scan_iter("*:token:*")) if not name.endswith(":lock")]
    return str(json.loads(cipher.open(str(redis.get(key))))["access_token"])


def leaks(text: str, *secrets: str) -> list[str]:
    """The lines that show somebody, or a secret."""
    told = (MARK, DIGITS, *secrets)
    return [line[:500] for line in text.splitlines() if any(mark in line.casefold() or mark in line for mark in told)]


KEY = new_key()


@pytest.mark.parametrize(
    ("log_format", "keys", "setup"),
    [("json", KEY, ""), ("console", "", '[pages.default]\nobject = "contact"\n')],
    ids=["json, encrypted, Leads", "console, plain, Contacts"],
)
def test_nobody_and_no_secret_shows_anywhere(world: World, log_format: str, keys: str, setup: str) -> None:
    cipher = Cipher.of(keys) if keys else PLAIN
    file = world.folder / "bookforce.toml"
    file.write_text(setup)
    environment = world.environment(
        BOOKFORCE_LOG_FORMAT=log_format, BOOKFORCE_JOURNAL_KEYS=keys, BOOKFORCE_SETUP=str(file)
    )
    redis = Redis.from_url(world.redis_url, decode_responses=True)
    journal = Journal(redis, "default", cipher)
    publisher = Publisher.connect(world.redis_url, broker_url(world.redis_url), cipher)
    with tapped(world.redis_url) as wire:
        with running_worker(world.folder, environment):
            provoke(world, journal, publisher)
            said = run_commands(world, environment, as_json=log_format == "json")
        secrets = (access_token(redis, cipher), world.org.client_secret, KEY, f"{MARK}-secret")
        names, values = kept(redis)
        wrong = {**environment, "BOOKFORCE_SALESFORCE_CLIENT_SECRET": f"{MARK}-secret"}
        publisher.publish(marked("REFUSED"))
        with running_worker(world.folder, wrong, name="refused"):
            until(lambda: "Salesforce refuses the log-in" in world.log("refused"), world, "refused")
            said += _run(("status",), wrong) + _run(("setup", "--json"), wrong)
    logs = world.log() + world.log("refused")
    assert "booking.parked" in logs
    assert "booking.put_back" in logs
    assert "task-succeeded" in wire.of_the_broker()
    for text in (logs, said, names, wire.of_the_broker()):
        assert leaks(text, *secrets) == []
    if keys:
        assert leaks(values, *secrets) == []
        assert leaks("\n".join(wire.lines()), *secrets) == []
    assert "would be erased: 1" in said or '"dry_run": true' in said
    assert any(MARK in str(row) for row in world.records("Event")), "the marks have reached Salesforce"
    redis.close()


def test_a_fault_of_our_own_says_where_and_not_what(world: World) -> None:
    """What cannot happen: a number in the journal that is none."""
    redis = Redis.from_url(world.redis_url, decode_responses=True)
    with tapped(world.redis_url) as wire, running_worker(world.folder, world.environment()):
        world.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
        until(lambda: world.journal.counts()["synced"] == 1, world)
        redis.hset("bookforce:{default}:booking:BKNG-1", "attempts", f"{MARK}")
        world.publish(an_event())
        until(lambda: "task-failed" in wire.of_the_broker(), world)
    redis.close()
    assert leaks(world.log()) == []
    assert leaks(wire.of_the_broker()) == []
    lines = [json.loads(line) for line in world.log().splitlines() if line.startswith("{")]
    told = next(line for line in lines if line["event"] == "task.broke_off")
    assert told["error"] == "ValueError"
    assert any("claims.py" in place for place in told["at"])
    assert datetime.fromisoformat(told["timestamp"]) < datetime.now(UTC)
