"""Who the bearer of a token is: the identity URL, userinfo, and tokens looked into and taken back."""

from typing import Any

from tests.simulator.api.auth import NOT_STORED, Denied, check_client, denial, identity_url, read_form
from tests.simulator.data.records import Row
from tests.simulator.errors import malformed
from tests.simulator.messages import Answer, Request
from tests.simulator.state import State

IDENTITY, USERINFO = "/id/", "/services/oauth2/userinfo"
REVOKE, INTROSPECT = "/services/oauth2/revoke", "/services/oauth2/introspect"
SCHEMES = frozenset({"bearer", "oauth"})


def bearer(state: State, request: Request) -> str | None:
    """Return the user whose live token the request carries."""
    kind, _, access = request.headers.get("authorization", "").partition(" ")
    if kind and kind.lower() not in SCHEMES:
        raise malformed("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", 401)
    return state.sessions.use(access.strip(), state.clock(), state.settings.session_lifetime)


def about_bearer(state: State, request: Request, host: str) -> Answer:
    """Answer the identity URL or userinfo; unlike the data API, these say no with one word of plain text."""
    kind, _, access = request.headers.get("authorization", "").partition(" ")
    if kind.lower() not in SCHEMES or not access.strip():
        return _no(403, "Missing_OAuth_Token")
    user_id = bearer(state, request)
    if user_id is None:
        return _no(403, "Bad_OAuth_Token")
    user: Row = state.records.get("User", user_id) or {}
    if request.path.rstrip("/") == USERINFO:
        return Answer(200, _userinfo(state, user, host))
    org_id, _, asked = request.path.removeprefix(IDENTITY).rstrip("/").partition("/")
    if org_id[:15] != state.org_id[:15]:
        return _no(403, "Wrong_Org")
    found = next((row for row in state.records.tables["User"].rows.values() if str(row["Id"])[:15] == asked[:15]), None)
    return Answer(200, _identity(state, found, host)) if found is not None else _no(404, "Bad_Id")


def _no(status: int, word: str) -> Answer:
    return Answer(status, word.encode())


def _urls(host: str, user_id: object) -> dict[str, str]:
    rest = f"https://{host}/services/data/v{{version}}/"
    return {
        "rest": rest, "sobjects": f"{rest}sobjects/", "search": f"{rest}search/", "query": f"{rest}query/",
        "recent": f"{rest}recent/", "profile": f"https://{host}/{user_id}", "custom_domain": f"https://{host}",
    }  # fmt: skip


def _shared(state: State, user: Row, host: str) -> dict[str, Any]:
    return {
        "user_id": user.get("Id"), "organization_id": state.org_id, "email": user.get("Email"),
        "email_verified": True, "urls": _urls(host, user.get("Id")), "active": user.get("IsActive"),
        "user_type": "STANDARD", "language": "en_US", "locale": "en_GB", "utcOffset": 0,
        "is_app_installed": True,
    }  # fmt: skip


def _userinfo(state: State, user: Row, host: str) -> dict[str, Any]:
    return {"sub": identity_url(state, str(user.get("Id")), host)} | _shared(state, user, host) | {
        "preferred_username": user.get("Username"), "nickname": user.get("Alias"), "name": user.get("Name"),
        "given_name": user.get("FirstName"), "family_name": user.get("LastName"),
        "zoneinfo": user.get("TimeZoneSidKey"), "updated_at": user.get("LastModifiedDate"),
    }  # fmt: skip


def _identity(state: State, user: Row, host: str) -> dict[str, Any]:
    shown = {"id": identity_url(state, str(user.get("Id")), host), "asserted_user": True}
    return shown | _shared(state, user, host) | {
        "username": user.get("Username"), "nick_name": user.get("Alias"), "display_name": user.get("Name"),
        "first_name": user.get("FirstName"), "last_name": user.get("LastName"),
        "timezone": user.get("TimeZoneSidKey"), "last_modified_date": user.get("LastModifiedDate"),
    }  # fmt: skip


def revoke(state: State, request: Request) -> Answer:
    """Let one token be worthless from now on."""
    if state.sessions.end(read_form(request).get("token", "")):
        return Answer(200, None, NOT_STORED)
    return denial(Denied("invalid_token", "token was invalid"))


def introspect(state: State, request: Request) -> Answer:
    """Say whether a token lives, whose it is and until when; only to the app itself."""
    form = read_form(request)
    try:
        check_client(state, request, form)
    except Denied as denied:
        return denial(denied)
    session = state.sessions.find(form.get("token", ""), state.clock())
    if session is None:
        return Answer(200, {"active": False}, NOT_STORED)
    user: Row = state.records.get("User", session.user_id) or {}
    shown = {
        "active": True, "scope": "api id", "client_id": state.settings.client_id, "username": user.get("Username"),
        "sub": f"https://login.salesforce.com/id/{state.org_id}/{session.user_id}", "token_type": "access_token",
        "exp": int(session.expires_at.timestamp()),
    }  # fmt: skip
    return Answer(200, shown, NOT_STORED)
