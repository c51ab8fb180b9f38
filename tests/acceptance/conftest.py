"""What the acceptance tests with other people's Python clients share."""

from collections.abc import Iterator

import pytest
import requests

from tests.simulator.server import RunningOrg


@pytest.fixture(name="session")
def session_fixture(running_org: RunningOrg) -> Iterator[requests.Session]:
    """A session for a client to use, which trusts the shared org and no proxy."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(running_org.ca_file)
        yield session
