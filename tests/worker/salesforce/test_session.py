"""Whatever goes wrong in a call becomes an error of ours, and nothing is lost when the session is renewed."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import fakeredis
import pytest
import requests
import structlog
from pydantic import SecretStr
from requests.adapters import BaseAdapter
from simple_salesforce import exceptions
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceBulkV2ExtractError,
    SalesforceBulkV2LoadError,
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceOperationError,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from config.settings import Connection
from producers.keys import prefix
from worker.errors import Disconnected, Rejected, Stale, SyncError, Transient
from worker.salesforce.session import SalesforceSession

URL = "https://acme.my.salesforce.example"
PATH = "/services/data/v62.0"

Answer = tuple[int, object] | Exception


class Org(BaseAdapter):
    """Answers calls with what was laid ready, the last again and again; notes the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = [(200, {})]
        self.calls: list[requests.PreparedRequest] = []
        self.timeouts: list[Any] = []
        self.logins = 0
        self.headers: dict[str, str] = {}

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if request.url and request.url.endswith("/oauth2/token"):
            self.logins += 1
            token = {"access_token": f"token {self.logins}", "instance_url": URL, "id": f"{URL}/id/00D/005"}
            return self._answer(request, 200, token)
        self.calls.append(request)
        self.timeouts.append(kwargs["timeout"])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return self._answer(request, *answer)

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, request: requests.PreparedRequest, status: int, body: object) -> requests.Response:
        response = requests.Response()
        response.status_code = status
        response.request = request
        response.url = str(request.url)
        response.headers.update(self.headers)
        response.raw = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        return response


@pytest.fixture
def org() -> Org:
    return Org()


@pytest.fixture
def redis() -> fakeredis.FakeRedis:
    return fakeredis.FakeRedis(decode_responses=True)


@pytest.fixture
def session(org: Org, redis: fakeredis.FakeRedis) -> Iterator[SalesforceSession]:
    """A session whose transport is the org above."""
    connection = Connection(
        salesforce_login_url=URL, salesforce_client_id="client", salesforce_client_secret=SecretStr("secret")
    )
    made = SalesforceSession(redis, "test", connection)
    made.tokens.http.mount("https://", org)
    yield made
    made.close()


def refusal(code: str, message: str = "") -> list[dict[str, str]]:
    """A body as Salesforce refuses with."""
    return [{"errorCode": code, "message": message}]


def error_of(call: Callable[[], object]) -> SyncError:
    with pytest.raises(SyncError) as caught:
        call()
    return caught.value


def raised(kind: type[SalesforceError], status: int, content: object) -> SalesforceError:
    return kind(URL, status, "composite", content)  # type: ignore[arg-type]


EXCEPTIONS: list[tuple[SalesforceError, type[SyncError]]] = [
    (raised(SalesforceError, 500, refusal("UNKNOWN_EXCEPTION")), Transient),
    (raised(SalesforceMoreThanOneRecord, 300, ["/services/data/v62.0/sobjects/Lead/00Q"]), Stale),
    (raised(SalesforceMalformedRequest, 400, refusal("STRING_TOO_LONG")), Rejected),
    (raised(SalesforceExpiredSession, 401, refusal("INVALID_SESSION_ID")), Disconnected),
    (raised(SalesforceRefusedRequest, 403, refusal("REQUEST_LIMIT_EXCEEDED", "Concurrent")), Transient),
    (raised(SalesforceResourceNotFound, 404, refusal("ENTITY_IS_DELETED")), Stale),
    (raised(SalesforceGeneralError, 503, b"<html>"), Transient),
    (SalesforceAuthenticationFailed("INVALID_LOGIN", "no"), Disconnected),
]


@pytest.mark.parametrize(("exception", "kind"), EXCEPTIONS, ids=[type(row[0]).__name__ for row in EXCEPTIONS])
def test_every_exception_of_simple_salesforce_is_translated(
    session: SalesforceSession, org: Org, exception: SalesforceError, kind: type[SyncError]
) -> None:
    org.answers = [exception]
    error = error_of(lambda: session.get("limits"))
    assert type(error) is kind
    assert error.__cause__ is exception


# Of the Bulk API, which nothing here uses.
BULK = {SalesforceOperationError, SalesforceBulkV2LoadError, SalesforceBulkV2ExtractError}


def test_there_is_no_exception_of_simple_salesforce_that_nobody_looked_at() -> None:
    defined = {kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert defined == {type(exception) for exception, _ in EXCEPTIONS} | BULK


REPEATED, ONCE = 3, 1
BREAKS: list[tuple[Exception, str, int]] = [
    (requests.ConnectTimeout("slow"), "CONNECT_TIMEOUT", REPEATED),
    (requests.ConnectionError("NewConnectionError: refused"), "CONNECTION_BROKEN", REPEATED),
    (requests.ConnectionError("NameResolutionError: who?"), "CONNECTION_BROKEN", REPEATED),
    (requests.ConnectionError("Connection aborted"), "CONNECTION_BROKEN", ONCE),
    (requests.ReadTimeout("slow"), "READ_TIMEOUT", ONCE),
    (requests.exceptions.ChunkedEncodingError("broke off"), "CALL_BROKEN", ONCE),
    (requests.TooManyRedirects("round and round"), "CALL_BROKEN", ONCE),
]


@pytest.mark.parametrize(("exception", "code", "calls"), BREAKS, ids=[repr(row[0]) for row in BREAKS])
def test_a_broken_call_is_transient_and_repeated_at_once_only_if_nothing_was_sent(
    session: SalesforceSession, org: Org, exception: Exception, code: str, calls: int
) -> None:
    org.answers = [exception]
    error = error_of(lambda: session.post("composite", {}))
    assert isinstance(error, Transient)
    assert (error.code, len(org.calls)) == (code, calls)
    assert error.__cause__ is exception


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        pytest.param(requests.exceptions.SSLError("bad certificate"), "TLS_REFUSED", id="certificate"),
        pytest.param(OSError("Could not find a suitable TLS CA certificate bundle"), "NO_CA_BUNDLE", id="no bundle"),
    ],
)
def test_what_a_person_must_mend_of_the_connection_says_so(
    session: SalesforceSession, org: Org, exception: Exception, code: str
) -> None:
    org.answers = [exception]
    error = error_of(lambda: session.post("composite", {}))
    assert isinstance(error, Disconnected)
    assert error.code == code
    assert "REQUESTS_CA_BUNDLE" in error.message


