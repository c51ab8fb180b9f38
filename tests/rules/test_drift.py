"""Which bookings a finding would hit: one row a kind of finding and booking."""

from dataclasses import replace
from typing import Any

import pytest

from producers.contract import Kind, Owner
from rules.drift import Footprint, find_hit, pending_footprint, upcoming_footprint
from rules.findings import Concern, Filling, OfType, OwnedBy, Writing
from rules.plan import Known, Records, SObject
from rules.ready import ReadySetup
from rules.snapshot import Work
from tests.builders import NOW, a_booking, a_customer, a_setup, a_state, a_work, an_event

LEAD = Known(object=SObject.LEAD, id="00Q000000000001AAA")
CONTACT = Known(object=SObject.CONTACT, id="003000000000001AAA")
ACCOUNT = Known(object=SObject.ACCOUNT, id="001000000000001AAA")
EVENT = Known(object=SObject.EVENT, id="00U000000000001AAA")

LEADS = a_setup()
CONTACTS = a_setup(pages={"default": {"object": "contact"}})
NOTHING = a_setup(pages={"default": {"object": "none"}})
TYPED = a_setup(pages={"default": {"record_types": {"Lead": "Inbound"}}})
BY_DEFAULT = replace(LEADS, default_types={SObject.LEAD: "Inbound"})


def writing(obj: SObject, *, creates: bool = False) -> Writing:
    return Writing(object=obj, creates=creates)


def canceled() -> Work:
    """A booking whose Lead and Event are known, and whose cancellation waits."""
    first = an_event()
    last = an_event(Kind.CANCELED, minute=9)
    return a_work(first, last, prior=a_state(first), records=Records(lead=LEAD, event=EVENT))


@pytest.mark.parametrize(
    ("concern", "setup", "work", "hit"),
    [
        pytest.param(writing(SObject.LEAD), LEADS, a_work(), True, id="object of the page"),
        pytest.param(writing(SObject.EVENT), LEADS, a_work(), True, id="its Event"),
        pytest.param(writing(SObject.CASE), LEADS, a_work(), False, id="object of another page"),
        pytest.param(writing(SObject.ACCOUNT), CONTACTS, a_work(), True, id="Account of a new Contact"),
        pytest.param(writing(SObject.LEAD), NOTHING, a_work(), False, id="nothing is written"),
        pytest.param(writing(SObject.LEAD, creates=True), LEADS, a_work(), True, id="creates"),
        pytest.param(writing(SObject.LEAD, creates=True), LEADS, canceled(), False, id="has its Lead"),
        pytest.param(writing(SObject.EVENT), LEADS, canceled(), True, id="changes its Event"),
        pytest.param(Filling(object=SObject.LEAD, booking="customer_phone"), LEADS, a_work(), True, id="has a value"),
        pytest.param(Filling(object=SObject.LEAD, booking="customer_note"), LEADS, a_work(), False, id="has none"),
        pytest.param(
            Filling(object=SObject.CASE, booking="customer_phone"), LEADS, a_work(), False, id="for another object"
        ),
        pytest.param(
            Filling(object=SObject.EVENT, booking="event_status", texts=("Scheduled",)),
            LEADS,
            a_work(),
            True,
            id="one of the texts",
        ),
        pytest.param(
            Filling(object=SObject.EVENT, booking="event_status", texts=("Completed",)),
            LEADS,
            a_work(),
            False,
            id="another text",
        ),
        pytest.param(OwnedBy(name="usr-ada"), LEADS, a_work(), True, id="owner by id"),
        pytest.param(OwnedBy(name="Ada@vendor.example"), LEADS, a_work(), True, id="owner by e-mail"),
        pytest.param(OwnedBy(name="USR-BEN"), LEADS, a_work(), False, id="another owner"),
        pytest.param(OwnedBy(), LEADS, a_work(), False, id="owner is somebody"),
        pytest.param(
            OwnedBy(), LEADS, a_work(an_event(owner=Owner(id="USR-X"))), True, id="owner is nobody in Salesforce"
        ),
        pytest.param(OfType(object=SObject.LEAD, record_type="Inbound"), TYPED, a_work(), True, id="record type"),
        pytest.param(OfType(object=SObject.LEAD, record_type="Inbound"), LEADS, a_work(), False, id="no record type"),
        pytest.param(OfType(object=SObject.LEAD, record_type="Inbound"), BY_DEFAULT, a_work(), True, id="default type"),
        pytest.param(OfType(object=SObject.CASE, record_type="Inbound"), TYPED, a_work(), False, id="other object"),
    ],
)
def test_a_finding_hits_bookings_that_it_is_about(concern: Concern, setup: ReadySetup, work: Work, hit: bool) -> None:
    booking = pending_footprint(work, setup, NOW)
    assert find_hit(concern, {"BKNG-1": booking}, setup) == (["BKNG-1"] if hit else [])


def upcoming(**records: Any) -> Footprint:
    return upcoming_footprint(a_work(an_event(booking=a_booking(customer=a_customer())), records=Records(**records)))


@pytest.mark.parametrize(
    ("concern", "booking", "hit"),
    [
        pytest.param(writing(SObject.LEAD), upcoming(lead=LEAD, event=EVENT), True, id="updates its Lead"),
        pytest.param(writing(SObject.CONTACT), upcoming(lead=LEAD, event=EVENT), False, id="has no Contact"),
        pytest.param(writing(SObject.EVENT, creates=True), upcoming(event=EVENT), False, id="creates no more"),
        pytest.param(writing(SObject.ACCOUNT), upcoming(contact=CONTACT, account=ACCOUNT), False, id="leaves Accounts"),
        pytest.param(
            writing(SObject.ACCOUNT), upcoming(contact=CONTACT, person_account=ACCOUNT), True, id="Person Account"
        ),
        pytest.param(OfType(object=SObject.LEAD, record_type="Inbound"), upcoming(lead=LEAD), False, id="keeps type"),
        pytest.param(
            writing(SObject.LEAD), upcoming_footprint(replace(a_work(), records=None)), False, id="records unknown"
        ),
    ],
)
def test_a_booking_in_salesforce_is_hit_through_the_records_that_it_updates(
    concern: Concern, booking: Footprint, hit: bool
) -> None:
    assert bool(find_hit(concern, {"BKNG-1": booking}, LEADS)) is hit
