"""Records as they are read: a test names only what it is about."""

from typing import Any

from rules.plan import Known, Record, SObject
from rules.snapshot import Account, Case, Contact, Event, Lead

LEAD = Known(object=SObject.LEAD, id="00Q000000000001EAA")
OTHER_LEAD = Known(object=SObject.LEAD, id="00Q000000000002EAA")
CONTACT = Known(object=SObject.CONTACT, id="003000000000001AAA")
OTHER_CONTACT = Known(object=SObject.CONTACT, id="003000000000002AAA")
CASE = Known(object=SObject.CASE, id="500000000000001AAA")
ACCOUNT = Known(object=SObject.ACCOUNT, id="001000000000001AAA")
EVENT = Known(object=SObject.EVENT, id="00U000000000001EAA")

EMAIL = "lea@acme.example"


def a_lead(record: Record = LEAD, /, **facts: Any) -> Lead:
    """Lea's Lead, open."""
    return Lead(record=record, **{"email": EMAIL} | facts)


def a_contact(record: Record = CONTACT, /, **facts: Any) -> Contact:
    """Lea's Contact."""
    return Contact(record=record, **{"email": EMAIL} | facts)


def a_case(record: Record = CASE, /, **facts: Any) -> Case:
    """A Case of nobody's."""
    return Case(record=record, **facts)


def an_account(name: str = "Acme", **facts: Any) -> Account:
    """Acme."""
    return Account(name=name, record=facts.pop("record", ACCOUNT), **facts)


def an_org_event(**facts: Any) -> Event:
    """The Event of booking BKNG-1, related to nothing."""
    return Event(record=EVENT, booking_id=facts.pop("booking_id", "BKNG-1"), **facts)
