from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.faults import Fault, Match
from tests.simulator.messages import Request, Response
from tests.simulator_tests.api import ROOT, Api, a_lead, an_api

REFUSAL = [{"message": "ConcurrentPerOrgLongTxn Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]


def keep_waiting(api: Api, seconds: float, times: int | None = None) -> None:
    match = Match(path_contains="/sobjects", times=times)
    api.org.set_faults(Fault(effect="latency", latency=timedelta(seconds=seconds), match=match))


def run(api: Api, count: int) -> list[int]:
    return [api.post("/sobjects/Lead", a_lead()).status for _ in range(count)]


def raw(api: Api) -> Response:
    return api.org.handle(Request("GET", f"{ROOT}/sobjects", {"Authorization": f"Bearer {api.token}"}))


@pytest.mark.parametrize(("settings", "most"), [({}, 25), ({"concurrent_limit": 5}, 5)])
def test_no_further_data_call_while_as_many_long_ones_run_as_the_org_allows(
    settings: dict[str, Any], most: int
) -> None:
    api = an_api(**settings)
    keep_waiting(api, 20)
    assert run(api, most) == [201] * most
    for reply in (api.post("/sobjects/Lead", a_lead()), api.get("/limits")):
        assert (reply.status, reply.body) == (403, REFUSAL)
    assert len(api.org.records("Lead")) == most


def test_long_requests_count_from_their_arrival_until_their_answer() -> None:
    api = an_api(concurrent_limit=2)
    keep_waiting(api, 30, times=2)
    assert run(api, 1) == [201]
    api.clock.pass_by(timedelta(seconds=20))
    assert run(api, 2) == [201, 403]
    api.clock.pass_by(timedelta(seconds=9))
    assert api.get("/limits").status == 403
    api.clock.pass_by(timedelta(seconds=1))
    assert [api.get("/limits").status, *run(api, 2)] == [200, 201, 201]


def test_short_requests_are_not_limited() -> None:
    api = an_api(concurrent_limit=1)
    keep_waiting(api, 19.9)
    assert run(api, 3) == [201, 201, 201]


def test_refused_calls_are_answered_at_once_cost_nothing_and_do_not_count_as_running() -> None:
    api = an_api(concurrent_limit=1)
    keep_waiting(api, 20)
    assert raw(api).delay == timedelta(seconds=20)
    api.clock.pass_by(timedelta(seconds=10))
    assert (raw(api).status, raw(api).delay) == (403, timedelta())
    api.clock.pass_by(timedelta(seconds=10))
    assert api.get("/limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"


def test_tokens_and_versions_are_given_whatever_runs() -> None:
    api = an_api(concurrent_limit=1)
    keep_waiting(api, 20)
    run(api, 1)
    assert (api.sign_in().status, api.send("GET", "/services/data").status) == (200, 200)
    assert api.send("GET", f"{ROOT}/limits").status == 401


def test_what_counts_as_long_is_a_setting_and_a_reset_forgets_what_runs() -> None:
    api = an_api(concurrent_limit=1, long_request_after=timedelta(seconds=1))
    keep_waiting(api, 1)
    assert run(api, 2) == [201, 403]
    api.org.reset()
    assert run(api, 1) == [201]
