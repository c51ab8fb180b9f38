"""Customers without e-mail are looked for by phone, as the vendor's newer integration does.

Numbers are compared as they are written: Salesforce keeps them so, and its queries cannot compare them otherwise.
Source: https://help.oncehub.com/help/integrating-oncehub-with-salesforce
"""

from producers.contract import normalise_phone
from rules.findings import Objects
from rules.plan import SObject
from rules.snapshot import Contact, Lead, Work
from rules.validation import PLACEHOLDER_PHONE

_FIELDS = ("Phone", "MobilePhone")

# The shortest numbers that people are called by: what is shorter is an extension or a slip.
_FEWEST_DIGITS = 6


def find_phone_fields(objects: Objects) -> dict[SObject, tuple[str, ...]]:
    """The fields of Leads and Contacts to look in: those that the API user may see."""
    people = (SObject.LEAD, SObject.CONTACT)
    return {obj: tuple(name for name in _FIELDS if name in objects[obj].fields) for obj in people}


def phones_of(work: Work) -> set[str]:
    """The customer's numbers; none that so many people could give, and never the one that fills required fields."""
    customer = work.state.booking.customer
    numbers = (phone for phone in (customer.phone, customer.mobile_phone) if phone and phone != PLACEHOLDER_PHONE)
    return {phone for phone in numbers if len(normalise_phone(phone)) >= _FEWEST_DIGITS}


def shares_phone(person: Lead | Contact, phones: set[str]) -> bool:
    """Whether one of these numbers is the person's."""
    return not phones.isdisjoint(person.phones)
