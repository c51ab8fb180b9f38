import pytest

from rules.plan import Scalar
from rules.ready import CompiledRow
from tests.builders import a_field
from worker.salesforce.stored import stored_values


@pytest.mark.parametrize(
    ("type_", "stored", "value"),
    [
        ("datetime", "2026-11-23T10:00:00.000+0000", "2026-11-23T10:00:00Z"),
        ("datetime", None, None),
        ("date", "2026-11-23", "2026-11-23"),
        ("string", "2026-11-23T10:00:00.000+0000", "2026-11-23T10:00:00.000+0000"),
        ("double", 1.5, 1.5),
    ],
)
def test_a_stored_value_reads_as_we_write_it(type_: str, stored: Scalar, value: Scalar) -> None:
    row = CompiledRow(booking="answer:X", field=a_field("X__c", type_))
    assert stored_values({"X__c": stored, "Id": "1"}, [row]) == {"X__c": value}


def test_a_geolocation_is_read_from_its_two_coordinates() -> None:
    row = CompiledRow(booking="answer:X", field=a_field("X__c", "location"))
    record = {"X__Latitude__s": 48.85, "X__Longitude__s": 2.35}
    assert stored_values(record, [row]) == record
