import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.simulator.faults import Fault, Match
from tests.simulator_tests.api import ROOT, Api, an_api

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def an_assertion(api: Api, key: Any = KEY, **changes: Any) -> str:
    claims = {
        "iss": api.org.state.settings.client_id,
        "sub": "integration@vendor.example",
        "aud": "https://login.salesforce.com",
        "exp": str(int(api.clock.now.timestamp()) + 180),
    }
    return jwt.encode(claims | changes, key, algorithm="RS256")


def a_jwt_api() -> Api:
    return an_api(jwt_public_keys=(PUBLIC.decode(),))


def test_client_credentials_answer_the_documented_fields() -> None:
    reply = an_api().sign_in()
    assert reply.status == 200
    assert list(reply.body) == [
        "access_token",
        "scope",
        "instance_url",
        "id",
        "token_type",
        "signature",
        "issued_at",
    ]
    assert "expires_in" not in reply.body


def test_client_credentials_may_come_as_basic_header() -> None:
    api = an_api()
    settings = api.org.state.settings
    basic = base64.b64encode(f"{settings.client_id}:{settings.client_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    assert api.send("POST", "/services/oauth2/token", b"grant_type=client_credentials", headers).status == 200


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"client_id": "nobody"}, "invalid_client_id", "client identifier invalid"),
        ({"client_secret": "wrong"}, "invalid_client", "invalid client credentials"),
        ({"grant_type": "password"}, "unsupported_grant_type", "grant type not supported"),
        ({"grant_type": ""}, "unsupported_grant_type", "grant type not supported"),
    ],
)
def test_token_errors_are_an_object(changes: dict[str, str], error: str, description: str) -> None:
    reply = an_api().sign_in(**changes)
    assert (reply.status, reply.body) == (400, {"error": error, "error_description": description})


def test_client_credentials_need_a_user_to_run_as() -> None:
    api = an_api()
    api.org.change(run_as="gus.gone@vendor.example")
    assert api.sign_in().body["error_description"] == "no client credentials user enabled"


def test_jwt_bearer_signs_in_the_user_it_names() -> None:
    api = a_jwt_api()
    reply = api.sign_in(grant_type=BEARER, assertion=an_assertion(api, sub="ada.rep@vendor.example"))
    assert list(reply.body) == ["access_token", "scope", "instance_url", "id", "token_type"]
    assert reply.body["id"].endswith(api.user("ada.rep@vendor.example"))


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "nobody"}, "invalid_client_id", "client identifier invalid"),
        ({"aud": ["https://login.salesforce.com"]}, "invalid_grant", "audience is invalid"),
        ({"exp": 10**400}, "invalid_grant", "invalid assertion"),
        ({"aud": "https://example.com"}, "invalid_grant", "audience is invalid"),
        ({"exp": 1}, "invalid_grant", "expired authorization code"),
        ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
        ({"exp": 9_999_999_999}, "invalid_grant", "expired authorization code"),
        ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"sub": "gus.gone@vendor.example"}, "invalid_grant", "user hasn't approved this consumer"),
    ],
)
def test_jwt_claims_are_checked(claims: dict[str, Any], error: str, description: str) -> None:
    api = a_jwt_api()
    reply = api.sign_in(grant_type=BEARER, assertion=an_assertion(api, **claims))
    assert (reply.status, reply.body) == (400, {"error": error, "error_description": description})


@pytest.mark.parametrize("key", [OTHER_KEY, None])
def test_jwt_signature_is_checked(key: Any) -> None:
    api = a_jwt_api()
    assertion = an_assertion(api, key) if key else "no.jwt.at.all"
    assert api.sign_in(grant_type=BEARER, assertion=assertion).body["error_description"] == "invalid assertion"


def test_bad_token_is_401_without_limit_header() -> None:
    api = an_api()
    api.token = "00Dnonsense"
    reply = api.get("/limits")
    assert reply.status == 401
    assert reply.body == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    assert reply.headers["WWW-Authenticate"] == "Token"
    assert "Sforce-Limit-Info" not in reply.headers


