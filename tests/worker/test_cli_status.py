"""`bookforce status`: what waits, what was spent, and what stops the work."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from redis import Redis
from typer.testing import CliRunner

from producers.cipher import Cipher, new_key
from producers.keys import prefix
from producers.publish import Publisher
from producers.refusal import Refused
from producers.refused import RefusedEvents
from tests.builders import an_event
from tests.producers.test_publish import for_org
from worker.cli import cli
from worker.errors import Disconnected
from worker.journal import Journal
from worker.salesforce.breaker import Breaker
from worker.salesforce.meter import CallMeter

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Desk:
    """A connection of its own in the real Redis."""

    redis_url: str
    redis: Redis
    name: str

    def say(self) -> str:
        """The table, its lines joined."""
        return " ".join(self._run().split())

    def facts(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self._run("--json")))

    def _run(self, *arguments: str) -> str:
        environment = {"BOOKFORCE_REDIS_URL": self.redis_url, "COLUMNS": "200"}
        result = CliRunner().invoke(cli, ["status", "-c", self.name, *arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result.stdout


@pytest.fixture
def desk(redis_url: str) -> Iterator[Desk]:
    redis = Redis.from_url(redis_url, decode_responses=True)
    yield Desk(redis_url, redis, f"status{next(_numbers)}")
    redis.close()


def test_an_empty_journal_has_nothing_to_say(desk: Desk) -> None:
    facts = desk.facts()
    assert (facts["pending"], facts["oldest_waiting_seconds"], facts["breaker"], facts["setup_ready"]) == (
        0,
        None,
        None,
        False,
    )
    assert "what the org allows is not known yet" in desk.say()
    assert "bookforce setup says why" in desk.say()


def test_what_waits_is_counted_with_the_age_of_the_oldest(desk: Desk) -> None:
    Publisher.connect(desk.redis_url).publish(for_org(desk.name, an_event()))
    start = f"{prefix(desk.name)}since"
    (customer,) = cast("list[str]", desk.redis.zrange(start, 0, -1))
    desk.redis.zincrby(start, -3_700_000, customer)
    assert desk.facts()["pending"] == 1
    assert desk.facts()["oldest_waiting_seconds"] >= 3700
    assert "1, the oldest for 1 h 1 min" in desk.say()


def test_events_that_nobody_could_journal_are_counted(desk: Desk) -> None:
    events = RefusedEvents(desk.redis)
    events.forget()
    assert desk.facts()["refused"] == 0
    assert "refused" not in desk.say()
    events.keep("{", Refused(field="", shape="", expected="expected JSON"), "task")
    assert desk.facts()["refused"] == 1
    assert "events refused │ 1, of all connections: bookforce refused says what is wrong" in desk.say()
    events.forget()


def test_the_calls_are_told_with_the_share_and_how_long_it_lasts(desk: Desk) -> None:
    meter = CallMeter(desk.redis, desk.name)
    meter.note(used=300, allowed=1000)
    meter.set_share(12)
    for _ in range(60):
        meter.spend()
    facts = desk.facts()["api"]
    assert [facts[name] for name in ("used", "allowed", "share", "spent", "last_hour", "left")] == [
        300,
        1000,
        120,
        60,
        60,
        60,
    ]
    assert facts["runs_out_at"]
    said = desk.say()
    assert "60 of our share of 120 in the last 24 hours (used up in 1 h at the rate of the last hour)" in said
    assert "all applications 300 of 1,000" in said


def test_calls_that_last_are_told_so(desk: Desk) -> None:
    meter = CallMeter(desk.redis, desk.name)
    meter.note(used=1, allowed=1000)
    meter.set_share(50)
    meter.spend()
    assert "1 of our share of 500 in the last 24 hours (it lasts)" in desk.say()
    assert desk.facts()["api"]["runs_out_at"] is None


def test_an_open_breaker_says_why_since_when_and_when_it_is_tried_again(desk: Desk) -> None:
    Breaker(desk.redis, desk.name, "credentials").failed(Disconnected("no", code="invalid_grant"))
    assert desk.facts()["breaker"]["code"] == "invalid_grant"
    assert "has not let us in or not answered (invalid_grant)" in desk.say()
    assert "tried again in" in desk.say()


def test_a_pause_to_save_calls_is_told(desk: Desk) -> None:
    Journal(desk.redis, desk.name).pause(timedelta(minutes=2))
    assert 110 < desk.facts()["paused_seconds"] <= 120
    assert "calls are saved: the next batch starts in" in desk.say()


def test_at_the_limit_it_is_told_that_the_calls_are_used_up(desk: Desk) -> None:
    meter = CallMeter(desk.redis, desk.name)
    meter.note(used=3, allowed=1000)
    meter.set_share(50)
    meter.note_limit()
    Journal(desk.redis, desk.name).pause(timedelta(minutes=5))
    said = desk.say()
    assert "the API calls are used up: bookings wait, and it is looked again in" in said
    assert "0 of our share of 500 in the last 24 hours (used up); all applications 1,000 of 1,000" in said
    assert desk.facts()["api"]["left"] == 0


def test_a_pause_is_never_shortened(desk: Desk) -> None:
    journal = Journal(desk.redis, desk.name)
    journal.pause(timedelta(minutes=5))
    journal.pause(timedelta(seconds=1))
    assert desk.facts()["paused_seconds"] > 200


def test_bookings_that_wait_for_a_key_are_told_with_the_variable(desk: Desk) -> None:
    cipher = Cipher.of(new_key())
    Publisher.connect(desk.redis_url, cipher=cipher).publish(for_org(desk.name, an_event(event_id="E")))
    assert desk.facts()["locked"] == 1
    assert "BOOKFORCE_JOURNAL_KEYS" in desk.say()
    show = ["show", "-c", desk.name, "BKNG-1", "--json"]
    shown = CliRunner().invoke(cli, show, env={"BOOKFORCE_REDIS_URL": desk.redis_url})
    assert json.loads(shown.stdout)["events"] == {"E": {"state": "pending"}}
