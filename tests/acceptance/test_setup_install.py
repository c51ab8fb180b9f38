"""`bookforce setup` and `setup install` as an administrator runs them, against a bare simulated org over TLS."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from redis import Redis

from producers.publish import Publisher
from tests.broker import broker_environment, broker_url
from tests.builders import an_event
from tests.servers import SimulatedOrg, free_port, running_org, running_redis, running_worker
from worker.journal import Journal
from worker.salesforce.soql import select

BOOKFORCE = str(Path(sys.executable).with_name("bookforce"))

KEY = "Bookforce_Booking_Id__c"
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An administrator's shell: an empty folder, a Redis, a bare org."""

    folder: Path
    redis_url: str
    org: SimulatedOrg

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "BOOKFORCE_REDIS_URL": self.redis_url,
            "BOOKFORCE_LOG_FORMAT": "json",
            **broker_environment(),
            **self.org.environment(),
        }

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        with started(self.folder, {**self.environment, **changes}, *arguments) as process:
            stdout, stderr = process.communicate(timeout=60)
        assert "Traceback" not in stdout + stderr
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def state(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.org.control("GET", "/state"))

    def set(self, **settings: object) -> None:
        self.org.control("POST", "/settings", settings)

    def fault(self, *faults: Mapping[str, object]) -> None:
        self.org.control("POST", "/faults", list(faults))


