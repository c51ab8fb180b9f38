"""One run: Redis, the simulated org, a worker and the intake as in the Procfile, and requests at a fixed rate."""

import asyncio
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from redis import Redis

from producers.signatures import Source
from tests.bench.events import scheduled
from tests.load.client import Answer, Client, a_request
from tests.load.web import running_web
from tests.producers.bodies import a_form, a_webhook
from tests.producers.webhooks import raw, signed
from tests.servers import SimulatedOrg, running_org, running_redis, running_worker
from worker.journal import Journal

KEY, SECRET = "key-of-the-load-test", "secret-of-the-load-test"

_SETTLE_SECONDS = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Seconds, and how many: `lost` were answered with 2xx and are not in Salesforce."""

    sent: int
    statuses: dict[int, int]
    per_second: float
    p50: float
    p99: float
    longest: float
    connections: int
    settled_after: float
    lost: int


def measure(folder: Path, *, rate: int, seconds: int, workers: int) -> Report:
    """Send for that long, then wait until everything is settled."""
    with running_redis(folder) as url, running_org(folder) as org:
        environment = {"BOOKFORCE_REDIS_URL": url, "BOOKFORCE_LOG_FORMAT": "json", **org.environment()}
        environment |= {"BOOKFORCE_INTAKE_KEYS": KEY, "BOOKFORCE_ONCEHUB_SECRETS": SECRET}
        with running_worker(folder, environment, concurrency=workers), running_web(folder, environment) as port:
            journal = Journal(Redis.from_url(url, decode_responses=True), "default")
            warm = asyncio.run(_send(port, _requests(100, "warm"), rate=50))[0]
            _await_settled(journal, len(warm))
            requests_ = _requests(rate * seconds, "load")
            start = time.perf_counter()
            answers, connections = asyncio.run(_send(port, requests_, rate=rate))
            took = time.perf_counter() - start
            accepted = sum(answer.status in {200, 202} for answer in answers)
            _await_settled(journal, len(warm) + accepted)
            settled_after = time.perf_counter() - start - took
            lost = len(warm) + accepted - len(_emails(org))
    times = sorted(answer.seconds for answer in answers)
    return Report(
        sent=len(answers),
        statuses=dict(Counter(answer.status for answer in answers)),
        per_second=len(answers) / took,
        p50=statistics.median(times),
        p99=times[int(len(times) * 0.99)],
        longest=times[-1],
        connections=connections,
        settled_after=settled_after,
        lost=lost,
    )


def _requests(number: int, series: str) -> list[bytes]:
    """Of each ten seven canonical events with a key and three signed webhooks, every one of another customer."""
    return [_webhook(n, series) if n % 10 > 6 else _canonical(n, series) for n in range(number)]


def _canonical(n: int, series: str) -> bytes:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    return a_request("/bookings", headers, scheduled(series, n).model_dump_json(exclude_none=True).encode())


def _webhook(n: int, series: str) -> bytes:
    form = a_form(email=f"customer{n}@{series}.example", company=f"Company {series} {n}")
    body = raw(a_webhook(id=f"BKNG-{series}-{n}", form_submission=form) | {"id": f"EVNT-{series}-{n}"})
    return a_request("/webhooks/oncehub", signed(Source.ONCEHUB, body, SECRET), body)


async def _send(port: int, requests_: list[bytes], *, rate: int) -> tuple[list[Answer], int]:
    """Each when it is due, whether or not the ones before are answered."""
    client = Client("127.0.0.1", port)
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.1
    tasks = []
    for n, request in enumerate(requests_):
        due = start + n / rate
        await asyncio.sleep(max(due - loop.time(), 0))
        tasks.append(asyncio.create_task(client.send(request, due)))
    answers = await asyncio.gather(*tasks)
    client.close()
    return answers, client.opened


def _await_settled(journal: Journal, number: int) -> None:
    deadline = time.monotonic() + _SETTLE_SECONDS
    while (counts := journal.counts())["synced"] < number:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{number} bookings were accepted, and {_SETTLE_SECONDS:.0f} s later: {counts}")
        time.sleep(0.5)


def _emails(org: SimulatedOrg) -> set[str]:
    return {lead["Email"] for lead in cast("list[dict[str, Any]]", org.control("GET", "/records/Lead"))}
