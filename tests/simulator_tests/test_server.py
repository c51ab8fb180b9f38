import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.server import RunningOrg, serve

COMMAND = [sys.executable, "-m", "tests.simulator"]
PATIENCE = 20.0


@pytest.fixture(name="running", scope="module")
def running_fixture() -> Iterator[RunningOrg]:
    with serve() as running:
        yield running


@contextmanager
def a_session(ca_file: str | Path) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False  # a certificate bundle in the environment would win over ours
        session.verify = str(ca_file)
        yield session


def sign_in(session: requests.Session, place: dict[str, Any]) -> dict[str, str]:
    form = {name: place[name] for name in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
    token = session.post(f"{place['url']}/services/oauth2/token", data=form, timeout=5).json()
    return {"Authorization": f"Bearer {token['access_token']}"}


def place_of(running: RunningOrg) -> dict[str, Any]:
    return {"url": running.url, "client_id": running.client_id, "client_secret": running.client_secret}


@contextmanager
def a_process(*options: str | Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603  our own module
        [*COMMAND, *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()  # before the context waits for its end


def wait_for(path: Path) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} was not written"
        time.sleep(0.02)
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_process_says_where_it_serves_and_stops_cleanly(tmp_path: Path, stop: signal.Signals) -> None:
    ready = tmp_path / "ready.json"
    with a_process("--ready-file", ready) as process:
        place = wait_for(ready)
        assert set(place) == {"url", "ca_file", "client_id", "client_secret", "control_url", "pid"}
        assert (place["pid"], Path(place["ca_file"]).parent) == (process.pid, tmp_path)
        with a_session(place["ca_file"]) as session:
            for url in (place["url"], place["url"].replace("localhost", "127.0.0.1")):
                assert session.get(f"{url}/services/data", timeout=5).status_code == 200
            os.kill(process.pid, stop)
            assert process.wait(PATIENCE) == 0
        assert process.communicate() == ("", "")


def test_process_without_ready_file_prints_the_line() -> None:
    with a_process("--bare") as process:
        assert process.stdout
        place = json.loads(process.stdout.readline())
        with a_session(place["ca_file"]) as session:
            headers = sign_in(session, place)
            url = f"{place['url']}/services/data/v68.0/sobjects/Lead/describe"
            fields = session.get(url, headers=headers, timeout=5).json()["fields"]
        assert not [field["name"] for field in fields if field["custom"]]
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, a_process("--port", str(taken.getsockname()[1])) as process:
        _, complaint = process.communicate(timeout=PATIENCE)
        assert (process.returncode, complaint.count("\n")) == (1, 1)
        assert "cannot listen on 127.0.0.1" in complaint


def test_ready_file_without_a_folder_is_one_line(tmp_path: Path) -> None:
    with a_process("--ready-file", tmp_path / "none" / "ready.json") as process:
        _, complaint = process.communicate(timeout=PATIENCE)
        assert (process.returncode, complaint.count("\n")) == (1, 1)


def test_page_control_and_errors_are_served(running: RunningOrg) -> None:
    with a_session(running.ca_file) as session:
        assert "Simulated Salesforce org" in session.get(running.url, timeout=5).text
        assert session.get(f"{running.control_url}/state", timeout=5).json()["daily_limit"] == 100_000
        assert session.get(f"{running.url}/services/data/v68.0/limits", timeout=5).status_code == 401
        assert session.head(f"{running.url}/services/data", timeout=5).status_code == 200
        assert session.get(f"{running.url}/services/data/v68.0/{'x' * 20_000}", timeout=5).status_code == 414


def test_huge_body_is_refused_without_being_kept(running: RunningOrg) -> None:
    with a_session(running.ca_file) as session:
        headers = sign_in(session, place_of(running))
        url = f"{running.url}/services/data/v68.0/composite"
        reply = session.post(url, data=b"x" * 20_000_000, headers=headers, timeout=20)
        assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "EXCEEDED_MAX_SIZE_REQUEST")


def strike(running: RunningOrg, effect: Effect) -> requests.Response:
    with a_session(running.ca_file) as session:
        headers = sign_in(session, place_of(running))
        body = {"LastName": "Hopper", "Company": "Navy"}
        running.org.set_faults(Fault(effect=effect, latency=timedelta(seconds=0.2), match=Match(times=1)))
        return session.post(f"{running.url}/services/data/v68.0/sobjects/Lead", json=body, headers=headers, timeout=5)


@pytest.mark.parametrize(("effect", "written"), [("drop_before", 0), ("drop_after", 1), ("truncate", 1)])
def test_connections_break_as_the_fault_says(running: RunningOrg, effect: Effect, written: int) -> None:
    running.org.reset()
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        strike(running, effect)
    assert len(running.org.records("Lead")) == written


def test_latency_delays_the_answer(running: RunningOrg) -> None:
    started = time.monotonic()
    assert strike(running, "latency").status_code == 201
    assert time.monotonic() - started > 0.2


def test_gateway_error_is_html(running: RunningOrg) -> None:
    reply = strike(running, "html_503")
    assert (reply.status_code, reply.headers["Content-Type"]) == (503, "text/html;charset=UTF-8")


def test_long_requests_crowd_out_others_until_they_are_answered(running: RunningOrg) -> None:
    org, url = running.org, f"{running.url}/services/data/v68.0"
    org.change(concurrent_limit=2, long_request_after=timedelta(seconds=0.5))
    with a_session(running.ca_file) as session, ThreadPoolExecutor() as pool:
        headers = sign_in(session, place_of(running))
        org.set_faults(Fault(effect="latency", latency=timedelta(seconds=1), match=Match(path_contains="/sobjects")))
        slow = [pool.submit(requests.get, f"{url}/sobjects", headers=headers, timeout=5, verify=str(running.ca_file))
                for _ in range(2)]  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while (refused := session.get(f"{url}/limits", headers=headers, timeout=5)).status_code == 200:
            assert time.monotonic() < deadline, "never refused"
        assert refused.json()[0]["message"] == "ConcurrentPerOrgLongTxn Limit exceeded."
        assert [each.result().status_code for each in slow] == [200, 200]
        assert session.get(f"{url}/limits", headers=headers, timeout=5).status_code == 200
    org.change(concurrent_limit=25, long_request_after=timedelta(seconds=20))
    org.set_faults()
