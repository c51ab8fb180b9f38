"""Whatever is sent, the answer is one that Salesforce could give: never a traceback, never a 500 of our own."""

from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.settings import Settings
from tests.simulator_tests.api import ROOT, Reply, a_lead, a_part, an_api
from tests.simulator_tests.test_auth import a_jwt_api

API = an_api()
A_JWT_API = a_jwt_api()
LEAD = API.create("Lead", **a_lead())
AUTHORIZED = {"Authorization": f"Bearer {API.token}"}
A_WORD = """records attributes
    type Lead Event LastName Email Id id Owner Who compositeRequest method url referenceId body
    httpHeaders @{a.id} @{a[0]} allOrNone GET POST PATCH a ids fields Company StartDateTime
    /services/data/v68.0/sobjects/Lead /services/data/v68.0/query?q=SELECT+Id+FROM+Lead"""
A_SEGMENT = (
    "sobjects Lead composite query queryAll limits describe Bookforce_Booking_Id__c x %2F Event Email Id non-sense"
)
A_TOKEN = """SELECT Id FROM Lead WHERE Email = 'a' IN ( ) , AND OR NOT null 5 ORDER BY LIMIT OFFSET LIKE COUNT() TODAY
    LAST_N_DAYS:99999 != 2026-11-22 Owner.Name CreatedDate Who.x ' \\ 99999999999999999999"""
WORDS = st.sampled_from(A_WORD.split())
SEGMENTS = st.lists(st.sampled_from(A_SEGMENT.split()), max_size=5)
TOKENS = st.lists(st.sampled_from(A_TOKEN.split()), max_size=14)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=8) | WORDS
)
JSON = st.recursive(SCALARS, lambda j: st.lists(j, max_size=4) | st.dictionaries(WORDS, j, max_size=5), max_leaves=25)


MANY_FIELDS = b"{" + b",".join(b'"f%d":%d' % (n, n) for n in range(10_000)) + b"}"


def is_answer(reply: Reply) -> bool:
    """Tell whether this is a success or an array of errors as Salesforce shapes them."""
    if reply.status < 400:
        return True
    if reply.headers["Content-Type"].startswith("text/html"):
        return reply.status in {403, 404, 414, 431}
    return reply.status < 500 and all({"errorCode", "message"} <= set(error) for error in reply.body)


