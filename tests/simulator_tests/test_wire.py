"""Bytes that no well-behaved client sends, to the real server over TLS: each gets an answer, none a traceback."""

import json
import logging
import socket
import ssl
from collections.abc import Iterator

import pytest

from tests.simulator.server import RunningOrg, serve

ROOT = b"/services/data/v68.0"
JSON_TYPE = b"Content-Type: application/json\r\n"
LEAD = b'{"LastName":"Hopper","Company":"Navy"}'
HTML = b"text/html"


@pytest.fixture(name="running", scope="module")
def running_fixture() -> Iterator[RunningOrg]:
    with serve() as running:
        yield running


def connect(running: RunningOrg) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(running.ca_file))
    plain = socket.create_connection(("localhost", int(running.url.rpartition(":")[2])), timeout=10)
    return context.wrap_socket(plain, server_hostname="localhost")


def talk(running: RunningOrg, sent: bytes) -> bytes:
    """Send bytes, and read until the server hangs up."""
    with connect(running) as connection:
        connection.sendall(sent)
        return read_all(connection)


def read_all(connection: ssl.SSLSocket) -> bytes:
    read = b""
    while more := connection.recv(65_536):
        read += more
    return read


def authorized(running: RunningOrg, connection: bytes = b"close") -> bytes:
    org = running.org.state
    user = next(iter(org.records.tables["User"].rows))
    access = org.sessions.issue(org.org_id, user, org.clock(), org.settings.session_lifetime)
    return b"Host: localhost\r\nConnection: %b\r\nAuthorization: Bearer %b\r\n" % (connection, access.encode())