def test_other_authorization_schemes_are_401() -> None:
    assert an_api().get("/limits", Authorization="Digest x").error == (401, "INVALID_AUTH_HEADER")


def test_session_slides_and_then_expires() -> None:
    api = an_api(session_lifetime=timedelta(hours=2))
    for _ in range(3):
        api.clock.pass_by(timedelta(minutes=119))
        assert api.get("/limits").status == 200
    api.clock.pass_by(timedelta(hours=2))
    assert api.get("/limits").status == 401


def test_expire_sessions_ends_them_all() -> None:
    api = an_api()
    api.org.expire_sessions()
    assert api.get("/limits").status == 401


def test_identity_and_userinfo_name_the_user_each_in_its_own_words() -> None:
    api = an_api()
    granted = api.sign_in().body
    path = granted["id"].removeprefix("https://localhost")
    userinfo = api.call("GET", "/services/oauth2/userinfo").body
    identity = api.call("GET", path).body
    assert userinfo["preferred_username"] == identity["username"] == "integration@vendor.example"
    assert (userinfo["sub"], identity["id"], identity["asserted_user"]) == (granted["id"], granted["id"], True)
    assert granted["id"].endswith(f"{identity['organization_id']}/{identity['user_id']}")
    assert "{version}" in identity["urls"]["rest"]


def test_the_list_of_resources_leads_to_the_identity() -> None:
    api = an_api()
    listed = api.get("", Host="acme.example").body
    assert listed["identity"] == api.sign_in().body["id"].replace("localhost", "acme.example")
    assert listed["query"] == f"{ROOT}/query"


@pytest.mark.parametrize(
    ("authorization", "status", "word"),
    [
        ("Bearer nonsense", 403, b"Bad_OAuth_Token"),
        ("", 403, b"Missing_OAuth_Token"),
        ("Basic x", 403, b"Missing_OAuth_Token"),
    ],
)
def test_identity_says_no_with_one_word(authorization: str, status: int, word: bytes) -> None:
    api = an_api()
    for target in ("/services/oauth2/userinfo", f"/id/{api.org.state.org_id}/{api.user('admin@vendor.example')}"):
        reply = api.send("GET", target, b"", {"Authorization": authorization})
        assert (reply.status, reply.body, reply.headers["Content-Type"]) == (status, word, "text/html;charset=UTF-8")


def test_identity_is_that_of_the_user_in_the_path() -> None:
    api = an_api()
    user, org = api.user("admin@vendor.example"), api.org.state.org_id
    assert api.call("GET", f"/id/{org}/{user}").body["username"] == "admin@vendor.example"
    assert api.call("GET", f"/id/{org}/005000000000000").status == 404
    assert api.call("GET", f"/id/00D000000000000/{user}").body == b"Wrong_Org"


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com", "login.salesforce.com:443"])
def test_client_credentials_want_the_domain_of_the_org(host: str) -> None:
    api = a_jwt_api()
    settings = api.org.state.settings
    form = f"grant_type=client_credentials&client_id={settings.client_id}&client_secret={settings.client_secret}"
    reply = api.send("POST", "/services/oauth2/token", form.encode(), {"Host": host})
    description = "request not supported on this domain"
    assert (reply.status, reply.body) == (400, {"error": "invalid_grant", "error_description": description})
    assertion = f"grant_type={BEARER}&assertion={an_assertion(api)}"
    assert api.send("POST", "/services/oauth2/token", assertion.encode(), {"Host": host}).status == 200


def test_users_may_have_to_be_approved() -> None:
    api = a_jwt_api()
    api.org.change(approved_users=("Ada.Rep@vendor.example",))
    statuses = {}
    for name in ("ada.rep", "ben.rep"):
        assertion = an_assertion(api, sub=f"{name}@vendor.example")
        statuses[name] = api.sign_in(grant_type=BEARER, assertion=assertion)
    description = "user is not admin approved to access this app"
    assert statuses["ada.rep"].status == 200
    assert statuses["ben.rep"].body == {"error": "invalid_app_access", "error_description": description}


