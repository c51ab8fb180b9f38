"""Measure the org: python -m tests.simulator.measure prints records a second, query times and bytes kept.

With --requests 1000000 it prints instead how much memory a mix of so many requests takes, step by step.
"""

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import orjson

from tests.simulator import endurance
from tests.simulator.messages import Request
from tests.simulator.org import Org

ROOT = "/services/data/v68.0"
BATCH = 200
STORED = 200_000
REQUESTS = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator.measure", description="Measure the simulated org.")
    parser.add_argument("--requests", type=int, default=0, help="show the memory that so many requests of a mix take")
    requests = parser.parse_args().requests
    if requests:
        endurance.report(requests)
    else:
        measure()


def measure() -> None:
    org = Org()
    headers = sign_in(org)
    report("collections upsert, new", *timed(lambda: upsert_leads(org, headers, 0, STORED)), "records")
    report("collections upsert, known", *timed(lambda: upsert_leads(org, headers, 0, 20_000)), "records")
    report("collections create, Events", *timed(lambda: create_events(org, headers, 20_000)), "records")
    report("composite of 25 upserts", *timed(lambda: composites(org, headers, 200)), "records")
    report(f"query: 600 keys over {STORED:,} Leads", *timed(lambda: queries(org, headers, 50)), "queries")
    report("smallest data call", *timed(lambda: small_calls(org, headers, REQUESTS)), "calls")
    report_memory(org, headers)


def sign_in(org: Org) -> dict[str, str]:
    settings = org.state.settings
    form = f"grant_type=client_credentials&client_id={settings.client_id}&client_secret={settings.client_secret}"
    answer = org.handle(Request("POST", "/services/oauth2/token", {}, form.encode()))
    org.change(daily_limit=10**9)
    return {"Authorization": f"Bearer {orjson.loads(answer.body)['access_token']}", "Sforce-Auto-Assign": "FALSE"}


def send(org: Org, headers: dict[str, str], method: str, path: str, body: Any = None) -> Any:
    payload = b"" if body is None else orjson.dumps(body)
    answer = org.handle(Request(method, ROOT + path, headers, payload))
    assert answer.status < 300, answer.body
    return orjson.loads(answer.body)


def a_lead(number: int) -> dict[str, Any]:
    return {
        "attributes": {"type": "Lead"},
        "Bookforce_Booking_Id__c": f"BKNG-{number}",
        "FirstName": "Grace",
        "LastName": f"Hopper {number}",
        "Company": "Example Corp",
        "Email": f"Grace.{number}@example.com",
        "Phone": "+44 20 7946 0000",
        "LeadSource": "Web",
        "Description": "Wants to know what it costs.",
    }


def upsert_leads(org: Org, headers: dict[str, str], first: int, count: int) -> int:
    for start in range(first, first + count, BATCH):
        body = {"allOrNone": False, "records": [a_lead(number) for number in range(start, start + BATCH)]}
        send(org, headers, "PATCH", "/composite/sobjects/Lead/Bookforce_Booking_Id__c", body)
    return count


def create_events(org: Org, headers: dict[str, str], count: int) -> int:
    who = next(iter(org.state.records.tables["Lead"].rows))
    event = {
        "attributes": {"type": "Event"},
        "Subject": "Demo",
        "WhoId": who,
        "StartDateTime": "2026-11-22T10:00:00+00:00",
        "EndDateTime": "2026-11-22T10:30:00Z",
    }
    for _ in range(count // BATCH):
        send(org, headers, "POST", "/composite/sobjects", {"records": [event] * BATCH})
    return count


def composites(org: Org, headers: dict[str, str], count: int) -> int:
    for start in range(0, count * 25, 25):
        parts = [
            {
                "method": "PATCH",
                "url": f"{ROOT}/sobjects/Lead/Bookforce_Booking_Id__c/BKNG-{number}",
                "referenceId": f"r{number}",
                "body": {"Title": "Admiral"},
                "httpHeaders": {"Sforce-Auto-Assign": "FALSE"},
            }
            for number in range(start, start + 25)
        ]
        send(org, headers, "POST", "/composite", {"compositeRequest": parts})
    return count * 25


def queries(org: Org, headers: dict[str, str], count: int) -> int:
    ids = list(org.state.records.tables["Lead"].rows)[:BATCH]
    keys = ",".join(f"'BKNG-{number}'" for number in range(500, 500 + BATCH))
    mails = ",".join(f"'grace.{number}@example.com'" for number in range(900, 900 + BATCH))
    where = f"Id IN ({','.join(map(repr, ids))}) OR Email IN ({mails}) OR Bookforce_Booking_Id__c IN ({keys})"
    url = f"{ROOT}/query?q=SELECT Id, Name, Email, OwnerId FROM Lead WHERE {where}"  # noqa: S608  SOQL of our own making
    body = {"compositeRequest": [{"method": "GET", "url": url, "referenceId": "q"}]}
    for _ in range(count):
        found = send(org, headers, "POST", "/composite", body)["compositeResponse"][0]["body"]
        assert found["totalSize"] == 3 * BATCH, found
    return count


def small_calls(org: Org, headers: dict[str, str], count: int) -> int:
    for _ in range(count):
        send(org, headers, "GET", "/limits")
    return count


def timed(work: Callable[[], int]) -> tuple[int, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def report(name: str, count: int, seconds: float, unit: str) -> None:
    sys.stdout.write(f"{name:42} {count / seconds:12,.0f} {unit}/s {1000 * seconds / count:10.3f} ms each\n")


def report_memory(org: Org, headers: dict[str, str]) -> None:
    """Show that calls leave nothing behind: bytes held more after many of them than after some."""
    small_calls(org, headers, 2_000)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    small_calls(org, headers, REQUESTS)
    after, _ = tracemalloc.get_traced_memory()
    name = f"memory kept by {REQUESTS:,} further calls"
    sys.stdout.write(f"{name:42} {(after - before) / 1024:12,.0f} KiB\n")


if __name__ == "__main__":
    main()