def request(running: RunningOrg, method: bytes, path: bytes, body: bytes = b"", more: bytes = b"") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    head = b"%b %b HTTP/1.1\r\n" % (method, ROOT + path)
    return head + authorized(running) + JSON_TYPE + length + more + b"\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def is_salesforces(answer: bytes) -> bool:
    """Tell whether this is a success, the usual array of errors, or the page of the server in front of the org."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if HTML in head:
        return body.startswith(b"<h1>Bad Message %d</h1><pre>reason: " % status(answer))
    parsed = json.loads(body)
    return status(answer) < 400 or all({"message", "errorCode"} <= set(error) for error in parsed)


@pytest.mark.parametrize(
    ("method", "path", "body", "more", "expected"),
    [
        (b"POST", b"/sobjects/Lead", b"{", b"", 400),
        (b"POST", b"/sobjects/Lead", b"\xff\xfe", b"", 400),
        (b"POST", b"/sobjects/Lead", b'{"LastName":"\\ud800"}', b"", 400),
        (b"POST", b"/sobjects/Lead", b'{"LastName":NaN}', b"", 400),
        (b"POST", b"/sobjects/Lead", b"[" * 200_000, b"", 400),
        (b"POST", b"/sobjects/Lead", LEAD, b"Content-Encoding: gzip\r\n", 201),
        (b"POST", b"/nothing", LEAD, b"", 404),
        (b"PUT", b"/sobjects/Lead", LEAD, b"", 405),
        (b"OPTIONS", b"/limits", b"", b"", 405),
        (b"TRACE", b"/limits", b"", b"", 405),
        (b"FOO", b"/limits", b"", b"", 400),
        (b"GET", b"/query?q=SELEKT", b"", b"", 400),
        (b"GET", b"/query?q=%zz%00%ff", b"", b"", 400),
        (b"GET", b"/sobjects/%00/%ff%fe", b"", b"", 404),
        (b"GET", b"/sobjects/\x00", b"", b"", 400),
        (b"GET", b"/sobjects/\xe9\xff", b"", b"", 400),
        (b"GET", b"/" + b"x" * 17_000, b"", b"", 414),
        (b"GET", b"/" + b"x" * 70_000, b"", b"", 414),
        (b"GET", b"/" + b"x" * 200_000, b"", b"", 414),
        (b"GET", b"/limits", b"", b"X: " + b"y" * 70_000 + b"\r\n", 431),
        (b"GET", b"/limits", b"", b"".join(b"X-%d: y\r\n" % n for n in range(3_000)), 431),
        (b"GET", b"/limits", b"", b"X: \xff\xfe\r\n", 200),
        (b"GET", b"/limits", b"", b"no colon\r\n", 400),
        (b"POST", b"/sobjects/Lead", b"", b"Content-Length: x\r\n", 400),
        (b"POST", b"/sobjects/Lead", b"", b"Content-Length: -5\r\n", 400),
        (b"POST", b"/sobjects/Lead", b"", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST", b"/sobjects/Lead", LEAD, b"Transfer-Encoding: chunked\r\n", 400),
        (b"POST", b"/sobjects/Lead", b"", b"Transfer-Encoding: chunked\r\n\r\n26\r\n%b\r\n0\r\n" % LEAD, 201),
    ],
)
def test_every_request_is_answered_as_salesforce_would(
    running: RunningOrg, method: bytes, path: bytes, body: bytes, more: bytes, expected: int
) -> None:
    answer = talk(running, request(running, method, path, body, more))
    assert (status(answer), is_salesforces(answer)) == (expected, True)


@pytest.mark.parametrize(
    "sent", [b"\x00\x01garbage\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9.9\r\n\r\n", b"\r\n\r\n\r\nx y\r\n\r\n"]
)
def test_what_is_no_http_is_a_bad_message(running: RunningOrg, sent: bytes) -> None:
    answer = talk(running, sent)
    assert (status(answer), is_salesforces(answer)) == (400, True)


def test_head_has_the_headers_of_get_and_no_body(running: RunningOrg) -> None:
    head, _, body = talk(running, request(running, b"HEAD", b"/limits")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"sforce-limit-info" in head.lower()
    assert body == b""


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1"])
def test_old_clients_are_served(running: RunningOrg, version: bytes) -> None:
    answer = talk(running, b"GET /services/data " + version + b"\r\nConnection: close\r\n\r\n")
    assert status(answer) == 200


def test_a_bad_token_is_401_whatever_its_bytes(running: RunningOrg) -> None:
    for token in (b"\xff\xfe", b"x" * 3_000, b"", b"\t"):
        answer = talk(
            running, b"GET %b/limits HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer %b\r\n\r\n" % (ROOT, token)
        )
        assert (status(answer), b"INVALID_SESSION_ID" in answer) == (401, True)


def test_pipelined_requests_are_answered_in_order(running: RunningOrg) -> None:
    first = b"GET " + ROOT + b"/limits HTTP/1.1\r\n" + authorized(running, b"keep-alive") + b"\r\n"
    answer = talk(running, first * 3 + request(running, b"GET", b"/nothing"))
    assert [part.split(b" ")[0] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"200", b"404"]


@pytest.mark.parametrize(
    "body",
    [
        b"Transfer-Encoding: chunked\r\n\r\n26\r\n" + LEAD + b"\r\n",
        b"Content-Length: 500\r\n\r\n" + LEAD,
        b"Content-Length: 39\r\n\r\n" + LEAD,
    ],
)
def test_a_body_that_is_cut_off_writes_nothing(running: RunningOrg, body: bytes) -> None:
    running.org.reset()
    with connect(running) as connection:
        connection.sendall(b"POST " + ROOT + b"/sobjects/Lead HTTP/1.1\r\n" + authorized(running) + JSON_TYPE + body)
        connection.shutdown(socket.SHUT_RDWR)
    assert status(talk(running, request(running, b"GET", b"/limits"))) == 200
    assert running.org.records("Lead") == []


def test_the_control_interface_has_no_tracebacks_either(running: RunningOrg) -> None:
    for body in (b"\xff", b"[" * 5_000, b'{"daily_limit":"x"}', b"null", b'{"texts":{"GONE":"{"}}'):
        head = b"POST /_simulator/settings HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        answer = talk(running, head + body)
        assert (status(answer), is_salesforces(answer)) == (400, True)


def test_nothing_above_was_an_error_of_the_server(running: RunningOrg, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        for path in (b"/limits", b"/nothing", b"/query?q=%00", b"/" + b"x" * 70_000):
            talk(running, request(running, b"GET", path))
    assert [record.getMessage() for record in caplog.records] == []