def test_whether_an_inactive_user_is_told_so_is_a_switch() -> None:
    api = a_jwt_api()
    errors = []
    for told in (False, True):
        api.org.change(inactive_user_is_told=told)
        errors.append(api.sign_in(grant_type=BEARER, assertion=an_assertion(api, sub="gus.gone@vendor.example")).body)
    assert [each["error"] for each in errors] == ["invalid_grant", "inactive_user"]


def test_an_inactive_org_signs_nobody_in() -> None:
    api = a_jwt_api()
    api.org.change(org_active=False)
    for reply in (api.sign_in(), api.sign_in(grant_type=BEARER, assertion=an_assertion(api))):
        assert (reply.status, reply.body["error"]) == (400, "inactive_org")


@pytest.mark.parametrize("code", ["LOGIN_RATE_EXCEEDED", "rate_limit_exceeded"])
def test_faults_of_the_token_endpoint_have_its_shape(code: str) -> None:
    api = an_api()
    match = Match(path_contains="/oauth2/token")
    api.org.set_faults(Fault(effect="error", match=match, status=400, code=code, message="too many logins"))
    assert api.sign_in().body == {"error": code, "error_description": "too many logins"}


@pytest.mark.parametrize("code", ["API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"])
def test_an_org_may_have_no_api(code: str) -> None:
    api = an_api(api_access=code)
    assert api.get("/limits").error == (403, code)
    assert api.send("GET", "/services/data").status == 200


@pytest.mark.parametrize("shown", [True, False])
def test_whether_the_token_names_a_gateway_is_a_switch(shown: bool) -> None:
    assert ("api_instance_url" in an_api(api_instance_url=shown).sign_in().body) is shown


def test_token_answers_are_not_to_be_stored() -> None:
    api = an_api()
    for reply in (api.sign_in(), api.sign_in(client_id="nobody")):
        assert reply.headers["Cache-Control"] == "no-store"


def test_tokens_are_posted_as_a_form() -> None:
    api = an_api()
    reply = api.send("GET", "/services/oauth2/token")
    assert (reply.status, reply.body["error"]) == (400, "invalid_request")
    headers = {"Content-Type": "application/json"}
    reply = api.send("POST", "/services/oauth2/token", b'{"grant_type":"client_credentials"}', headers)
    assert reply.body["error"] == "unsupported_grant_type"
    reply = api.send("POST", "/services/oauth2/token?grant_type=client_credentials&client_id=nobody")
    assert reply.body["error"] == "invalid_client_id"


def test_revoked_tokens_are_worthless() -> None:
    api = an_api()
    form = urlencode({"token": api.token}).encode()
    assert api.send("POST", "/services/oauth2/revoke", form).status == 200
    assert api.send("POST", "/services/oauth2/revoke", form).body["error"] == "invalid_token"
    assert api.get("/limits").error == (401, "INVALID_SESSION_ID")


def test_tokens_can_be_looked_into_by_the_app() -> None:
    api = an_api(session_lifetime=timedelta(hours=1))
    settings = api.org.state.settings
    form = {"client_id": settings.client_id, "client_secret": settings.client_secret, "token": api.token}
    shown = api.send("POST", "/services/oauth2/introspect", urlencode(form).encode()).body
    assert (shown["active"], shown["username"]) == (True, "integration@vendor.example")
    assert shown["exp"] == int(api.clock.now.timestamp()) + 3600
    api.clock.pass_by(timedelta(hours=2))
    assert api.send("POST", "/services/oauth2/introspect", urlencode(form).encode()).body == {"active": False}
    wrong = urlencode(form | {"client_secret": "x"}).encode()
    assert api.send("POST", "/services/oauth2/introspect", wrong).body["error"] == "invalid_client"


@pytest.mark.parametrize("assertion", ["", ".", "a.b.c", "%00", "é.é.é", "[" * 20_000, f"{'W1tb' * 9000}.e30.x"])
def test_assertions_that_are_none_are_invalid(assertion: str) -> None:
    reply = a_jwt_api().sign_in(grant_type=BEARER, assertion=assertion)
    assert (reply.status, reply.body["error_description"]) == (400, "invalid assertion")
