"""A long mix of requests over the same thousand keys, to see whether the org keeps anything of what it has answered."""

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.messages import Request, Response
from tests.simulator.org import Org

ROOT = "/services/data/v68.0"
KEYS = 1_000
KEY = "Bookforce_Booking_Id__c"
STEPS = 10
EFFECTS: tuple[Effect, ...] = ("drop_before", "drop_after", "html_503", "truncate", "row_lock", "error", "latency")
Act = Callable[["Client", int], None]
Mix = tuple[tuple[Act, int], ...]  # what to do, and how often in one turn


@dataclass(slots=True)
class Client:
    """One client of one org, who signs in again now and then and counts its requests."""

    org: Org
    token: str = ""
    sent: int = 0

    def send(self, method: str, path: str, body: Any = None) -> Response:
        self.sent += 1
        payload = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        headers = {"Authorization": f"Bearer {self.token}", "Sforce-Auto-Assign": "FALSE"}
        return self.org.handle(Request(method, path, headers, payload))

    def sign_in(self) -> None:
        settings = self.org.state.settings
        form = f"grant_type=client_credentials&client_id={settings.client_id}&client_secret={settings.client_secret}"
        self.token = orjson.loads(self.send("POST", "/services/oauth2/token", form.encode()).body)["access_token"]


def run(
    client: Client, requests: int, *, mix: Mix | None = None, after_each: Callable[[int], None] = lambda _: None
) -> None:
    """Send so many requests of a mix, turn by turn."""
    client.org.change(daily_limit=10**9)
    client.sign_in()
    upsert_many(client, 0, KEYS)
    end = client.sent + requests
    for turn in count():
        for act, often in mix or MIX:
            for n in range(often):
                act(client, turn * often + n)
                if client.sent >= end:
                    return
        after_each(client.sent)


def a_lead(number: int) -> dict[str, str]:
    return {"LastName": f"Hopper {number}", "Company": "Navy", "Email": f"grace.{number}@example.com"}


def upsert_many(client: Client, number: int, size: int = 20) -> None:
    """Upsert by a collection; one record in ten is refused."""
    first = number * size
    for start in range(first, first + size, 200):
        numbers = range(start, min(start + 200, first + size))
        records = [{"attributes": {"type": "Lead"}, KEY: f"K-{n % KEYS}", **a_lead(n)} for n in numbers]
        client.send("PATCH", f"{ROOT}/composite/sobjects/Lead/{KEY}", {"records": records})


def upsert_one(client: Client, number: int) -> None:
    client.send("PATCH", f"{ROOT}/sobjects/Lead/{KEY}/K-{number * 7 % KEYS}", a_lead(number))


def compose(client: Client, number: int) -> None:
    """Four upserts, one of them referring to another; every second composite fails whole."""
    parts = [
        {"method": "PATCH", "url": f"{ROOT}/sobjects/Lead/{KEY}/K-{(number + n) % KEYS}", "referenceId": f"p{n}",
         "body": {**a_lead(number), "Title": "@{p0.id}" if n else ""}}
        for n in range(4)
    ]  # fmt: skip
    if number % 2:
        parts.append({"method": "POST", "url": f"{ROOT}/sobjects/Lead", "referenceId": "bad", "body": {}})
    client.send("POST", f"{ROOT}/composite", {"allOrNone": True, "compositeRequest": parts})


def page_through(client: Client, number: int) -> None:
    """A query of several pages, of which the last is not always fetched."""
    url = f"{ROOT}/query?q=SELECT+Id,Name,Email+FROM+Lead+WHERE+LastName+!=+'{number}'"
    body = {"method": "GET", "url": url, "referenceId": "q",
            "httpHeaders": {"Sforce-Query-Options": "batchSize=400"}}  # fmt: skip
    answer = orjson.loads(client.send("POST", f"{ROOT}/composite", {"compositeRequest": [body]}).body)
    found = answer["compositeResponse"][0]["body"]
    if number % 2 and "nextRecordsUrl" in found:
        client.send("GET", found["nextRecordsUrl"])


def describe(client: Client, number: int) -> None:
    client.send("GET", f"{ROOT}/sobjects/{('Lead', 'Contact', 'Event')[number % 3]}/describe")


def refuse(client: Client, number: int) -> None:
    """A record that is refused, each time with other content."""
    client.send("POST", f"{ROOT}/sobjects/Lead", {"LastName": f"{number}", "Email": f"no address {number}"})


def look_up(client: Client, number: int) -> None:
    client.send("GET", f"{ROOT}/query?q=SELECT+Id+FROM+Lead+WHERE+{KEY}='K-{number % (2 * KEYS)}'")


def get_lost(client: Client, number: int) -> None:
    client.send("GET", f"{ROOT}/nothing/{number}" if number % 2 else f"/nowhere/{number}")


def ask_limits(client: Client, _number: int) -> None:
    client.send("GET", f"{ROOT}/limits")


def sign_in_again(client: Client, _number: int) -> None:
    client.sign_in()


def suffer(client: Client, number: int) -> None:
    """One fault, set for one request."""
    effect = EFFECTS[number % len(EFFECTS)]
    client.org.set_faults(Fault(effect=effect, match=Match(object="Lead"), latency=timedelta(seconds=1)))
    upsert_one(client, number)
    client.org.set_faults()


MIX: Mix = (
    (upsert_many, 2),
    (page_through, 1),
    (describe, 1),
    (compose, 5),
    (suffer, 15),
    (upsert_one, 60),
    (look_up, 40),
    (refuse, 60),
    (sign_in_again, 15),
    (get_lost, 70),
    (ask_limits, 220),
)


def report(requests: int) -> None:
    """Run the mix and print, ten times, how much memory the process and the org's own objects take."""
    client, started, step = Client(Org()), time.perf_counter(), max(requests // STEPS, 1)
    tracemalloc.start()
    sys.stdout.write(f"{'requests':>12} {'seconds':>9} {'RSS MiB':>9} {'traced KiB':>12}\n")

    def show(due: int) -> None:
        gc.collect()
        traced = tracemalloc.get_traced_memory()[0] / 1024
        seconds = time.perf_counter() - started
        sys.stdout.write(f"{due:12,} {seconds:9.1f} {resident() / 2**20:9.1f} {traced:12,.0f}\n")
        sys.stdout.flush()

    marks = iter(range(step, step * (STEPS + 1), step))
    mark = next(marks, None)

    def after_each(sent: int) -> None:
        nonlocal mark
        if mark is not None and sent >= mark:
            show(sent)
            mark = next(marks, None)

    run(client, requests, after_each=after_each)
    if mark is not None:
        show(client.sent)


def resident() -> int:
    """Bytes of this process that are in memory."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096
