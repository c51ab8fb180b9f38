from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.messages import Request, Response
from tests.simulator_tests.api import ROOT, Api, a_lead, an_api

LOCKED: dict[str, Any] = {
    "status": 400,
    "code": "UNABLE_TO_LOCK_ROW",
    "message": "unable to obtain exclusive access to this record",
}


def raw(api: Api, method: str = "POST", path: str = "/sobjects/Lead") -> Response:
    body = b'{"LastName": "Hopper", "Company": "Navy"}'
    return api.org.handle(Request(method, ROOT + path, {"Authorization": f"Bearer {api.token}"}, body))


def test_error_strikes_the_whole_request() -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="error", match=Match(method="POST"), status=500, code="UNKNOWN_EXCEPTION"))
    assert api.post("/sobjects/Lead", a_lead()).error == (500, "UNKNOWN_EXCEPTION")
    assert api.get("/limits").status == 200
    assert api.org.records("Lead") == []


def test_error_of_an_object_strikes_its_records_alone() -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="error", match=Match(object="Lead", nth=2), **LOCKED))
    records = [{"attributes": {"type": "Lead"}, **a_lead()}] * 3
    reply = api.post("/composite/sobjects", {"records": records})
    assert [each["success"] for each in reply.body] == [True, False, True]
    assert reply.body[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"


def test_dropped_before_nothing_is_done_dropped_after_all_is() -> None:
    outcomes: list[tuple[Effect, int]] = [("drop_before", 0), ("drop_after", 1)]
    for effect, done in outcomes:
        api = an_api()
        api.org.set_faults(Fault(effect=effect, match=Match(times=1)))
        assert raw(api).fate == "drop"
        assert len(api.org.records("Lead")) == done
        assert raw(api).fate == "send"


def test_gateway_answers_html() -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="html_503"))
    response = raw(api)
    assert (response.status, response.headers["Content-Type"]) == (503, "text/html;charset=UTF-8")
    assert "Sforce-Limit-Info" not in response.headers


def test_truncated_and_late_answers_are_marked() -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="truncate"), Fault(effect="latency", latency=timedelta(seconds=2)))
    response = raw(api)
    assert (response.status, response.fate, response.delay) == (201, "truncate", timedelta(seconds=2))


def test_session_can_expire_under_a_call() -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="expire_session", match=Match(nth=2)))
    assert [raw(api).status for _ in range(3)] == [201, 401, 401]


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({}, [1, 1, 1, 1]),
        ({"nth": 3}, [0, 0, 1, 0]),
        ({"times": 2}, [1, 1, 0, 0]),
        ({"probability": 0.0}, [0, 0, 0, 0]),
        ({"method": "GET"}, [0, 0, 0, 0]),
        ({"method": "post", "path_contains": "/sobjects/"}, [1, 1, 1, 1]),
        ({"path_contains": "/composite"}, [0, 0, 0, 0]),
        ({"object": "lead"}, [1, 1, 1, 1]),
        ({"object": "Case"}, [0, 0, 0, 0]),
    ],
)
def test_matches(match: dict[str, Any], struck: list[int]) -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="html_503", match=Match(**match)))
    assert [int(raw(api).status == 503) for _ in range(4)] == struck


def test_chance_is_the_same_in_every_run() -> None:
    def run(seed: int) -> list[int]:
        api = an_api()
        api.org.set_faults(Fault(effect="html_503", match=Match(probability=0.5, seed=seed)))
        return [raw(api).status for _ in range(40)]

    assert run(1) == run(1) != run(2)


def test_without_faults_the_org_is_well_again() -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="html_503"))
    api.org.set_faults()
    assert raw(api).status == 201
