"""Lea, who is a Person Account, and the pages on which she books."""

from typing import Any

from producers.contract import BookingEvent, Kind, Named, Owner
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig

PAGES = """
[pages.default]
object = "contact"

[pages."BP-LEADS"]
object = "lead"

[pages."BP-CASES"]
object = "case"

[pages."BP-PEOPLE"]
object = "contact"
record_types = { Account = "PersonAccount" }
"""
ADA, BEN = "ada.rep@vendor.example", "ben.rep@vendor.example"
EMAIL = "lea@acme.example"


def a_person(rig: Rig, **fields: Any) -> dict[str, Any]:
    """Lea's Person Account, Ben's; with the id of her Contact."""
    person_type = next(row["Id"] for row in rig.org.records("RecordType") if row["DeveloperName"] == "PersonAccount")
    known = {"LastName": "Marin", "PersonEmail": EMAIL, "RecordTypeId": person_type, "OwnerId": rig.user(BEN)}
    rig.org.seed("Account", [known | fields])
    return the_person(rig)


def the_person(rig: Rig) -> dict[str, Any]:
    """The one Person Account of the org."""
    (account,) = (row for row in rig.records("Account") if row["IsPersonAccount"])
    return account


def lea_books(page: str = "BP", kind: Kind = Kind.SCHEDULED, minute: int = 0, **changes: Any) -> BookingEvent:
    """Lea books with Ada on this page."""
    customer = a_customer(email=EMAIL, phone="+33 1", mobile_phone="+33 6")
    facts = {"page": Named(id=page), "owner": Owner(email=ADA), "customer": customer}
    return an_event(kind, minute=minute, booking=a_booking(**facts | changes))
