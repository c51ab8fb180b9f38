"""Requests made from the intake's OpenAPI page: its answers are those that the page says, and never a fault."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from producers.signatures import Source
from tests.intake import KEY, SECRET, AnIntake
from tests.producers.webhooks import signed

# Not checked: that all which the schema allows is taken. It cannot say that an id has a checksum or where a year ends.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]


@pytest.fixture(scope="module")
def intake(redis_url: str) -> Iterator[AnIntake]:
    made = AnIntake(redis_url, "default", max_bytes=16_000_000)  # its data may be large, and 413 is no answer to that
    yield made
    made.refused.forget()
    made.close()


OPERATIONS = [
    ("POST", "/bookings"),
    ("POST", "/webhooks/{source}"),
    ("POST", "/webhooks/{source}/{connection}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", GenerationMode)
def test_answers_are_those_that_the_page_says(intake: AnIntake, method: str, path: str, mode: GenerationMode) -> None:
    operation = schemathesis.openapi.from_asgi("/openapi.json", intake.app)[path][method]
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=strategy)
    def check(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

    try:
        check()
    except Unsatisfiable:
        assert (mode, method) == (GenerationMode.NEGATIVE, "GET")  # nothing can be wrong about it


def test_every_operation_of_the_page_is_among_them(intake: AnIntake) -> None:
    paths = intake.client.get("/openapi.json").json()["paths"]
    assert {(method.upper(), path) for path, methods in paths.items() for method in methods} == set(OPERATIONS)


@pytest.mark.parametrize("source", Source)
def test_the_page_names_every_header_that_signs(intake: AnIntake, source: Source) -> None:
    page = intake.client.get("/openapi.json").json()
    (header,) = set(signed(source, b"", SECRET)) - {"Content-Type"}
    assert page["components"]["securitySchemes"][source]["name"] == header


def test_the_page_holds_the_whole_contract(intake: AnIntake) -> None:
    schemas = intake.client.get("/openapi.json").json()["components"]["schemas"]
    assert {"BookingEvent", "Booking", "Customer", "SalesforceIds"} <= set(schemas)
