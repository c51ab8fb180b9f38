from typing import Any

import orjson
import pytest

from tests.simulator.control.aims import aims_of
from tests.simulator.faults import Fault, Match
from tests.simulator.messages import Request
from tests.simulator_tests.api import ROOT, Reply, a_lead, a_part, an_api

RECORDS = [{"attributes": {"type": "Lead"}, **a_lead()}, {"attributes": {"type": "Contact"}, "LastName": "Byron"}]
COLLECTION = {"records": RECORDS}
QUERY = "/query?q=SELECT+Id+FROM+Lead"


@pytest.mark.parametrize(
    ("method", "path", "body", "aims"),
    [
        ("GET", "/limits", None, set()),
        ("POST", "/sobjects/Lead", a_lead(), {("POST", "lead")}),
        ("GET", "/sobjects/Lead/describe", None, {("GET", "lead")}),
        ("GET", QUERY, None, {("GET", "lead")}),
        ("GET", "/query?q=select%20Id%20from%20Contact", None, {("GET", "contact")}),
        ("POST", "/composite/sobjects", COLLECTION, {("POST", "lead"), ("POST", "contact")}),
        ("PATCH", "/composite/sobjects/Lead/Key__c", {}, {("PATCH", "lead")}),
        ("DELETE", "/composite/sobjects?ids=00Q1,0031,xyz", None, {("DELETE", "lead"), ("DELETE", "contact")}),
        ("POST", "/composite", {"compositeRequest": [a_part("GET", QUERY, "a"), 5]}, {("GET", "lead")}),
        (
            "POST",
            "/composite",
            {"compositeRequest": [a_part("patch", "/composite/sobjects", "a", COLLECTION)]},
            {("PATCH", "lead"), ("PATCH", "contact")},
        ),
        (
            "POST",
            "/composite/graph",
            {"graphs": [{"compositeRequest": [a_part("DELETE", "/sobjects/Case/5", "a")]}]},
            {("DELETE", "case")},
        ),
        ("POST", "/composite/sobjects", {"records": [{"attributes": "Lead"}, 5, {}]}, set()),
        ("POST", "/composite", {"compositeRequest": 5, "graphs": [5]}, set()),
        ("POST", "/composite", [5], set()),
    ],
)
def test_requests_are_about_the_objects_they_name(method: str, path: str, body: Any, aims: set[Any]) -> None:
    request = Request(method, ROOT + path, {}, orjson.dumps(body) if body is not None else b"")
    assert aims_of(an_api().org.state.schema, request) == aims


def test_what_is_no_json_is_about_nothing() -> None:
    assert aims_of(an_api().org.state.schema, Request("POST", f"{ROOT}/composite", {}, b"{")) == frozenset()


def send(match: Match, *parts: dict[str, Any]) -> Reply:
    api = an_api()
    api.org.set_faults(Fault(effect="html_503", match=match))
    return api.composite(*parts)


def test_connections_break_for_an_object_in_a_subrequest() -> None:
    lead, contact = a_part("POST", "/sobjects/Lead", "a", a_lead()), a_part("GET", "/sobjects/Contact/1", "b")
    for match, status in (
        (Match(object="Lead"), 503),
        (Match(object="Lead", method="POST"), 503),
        (Match(object="Lead", method="GET"), 200),
        (Match(object="Contact", method="get"), 503),
        (Match(object="Case"), 200),
        (Match(object="Lead", path_contains="/query"), 200),
    ):
        assert send(match, lead, contact).status == status, match


def test_error_of_an_object_with_get_strikes_its_queries_and_reads() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    match = Match(object="Lead", method="GET")
    api.org.set_faults(Fault(effect="error", match=match, status=400, code="QUERY_TIMEOUT", message="too long"))
    refused = (400, "QUERY_TIMEOUT")
    assert [api.get(path).error for path in (QUERY, f"/sobjects/Lead/{lead}", "/sobjects/Lead/describe")] == [
        refused
    ] * 3
    assert api.get("/query?q=SELECT+Id+FROM+Contact").status == 200
    assert api.patch(f"/sobjects/Lead/{lead}", {"Title": "CEO"}).status == 204
    parts = api.composite(a_part("GET", QUERY, "a"), a_part("GET", "/limits", "b")).body["compositeResponse"]
    assert [part["httpStatusCode"] for part in parts] == [400, 200]


def test_error_of_an_object_without_a_method_leaves_reads_alone() -> None:
    api = an_api()
    api.org.set_faults(Fault(effect="error", match=Match(object="Lead", nth=1)))
    assert api.get(QUERY).status == 200
    assert api.post("/sobjects/Lead", a_lead()).status == 500
