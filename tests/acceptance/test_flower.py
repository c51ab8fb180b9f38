"""Flower in a real browser: every booking is a row, a parked one is red and explained, and nobody is shown."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import Browser, Page, expect
from redis import Redis

from producers.contract import BookingEvent
from producers.oncehub import is_ignored, is_webhook, translate
from tests.acceptance.test_markers import FAULTS, QUOTED, leaks, marked, tapped
from tests.acceptance.test_workers import World, until, world
from tests.browser import running_browser
from tests.builders import a_booking, a_customer, an_event
from tests.demo.bookings import FILE, fill_placeholders
from tests.demo.org import seed
from tests.demo.stage import SETUP
from tests.servers import running_worker
from tests.watching import Flower, running_flower
from worker.replaying import Replaying
from worker.rows import BOOKING_TASK

__all__ = ["world"]  # a fixture

_PAGE_SECONDS = 20.0


@pytest.fixture(scope="module", name="browser")
def browser_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def opened(browser: Browser, flower: Flower) -> Page:
    """A page of somebody who knows the password."""
    context = browser.new_context(
        http_credentials={"username": flower.user, "password": flower.password},
        viewport={"width": 1660, "height": 760},
    )
    page = context.new_page()
    page.set_default_timeout(_PAGE_SECONDS * 1000)
    return page


def bring(world: World, *events: BookingEvent) -> None:
    """Publish, and wait until every event has ended."""
    before = settled(world)
    world.publish(*events)
    until(lambda: settled(world) == before + len(events), world)


def settled(world: World) -> int:
    counts = world.journal.counts()
    return sum(counts[state] for state in ("synced", "superseded", "skipped", "parked"))


def rows(flower: Flower, at_least: int) -> dict[str, dict[str, Any]]:
    """Flower's own answer, once it has heard of so many bookings."""
    deadline = time.monotonic() + _PAGE_SECONDS
    while True:
        found = {uuid: row for uuid, row in flower.get("/api/tasks").json().items() if row["name"] == BOOKING_TASK}
        if len(found) >= at_least or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def demo_bookings(world: World) -> tuple[BookingEvent, ...]:
    """The demo's, with the ids of its people, who are in the org from now on."""
    lines = fill_placeholders(FILE.read_text("utf-8"), seed(world.org)).splitlines()
    bodies = [json.loads(line) for line in lines if line.strip()]
    events = [translate(body) for body in bodies if is_webhook(body) and not is_ignored(body)]
    return tuple({event.event_id: event for event in events}.values())


def people(events: Sequence[BookingEvent]) -> set[str]:
    """What the customers of these bookings are called by."""
    customers = [event.booking.customer for event in events]
    said = {text for each in customers for text in (each.name, each.email, each.phone, each.mobile_phone, each.note)}
    return {text.casefold() for text in said if text}


def test_the_browser_shows_every_booking_a_parked_one_in_red_with_its_explanation_and_nobody(
    world: World, browser: Browser
) -> None:
    environment = world.environment(BOOKFORCE_SETUP=str(SETUP))
    demo = demo_bookings(world)
    names = people(demo)
    assert len(names) > 30
    with running_flower(world.folder, environment) as flower, running_worker(world.folder, environment):
        bring(world, *demo)
        world.org.control("POST", "/faults", [FAULTS["VALIDATION"]])
        bring(world, marked("1"))
        world.org.control("POST", "/faults", [])
        parked = "BKNG-1:EVNT-1-0"
        found = rows(flower, len({event.booking.id for event in demo}) + 1)
        assert {event.booking.id for event in demo} < {uuid.partition(":")[0] for uuid in found}
        assert {uuid for uuid, row in found.items() if row["state"] == "FAILURE"} == {parked}
        page = opened(browser, flower)
        texts = [_tasks(page, flower), _task(page, flower, parked), _other_pages(page, flower)]
        answers = [flower.get(path).text for path in _answers(parked)]
    for text in (*texts, *answers):
        assert leaks(text, QUOTED, *names) == []
        assert world.org.client_secret not in text


def _tasks(page: Page, flower: Flower) -> str:
    """The list: what failed is red, all else is not."""
    page.goto(f"{flower.url}/tasks")
    page.get_by_role("button", name="Failed").click()
    red = page.locator("#tasks-table tbody tr")
    expect(red).to_have_count(1)
    expect(red).to_contain_text("BKNG-1:EVNT-1-0")
    expect(red).to_contain_text("parked: FIELD_CUSTOM_VALIDATION_EXCEPTION Lead")
    expect(red.locator(".badge")).to_have_class("badge text-bg-danger")
    failed = page.content()
    page.get_by_role("button", name="All").click()
    search = page.get_by_placeholder("state:FAILURE")
    search.fill("name:bookforce.setup.connection")
    expect(page.locator("#tasks-table tbody tr").first).to_contain_text("bookforce.setup.connection")
    search.fill("")
    expect(page.locator("#tasks-table tbody")).to_contain_text(BOOKING_TASK)
    _picture(page, "flower-tasks")
    return failed + page.content()


