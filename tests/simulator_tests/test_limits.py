from datetime import timedelta

import pytest

from tests.simulator_tests.api import a_lead, a_part, an_api


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/limits", 200),
        ("POST", "/sobjects/Lead", 400),
        ("GET", "/sobjects/Nothing/describe", 404),
        ("PUT", "/limits", 405),
    ],
)
def test_answers_carry_the_limit_header(method: str, path: str, status: int) -> None:
    reply = an_api().call(method, path, {})
    assert (reply.status, reply.headers["Sforce-Limit-Info"]) == (status, "api-usage=1/100000")


def test_unknown_version_is_404_without_limit_header() -> None:
    for version in ("v69.0", "v59", "v059.0", "nonsense"):
        reply = an_api().get(f"/services/data/{version}/limits")
        assert reply.error == (404, "NOT_FOUND")
        assert "Sforce-Limit-Info" not in reply.headers


@pytest.mark.parametrize("version", ["v30.0", "v21.0", "v8.0"])
def test_retired_versions_are_gone(version: str) -> None:
    reply = an_api().send("GET", f"/services/data/{version}/limits")
    assert reply.error == (410, "GONE")


def test_versions_are_listed_without_a_token() -> None:
    versions = an_api().send("GET", "/services/data").body
    assert versions[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert versions[0]["version"] == "31.0"
    assert {each["version"]: each["label"] for each in versions}["63.0"] == "Spring '25"


def test_composite_counts_as_one_call_and_tokens_as_none() -> None:
    api = an_api()
    api.sign_in()
    parts = [a_part("POST", "/sobjects/Lead", f"l{n}", a_lead()) for n in range(25)]
    assert api.composite(*parts).headers["Sforce-Limit-Info"] == "api-usage=1/100000"


def test_limits_say_what_is_left() -> None:
    api = an_api(daily_limit=15_000)
    api.org.set_usage(4_999)
    assert api.get("/limits").body["DailyApiRequests"] == {"Max": 15_000, "Remaining": 10_000}


def test_past_the_daily_limit_nothing_is_done() -> None:
    api = an_api(daily_limit=2)
    api.post("/sobjects/Lead", a_lead())
    api.post("/sobjects/Lead", a_lead())
    reply = api.post("/sobjects/Lead", a_lead())
    assert reply.status == 403
    assert reply.body == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    assert len(api.org.records("Lead")) == 2


def test_usage_is_that_of_the_last_24_hours() -> None:
    api = an_api(daily_limit=1)
    assert api.get("/limits").status == 200
    assert api.get("/limits").status == 403
    api.clock.pass_by(timedelta(hours=24, minutes=1))
    api.sign_in()
    api.token = api.sign_in().body["access_token"]
    assert api.get("/limits").status == 200


def test_whether_the_limits_call_counts_is_a_switch() -> None:
    api = an_api(limits_call_counts=False)
    assert api.get("/limits").headers["Sforce-Limit-Info"] == "api-usage=0/100000"


@pytest.mark.parametrize(("length", "status"), [(16_385, 414), (16_300, 431)])
def test_uris_and_headers_have_a_size(length: int, status: int) -> None:
    assert an_api().get("/limits?" + "x" * (length - 28)).status == status
