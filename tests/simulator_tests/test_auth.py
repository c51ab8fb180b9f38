import base64
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

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


def test_identity_and_userinfo_name_the_user() -> None:
    api = an_api()
    granted = api.sign_in().body
    path = granted["id"].removeprefix("https://localhost")
    for target in (path, "/services/oauth2/userinfo"):
        body = api.call("GET", target).body
        assert body["preferred_username"] == "integration@vendor.example"
        assert granted["id"].endswith(f"{body['organization_id']}/{body['user_id']}")


def test_the_list_of_resources_leads_to_the_identity() -> None:
    api = an_api()
    listed = api.get("", Host="acme.example").body
    assert listed["identity"] == api.sign_in().body["id"].replace("localhost", "acme.example")
    assert listed["query"] == f"{ROOT}/query"


def test_identity_needs_a_token() -> None:
    assert an_api().send("GET", "/services/oauth2/userinfo").error == (401, "INVALID_SESSION_ID")
