"""The access token: asked for by one worker at a time and shared through Redis."""

import time
from dataclasses import dataclass
from pathlib import Path

import jwt
import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ValidationError
from redis import Redis
from redis.exceptions import LockError
from redis.lock import Lock

from config.settings import Connection
from producers.keys import prefix
from worker.errors import Disconnected, Transient

# A token lives as long as the org's session time-out (2 hours unless set otherwise) and each use renews it, so that
# its end is only known from a 401. The stored one goes after this, so that a forgotten org does not keep it for ever.
_KEPT_SECONDS = 12 * 3600

# Log-ins are limited by the hour: the next hour lets us in, and nothing is wrong with the credentials.
_PASSING = {"rate_limit_exceeded", "login_rate_exceeded", "server_error", "temporarily_unavailable"}
_TOO_OFTEN = "login rate exceeded"

_TIMEOUTS = (5.0, 20.0)

# A log-in takes less than a second; who is killed in the middle of one must not keep all others waiting for long.
# Should one take longer, another worker logs in too, and both tokens are good.
_LOCK_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 30.0
_JWT_SECONDS = 180  # the longest that Salesforce accepts


class Token(BaseModel):
    """A session in an org. `id` is the identity URL, which ends in the org's and the user's ids."""

    access_token: str
    instance_url: str
    id: str

    @property
    def user_id(self) -> str:
        return self.id.rstrip("/").split("/")[-1]

    def __repr__(self) -> str:
        return f"Token(id={self.id!r})"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class TokenStore:
    """The shared token of one connection. One that keeps nothing uses it, and a new one is the caller's own."""

    redis: Redis
    name: str
    connection: Connection
    http: requests.Session
    keeps: bool = True

    def current(self) -> Token:
        """The shared token, or a new one if there is none. Raises Disconnected or Transient."""
        return self._stored() or self.renew(expired=None)

    def renew(self, expired: Token | None) -> Token:
        """A token other than the expired one. Salesforce limits log-ins, so workers wait for one that asks."""
        if not self.keeps:
            return request_token(self.connection, self.http)
        try:
            with self.lock():
                stored = self._stored()
                if stored and (expired is None or stored.access_token != expired.access_token):
                    return stored
                token = request_token(self.connection, self.http)
                self.redis.set(self._key, token.model_dump_json(), ex=_KEPT_SECONDS)
                return token
        except LockError as error:
            raise Transient("another worker is logging in and has not finished", code="LOGIN_BUSY") from error

    def lock(self) -> Lock:
        """What a worker holds while it logs in."""
        return Lock(
            self.redis,
            f"{self._key}:lock",
            timeout=_LOCK_SECONDS,
            blocking_timeout=_LONGEST_WAIT_SECONDS,
            raise_on_release_error=False,
        )

    def forget(self) -> None:
        """Make the next call log in anew."""
        self.redis.delete(self._key)

    @property
    def _key(self) -> str:
        return f"{prefix(self.name)}token:{self.connection.fingerprint}"

    def _stored(self) -> Token | None:
        text = self.redis.get(self._key)
        return Token.model_validate_json(str(text)) if text else None


def request_token(connection: Connection, http: requests.Session) -> Token:
    """Log in by client credentials or JWT bearer. Raises Disconnected with what to mend, or Transient."""
    url = f"{connection.salesforce_login_url}/services/oauth2/token"
    try:
        answer = http.post(url, data=_grant(connection), timeout=_TIMEOUTS)
    except requests.exceptions.SSLError as error:
        text = f"{connection.salesforce_login_url} does not show a certificate that this machine trusts"
        raise Disconnected(f"{text}; REQUESTS_CA_BUNDLE names more", code="TLS_REFUSED") from error
    except requests.RequestException as error:
        text = f"{connection.salesforce_login_url} cannot be reached ({_cause(error)})"
        raise Transient(f"{text}; check BOOKFORCE_SALESFORCE_LOGIN_URL and the network", code="UNREACHABLE") from error
    except OSError as error:  # requests looks for the file itself, and says so in its own way
        raise Disconnected("REQUESTS_CA_BUNDLE names a file that is not there", code="NO_CA_BUNDLE") from error
    return _read_answer(answer, connection)


def _grant(connection: Connection) -> dict[str, str]:
    if connection.salesforce_client_secret:
        return {
            "grant_type": "client_credentials",
            "client_id": connection.salesforce_client_id,
            "client_secret": connection.salesforce_client_secret.get_secret_value(),
        }
    claims: dict[str, object] = {
        "iss": connection.salesforce_client_id,
        "sub": connection.salesforce_username,
        "aud": connection.salesforce_login_url,
        "exp": int(time.time()) + _JWT_SECONDS,
    }
    assertion = jwt.encode(claims, _private_key(connection.salesforce_private_key_file), algorithm="RS256")
    return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


def _private_key(path: Path | None) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes() if path else b"", password=None)
    except OSError as error:
        text = f"{path} cannot be read ({error.strerror}); BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE names it"
        raise Disconnected(text, code="NO_PRIVATE_KEY") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(path) from error
    if not isinstance(key, RSAPrivateKey):
        raise _no_key(path)
    return key


def _no_key(path: Path | None) -> Disconnected:
    text = f"{path} holds no RSA private key in PEM form without a passphrase"
    return Disconnected(f"{text}; BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE names it", code="NO_PRIVATE_KEY")


def _read_answer(answer: requests.Response, connection: Connection) -> Token:
    try:
        body = answer.json()
    except requests.JSONDecodeError as error:
        raise Transient(f"log-in: HTTP {answer.status_code} without JSON", code=f"HTTP_{answer.status_code}") from error
    if answer.ok:
        try:
            return Token.model_validate(body)
        except ValidationError as error:
            text = f"{connection.salesforce_login_url} answered the log-in with no token: is it Salesforce?"
            raise Disconnected(text, code="NO_TOKEN") from error
    code, text = str(body.get("error", "")), str(body.get("error_description", ""))
    if code.lower() in _PASSING or _TOO_OFTEN in text.lower():
        raise Transient(f"Salesforce does not log us in now: {text}", code=code)
    raise Disconnected(
        f"Salesforce refuses the log-in: {text or code}{_advice(code, connection)}", code=code or "LOGIN"
    )


def _advice(code: str, connection: Connection) -> str:
    """What to mend, by the errors that are seen in the field."""
    match code:
        case "invalid_client_id":
            return "; check BOOKFORCE_SALESFORCE_CLIENT_ID (a new app needs up to 10 minutes)"
        case "invalid_client":
            return "; check BOOKFORCE_SALESFORCE_CLIENT_SECRET"
        case "invalid_app_access":
            return "; let an administrator approve the app for this user"
        case "invalid_grant" if connection.salesforce_client_secret:
            return "; client credentials need a My Domain address and a Run As user in the app"
        case "invalid_grant":
            return "; check BOOKFORCE_SALESFORCE_USERNAME and that the user has approved the app"
        case _:
            return ""


def _cause(error: requests.RequestException) -> str:
    """The innermost cause in two words; the whole chain is a paragraph."""
    text = str(error)
    for sign, words in (
        ("Name or service not known", "unknown host"),
        ("NameResolutionError", "unknown host"),
        ("Connection refused", "connection refused"),
        ("timed out", "timed out"),
    ):
        if sign in text:
            return words
    return type(error).__name__
