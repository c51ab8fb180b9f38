"""The token endpoint, and who the bearer of a token is."""

import base64
import binascii
import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import jwt
from jwt.types import Options

from tests.simulator.errors import malformed
from tests.simulator.messages import Answer, Request
from tests.simulator.records import Row
from tests.simulator.state import State

TOKEN_PATH = "/services/oauth2/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_ASSERTION = timedelta(minutes=5)  # three minutes are documented; clocks differ
# The claims are checked against the org's own clock, and exp may be a string (simple-salesforce sends one).
SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_aud": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_sub": False,
}
Form = Mapping[str, str]


class Denied(Exception):
    """A token is denied, with one of the documented pairs of error and description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


def token(state: State, request: Request, host: str) -> Answer:
    """Answer a token request: client credentials or JWT bearer."""
    try:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        grant = _GRANTS.get(form.get("grant_type", ""), _unknown_grant)
        return Answer(200, grant(state, request, form, host))
    except Denied as denied:
        return Answer(400, {"error": denied.error, "error_description": str(denied)})


def _unknown_grant(_state: State, _request: Request, _form: Form, _host: str) -> dict[str, str]:
    raise Denied("unsupported_grant_type", "grant type not supported")


def _client_credentials(state: State, request: Request, form: Form, host: str) -> dict[str, str]:
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    _check_client(state, client_id)
    if secret != state.settings.client_secret:
        raise Denied("invalid_client", "invalid client credentials")
    user_id = find_user(state, state.settings.run_as)
    if user_id is None:
        raise Denied("invalid_grant", "no client credentials user enabled")
    issued_at = str(int(state.clock().timestamp() * 1000))
    granted = _granted(state, user_id, host)
    return granted | {"signature": base64.b64encode(issued_at.encode()).decode(), "issued_at": issued_at}


def _jwt_bearer(state: State, _request: Request, form: Form, host: str) -> dict[str, str]:
    claims = _claims(state, form.get("assertion", ""))
    _check_client(state, str(claims.get("iss", "")))
    if claims.get("aud") not in {*state.settings.jwt_audiences, f"https://{host}"}:
        raise Denied("invalid_grant", "audience is invalid")
    _check_expiry(state, claims)
    user_id = find_user(state, str(claims.get("sub", "")))
    if user_id is None:
        raise Denied("invalid_grant", "user hasn't approved this consumer")
    return _granted(state, user_id, host)


def _claims(state: State, assertion: str) -> dict[str, Any]:
    for key in state.settings.jwt_public_keys:
        with contextlib.suppress(jwt.PyJWTError, ValueError):
            return dict(jwt.decode(assertion, key, algorithms=["RS256"], options=SIGNATURE_ONLY))
    raise Denied("invalid_grant", "invalid assertion")


def _check_expiry(state: State, claims: dict[str, Any]) -> None:
    try:
        expires_in = float(claims.get("exp", 0)) - state.clock().timestamp()
    except (TypeError, ValueError):
        raise Denied("invalid_grant", "invalid assertion") from None
    if not 0 < expires_in <= LONGEST_ASSERTION.total_seconds():
        raise Denied("invalid_grant", "expired authorization code")


def _check_client(state: State, client_id: str) -> None:
    if client_id != state.settings.client_id:
        raise Denied("invalid_client_id", "client identifier invalid")


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Denied("invalid_client", "invalid client credentials") from None
    return user, secret


def _granted(state: State, user_id: str, host: str) -> dict[str, str]:
    access = state.sessions.issue(state.org_id, user_id, state.clock(), state.settings.session_lifetime)
    return {
        "access_token": access,
        "scope": "api id",
        "instance_url": f"https://{host}",
        "id": identity_url(state, user_id, host),
        "token_type": "Bearer",
    }


_GRANTS: dict[str, Callable[[State, Request, Form, str], dict[str, str]]] = {
    "client_credentials": _client_credentials,
    JWT_BEARER: _jwt_bearer,
}


def find_user(state: State, username: str) -> str | None:
    """Find an active user by name."""
    table = state.records.tables["User"]
    return next((i for i in table.indexes["Username"].ids(username) if table.rows[i].get("IsActive")), None)


def bearer(state: State, request: Request) -> str | None:
    """Return the user whose live token the request carries."""
    kind, _, access = request.headers.get("authorization", "").partition(" ")
    if kind and kind.lower() not in {"bearer", "oauth"}:
        raise malformed("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", 401)
    return state.sessions.use(access.strip(), state.clock(), state.settings.session_lifetime)


def identity(state: State, user_id: str, host: str) -> dict[str, Any]:
    """Say who a user is, in the words of both the identity URL and userinfo."""
    user: Row = state.records.get("User", user_id) or {}
    url = identity_url(state, user_id, host)
    rest = f"https://{host}/services/data/v{{version}}/"
    return {
        "id": url, "sub": url, "asserted_user": True, "user_id": user_id, "organization_id": state.org_id,
        "username": user.get("Username"), "preferred_username": user.get("Username"),
        "nick_name": user.get("Alias"), "display_name": user.get("Name"), "name": user.get("Name"),
        "email": user.get("Email"), "email_verified": True, "first_name": user.get("FirstName"),
        "last_name": user.get("LastName"), "timezone": user.get("TimeZoneSidKey"),
        "zoneinfo": user.get("TimeZoneSidKey"), "active": user.get("IsActive"), "user_type": "STANDARD",
        "urls": {"rest": rest, "sobjects": f"{rest}sobjects/", "query": f"{rest}query/"},
    }  # fmt: skip


def identity_url(state: State, user_id: str, host: str) -> str:
    return f"https://{host}/id/{state.org_id}/{user_id}"
