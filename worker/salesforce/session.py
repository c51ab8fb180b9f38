"""The session below simple-salesforce: time-outs, one refresh at a time, errors as ours, the limit header."""

from collections.abc import Mapping
from typing import Any

import requests
import structlog
from redis import Redis
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from config.settings import Connection
from producers.cipher import PLAIN, Cipher
from worker.as_json import to_bytes
from worker.errors import Disconnected, SyncError, Transient
from worker.salesforce.breaker import Breaker
from worker.salesforce.errors import classify, is_known, read_errors, unreadable
from worker.salesforce.meter import CallMeter
from worker.salesforce.token import Token, TokenStore

log = structlog.get_logger()

# A composite may take minutes in an org with slow triggers; past this the worker gives the claim back and tries
# again later, which is safe because every write is the same write again.
TIMEOUTS = (5.0, 30.0)
"""To connect and to answer, in seconds."""

# Seconds: anything longer waits in the journal, where it holds no worker.
_BLIP_ATTEMPTS = 3


class _NotSent(Transient):
    """The connection was refused or never made: nothing reached Salesforce, so it is repeated at once."""


class SalesforceSession:
    """Calls to one org. Not for several threads; one a process."""

    def __init__(
        self, redis: Redis, name: str, connection: Connection, *, leaves_no_trace: bool = False, cipher: Cipher = PLAIN
    ) -> None:
        """With `leaves_no_trace` nothing is kept in Redis: no token, no usage, and no call is counted."""
        self._leaves_no_trace = leaves_no_trace
        self._name = name
        self._http = _http_session()
        self._http.hooks["response"].append(self._note_usage)
        self._version = connection.salesforce_api_version
        self.meter = CallMeter(redis, name)
        self.breaker = Breaker(redis, name, connection.fingerprint)
        self.tokens = TokenStore(redis, name, connection, self._http, keeps=not leaves_no_trace, cipher=cipher)
        self._client: Salesforce | None = None
        self._token: Token | None = None

    @property
    def base_path(self) -> str:
        """The path before every resource, as composite subrequests need it."""
        return f"/services/data/v{self._version}"

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """GET a resource below the versioned path, as parsed JSON. Raises SyncError."""
        return self._call("GET", path, params=dict(params or {}))

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        """POST JSON to a resource below the versioned path; the parsed answer. Raises SyncError."""
        return self._call("POST", path, data=to_bytes(body))

    def patch(self, path: str, body: object) -> None:
        """PATCH JSON to a resource below the versioned path. Raises SyncError."""
        self._call("PATCH", path, data=to_bytes(body))

    def next_page(self, url: str) -> Any:  # noqa: ANN401 - JSON
        """The next page of a query, by the URL that the page before it gave. Raises SyncError."""
        return self._call("GET", url.removeprefix(f"{self.base_path}/"))

    def admits(self) -> bool:
        """Whether work may go on: not while every call fails. Now and then one call finds out."""
        return self.breaker.admits(lambda: self.get("limits"))

    def log_in_anew(self) -> None:
        """Forget the shared token, so that the next call shows whether the credentials are good."""
        self.tokens.forget()
        self._client, self._token = None, None

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _call(self, method: str, path: str, **kwargs: Any) -> Any:  # noqa: ANN401 - JSON
        """One API call, of which the breaker is told how it went."""
        try:
            answer = self._call_in_session(method, path, **kwargs)
        except SyncError as error:
            if not self._leaves_no_trace:
                self.breaker.failed(error)
            raise
        self.breaker.succeeded()
        return answer

    def _call_in_session(self, method: str, path: str, **kwargs: Any) -> Any:  # noqa: ANN401 - JSON
        """On an expired session log in once and repeat the whole call with its headers."""
        try:
            return self._send(method, path, **kwargs)
        except Disconnected as error:
            if error.code != "INVALID_SESSION_ID":
                raise
        log.info("salesforce.session_expired", connection=self._name)
        self._client, self._token = None, self.tokens.renew(self._token)
        return self._send(method, path, **kwargs)

    def _send(self, method: str, path: str, **kwargs: Any) -> Any:  # noqa: ANN401 - JSON
        client = self._connected()
        blips = Retrying(
            retry=retry_if_exception_type(_NotSent),
            stop=stop_after_attempt(_BLIP_ATTEMPTS),
            wait=wait_exponential_jitter(multiplier=0.2, max=2),
            reraise=True,
        )
        return blips(self._send_once, client, method, path, **kwargs)

    def _send_once(self, client: Salesforce, method: str, path: str, **kwargs: Any) -> Any:  # noqa: ANN401 - JSON
        if not self._leaves_no_trace:
            self.meter.spend()
        try:
            return client.restful(path, method=method, headers=_call_options(), **kwargs)
        except SalesforceError as error:
            raise _translated(error) from error
        except requests.exceptions.SSLError as error:
            text = "Salesforce does not show a certificate that this machine trusts; REQUESTS_CA_BUNDLE names more"
            raise Disconnected(text, code="TLS_REFUSED") from error
        except requests.ConnectTimeout as error:
            raise _NotSent("Salesforce did not accept the connection in time", code="CONNECT_TIMEOUT") from error
        except requests.Timeout as error:
            raise Transient("Salesforce did not answer in time", code="READ_TIMEOUT") from error
        except requests.JSONDecodeError as error:
            raise Transient("Salesforce's answer broke off", code="BROKEN_ANSWER") from error
        except requests.ConnectionError as error:
            refused = "NewConnectionError" in str(error) or "NameResolutionError" in str(error)
            cls = _NotSent if refused else Transient
            raise cls("the connection to Salesforce broke", code="CONNECTION_BROKEN") from error
        except requests.RequestException as error:
            raise Transient("the call to Salesforce broke off", code="CALL_BROKEN") from error
        except OSError as error:  # requests looks for the file itself, and says so in its own way
            raise Disconnected("REQUESTS_CA_BUNDLE names a file that is not there", code="NO_CA_BUNDLE") from error

    def _connected(self) -> Salesforce:
        if self._client is None:
            self._token = self._token or self.tokens.current()
            # With a session id simple-salesforce never refreshes by itself. Its own refresh repeats a call without
            # the caller's headers, and Sforce-Auto-Assign would be lost.
            self._client = Salesforce(
                session_id=self._token.access_token,
                instance_url=self._token.instance_url,
                session=self._http,
                version=self._version,
                object_pairs_hook=None,
            )
        return self._client

    def _note_usage(self, answer: requests.Response, *_: object, **__: object) -> None:
        """Keep what every answer says of the org's API calls; a line that cannot be read is no reason to fail."""
        if self._leaves_no_trace:
            return
        header = answer.headers.get("Sforce-Limit-Info")
        usage = Salesforce.parse_api_usage(header).get("api-usage") if header else None
        if usage:
            self.meter.note(usage[0], usage[1])


def _call_options() -> dict[str, str]:
    """Who calls, and for which batch: Salesforce puts it into its log files, where it leads to our log's lines.

    Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_calloptions.htm
    """
    batch = structlog.contextvars.get_contextvars().get("batch")
    return {"Sforce-Call-Options": f"client=bookforce/{batch}" if batch else "client=bookforce"}


def _http_session() -> requests.Session:
    session = _TimeoutSession()
    session.mount("https://", HTTPAdapter(max_retries=0))
    return session


class _TimeoutSession(requests.Session):
    """simple-salesforce sets no time-out, and requests then waits for ever."""

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as in requests
        kwargs.setdefault("timeout", TIMEOUTS)
        return super().request(method, url, *args, **kwargs)


def _translated(error: SalesforceError) -> SyncError:
    errors = read_errors(error.content)
    if errors and not is_known(errors[0].code):
        # It refuses the whole call, so it says nothing of any one record: nobody is to be parked for it.
        return Transient(f"{errors[0].message} (a code that bookforce does not know)", code=errors[0].code)
    return classify(errors) if errors else unreadable(error.status)
