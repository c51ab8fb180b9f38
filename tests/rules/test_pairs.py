import pytest

from rules.describe import EXTENDED_TYPES, SUPPORTED_TYPES, TEXT_TYPES
from rules.mapping import booking_fields
from rules.pairs import LOOKUP, fits, fitting_types, kind_of


@pytest.mark.parametrize(
    ("booking", "kind", "types"),
    [
        ("subject", "line", {"picklist"}),
        ("customer_note", "lines", set()),
        ("customer_email", "email", {"email"}),
        ("customer_phone", "phone", {"phone"}),
        ("web_conferencing_link", "link", {"url"}),
        ("creation_time", "time", {"date", "datetime"}),
        ("duration_minutes", "number", {"int", "double", "currency", "percent"}),
        ("answer:Color", "answer", SUPPORTED_TYPES),
    ],
)
def test_booking_fields_go_into_the_types_that_the_vendor_offers_and_into_text(
    booking: str, kind: str, types: set[str]
) -> None:
    assert kind_of(booking) == kind
    assert {type_ for type_ in SUPPORTED_TYPES if fits(booking, type_)} == types | TEXT_TYPES
    assert set(fitting_types(booking)) == types | TEXT_TYPES


@pytest.mark.parametrize("name", booking_fields())
def test_only_answers_tick_checkboxes(name: str) -> None:
    assert not fits(name, "boolean")
    assert all(fits("answer:Color", type_) for type_ in (*EXTENDED_TYPES, LOOKUP))
