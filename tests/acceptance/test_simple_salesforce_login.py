"""simple-salesforce logs in to the simulated org by itself, and again when its session has expired."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from tests.simulator.server import RunningOrg
from tests.simulator_tests.api import a_lead

MY_DOMAIN = "acme.my"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class MyDomain(HTTPAdapter):
    """Leads to the simulated org what is meant for a My Domain: simple-salesforce logs in at salesforce.com alone."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        asked = urlsplit(request.url or "")
        request.headers["Host"] = asked.netloc
        request.url = asked._replace(netloc=urlsplit(self._url).netloc).geturl()
        return super().send(request, *args, **options)


@pytest.fixture(name="domain")
def domain_fixture(running_org: RunningOrg, session: requests.Session) -> requests.Session:
    session.mount(f"https://{MY_DOMAIN}.salesforce.com/", MyDomain(running_org.url))
    return session


@pytest.fixture(name="by_credentials")
def by_credentials_fixture(running_org: RunningOrg, domain: requests.Session) -> Any:
    return Salesforce(
        consumer_key=running_org.client_id,
        consumer_secret=running_org.client_secret,
        domain=MY_DOMAIN,
        session=domain,
        version="68.0",
    )


@pytest.fixture(name="by_jwt")
def by_jwt_fixture(running_org: RunningOrg, domain: requests.Session) -> Any:
    running_org.org.change(jwt_public_keys=(PUBLIC.decode(),))
    return Salesforce(
        username="ada.rep@vendor.example",
        consumer_key=running_org.client_id,
        privatekey=PRIVATE,
        instance_url=MY_DOMAIN,
        session=domain,
        version="68.0",
    )


@pytest.mark.parametrize("login", ["by_credentials", "by_jwt"])
def test_a_client_that_logged_in_itself_renews_an_expired_session(
    request: pytest.FixtureRequest, running_org: RunningOrg, login: str
) -> None:
    sf: Any = request.getfixturevalue(login)
    assert sf.sf_instance == f"{MY_DOMAIN}.salesforce.com"
    first = sf.session_id
    running_org.org.expire_sessions()
    assert sf.query("SELECT Id FROM Lead")["totalSize"] == 0
    second = sf.session_id
    running_org.org.expire_sessions()
    assert sf.Lead.create(a_lead())["success"] is True
    assert len({first, second, sf.session_id}) == 3


def test_jwt_logs_in_the_user_it_names(by_jwt: Any) -> None:
    assert by_jwt.oauth2("userinfo")["preferred_username"] == "ada.rep@vendor.example"


def test_a_wrong_secret_does_not_log_in(running_org: RunningOrg, domain: requests.Session) -> None:
    with pytest.raises(SalesforceAuthenticationFailed) as failed:
        Salesforce(consumer_key=running_org.client_id, consumer_secret="wrong", domain=MY_DOMAIN, session=domain)
    assert (failed.value.code, failed.value.auth_message) == ("invalid_client", "invalid client credentials")
