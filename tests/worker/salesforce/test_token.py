"""What the answers to a log-in mean: a token, a closed door, or a door that opens again by itself."""

import io
import json

import fakeredis
import pytest
import requests
from pydantic import SecretStr
from requests.adapters import BaseAdapter

from config.settings import Connection
from worker.errors import Disconnected, SyncError, Transient
from worker.salesforce.session import SalesforceSession

URL = "https://acme.my.salesforce.example"


class Door(BaseAdapter):
    """Answers every log-in with the same refusal."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__()
        self.body = {"error": code, "error_description": description}

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]
        response = requests.Response()
        response.status_code, response.request, response.url = 400, request, str(request.url)
        response.raw = io.BytesIO(json.dumps(self.body).encode())
        return response

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        ("invalid_client", "invalid client credentials", Disconnected),
        ("invalid_grant", "user hasn't approved this consumer", Disconnected),
        ("invalid_grant", "Login Rate Exceeded", Transient),
        ("LOGIN_RATE_EXCEEDED", "", Transient),
        ("rate_limit_exceeded", "", Transient),
        ("temporarily_unavailable", "", Transient),
    ],
)
def test_too_many_log_ins_pass_and_wrong_credentials_do_not(code: str, description: str, kind: type[SyncError]) -> None:
    connection = Connection(
        salesforce_login_url=URL, salesforce_client_id="client", salesforce_client_secret=SecretStr("secret")
    )
    session = SalesforceSession(fakeredis.FakeRedis(decode_responses=True), "test", connection)
    session.tokens.http.mount("https://", Door(code, description))
    with pytest.raises(SyncError) as caught:
        session.get("limits")
    session.close()
    assert type(caught.value) is kind
    assert caught.value.code == code
