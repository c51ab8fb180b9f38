"""Accounts with more mapped than their name, through real Redis and the simulated org: which of them is written."""

from collections.abc import Callable
from typing import Any

import pytest

from producers.contract import Kind
from tests.builders import a_customer, an_event
from tests.rig import Rig

EMAIL = "lea@acme.example"
MAPPED = """
[[field_mapping]]
booking = "customer_phone"
object = "Account"
field = "Phone"

[pages.default]
object = "contact"

[creation_rules.contact.existing]
update = "{update}"
"""

MakeRig = Callable[..., Rig]


def phones(rig: Rig) -> dict[str, str | None]:
    return {row["Name"]: row.get("Phone") for row in rig.records("Account")}


def says(phone: str, **facts: Any) -> Any:
    return an_event(**{"customer": a_customer(email=EMAIL, phone=phone)} | facts)


@pytest.mark.parametrize("update", ["override", "fill_empty"])
@pytest.mark.parametrize("moved_to", ["Beta", None])
def test_an_account_that_the_contact_has_left_meanwhile_is_not_written(
    make_rig: MakeRig, update: str, moved_to: str | None
) -> None:
    rig = make_rig(MAPPED.format(update=update))
    rig.publish(says("1"))
    assert rig.sync() == 2
    (beta,) = rig.org.seed("Account", [{"Name": "Beta"}])
    (contact,) = rig.records("Contact")
    rig.change_record("Contact", contact["Id"], AccountId=beta if moved_to else None)
    rig.publish(says("2", kind=Kind.RESCHEDULED, minute=1))
    assert rig.sync() == 2
    assert phones(rig) == {"Acme": "1", "Beta": "2" if moved_to else None}


@pytest.mark.parametrize("update", ["override", "fill_empty"])
def test_a_later_event_that_says_nothing_new_of_the_account_takes_one_call(make_rig: MakeRig, update: str) -> None:
    rig = make_rig(MAPPED.format(update=update))
    rig.publish(says("1"))
    rig.sync()
    rig.publish(says("1", kind=Kind.CANCELED, minute=1))
    assert rig.sync() == 1


@pytest.mark.parametrize(("update", "phone"), [("override", "2"), ("fill_empty", "1")])
def test_two_new_contacts_of_one_account_write_it_by_the_rules_for_contacts(
    make_rig: MakeRig, update: str, phone: str
) -> None:
    rig = make_rig(MAPPED.format(update=update))
    rig.publish(says("1"))
    rig.sync()
    other = a_customer(email="max@acme.example", phone="2")
    rig.publish(an_event(booking_id="BKNG-2", customer=other))
    assert rig.sync() == 2
    assert phones(rig) == {"Acme": phone}
