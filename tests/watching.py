"""Flower and the metrics as operators start them, on free ports."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.servers import DidNotStart, free_port, running

_PATIENCE_SECONDS = 30.0

_COMMAND = (sys.executable, "-c", "from worker.bookforce import main; main()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flower:
    """Where it is and how to get in."""

    url: str
    user: str
    password: str

    def get(self, path: str) -> requests.Response:
        """A page or an answer of the API."""
        return requests.get(f"{self.url}{path}", auth=(self.user, self.password), timeout=10)


@contextmanager
def running_flower(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Flower]:
    """Celery's dashboard, on this machine alone, with the password that it made. Raises DidNotStart."""
    log, url = folder / "flower.log", f"http://127.0.0.1:{(port := free_port())}"
    log.write_bytes(b"")
    with running([*_COMMAND, "flower", "--port", str(port)], log=log, environment=environment) as process:
        _await("Flower", f"{url}/healthcheck", process, log)
        yield Flower(url=url, user="bookforce", password=_made_password(log))


@contextmanager
def running_metrics(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address that Prometheus reads. Raises DidNotStart."""
    log, url = folder / "metrics.log", f"http://127.0.0.1:{(port := free_port())}/metrics"
    with running([*_COMMAND, "metrics", "--port", str(port)], log=log, environment=environment) as process:
        _await("the metrics", url, process, log)
        yield url


def _made_password(log: Path) -> str:
    """What it printed at its start; nothing where the environment sets one."""
    line = next((line for line in log.read_text().splitlines() if "password until it ends is" in line), "")
    return line.partition(" is ")[2].partition(" ")[0]


def _await(what: str, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers, be it that it asks who we are."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart(f"{what} did not start; its output is in {log}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        requests.get(url, timeout=1)
    except requests.RequestException:
        return False
    return True