@pytest.mark.parametrize(
    ("method", "path", "body", "error"),
    [
        ("POST", "/sobjects/Lead", b"{", (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b"", (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b"\xff\xfe", (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b"[]", (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b"5", (400, "JSON_PARSER_ERROR")),
        ("PATCH", "/sobjects/Lead/Email/x@example.com", b"[]", (400, "JSON_PARSER_ERROR")),
        ("POST", "/composite", b"[]", (400, "JSON_PARSER_ERROR")),
        ("POST", "/composite/sobjects", b"{}", (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b" " * 7_000_000, (400, "EXCEEDED_MAX_SIZE_REQUEST")),
        ("GET", "/nonsense", b"", (404, "NOT_FOUND")),
        ("GET", "/sobjects/Nothing", b"", (404, "NOT_FOUND")),
        ("PUT", "/sobjects/Lead", b"{}", (405, "METHOD_NOT_ALLOWED")),
        ("GET", "/composite", b"", (405, "METHOD_NOT_ALLOWED")),
        ("DELETE", "/query", b"", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/sobjects/Lead", b'{"LastName":"\\ud800","Company":"x"}', (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b'{"LastName":NaN}', (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b'{"AnnualRevenue":1e999}', (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b'{"NumberOfEmployees":' + b"9" * 30 + b"}", (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b'{"NumberOfEmployees":18446744073709551615}', (400, "NUMBER_OUTSIDE_VALID_RANGE")),
        ("POST", "/sobjects/Lead", b'{"LastName":"\xff"}', (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", '{"LastName":"x"}'.encode("utf-16"), (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b"\x1f\x8b\x08", (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b"[" * 100_000, (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Lead", MANY_FIELDS, (400, "INVALID_FIELD")),
        ("PATCH", f"/sobjects/Lead/{LEAD}", MANY_FIELDS, (400, "INVALID_FIELD")),
        ("PATCH", f"/sobjects/Event/{LEAD}", b"{}", (400, "MALFORMED_ID")),
        ("GET", "/sobjects/Lead/%00", b"", (404, "NOT_FOUND")),
        ("GET", "/sobjects/%zz/%ff", b"", (404, "NOT_FOUND")),
        ("GET", "/query?q=%zz%ff%00", b"", (400, "MALFORMED_QUERY")),
        ("GET", "/query?q=SELECT%00Id", b"", (400, "MALFORMED_QUERY")),
        ("GET", "/query/01g-%E2%82%AC", b"", (400, "INVALID_QUERY_LOCATOR")),
        ("OPTIONS", "/limits", b"", (405, "METHOD_NOT_ALLOWED")),
        ("TRACE", "/limits", b"", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "", b"{}", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/sobjects/Contact", b'{"LastName":"x","Birthdate":"20000101"}', (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Contact", b'{"LastName":"x","Birthdate":"2000-02-30"}', (400, "JSON_PARSER_ERROR")),
        ("POST", "/sobjects/Contact", b'{"LastName":"x","Birthdate":"2000-W01-1"}', (400, "JSON_PARSER_ERROR")),
    ],
)
def test_malformed_request_is_refused(method: str, path: str, body: bytes, error: tuple[int, str]) -> None:
    assert API.send(method, ROOT + path, body, AUTHORIZED).error == error


def test_verbs_that_would_do_are_named() -> None:
    reply = API.call("PUT", "/sobjects/Lead/x", {})
    assert reply.body[0]["message"] == "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,PATCH,DELETE"


def test_other_media_types_are_refused() -> None:
    headers = AUTHORIZED | {"Content-Type": "application/xml"}
    assert API.send("POST", f"{ROOT}/sobjects/Lead", b"<x/>", headers).error == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_paths_outside_the_api_are_404() -> None:
    for path in ("/nonsense", "/services", "/services/data/", "/services/apexrest/x", "//", "/%00"):
        assert is_answer(API.send("GET", path))


def test_a_key_that_comes_twice_counts_the_last_time() -> None:
    body = b'{"LastName":"first","LastName":"last","Company":"x"}'
    reply = API.send("POST", f"{ROOT}/sobjects/Lead", body, AUTHORIZED)
    assert API.read("Lead", reply.body["id"])["LastName"] == "last"


def test_head_is_a_get_whose_body_the_server_leaves_off() -> None:
    assert API.call("HEAD", "/limits").status == 200
    assert API.call("HEAD", "/composite").status == 405
    assert API.send("POST", "/services/data").error == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "since", ["", "x", "Mon, 01 Jan 2024 00:00:00 -0000", "1 Jan 99999", "Mon, 99 Foo 2024 99:99:99 GMT"]
)
def test_dates_in_headers_may_be_anything(since: str) -> None:
    assert API.get("/sobjects/Lead/describe", If_Modified_Since=since).status == 200


def test_deep_bodies_are_refused() -> None:
    nested = b'{"a":' * 900 + b"1" + b"}" * 900
    part = b'{"method":"POST","url":"/services/data/v68.0/sobjects/Lead","referenceId":"r","body":' + nested + b"}"
    reply = API.send("POST", f"{ROOT}/composite", b'{"compositeRequest":[' + part + b"]}", AUTHORIZED)
    assert reply.body["compositeResponse"][0]["httpStatusCode"] == 400


@settings(deadline=None)
@given(segments=SEGMENTS, method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]), body=JSON)
def test_any_json_to_any_path(segments: list[str], method: str, body: Any) -> None:
    assert is_answer(API.call(method, "/" + "/".join(segments), body))


@settings(deadline=None)
@given(records=st.lists(st.dictionaries(WORDS, JSON, max_size=5), max_size=3), upsert=st.booleans())
def test_any_records_in_a_collection(records: list[dict[str, Any]], upsert: bool) -> None:
    path = "/composite/sobjects/Lead/Email" if upsert else "/composite/sobjects"
    assert is_answer(API.patch(path, {"records": records}))


@settings(deadline=None)
@given(parts=st.lists(st.dictionaries(WORDS, JSON, max_size=5), max_size=3), all_or_none=JSON)
def test_any_parts_in_a_composite(parts: list[dict[str, Any]], all_or_none: Any) -> None:
    default = {"method": "POST", "url": f"{ROOT}/sobjects/Lead", "referenceId": "a"}
    filled = [default | part for part in parts]
    assert is_answer(API.post("/composite", {"allOrNone": all_or_none, "compositeRequest": filled}))


@settings(deadline=None)
@given(tokens=TOKENS, prefix=st.sampled_from(["", "SELECT Id FROM Lead WHERE ", "SELECT Id FROM Lead "]))
def test_any_soql(tokens: list[str], prefix: str) -> None:
    assert is_answer(API.query(prefix + " ".join(tokens)))


@settings(deadline=None)
@given(body=st.dictionaries(st.sampled_from(sorted(API.read("Lead", LEAD))), SCALARS, max_size=6))
def test_any_values_in_any_field(body: dict[str, Any]) -> None:
    assert is_answer(API.patch(f"/sobjects/Lead/{LEAD}", body))


@settings(deadline=None)
@given(st.binary(max_size=60), st.text(max_size=40))
def test_any_bytes_anywhere(body: bytes, text: str) -> None:
    for path in (f"/{text}", f"{ROOT}/{text}", f"{ROOT}/query?q={text}", f"{ROOT}/sobjects/Lead/{text}"):
        assert is_answer(API.send("GET", path, b"", AUTHORIZED | {"X-Any": text}))
    assert API.send("POST", "/services/oauth2/token", body).status == 400
    assert is_answer(API.send("POST", f"{ROOT}/sobjects/Lead", body, AUTHORIZED))


HEADERS = st.dictionaries(
    st.sampled_from(
        ["Authorization", "Content-Type", "Sforce-Auto-Assign", "Sforce-Query-Options", "If-Modified-Since"]
    ),
    st.text(max_size=30) | st.sampled_from(["Bearer x", "batchSize=200", "01Q", "Basic Og==", "Basic w6k=", "Bearer"]),
)
PATHS = st.sampled_from([
    "/services/oauth2/token", "/services/oauth2/revoke", "/services/oauth2/introspect", "/services/oauth2/userinfo",
    "/id/", "/id/00D/005", "/services/data", f"{ROOT}/limits", f"{ROOT}/sobjects/Lead/describe", f"{ROOT}/query?q=",
    "/services/data/v9.0", "/services/data/v999.0", "*", "", "//",
])  # fmt: skip


@settings(deadline=None)
@given(
    path=PATHS,
    tail=st.text(max_size=12),
    headers=HEADERS,
    body=st.binary(max_size=40),
    method=st.sampled_from(["GET", "POST", "HEAD", "X"]),
)
def test_anything_outside_the_records(path: str, tail: str, headers: dict[str, str], body: bytes, method: str) -> None:
    reply = API.send(method, path + tail, body, headers)
    if isinstance(reply.body, dict) and "error" in reply.body:
        assert (reply.status, set(reply.body)) == (400, {"error", "error_description"})
    else:
        assert is_answer(reply)


GRANTS = st.sampled_from(["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer", "a.b.c", ""])
FORMS = st.dictionaries(
    st.sampled_from(["grant_type", "client_id", "client_secret", "assertion", "token"]),
    GRANTS | st.text(max_size=20),
)


@settings(deadline=None)
@given(form=FORMS)
def test_any_form_for_a_token(form: dict[str, str]) -> None:
    reply = A_JWT_API.send("POST", "/services/oauth2/token", urlencode(form).encode())
    assert (reply.status, set(reply.body)) == (400, {"error", "error_description"})


VALUES = JSON | st.sampled_from([5, 0, -1, 10**12, "x", True, 1e308, ["x"]])
MATCHED = st.sampled_from(["method", "object", "nth", "probability", "seed", "times", "path_contains"])
OBJECTS, NAMES = st.sampled_from(["Lead", "Activity", "x"]) | SCALARS, st.sampled_from(["A__c", "Id", "x"]) | SCALARS
SETTING = st.sampled_from([each.name for each in fields(Settings)])
CONTROLS = {
    "settings": st.dictionaries(SETTING, VALUES, max_size=2),
    "faults": st.fixed_dictionaries(
        {"effect": st.sampled_from(["error", "latency", "html_503", "truncate"]) | JSON},
        optional={
            "match": st.dictionaries(MATCHED, SCALARS),
            "status": SCALARS, "message": JSON, "fields": JSON, "errorCode": SCALARS, "latency_ms": SCALARS,
        },
    ),
    "fields": st.fixed_dictionaries({
        "object": OBJECTS, "name": NAMES, "label": SCALARS | st.just("A"),
    }, optional={
        "type": st.sampled_from(["double", "address", "x", "multipicklist"]), "length": SCALARS, "picklist": JSON,
        "unique": SCALARS, "external_id": SCALARS,
    }),
    "usage": st.fixed_dictionaries({"used": SCALARS}),
    "records/Lead": JSON,
    "records/User": JSON,
    "expire_sessions": JSON,
}  # fmt: skip


@settings(deadline=None)
@given(data=st.data(), action=st.sampled_from(sorted(CONTROLS)))
def test_any_control_request_leaves_an_org_that_answers(data: st.DataObject, action: str) -> None:
    api = an_api()
    body = orjson.dumps(data.draw(CONTROLS[action]), option=orjson.OPT_PASSTHROUGH_DATACLASS)
    assert api.send("POST", f"/_simulator/{action}", body).status in {200, 400, 404}
    api.send("POST", "/services/oauth2/token", b"grant_type=client_credentials")
    for reply in (
        api.sign_in(),
        api.get("/limits"),
        api.send("GET", "/services/data"),
        api.query("SELECT Id, Owner.Name FROM Lead WHERE CreatedDate = TODAY ORDER BY Name"),
        api.post("/sobjects/Lead", a_lead(A__c="x")),
        api.get("/sobjects/Lead/describe"),
        api.composite(a_part("POST", "/sobjects/Case", "a", {})),
    ):
        assert 200 <= reply.status <= 599
    assert api.send("GET", "/").status == api.send("GET", "/_simulator/state").status == 200


@settings(deadline=None)
@given(path=st.text(max_size=20), body=st.binary(max_size=30), method=st.sampled_from(["GET", "POST", "PUT"]))
def test_any_bytes_to_the_control_interface(path: str, body: bytes, method: str) -> None:
    assert API.send(method, f"/_simulator/{path}", body).status in {200, 400, 404}