def started(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    """The command in a shell that knows nothing but these variables."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOOKFORCE_")}
    return subprocess.Popen(  # noqa: S603 - our own command
        [BOOKFORCE, *arguments],
        cwd=folder,
        env={**plain, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A test run started in the background passes an ignored SIGINT on, and then nothing could interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )


@pytest.fixture
def desk(redis_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A Redis database of its own, so that nothing is shared with others."""
    with running_redis(tmp_path) as url, running_org(tmp_path, "--bare") as org:
        assert redis_url != url
        yield Desk(folder=tmp_path, redis_url=url, org=org)


def until(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def steps_of(result: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {step["step"]: step for step in json.loads(result.stdout)}


def delete_field(desk: Desk, object_name: str, name: str) -> None:
    """What an administrator does on the object's page in the org's setup."""
    org = desk.org
    login = {"grant_type": "client_credentials", "client_id": org.client_id, "client_secret": org.client_secret}
    token = requests.post(f"{org.url}/services/oauth2/token", data=login, verify=org.ca_file, timeout=30).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    root = f"{org.url}/services/data/v62.0/tooling"
    asked = {"q": select(["Id", "TableEnumOrId"], "CustomField", {"DeveloperName": {name.removesuffix("__c")}})}
    found = requests.get(f"{root}/query", params=asked, headers=headers, verify=org.ca_file, timeout=30).json()
    (field,) = (row["Id"] for row in found["records"] if row["TableEnumOrId"] == object_name)
    gone = requests.delete(f"{root}/sobjects/CustomField/{field}", headers=headers, verify=org.ca_file, timeout=30)
    assert gone.status_code == 204


def test_a_bare_org_is_installed_once_and_then_takes_bookings(desk: Desk) -> None:
    before = desk.run("setup")
    assert before.returncode == 1
    assert f"Lead.{KEY} is missing or hidden from the API user" in before.stdout
    assert "bookforce setup install" in before.stdout
    assert "Field mapping: waits for Installation" in before.stdout

    dry = desk.run("setup", "install", "--dry-run", "--json")
    assert dry.returncode == 0
    planned = json.loads(dry.stdout)
    assert [len(planned[name]) for name in ("there", "plan", "done", "problems")] == [0, 19, 0, 0]
    assert "FieldPermissions" not in desk.state()["written"]

    first = desk.run("setup", "install")
    assert first.returncode == 0
    assert f"done field Activity.{KEY}" in first.stdout
    assert "Creation rules: ready" in first.stdout

    written = desk.state()["written"]
    second = desk.run("setup", "install")
    assert second.returncode == 0
    assert "Everything is installed: nothing to do." in second.stdout
    assert desk.state()["written"] == written

    after = desk.run("setup", "--json")
    assert after.returncode == 0
    assert {step["state"] for step in steps_of(after).values()} == {"ready"}

    redis = Redis.from_url(desk.redis_url, decode_responses=True)
    Publisher.connect(desk.redis_url, broker_url(desk.redis_url)).publish(an_event())
    with running_worker(desk.folder, desk.environment):
        until(lambda: Journal(redis, "default").counts()["synced"] == 1)
    redis.close()
    (event,) = cast("list[dict[str, Any]]", desk.org.control("GET", "/records/Event"))
    assert (event[KEY], event["Event_status__c"]) == ("BKNG-1", "Scheduled")


def test_an_org_that_denies_the_rights_has_them_named(desk: Desk) -> None:
    desk.set(customize_application=False)
    denied = desk.run("setup", "install")
    assert denied.returncode == 1
    assert "the API user lacks the right 'Customize Application'" in denied.stdout
    assert "next: give the API user 'Customize Application' under System Permissions" in denied.stdout
    desk.set(customize_application=True)
    assert desk.run("setup", "install").returncode == 0


TEXT = {"label": "x", "external_id": True, "unique": True, "length": 255}


def give_keys(desk: Desk, **lead: object) -> None:
    """Keys of the org's own making; that of Lead with these changes."""
    for home in ("Activity", "Lead", "Contact", "Case"):
        shape = {"case_sensitive": True} | (lead if home == "Lead" else {})
        desk.org.control("POST", "/fields", {"object": home, "name": KEY, **TEXT, **shape})
    desk.org.control("POST", "/fields", {"object": "Account", "name": "Bookforce_Account_Key__c", **TEXT})


def test_fields_that_only_a_person_can_mend_are_not_called_installed(desk: Desk) -> None:
    give_keys(desk, unique=False)
    assert desk.run("setup", "install").returncode == 1
    again = desk.run("setup", "install", "--dry-run")
    assert again.returncode == 1
    assert f"error: Lead.{KEY} is not a unique external id" in again.stdout
    assert "Everything is installed" not in again.stdout
    assert desk.run("setup", "install", "--dry-run", "--json").returncode == 1


def test_a_warning_is_no_failure_of_the_installation(desk: Desk) -> None:
    give_keys(desk, case_sensitive=False)
    assert desk.run("setup", "install").returncode == 0
    again = desk.run("setup", "install")
    assert again.returncode == 0
    assert f"warning: Lead.{KEY} does not tell capitals from small letters" in again.stdout
    assert "Everything is installed: nothing to do." in again.stdout
    assert desk.run("setup", "install", "--json").returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_is_narrow_and_not_utf_8_is_told_all(desk: Desk, encoding: str) -> None:
    plan = desk.run("setup", "install", "--dry-run", COLUMNS="40", PYTHONIOENCODING=encoding)
    cells = [line[1:].split("|")[0].strip() for line in plan.stdout.splitlines() if line.startswith("|")]
    assert "fieldActivity.Cancel_reschedule_reason__c" in "".join(cells)
    assert desk.run("setup", "install", PYTHONIOENCODING=encoding).returncode == 0
    assert len(json.loads(desk.run("setup", "--json", PYTHONIOENCODING=encoding).stdout)) == 5


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("FieldPermissions", "Manage Profiles and Permission Sets"),
        ("PermissionSetAssignment", "Assign Permission Sets"),
    ],
)
def test_an_installation_that_breaks_off_is_gone_on_with(desk: Desk, path: str, right: str) -> None:
    refusal = {"effect": "error", "status": 403, "errorCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "no"}
    desk.fault(refusal | {"match": {"path_contains": f"sobjects/{path}"}})
    broken = desk.run("setup", "install", "--json")
    assert broken.returncode == 1
    (problem,) = json.loads(broken.stdout)["problems"]
    assert f"the API user lacks the right {right!r}" in problem["message"]
    assert json.loads(broken.stdout)["setup"] == []
    done = json.loads(broken.stdout)["done"]
    desk.fault()
    resumed = json.loads(desk.run("setup", "install", "--json").stdout)
    assert resumed["there"] == done
    assert len(resumed["done"]) == 19 - len(done)
    assert {step["state"] for step in resumed["setup"]} == {"ready"}


def test_a_field_that_is_removed_is_found_with_the_bookings_and_installed_again(desk: Desk) -> None:
    assert desk.run("setup", "install").returncode == 0
    Publisher.connect(desk.redis_url, broker_url(desk.redis_url)).publish(an_event())
    delete_field(desk, "Lead", KEY)
    found = desk.run("setup", "--json")
    assert found.returncode == 1
    installation = steps_of(found)["installation"]
    (finding,) = installation["findings"]
    assert finding["message"] == f"Lead.{KEY} is missing or hidden from the API user"
    assert finding["would_hit"] == {"pending": ["BKNG-1"], "upcoming": [], "complete": True}
    assert "would hit 1 pending and 0 upcoming bookings" in desk.run("setup").stdout
    again = json.loads(desk.run("setup", "install", "--json").stdout)
    assert again["done"] == [f"field Lead.{KEY}", f"permission to edit Lead.{KEY}"]
    assert {step["state"] for step in again["setup"]} == {"ready"}


def test_a_mapped_field_that_is_lost_is_found_without_any_booking_by_the_workers_own_look(desk: Desk) -> None:
    assert desk.run("setup", "install").returncode == 0
    log = desk.folder / "worker.log"
    with running_worker(desk.folder, {**desk.environment, "BOOKFORCE_SETUP_RECHECK_HOURS": "0.0001"}):
        until(lambda: "setup.stage_done" in log.read_text())
        desk.set(hidden_fields=["Lead.Phone"])
        until(lambda: "Lead.Phone does not exist or is hidden from the API user" in log.read_text())
    assert "Traceback" not in log.read_text()


def test_a_fresh_shell_is_told_which_variable_to_set(tmp_path: Path) -> None:
    for arguments in (("setup",), ("setup", "install")):
        with started(tmp_path, {}, *arguments) as process:
            stdout, stderr = process.communicate(timeout=60)
        assert (process.returncode, stdout) == (2, "")
        assert stderr.startswith("bookforce: BOOKFORCE_SALESFORCE_LOGIN_URL: not set; expected https://")
        assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"BOOKFORCE_SALESFORCE_CLIENT_SECRET": "wrong"}, "check BOOKFORCE_SALESFORCE_CLIENT_SECRET"),
        ({"BOOKFORCE_SALESFORCE_LOGIN_URL": "https://localhost:1"}, "cannot be reached (connection refused)"),
        ({"REQUESTS_CA_BUNDLE": "/nowhere.pem"}, "REQUESTS_CA_BUNDLE names a file that is not there"),
    ],
    ids=["wrong secret", "org away", "no certificate"],
)
def test_a_connection_that_does_not_work_is_one_finding(desk: Desk, changes: dict[str, str], says: str) -> None:
    for arguments in (("setup",), ("setup", "install")):
        result = desk.run(*arguments, **changes)
        assert result.returncode == 1
        assert says in result.stdout
        assert "next: " in result.stdout


