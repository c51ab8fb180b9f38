"""`bookforce refused`: what is shown of it, and to whom."""

import json
from collections.abc import Iterator

import pytest
from redis import Redis
from typer.testing import CliRunner, Result

from producers.refusal import Refused
from producers.refused import RefusedEvents
from tests.producers.bodies import a_wire_event
from worker.cli import cli

WRONG = Refused(field="kind", shape="nothing", expected="this field is required")


@pytest.fixture
def events(redis_url: str) -> Iterator[RefusedEvents]:
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        found = RefusedEvents(redis)
        found.forget()
        yield found
        found.forget()


def run(redis_url: str, *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=text, env={"BOOKFORCE_REDIS_URL": redis_url})


def test_none_are_no_finding(events: RefusedEvents, redis_url: str) -> None:
    assert events.list() == []
    shown = run(redis_url, "refused")
    assert (shown.exit_code, shown.stdout) == (0, "nothing was refused\n")


def test_they_are_listed_without_what_customers_said(events: RefusedEvents, redis_url: str) -> None:
    events.keep(json.dumps(a_wire_event()), WRONG, "task")
    shown, listed = run(redis_url, "refused"), run(redis_url, "refused", "--json")
    assert (shown.exit_code, listed.exit_code) == (1, 1)
    ((fact),) = json.loads(listed.stdout)
    assert (fact["source"], fact["problem"]) == ("task", "kind: this field is required, got nothing")
    assert "this field is required" in shown.stdout
    assert "lea@acme" not in shown.stdout + listed.stdout


def test_what_came_can_be_mended_and_published(events: RefusedEvents, redis_url: str) -> None:
    broken = a_wire_event() | {"event_id": "EVNT-MENDED", "kind": "postponed"}
    events.keep(json.dumps(broken, indent=2), WRONG, "task")
    bodies = run(redis_url, "refused", "--bodies").stdout
    published = run(redis_url, "publish", "-", text=bodies.replace("postponed", "scheduled"))
    assert published.stdout == "1 of 1 accepted\n"
    assert run(redis_url, "refused", "--forget").stdout == "1 thrown away\n"
    assert events.list() == []
