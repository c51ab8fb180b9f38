"""What Salesforce refuses and can be had otherwise is mended within the same claim, and nobody else pays for it."""

from typing import Any

import pytest

from producers.contract import BookingEvent, Owner
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.faults import Fault, Match

OF_A_VALUE = ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS"]
ADA = "ada.rep@vendor.example"


def refused(obj: str, nth: int, code: str, *fields: str) -> Fault:
    """The n-th record of the object that is written is refused."""
    return Fault(effect="error", match=Match(object=obj, nth=nth), status=400, code=code, message="No", fields=fields)


def bookings(count: int, **changes: Any) -> list[BookingEvent]:
    facts = {"owner": Owner(email=ADA)} | changes
    return [
        an_event(booking=a_booking(f"BKNG-{n}", **{"customer": a_customer(email=f"nr{n}@acme.example")} | facts))
        for n in range(count)
    ]


def warnings(rig: Rig, booking_id: str) -> list[str]:
    (end,) = rig.ends(booking_id).values()
    return [warning["code"] for warning in end["warnings"]]


@pytest.mark.parametrize(
    "code", ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS"]
)
@pytest.mark.parametrize("count", [1, 40], ids=["few", "many"])
def test_a_refused_value_is_left_out_and_told(rig: Rig, code: str, count: int) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Lead", 1, code, "Phone"))
    rig.publish(*bookings(count))
    rig.sync()
    leads = {lead["Email"]: lead for lead in rig.records("Lead")}
    assert (len(leads), len(rig.records("Event"))) == (count, count)
    assert leads["nr0@acme.example"].get("Phone") is None
    assert warnings(rig, "BKNG-0") == ["VALUE_REFUSED"]
    assert all(leads[f"nr{n}@acme.example"]["Phone"] for n in range(1, count))
    assert rig.journal.counts()["synced"] == count


def test_mending_costs_one_more_read_and_write(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Lead", 1, "STRING_TOO_LONG", "Phone"))
    rig.publish(*bookings(3))
    assert rig.sync() == 4


def test_an_owner_whom_salesforce_refuses_gives_way_to_the_api_user(rig: Rig) -> None:
    rig.make_ready()
    ada = rig.user(ADA)
    rig.change_record("User", ada, IsActive=False)  # since the setup stages looked
    rig.publish(*bookings(1))
    rig.sync()
    api_user = rig.user("integration@vendor.example")
    assert rig.records("Lead")[0]["OwnerId"] == rig.records("Event")[0]["OwnerId"] == api_user
    assert set(warnings(rig, "BKNG-0")) == {"OWNER_REFUSED"}


def test_what_was_written_already_is_not_written_twice(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Event", 1, "STRING_TOO_LONG", "Location"))
    rig.publish(*bookings(1, location="Room 1"))
    rig.sync()
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 1
    assert warnings(rig, "BKNG-0") == ["VALUE_REFUSED"]
    assert rig.org.state.calls.written["Lead", "created"] == 1


def test_what_cannot_be_mended_is_parked_as_before(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Lead", 1, "STRING_TOO_LONG", "LastName"))
    rig.publish(*bookings(2))
    assert rig.sync() == 2
    assert rig.journal.counts() | {"parked": 1, "synced": 1} == rig.journal.counts()


def test_mending_that_breaks_off_is_tried_again_and_costs_the_neighbours_nothing(rig: Rig) -> None:
    rig.make_ready()
    broken = Fault(effect="html_503", match=Match(method="POST", path_contains="composite", nth=3))
    rig.org.set_faults(refused("Lead", 1, "STRING_TOO_LONG", "Phone"), broken)
    rig.publish(*bookings(3))
    rig.sync()
    assert rig.journal.counts() | {"waiting": 1, "synced": 2} == rig.journal.counts()
    rig.sync(retries=1)
    assert rig.journal.counts()["synced"] == len(rig.records("Lead")) == len(rig.records("Event")) == 3
