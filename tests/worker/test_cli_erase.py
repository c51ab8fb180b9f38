"""`bookforce erase` and `bookforce key`: what is said, and that the address is not."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis
from typer.testing import CliRunner, Result

from producers.cipher import PLAIN, Cipher, are_keys, new_key
from producers.publish import Publisher
from tests.builders import a_booking, a_customer, an_event
from tests.producers.test_publish import for_org
from worker.cli import cli

LEA = "LEA@acme.example"
ANOTHER = "ben@up.example"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Desk:
    """A connection of its own in the real Redis."""

    redis_url: str
    redis: Redis
    name: str

    def publish(self, *bookings: Any, cipher: Cipher = PLAIN) -> None:
        publisher = Publisher.connect(self.redis_url, cipher=cipher)
        publisher.publish_many([for_org(self.name, an_event(booking=booking)) for booking in bookings])

    def erase(self, *arguments: str, text: str | None = None, **environment: str) -> Result:
        variables = {"BOOKFORCE_REDIS_URL": self.redis_url} | environment
        return CliRunner().invoke(cli, ["erase", "-c", self.name, *arguments], input=text, env=variables)

    def knows(self, mark: str) -> bool:
        keys = self.redis.scan_iter(f"bookforce:{{{self.name}}}:booking:*")
        return any(mark in str(self.redis.hgetall(key)) for key in keys)


@pytest.fixture
def desk(redis_url: str) -> Iterator[Desk]:
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        yield Desk(redis_url, redis, f"erase{next(_numbers)}")


def test_events_that_wait_keep_a_booking_unless_they_are_included(desk: Desk) -> None:
    desk.publish(a_booking(), a_booking("BKNG-2", customer=a_customer(email=ANOTHER)))
    left = desk.erase("--email", LEA, "--json")
    assert (left.exit_code, json.loads(left.stdout)) == (
        1,
        {"dry_run": False, "erased": [], "pending": ["BKNG-1"], "claimed": []},
    )
    assert desk.knows("lea@acme.example")
    done = desk.erase("--email", LEA, "--include-pending")
    assert (done.exit_code, done.stdout) == (0, "erased: 1 (BKNG-1)\n")
    assert not desk.knows("lea@acme.example")
    assert desk.knows(ANOTHER)


def test_what_was_erased_while_it_waited_is_told_by_every_command(desk: Desk) -> None:
    desk.publish(a_booking())
    desk.erase("--email", LEA, "--include-pending")

    def say(*words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "-c", desk.name], env={"BOOKFORCE_REDIS_URL": desk.redis_url})

    (job,) = json.loads(say("jobs", "--state", "skipped", "--json").stdout)["jobs"]
    assert (job["booking"], job["kind"]) == ("BKNG-1", None)
    shown = json.loads(say("show", "BKNG-1", "--json").stdout)
    assert shown["events"][job["event"]]["state"] == "skipped"
    assert [moment["what"] for moment in shown["timeline"]] == ["accepted", "skipped"]
    assert all(moment["at"] for moment in shown["timeline"])
    for name in ("BKNG-1", job["event"]):
        assert "the person in it was erased" in say("replay", name).stderr
        assert "it was skipped or discarded before" in say("discard", name, "--why", "x").stderr


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    desk.publish(a_booking())
    left = desk.erase("--email", LEA, "--dry-run")
    assert (left.exit_code, left.stdout) == (1, "would be erased: 0\n")
    assert "--include-pending" in left.stderr
    seen = desk.erase("--email", LEA, "--dry-run", "--include-pending", "--json")
    assert (seen.exit_code, json.loads(seen.stdout)["erased"]) == (0, ["BKNG-1"])
    assert desk.knows("lea@acme.example")


def test_nobody_to_erase_is_no_failure(desk: Desk) -> None:
    done = desk.erase("--email", LEA)
    assert (done.exit_code, done.stdout) == (0, "no booking carries this address\n")


def test_the_address_may_come_from_standard_input_and_is_never_shown(desk: Desk) -> None:
    desk.publish(a_booking())
    for arguments in ([], ["--dry-run"], ["--json"], ["--include-pending"]):
        done = desk.erase("--email", "-", *arguments, text=f"{LEA}\n")
        assert "acme" not in done.output.casefold()
    assert not desk.knows("lea@acme.example")


@pytest.mark.parametrize("text", ["nobody", "", "a@b", "two@a.example three@a.example"])
def test_what_is_no_address_is_wrong_usage(desk: Desk, text: str) -> None:
    done = desk.erase("--email", text)
    assert done.exit_code == 2
    assert "name@example.com" in done.output
    assert not text or text not in done.output


def test_without_the_key_of_the_journal_nobody_is_erased(desk: Desk) -> None:
    key = new_key()
    desk.publish(a_booking(), cipher=Cipher.of(key))
    done = desk.erase("--email", LEA, "--include-pending")
    assert done.exit_code == 1
    assert "BOOKFORCE_JOURNAL_KEYS" in done.output
    again = desk.erase("--email", LEA, "--include-pending", BOOKFORCE_JOURNAL_KEYS=key)
    assert (again.exit_code, again.stdout) == (0, "erased: 1 (BKNG-1)\n")


def test_a_key_that_is_none_is_named_and_not_shown(desk: Desk) -> None:
    done = desk.erase("--email", LEA, BOOKFORCE_JOURNAL_KEYS="not-a-key")
    assert done.exit_code == 2
    assert "BOOKFORCE_JOURNAL_KEYS: expected a key of 44 characters" in done.output
    assert "not-a-key" not in done.output


def test_a_new_key_is_one() -> None:
    printed = CliRunner().invoke(cli, ["key"]).stdout.strip()
    assert are_keys(printed)
    assert printed != CliRunner().invoke(cli, ["key"]).stdout.strip()
