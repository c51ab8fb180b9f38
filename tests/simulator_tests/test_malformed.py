"""Whatever is sent, the answer is one that Salesforce could give: never a traceback, never a 500 of our own."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator_tests.api import ROOT, Reply, a_lead, an_api

API = an_api()
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


def is_answer(reply: Reply) -> bool:
    """Tell whether this is a success or an array of errors as Salesforce shapes them."""
    if reply.status < 400:
        return True
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
