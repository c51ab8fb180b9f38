"""Duplicate rules of the org: the one record that a rule names is the customer's, else it is overruled or obeyed."""

from typing import Any, Literal

import pytest

from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.rules.org_rules import DuplicateRule

OLD: dict[str, Any] = {"LastName": "Old", "Company": "Acme", "Phone": "+33 1 23 45", "Email": "old@acme.example"}


def with_rule(rig: Rig, mode: Literal["alert", "block"]) -> None:
    """From now on the org takes Leads with one phone number for the same."""
    rig.make_ready()
    rule = DuplicateRule(object="Lead", name="Same_phone", matching_rule="Phone", fields=("Phone",), mode=mode)
    rig.org.change(duplicate_rules=(rule,))


def warnings(rig: Rig, booking_id: str) -> list[str]:
    (end,) = rig.ends(booking_id).values()
    return [warning["code"] for warning in end.get("warnings", [])]


@pytest.mark.parametrize("mode", ["alert", "block"])
@pytest.mark.parametrize("others", [0, 40], ids=["few", "many"])
def test_the_one_record_that_a_rule_names_is_the_customers(
    rig: Rig, mode: Literal["alert", "block"], others: int
) -> None:
    (old,) = rig.org.seed("Lead", [OLD])
    with_rule(rig, mode)
    rig.publish(
        an_event(),
        *(
            an_event(booking=a_booking(f"OTHER-{n}", customer=a_customer(email=f"nr{n}@x.example", phone=None)))
            for n in range(others)
        ),
    )
    rig.sync()
    leads = {lead["Id"]: lead for lead in rig.records("Lead")}
    assert len(leads) == 1 + others
    assert leads[old]["LastName"] == "Marin"
    (event,) = (row for row in rig.records("Event") if row["Bookforce_Booking_Id__c"] == "BKNG-1")
    assert event["WhoId"] == old
    assert rig.journal.counts()["synced"] == 1 + others


def test_a_rule_that_alerts_is_overruled_where_it_names_several(rig: Rig) -> None:
    rig.org.seed("Lead", [OLD, OLD | {"Email": "older@acme.example"}])
    with_rule(rig, "alert")
    rig.publish(an_event())
    rig.sync()
    assert len(rig.records("Lead")) == 3
    assert "DUPLICATE_ALLOWED" in warnings(rig, "BKNG-1")


def test_a_rule_that_blocks_parks_the_booking_where_it_names_several(rig: Rig) -> None:
    rig.org.seed("Lead", [OLD, OLD | {"Email": "older@acme.example"}])
    with_rule(rig, "block")
    rig.publish(an_event())
    rig.sync()
    assert len(rig.records("Lead")) == 2
    (parked,) = rig.journal.parked()
    assert rig.ends("BKNG-1")[parked]["cause"]["code"] == "DUPLICATES_DETECTED"
