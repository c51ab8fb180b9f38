"""The distribution for other services: built, installed where nothing else is, publishing to a real worker."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.broker import broker_environment
from tests.servers import running_org, running_redis, running_worker

_PRODUCERS = Path(__file__).parents[2] / "producers"

_LONGEST_SECONDS = 60.0

_SERVICE = """
import sys
from datetime import datetime, timezone
from bookforce_producer.contract import Booking, BookingEvent, Customer, Kind
from bookforce_producer.publish import publish, publish_many

def event(n):
    customer = Customer(name="Lea Marin", email=f"lea{n}@acme.example")
    booking = Booking(id=f"OURS-{n}", starts_at="2027-03-04T15:30:00Z", duration_minutes=30, customer=customer)
    at = datetime(2027, 3, 1, tzinfo=timezone.utc)
    return BookingEvent(event_id=f"DELIVERY-{n}", kind=Kind.SCHEDULED, occurred_at=at, booking=booking)

print([publish(event(1)), *publish_many([event(1), event(2), event(3)])])
"""

_ABSENT = """
import importlib.util
names = "rules config worker producers fastapi requests simple_salesforce cryptography structlog".split()
print([name for name in names if importlib.util.find_spec(name)])
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The Python of an environment with the wheel and what it requires, and nothing else."""
    folder = tmp_path_factory.mktemp("service")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=_PRODUCERS)
    (wheel,) = folder.glob("bookforce_producer-*.whl")
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    _pip(python, "install", "--no-index", "--no-deps", str(wheel))
    _copy_requirements(python)
    _pip(python, "check")
    yield python
    shutil.rmtree(folder)


def test_a_service_publishes_to_a_worker_with_the_wheel_alone(service: Path, tmp_path: Path) -> None:
    assert _run(str(service), "-c", _ABSENT) == "[]"
    with running_redis(tmp_path) as url, running_org(tmp_path) as org:
        environment = {"BOOKFORCE_REDIS_URL": url, "BOOKFORCE_LOG_FORMAT": "json", **broker_environment()}
        with running_worker(tmp_path, environment | org.environment()):
            assert _run(str(service), "-c", _SERVICE, environment=environment) == "[True, False, True, True]"
            deadline = time.monotonic() + _LONGEST_SECONDS
            while len(emails := _emails(org.control("GET", "/records/Lead"))) < 3:
                assert time.monotonic() < deadline, (tmp_path / "worker.log").read_text()[-3000:]
                time.sleep(0.1)
    assert emails == ["lea1@acme.example", "lea2@acme.example", "lea3@acme.example"]


def test_the_wheel_prints_the_json_schema_of_the_contract(service: Path) -> None:
    schema = json.loads(_run(str(service), "-m", "bookforce_producer.schema"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["required"]) == {"event_id", "kind", "occurred_at", "booking"}


def test_the_wheel_is_typed_and_has_its_lua_script(service: Path) -> None:
    (package,) = service.parents[1].glob("lib/python*/site-packages/bookforce_producer")
    names = {str(path.relative_to(package)) for path in package.rglob("*")}
    assert {"py.typed", "lua/publish.lua", "contract.py"} <= names
    assert not any(name.startswith("intake") for name in names)


def test_keys_without_the_package_that_encrypts_are_told(service: Path) -> None:
    program = """
from bookforce_producer.cipher import BadKeys, Cipher, new_key
try:
    Cipher.from_environment({"BOOKFORCE_JOURNAL_KEYS": new_key()})
except BadKeys as error:
    print(error)
"""
    said = "BOOKFORCE_JOURNAL_KEYS is set: install bookforce-producer[encryption], which has cryptography"
    assert _run(str(service), "-c", program) == said


def test_the_wheel_requires_what_the_broker_needs_in_every_release_of_celery(service: Path) -> None:
    requires = [Requirement(text) for text in _metadata(service).requires or []]
    extras = {requirement.name: requirement.extras for requirement in requires}
    # Kombu 5.7 names what its Redis transport imports in that extra alone: without it, publish() raises there.
    assert extras["celery"] == {"redis"}


def _emails(records: object) -> list[str]:
    return sorted(record["Email"] for record in cast("list[dict[str, Any]]", records))


def _copy_requirements(python: Path) -> None:
    """What the wheel says that it requires, as it is installed here: no index is needed, and no more gets in."""
    (site,) = python.parents[1].glob("lib/python*/site-packages")
    for found in _closure(_metadata(python)):
        for file in found.files or []:
            source = Path(str(found.locate_file(file)))
            if ".." not in file.parts and source.is_file():
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, site / file)


def _metadata(python: Path) -> Distribution:
    (metadata,) = python.parents[1].glob("lib/python*/site-packages/bookforce_producer-*.dist-info")
    return Distribution.at(metadata)


def _closure(root: Distribution) -> list[Distribution]:
    """The distributions that this one requires without extras, and those that these require."""
    found: dict[str, Distribution] = {}
    open_ends = [(root, frozenset[str]())]
    while open_ends:
        here, extras = open_ends.pop()
        for text in here.requires or []:
            requirement = Requirement(text)
            name = canonicalize_name(requirement.name)
            if name not in found and _applies(requirement, extras):
                found[name] = distribution(name)
                open_ends.append((found[name], frozenset(requirement.extras)))
    return list(found.values())


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": each}) for each in ("", *extras))


def _pip(python: Path, *arguments: str) -> None:
    _run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", str(python), *arguments)


def _run(*command: str, cwd: Path = Path("/"), environment: Mapping[str, str] | None = None) -> str:
    """What it prints. The environment of this process's bookforce does not reach it."""
    env = {name: value for name, value in os.environ.items() if not re.match("BOOKFORCE_|PYTHONPATH$", name)}
    done = subprocess.run(  # noqa: S603 - commands of ours
        command, cwd=cwd, env=env | dict(environment or {}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