def _task(page: Page, flower: Flower, uuid: str) -> str:
    """The page of a parked booking: what happened, whose side it is on, what to do."""
    page.goto(f"{flower.url}/task/{quote(uuid, safe='')}")
    card = page.locator(".task-details-card")
    for text in (
        "FAILURE",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION Lead: A validation rule of the org refuses the Lead",
        "whose side: the org's administrator",
        "what to do: ",
        "bookforce show BKNG-1",
    ):
        expect(card).to_contain_text(text)
    _picture(page, "flower-parked", is_whole=True)
    return page.content()


def _other_pages(page: Page, flower: Flower) -> str:
    seen = []
    for path in ("/workers", "/broker"):
        page.goto(f"{flower.url}{path}")
        page.wait_for_load_state("networkidle")
        seen.append(page.content())
    worker = next(iter(flower.get("/api/workers?refresh=1").json()))
    page.goto(f"{flower.url}/worker/{quote(worker)}")
    return "\n".join([*seen, page.content()])


def _answers(uuid: str) -> Sequence[str]:
    return (
        "/api/tasks",
        "/api/workers",
        "/api/task/types",
        f"/api/task/info/{quote(uuid, safe='')}",
        "/tasks/datatable?draw=1&start=0&length=1000&order[0][column]=0&columns[0][data]=name",
        "/metrics",
    )


def _picture(page: Page, name: str, *, is_whole: bool = False) -> None:
    """For docs/operations.md, where somebody asks for it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=is_whole)


def test_a_booking_that_went_through_after_a_replay_is_green_in_the_same_row(world: World) -> None:
    environment = world.environment()
    with running_flower(world.folder, environment) as flower, running_worker(world.folder, environment):
        bring(world, an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
        world.org.control("POST", "/faults", [FAULTS["VALIDATION"]])
        bring(world, marked("1"))
        world.org.control("POST", "/faults", [])
        assert rows(flower, 2)["BKNG-1:EVNT-1-0"]["state"] == "FAILURE"
        with Redis.from_url(world.redis_url, decode_responses=True) as redis:
            replaying = Replaying(redis, "default")
            replaying.replay(replaying.find_targets("BKNG-1"))
        until(lambda: world.journal.counts()["synced"] == 2, world)
        until(lambda: rows(flower, 2)["BKNG-1:EVNT-1-0"]["state"] == "SUCCESS", world)
        assert rows(flower, 2)["BKNG-1:EVNT-1-0"]["exception"] is None


def test_nobody_gets_in_without_the_password(world: World) -> None:
    with running_flower(world.folder, world.environment()) as flower:
        assert len(flower.password) >= 12
        for path in ("/", "/tasks", "/api/tasks", "/api/workers", "/broker"):
            assert requests.get(f"{flower.url}{path}", timeout=5).status_code == 401
            wrong = requests.get(f"{flower.url}{path}", auth=("bookforce", "wrong"), timeout=5)
            assert wrong.status_code == 401
        assert flower.get("/tasks").status_code == 200
        listening = _listening_on(int(flower.url.rpartition(":")[2]))
    assert listening == {"0100007F"}, "127.0.0.1 alone, as the kernel writes it"


def _listening_on(port: int) -> set[str]:
    """The addresses on which something listens on the port."""
    rows_ = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[1].partition(":")[0] for row in rows_ if row[3] == "0A" and int(row[1].partition(":")[2], 16) == port}


def test_a_password_of_the_environment_is_taken_and_never_printed(world: World) -> None:
    environment = world.environment(BOOKFORCE_FLOWER_USER="ops", BOOKFORCE_FLOWER_PASSWORD="correct-horse")
    with running_flower(world.folder, environment) as flower:
        own = replace(flower, user="ops", password="correct-horse")
        assert own.get("/tasks").status_code == 200
        assert requests.get(f"{flower.url}/tasks", auth=("bookforce", "correct-horse"), timeout=5).status_code == 401
    assert "correct-horse" not in world.log("flower")


def test_bookings_and_sweeps_of_a_worker_without_events_are_told_to_nobody(world: World) -> None:
    with tapped(world.redis_url) as wire, running_worker(world.folder, world.environment(), events=False):
        bring(world, an_event())
    assert "task-" not in wire.of_the_broker()


def test_a_sweep_of_nothing_is_no_row(world: World) -> None:
    with tapped(world.redis_url) as wire, running_worker(world.folder, world.environment()):
        bring(world, an_event())
        until(lambda: wire.of_the_broker().count('task\\": \\"bookforce.sweep') >= 2, world)
    assert '"name": "bookforce.sweep"' not in wire.of_the_broker()
    assert f'"name": "{BOOKING_TASK}"' in wire.of_the_broker()
