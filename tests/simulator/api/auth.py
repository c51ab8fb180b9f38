"""The token endpoint: client credentials and JWT bearer, and every documented way of being denied."""

import base64
import binascii
import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import jwt
from jwt.types import Options

from tests.simulator.data.records import Row
from tests.simulator.messages import Answer, Request
from tests.simulator.state import State
from tests.simulator.texts import say

TOKEN_PATH = "/services/oauth2/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FORM_TYPE = "application/x-www-form-urlencoded"
LOGIN_HOSTS = frozenset({"login.salesforce.com", "test.salesforce.com"})
GATEWAY = "https://api.salesforce.com"
LONGEST_ASSERTION = timedelta(minutes=5)  # three minutes are documented; clocks differ
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
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
    """Answer a token request."""
    if request.method != "POST":
        return denial(Denied("invalid_request", say("AUTH_NOT_POST")))
    try:
        form = read_form(request)
        grant = _GRANTS.get(form.get("grant_type", ""), _unknown_grant)
        return Answer(200, grant(state, request, form, host), NOT_STORED)
    except Denied as denied:
        return denial(denied)


def denial(denied: Denied) -> Answer:
    return Answer(400, {"error": denied.error, "error_description": str(denied)}, NOT_STORED)


def read_form(request: Request) -> Form:
    """Read the parameters of a form, or of the query; a body of another type is not looked at."""
    kind = request.headers.get("content-type", FORM_TYPE).partition(";")[0].strip().lower()
    body = request.body.decode("utf-8", "replace") if kind == FORM_TYPE else ""
    return dict(parse_qsl(request.target.partition("?")[2])) | dict(parse_qsl(body))


def _unknown_grant(_state: State, _request: Request, _form: Form, _host: str) -> dict[str, str]:
    raise Denied("unsupported_grant_type", "grant type not supported")


def _client_credentials(state: State, request: Request, form: Form, host: str) -> dict[str, str]:
    if host.partition(":")[0] in LOGIN_HOSTS:
        raise Denied("invalid_grant", "request not supported on this domain")
    check_client(state, request, form)
    _check_org(state)
    user_id = find_user(state, state.settings.run_as)
    if user_id is None:
        raise Denied("invalid_grant", "no client credentials user enabled")
    issued_at = str(int(state.clock().timestamp() * 1000))
    granted = _granted(state, user_id, host)
    return granted | {"signature": base64.b64encode(issued_at.encode()).decode(), "issued_at": issued_at}


def check_client(state: State, request: Request, form: Form) -> None:
    """Refuse whoever does not know the app's id and secret."""
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    _check_id(state, client_id)
    if secret != state.settings.client_secret:
        raise Denied("invalid_client", "invalid client credentials")


def _jwt_bearer(state: State, _request: Request, form: Form, host: str) -> dict[str, str]:
    claims = _claims(state, form.get("assertion", ""))
    _check_id(state, str(claims.get("iss", "")))
    audience = claims.get("aud")
    if not isinstance(audience, str) or audience not in {*state.settings.jwt_audiences, f"https://{host}"}:
        raise Denied("invalid_grant", say("AUTH_AUDIENCE"))
    _check_expiry(state, claims)
    _check_org(state)
    return _granted(state, _approved(state, str(claims.get("sub", ""))), host)


def _approved(state: State, username: str) -> str:
    """Return the user of this name, whom the admin must have approved where there is a list of such."""
    approved = state.settings.approved_users
    user_id = find_user(state, username)
    if user_id is None and state.settings.inactive_user_is_told and any(_named(state, username)):
        raise Denied("inactive_user", say("AUTH_INACTIVE_USER"))
    if user_id is None:
        raise Denied("invalid_grant", "user hasn't approved this consumer")
    if approved is not None and username.lower() not in {each.lower() for each in approved}:
        raise Denied("invalid_app_access", "user is not admin approved to access this app")
    return user_id


def _claims(state: State, assertion: str) -> dict[str, Any]:
    for key in state.settings.jwt_public_keys:
        with contextlib.suppress(jwt.PyJWTError, ValueError, RecursionError):
            return dict(jwt.decode(assertion, key, algorithms=["RS256"], options=SIGNATURE_ONLY))
    raise Denied("invalid_grant", say("AUTH_ASSERTION"))


def _check_expiry(state: State, claims: dict[str, Any]) -> None:
    try:
        expires_in = float(claims.get("exp", 0)) - state.clock().timestamp()
    except (TypeError, ValueError, OverflowError):
        raise Denied("invalid_grant", say("AUTH_ASSERTION")) from None
    if not 0 < expires_in <= LONGEST_ASSERTION.total_seconds():
        raise Denied("invalid_grant", say("AUTH_EXPIRED"))


def _check_id(state: State, client_id: str) -> None:
    if client_id != state.settings.client_id:
        raise Denied("invalid_client_id", "client identifier invalid")


def _check_org(state: State) -> None:
    if not state.settings.org_active:
        raise Denied("inactive_org", say("AUTH_INACTIVE_ORG"))


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Denied("invalid_client", "invalid client credentials") from None
    return user, secret


def _granted(state: State, user_id: str, host: str) -> dict[str, str]:
    access = state.sessions.issue(state.org_id, user_id, state.clock(), state.settings.session_lifetime)
    granted = {
        "access_token": access,
        "scope": "api id",
        "instance_url": f"https://{host}",
        "id": identity_url(state, user_id, host),
        "token_type": "Bearer",
    }
    return granted | {"api_instance_url": GATEWAY} if state.settings.api_instance_url else granted


_GRANTS: dict[str, Callable[[State, Request, Form, str], dict[str, str]]] = {
    "client_credentials": _client_credentials,
    JWT_BEARER: _jwt_bearer,
}


def identity_url(state: State, user_id: str, host: str) -> str:
    return f"https://{host}/id/{state.org_id}/{user_id}"


def find_user(state: State, username: str) -> str | None:
    """Find an active user by name."""
    return next((str(row["Id"]) for row in _named(state, username) if row.get("IsActive")), None)


def _named(state: State, username: str) -> list[Row]:
    table = state.records.tables["User"]
    return [table.rows[row_id] for row_id in table.indexes["Username"].ids(username)]
