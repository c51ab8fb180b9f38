import pytest

from tests.simulator.ids import Ids, full_id, with_checksum


@pytest.mark.parametrize("full", ["012000000000000AAA", "01254000001upcKAAQ", "8018c000026EsPyAAK"])
def test_checksum_is_that_of_recorded_ids(full: str) -> None:
    assert with_checksum(full[:15]) == full


@pytest.mark.parametrize(
    ("sent", "full"),
    [
        ("012000000000000", "012000000000000AAA"),
        ("012000000000000AAA", "012000000000000AAA"),
        ("012000000000000AAB", None),
        ("012", None),
        ("012-00000000000", None),
        ("", None),
        ("\uff1012000000000000", None),
    ],
)
def test_ids_come_in_two_lengths_and_carry_a_checksum(sent: str, full: str | None) -> None:
    assert full_id(sent) == full


def test_ids_are_counted_for_each_object() -> None:
    ids = Ids()
    assert [ids.next("00Q")[:15], ids.next("00Q")[:15], ids.next("003")[:15]] == [
        "00Q5e0000000001",
        "00Q5e0000000002",
        "0035e0000000001",
    ]
