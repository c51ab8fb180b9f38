"""Every fault that the issue lists can be set over the control interface."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.simulator.messages import Request, Response
from tests.simulator_tests.api import ROOT, Api, an_api

LIMIT = {"effect": "error", "status": 403, "errorCode": "REQUEST_LIMIT_EXCEEDED"}
DAILY = LIMIT | {"message": "TotalRequests Limit exceeded."}
CONCURRENT = LIMIT | {"message": "ConcurrentPerOrgLongTxn Limit exceeded."}
ERROR = {"effect": "error", "status": 400, "errorCode": "STRING_TOO_LONG", "message": "Too long", "fields": ["City"]}


def set_over_control(api: Api, path: str, body: Any) -> None:
    assert api.send("POST", f"/_simulator/{path}", orjson.dumps(body)).status == 200


def write(api: Api) -> Response:
    body = b'{"LastName": "Hopper", "Company": "Navy"}'
    return api.org.handle(Request("POST", f"{ROOT}/sobjects/Lead", {"Authorization": f"Bearer {api.token}"}, body))


def test_a_key_that_no_fault_has_is_refused_and_those_that_it_has_are_named() -> None:
    answer = an_api().send("POST", "/_simulator/faults", orjson.dumps([ERROR | {"code": "STRING_TOO_LONG"}]))
    assert answer.status == 400
    (said,) = answer.body
    assert said["message"].startswith("no such key of a fault: code; effect, match, status, errorCode")


@pytest.mark.parametrize(
    ("fault", "status", "code", "fate", "written"),
    [
        (ERROR, 400, "STRING_TOO_LONG", "send", 0),
        ({"effect": "latency", "latency_ms": 1500}, 201, None, "send", 1),
        ({"effect": "drop_before"}, 503, None, "drop", 0),
        ({"effect": "drop_after"}, 201, None, "drop", 1),
        ({"effect": "html_503"}, 503, None, "send", 0),
        ({"effect": "truncate"}, 201, None, "truncate", 1),
        ({"effect": "expire_session"}, 401, "INVALID_SESSION_ID", "send", 0),
        ({"effect": "row_lock"}, 400, "UNABLE_TO_LOCK_ROW", "send", 0),
        (DAILY, 403, "REQUEST_LIMIT_EXCEEDED", "send", 0),
        (CONCURRENT, 403, "REQUEST_LIMIT_EXCEEDED", "send", 0),
    ],
)
@pytest.mark.parametrize("match", [{}, {"object": "Lead"}, {"method": "POST"}, {"nth": 1}, {"probability": 1.0}])
def test_every_fault_by_every_match(
    fault: dict[str, Any], status: int, code: str | None, fate: str, written: int, match: dict[str, Any]
) -> None:
    api = an_api()
    set_over_control(api, "faults", [fault | {"match": match}])
    response = write(api)
    assert (response.status, response.fate, len(api.org.records("Lead"))) == (status, fate, written)
    if code is not None:
        assert orjson.loads(response.body)[0]["errorCode"] == code
    assert response.delay == timedelta(milliseconds=fault.get("latency_ms", 0))


def test_the_daily_limit_itself_can_be_reached_over_control() -> None:
    api = an_api()
    set_over_control(api, "usage", {"used": 100_000})
    assert orjson.loads(write(api).body) == [{"message": DAILY["message"], "errorCode": "REQUEST_LIMIT_EXCEEDED"}]


def test_the_concurrent_limit_itself_can_be_reached_over_control() -> None:
    api = an_api()
    set_over_control(api, "settings", {"concurrent_limit": 1, "long_request_after": 2})
    set_over_control(api, "faults", {"effect": "latency", "latency_ms": 2000, "match": {"times": 1}})
    assert [write(api).status, write(api).status] == [201, 403]


def test_how_often_each_fault_struck_is_told() -> None:
    api = an_api()
    set_over_control(api, "faults", [ERROR | {"match": {"object": "Lead", "nth": 2}}])
    for _ in range(3):
        write(api)
    (told,) = api.send("GET", "/_simulator/faults").body
    assert (told["effect"], told["match"]["nth"], told["seen"], told["struck"]) == ("error", 2, 3, 1)
