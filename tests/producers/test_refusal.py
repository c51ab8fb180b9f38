"""A refusal names the field and the shape of its value, and never says the value."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from producers import oncehub
from producers.contract import BookingEvent
from producers.refusal import Refused, shape_of
from tests.producers.bodies import a_webhook, a_wire_event, path_of, put

SHAPES: list[tuple[object, str]] = [
    (None, "null"),
    (True, "true or false"),
    (0, "a number"),
    (1.5, "a number"),
    (float("nan"), "a number"),
    ("", "empty text"),
    ("abc", "text of 3 characters"),
    ([], "a list of 0"),
    (["a", "b"], "a list of 2"),
    ((), "a list of 0"),
    ({}, "an object with 0 keys"),
    ({"a": 1}, "an object with 1 keys"),
    ({1, 2}, "set of 2"),
    (object(), "object"),
]


@pytest.mark.parametrize(("value", "shape"), SHAPES, ids=[shape for _, shape in SHAPES])
def test_a_shape_says_what_a_value_looks_like(value: object, shape: str) -> None:
    assert shape_of(value) == shape


@pytest.mark.parametrize(
    ("field", "shape", "said"),
    [
        pytest.param("data.id", "a number", "data.id: expected x, got a number", id="all"),
        pytest.param("", "a number", "expected x, got a number", id="no field"),
        pytest.param("data.id", "", "data.id: expected x", id="no shape"),
    ],
)
def test_a_refusal_is_one_sentence(field: str, shape: str, said: str) -> None:
    assert str(Refused(field=field, shape=shape, expected="expected x")) == said


def test_the_path_of_a_part_stands_in_the_whole() -> None:
    with pytest.raises(ValidationError) as caught:
        BookingEvent.model_validate(put(a_wire_event(), path_of("booking.customer.email"), "x"))
    assert Refused.of(caught.value, within="event").field == "event.booking.customer.email"


_NO_NAMES = {
    "long": "x" * 61,
    "two lines": "a\nb",
    "terminal command": "\x1b[31m",
    "e-mail": "lea@acme.example",
    "phone": "+1 555 0100",
    "phone behind a word": "tel 5550100",
}


@pytest.mark.parametrize("key", _NO_NAMES.values(), ids=_NO_NAMES)
def test_a_key_that_is_no_name_is_not_shown(key: str) -> None:
    refused = refusal_of_event(a_wire_event() | {key: "x"})
    assert refused.field == f"<a key of {len(key)} characters>"


@pytest.mark.parametrize("key", ["line_2", "Custom field 12", "How many people are you?", "Größe"])
def test_a_key_that_is_a_name_is_shown(key: str) -> None:
    assert refusal_of_event(put(a_wire_event(), ("booking", "answers", key), 1)).field == f"booking.answers.{key}"


def test_a_refusal_passes_through_a_context_manager_unchanged() -> None:
    refused = Refused(field="a", shape="b", expected="c")

    @contextmanager
    def anything() -> Iterator[None]:
        yield

    with pytest.raises(Refused) as caught, anything():
        raise refused
    assert caught.value is refused


FIELDS = [
    "event_id",
    "kind",
    "occurred_at",
    "connection",
    "schema_version",
    "unknown",
    "booking",
    "booking.id",
    "booking.subject",
    "booking.starts_at",
    "booking.duration_minutes",
    "booking.page",
    "booking.page.id",
    "booking.owner.email",
    "booking.customer",
    "booking.customer.email",
    "booking.customer.guests",
    "booking.customer.unknown",
    "booking.answers",
    "booking.answers.Budget",
    "booking.salesforce.lead",
    "booking.change.actor",
    "booking.replaces",
]
WEBHOOK_FIELDS = [
    "id",
    "type",
    "creation_time",
    "data",
    "data.id",
    "data.starting_time",
    "data.last_updated_time",
    "data.duration_minutes",
    "data.owner",
    "data.owner.email",
    "data.virtual_conferencing",
    "data.rescheduled_booking_id",
    "data.cancel_reschedule_information",
    "data.cancel_reschedule_information.actioned_by",
    "data.form_submission",
    "data.form_submission.name",
    "data.form_submission.email",
    "data.form_submission.guests",
    "data.form_submission.custom_fields",
    "data.custom_fields",
    "data.booking_page",
    "data.event_type.id",
]
SECRETS = st.text(st.characters(categories=["L", "N"]), min_size=12, max_size=200)


@given(secret=SECRETS, field=st.sampled_from(FIELDS), form=st.sampled_from(["text", "list", "value", "words"]))
def test_what_a_customer_typed_is_in_no_error_about_an_event(secret: str, field: str, form: str) -> None:
    assert secret not in everything_said(
        BookingEvent.model_validate, put(a_wire_event(), path_of(field), formed(secret, form))
    )


@given(secret=SECRETS, field=st.sampled_from(WEBHOOK_FIELDS), form=st.sampled_from(["text", "list", "value", "words"]))
def test_what_a_customer_typed_is_in_no_error_about_a_webhook(secret: str, field: str, form: str) -> None:
    assert secret not in everything_said(oncehub.translate, put(a_webhook(), path_of(field), formed(secret, form)))


def formed(secret: str, form: str) -> object:
    """The secret as a value of some type."""
    values: dict[str, object] = {
        "text": secret,
        "list": [secret],
        "value": {"value": secret},
        "words": f"{secret} {secret}@x",
    }
    return values[form]


def everything_said(read: Callable[[dict[str, Any]], object], body: dict[str, Any]) -> str:
    """The sentence and the traceback of the refusal, nothing if there is none."""
    try:
        read(body)
    except ValidationError as error:
        return "".join((str(Refused.of(error)), *traceback.format_exception(error)))
    except Refused as refused:
        return "".join((str(refused), *traceback.format_exception(refused)))
    return ""


def refusal_of_event(body: object) -> Refused:
    """Why the contract does not take it."""
    with pytest.raises(ValidationError) as caught:
        BookingEvent.model_validate(body)
    return Refused.of(caught.value)
