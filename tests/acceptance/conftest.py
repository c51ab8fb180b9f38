"""What the acceptance tests share: the broker of the run, and a session for other people's Python clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.broker import forget_messages, rabbitmq_as_broker
from tests.rabbitmq import RabbitMQ
from tests.simulator.server import RunningOrg


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is about RabbitMQ alone is no part of a run without it."""
    is_about_rabbitmq = collection_path.name == "test_rabbitmq.py"
    return True if is_about_rabbitmq and config.getoption("--broker") != "rabbitmq" else None


@pytest.fixture(scope="session")
def rabbitmq(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ | None]:
    """The broker of all tests where the run says `--broker rabbitmq`."""
    if request.config.getoption("--broker") != "rabbitmq":
        yield None
        return
    with rabbitmq_as_broker(tmp_path_factory.mktemp("rabbitmq")) as node:
        yield node


@pytest.fixture(autouse=True)
def empty_broker(rabbitmq: RabbitMQ | None) -> Iterator[None]:
    """A test's Redis is its own; a RabbitMQ takes too long to start for that, so it is emptied."""
    yield
    if rabbitmq:
        forget_messages(rabbitmq.url)


@pytest.fixture(name="session")
def session_fixture(running_org: RunningOrg) -> Iterator[requests.Session]:
    """A session for a client to use, which trusts the shared org and no proxy."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(running_org.ca_file)
        yield session
