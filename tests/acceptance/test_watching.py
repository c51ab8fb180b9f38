"""Metrics and logs of real processes: what is read from outside of a worker that brings bookings to Salesforce."""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from producers.signatures import Source
from tests.acceptance.test_markers import FAULTS, ROOT, leaks, marked
from tests.acceptance.test_workers import World, until, world
from tests.builders import a_booking, a_customer, an_event
from tests.load.web import running_web
from tests.producers.bodies import a_form, a_webhook
from tests.producers.webhooks import raw, signed
from tests.servers import free_port, running, running_worker
from tests.watching import running_metrics
from worker.cli import cli

__all__ = ["world"]  # a fixture


def lines(world: World) -> list[dict[str, Any]]:
    """What the worker logged of its own work."""
    return [json.loads(line) for line in world.log().splitlines() if line.startswith("{")]


def bring(world: World, count: int) -> None:
    """So many customers' bookings, and a parked one with marks in it."""
    warm = an_event(booking=a_booking("WARM", customer=a_customer(email="warm@up.example")))
    world.publish(warm)
    until(lambda: world.journal.counts()["synced"] == 1, world)
    world.org.control("POST", "/faults", [FAULTS["VALIDATION"]])
    world.publish(marked("1"))
    until(lambda: world.journal.counts()["parked"] == 1, world)
    world.org.control("POST", "/faults", [])
    others = (a_booking(f"B{n}", customer=a_customer(email=f"{n}@x.example")) for n in range(count))
    world.publish(*(an_event(booking=booking) for booking in others))
    until(lambda: world.journal.counts()["synced"] == 1 + count, world)


def test_the_counts_of_all_processes_are_one_and_say_nothing_of_anybody(world: World) -> None:
    environment = world.environment()
    with (
        running_worker(world.folder, environment),
        running_worker(world.folder, environment, name="other"),
        running_metrics(world.folder, environment) as url,
    ):
        bring(world, 50)
        text = requests.get(url, timeout=5).text
    found = {
        (sample.name, *(value for name, value in sorted(sample.labels.items()) if name != "connection")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["bookforce_events_accepted_total",] == 52
    assert found["bookforce_events_settled_total", "synced"] == found["bookforce_batch_bookings_sum",] - 1 == 51
    assert found["bookforce_parked", "FIELD_CUSTOM_VALIDATION_EXCEPTION"] == 1
    assert found["bookforce_time_to_salesforce_seconds_count",] == 51
    assert found["bookforce_api_calls_total",] > found["bookforce_batch_api_calls_total",] >= 2
    assert leaks(text, world.org.client_secret, "acme", "@") == []


def test_a_delivery_is_followed_through_the_log_by_its_id_and_its_batch(world: World) -> None:
    with running_worker(world.folder, world.environment()):
        bring(world, 3)
    logged = lines(world)
    (ended,) = [line for line in logged if "EVNT-B1-scheduled-0" in line.get("deliveries", ())]
    assert (ended["event"], ended["booking"], ended["connection"]) == ("booking.synced", "B1", "default")
    batch = [line for line in logged if line.get("batch") == ended["batch"]]
    stages = [line["stage"] for line in batch if line["event"] == "sync.stage_done"]
    assert stages == ["read", "plan", "write", "settle"]
    (parked,) = [line for line in logged if line["event"] == "booking.parked"]
    assert (parked["code"], parked["deliveries"]) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", ["EVNT-1-0"])
    assert parked["batch"] != ended["batch"]


def test_a_delivery_is_followed_from_the_intake_to_salesforce_by_its_id(world: World) -> None:
    secret = "secret-of-the-webhook"
    environment = world.environment(BOOKFORCE_ONCEHUB_SECRETS=secret)
    body = raw(a_webhook(form_submission=a_form(email="zqmark@person.example")))
    with running_worker(world.folder, environment), running_web(world.folder, environment) as port:
        headers = signed(Source.ONCEHUB, body, secret)
        url = f"http://127.0.0.1:{port}/webhooks/oncehub"
        assert requests.post(url, data=body, headers=headers, timeout=30).status_code == 200
        until(lambda: world.journal.counts()["synced"] == 1, world)
    log = (world.folder / "web.log").read_text() + world.log()
    told = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    own = [line for line in told if "EVNT-1" in line.get("deliveries", ())]
    assert [line["event"] for line in own] == ["booking.accepted", "booking.synced"]
    assert {(line["booking"], line["connection"]) for line in own} == {("BKNG-1", "default")}
    assert "zqmark" not in log


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    [
        ("metrics", "BOOKFORCE_METRICS_PORT", "0"),
        ("flower", "BOOKFORCE_FLOWER_PORT", "http"),
        ("flower", "BOOKFORCE_FLOWER_PASSWORD", "short"),
        ("flower", "BOOKFORCE_FLOWER_PASSWORD", "two,passwords-of-which-one-is-used"),
        ("flower", "BOOKFORCE_FLOWER_USER", "a:b"),
    ],
)
def test_a_bad_setting_is_named_and_nothing_is_started(command: str, variable: str, value: str) -> None:
    done = CliRunner().invoke(cli, [command], env={variable: value})
    assert done.exit_code == 2
    assert variable in done.stderr
    assert value not in done.stderr


@pytest.mark.parametrize("command", ["metrics", "flower"])
def test_a_port_that_is_taken_is_told(command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(cli, [command, "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 1
    assert "cannot listen on 127.0.0.1" in done.stderr


def test_everything_in_the_procfile_runs_and_flower_is_not_open(world: World) -> None:
    """As `make run` does it."""
    flower, metrics = (f"http://127.0.0.1:{port}" for port in (free_port(), free_port()))
    scripts = Path(sys.executable).parent
    environment = world.environment(
        PATH=f"{scripts}{os.pathsep}{os.environ['PATH']}",
        BOOKFORCE_FLOWER_PORT=flower.rpartition(":")[2],
        BOOKFORCE_FLOWER_PASSWORD="correct-horse",
        BOOKFORCE_METRICS_PORT=metrics.rpartition(":")[2],
    )
    command = [sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), "start"]
    with running(command, log=world.folder / "worker.log", environment=environment):
        until(lambda: _status(flower) == 401, world)
        world.publish(an_event())
        until(lambda: world.journal.counts()["synced"] == 1, world)
        assert requests.get(f"{flower}/tasks", auth=("bookforce", "correct-horse"), timeout=5).status_code == 200
        until(lambda: _status(f"{metrics}/metrics") == 200, world)
        assert 'outcome="synced"} 1.0' in requests.get(f"{metrics}/metrics", timeout=5).text
    assert "correct-horse" not in world.log()


def _status(url: str) -> int:
    """The HTTP status, 0 while nobody answers."""
    try:
        return requests.get(url, timeout=2).status_code
    except requests.RequestException:
        return 0