ANSWERS: list[tuple[int, object, str]] = [
    (200, b"{", "BROKEN_ANSWER"),
    (200, b"<html>Welcome to our network</html>", "BROKEN_ANSWER"),
    (500, b"<html>", "HTTP_500"),
    (502, b"Bad gateway", "HTTP_502"),
    (503, b"<html>Down for maintenance</html>", "HTTP_503"),
    (429, b"", "HTTP_429"),
]


@pytest.mark.parametrize(("status", "body", "code"), ANSWERS, ids=[f"{row[0]} {row[2]}" for row in ANSWERS])
def test_an_answer_that_is_not_salesforces_is_transient(
    session: SalesforceSession, org: Org, status: int, body: object, code: str
) -> None:
    org.answers = [(status, body)]
    error = error_of(lambda: session.get("limits"))
    assert (type(error), error.code) == (Transient, code)


def test_an_answer_is_parsed(session: SalesforceSession, org: Org) -> None:
    org.answers = [(200, {"compositeResponse": []})]
    assert session.post("composite", {"allOrNone": False}) == {"compositeResponse": []}
    assert org.calls[0].url == f"{URL}{PATH}/composite"
    assert json.loads(org.calls[0].body or b"") == {"allOrNone": False}


def test_a_next_page_is_read_by_the_address_that_the_page_before_gave(session: SalesforceSession, org: Org) -> None:
    session.next_page(f"{PATH}/query/01g-2000")
    assert org.calls[0].url == f"{URL}{PATH}/query/01g-2000"


def test_every_call_has_a_time_limit(session: SalesforceSession, org: Org) -> None:
    session.get("limits")
    session.post("composite", {})
    assert all(timeout is not None and None not in timeout for timeout in org.timeouts)


EXPIRED: Answer = (401, refusal("INVALID_SESSION_ID", "Session expired or invalid"))


def test_an_expired_session_is_renewed_once_and_the_whole_call_repeated(session: SalesforceSession, org: Org) -> None:
    org.answers = [EXPIRED, (200, {"done": True})]
    assert session.post("composite", {"a": 1}) == {"done": True}
    first, second = org.calls
    assert (first.method, first.url, first.body) == (second.method, second.url, second.body)
    assert [call.headers["Authorization"] for call in org.calls] == ["Bearer token 1", "Bearer token 2"]
    assert org.logins == 2


def test_a_session_that_stays_expired_is_a_closed_door(session: SalesforceSession, org: Org) -> None:
    org.answers = [EXPIRED]
    assert error_of(lambda: session.get("limits")).code == "INVALID_SESSION_ID"
    assert (len(org.calls), org.logins) == (2, 2)


@pytest.mark.parametrize(
    "body", [b"<html>", refusal("INVALID_AUTH_HEADER"), {"error": "x"}], ids=["page", "header", "?"]
)
def test_another_401_does_not_ask_for_a_token(session: SalesforceSession, org: Org, body: object) -> None:
    org.answers = [(401, body)]
    assert isinstance(error_of(lambda: session.get("limits")), Disconnected)
    assert (len(org.calls), org.logins) == (1, 1)


def test_a_token_is_shared(session: SalesforceSession, org: Org, redis: fakeredis.FakeRedis) -> None:
    session.get("limits")
    other = SalesforceSession(redis, "test", session.tokens.connection)
    other.tokens.http.mount("https://", org)
    other.get("limits")
    other.close()
    assert org.logins == 1


@pytest.mark.parametrize(
    ("header", "usage"),
    [
        ("api-usage=18/5000", {"used": "18", "allowed": "5000"}),
        ("api-usage=18/5000; per-app-api-usage=17/250(appName=sample)", {"used": "18", "allowed": "5000"}),
        ("something else", {}),
        ("", {}),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_every_answer_tells_the_orgs_api_calls(
    session: SalesforceSession, org: Org, redis: fakeredis.FakeRedis, header: str, usage: dict[str, str], status: int
) -> None:
    org.headers = {"Sforce-Limit-Info": header}
    org.answers = [(status, refusal("STRING_TOO_LONG"))]
    with suppress(SyncError):
        session.get("limits")
    told = redis.hmget(f"{prefix('test')}usage", ["used", "allowed"])
    assert told == [usage.get("used"), usage.get("allowed")]


def test_every_call_names_us_and_the_batch_that_our_log_names(session: SalesforceSession, org: Org) -> None:
    session.get("limits")
    with structlog.contextvars.bound_contextvars(batch="0a1b"):
        session.get("limits")
    sent = [call.headers["Sforce-Call-Options"] for call in org.calls]
    assert sent == ["client=bookforce", "client=bookforce/0a1b"]
