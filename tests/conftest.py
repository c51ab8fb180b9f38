"""Servers that many tests share: one Redis and one simulated org a run."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from config.settings import PREFIX
from tests.broker import CHOICES
from tests.rabbitmq import MISSING, is_installed
from tests.rig import Rig
from tests.servers import running_redis
from tests.simulator.org import Org
from tests.simulator.server import RunningOrg, serve

# Rich takes the width once, when its console is made; each test says how wide its terminal is.
os.environ.pop("COLUMNS", None)

# Before any module of ours is imported, let alone a worker started: what the shell is set up for is not what is tested.
for _variable in [name for name in os.environ if name.startswith(PREFIX)]:
    del os.environ[_variable]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--broker", choices=CHOICES, default=CHOICES[0], help="what carries the messages in the acceptance tests"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--broker") == "rabbitmq" and not is_installed():
        raise pytest.UsageError(MISSING)


@pytest.fixture(scope="session")
def shared_redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis, the same for all tests."""
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="module")
def redis_url(shared_redis_url: str) -> Iterator[str]:
    """Each test has a connection of its own. Emptied behind a module: looks at all keys would take ever longer."""
    yield shared_redis_url
    with Redis.from_url(shared_redis_url) as redis:
        redis.flushall()


@pytest.fixture(scope="session")
def shared_org() -> Iterator[RunningOrg]:
    """The simulated org over TLS, in a thread; production code trusts it as REQUESTS_CA_BUNDLE says."""
    with serve(Org()) as running, pytest.MonkeyPatch.context() as environment:
        environment.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running


@pytest.fixture
def running_org(shared_org: RunningOrg) -> RunningOrg:
    """The shared org, empty and as configured at first."""
    pristine = Org().state.settings
    shared_org.org.state.settings = pristine
    shared_org.org.reset()
    return shared_org


@pytest.fixture
def make_rig(redis_url: str, running_org: RunningOrg, tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    """Rigs with the setup and settings given; their connections are closed at the end."""
    made: list[Rig] = []

    def make(setup: str = "", **settings: Any) -> Rig:
        made.append(Rig(redis_url, running_org, tmp_path, setup, **settings))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    """A rig with the setup as shipped."""
    return make_rig()