def test_a_redis_that_is_away_is_one_sentence(desk: Desk) -> None:
    result = desk.run("setup", BOOKFORCE_REDIS_URL=f"redis://localhost:{free_port()}/0")
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert "does not answer (connection refused)" in result.stderr


def test_a_setup_file_that_is_wrong_is_named_with_the_key(desk: Desk) -> None:
    (desk.folder / "bookforce.toml").write_text('[matching]\nprefr = "lead"\n')
    for arguments in (("setup",), ("setup", "install")):
        result = desk.run(*arguments)
        assert result.returncode == 1
        assert "bookforce.toml: matching.prefr: no such option (did you mean 'prefer'?)" in result.stdout


def test_wrong_usage_ends_with_2(desk: Desk) -> None:
    for arguments in ("setup --jsn", "setup -c nobody", "setup --json install", "setup instal"):
        result = desk.run(*arguments.split())
        assert (result.returncode, result.stdout) == (2, "")
        assert "Error" in result.stderr


def test_a_terminal_shows_the_steps_as_they_go(desk: Desk) -> None:
    leader, follower = os.openpty()
    desk.fault({"effect": "latency", "match": {"path_contains": "composite"}, "latency_ms": 1500})
    environment = {**os.environ, **desk.environment, "TERM": "xterm", "COLUMNS": "100", "LINES": "50"}
    with subprocess.Popen(  # noqa: S603 - our own command
        [BOOKFORCE, "setup"], cwd=desk.folder, env=environment, stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        first = os.read(leader, 65536).decode(errors="replace")
        shown = first + "".join(read_to_end(leader))
    os.close(leader)
    assert process.returncode == 1
    assert "1 API connection" in shown[: shown.index("not ready")]
    assert "not ready" not in first
    assert "not ready" in shown


def read_to_end(terminal: int) -> Iterator[str]:
    """What comes until the other side is closed, which a pseudo-terminal tells by an error."""
    while True:
        try:
            yield os.read(terminal, 65536).decode(errors="replace")
        except OSError:
            return


def test_ctrl_c_ends_it_with_one_sentence(desk: Desk) -> None:
    desk.fault({"effect": "latency", "match": {"path_contains": "composite"}, "latency_ms": 10_000})
    with started(desk.folder, desk.environment, "setup") as process:
        until(lambda: desk.state()["requests"] > 0)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stderr == "bookforce: interrupted; what was done so far stays done\n"
