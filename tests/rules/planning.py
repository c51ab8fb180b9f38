"""Plans of one booking: a test names the org, the setup and what the booking says otherwise."""

from collections.abc import Mapping
from typing import Any

from producers.contract import SalesforceIds
from rules.creation import plan_booking
from rules.plan import Decision, FieldValue, New, Plan, SObject, Write
from rules.ready import ReadySetup
from rules.snapshot import OrgSnapshot
from tests.builders import NOW, a_customer, a_setup, a_work, an_event
from tests.rules.records import CASE, CONTACT, EMAIL, LEAD, a_case, a_contact, a_lead, an_account

Fields = Mapping[str, FieldValue]

NOBODY = OrgSnapshot.of(accounts=[an_account()])
A_LEAD = a_lead(
    values={"FirstName": "Léa", "LastName": "M.", "Email": EMAIL, "Company": "Unspecified", "Phone": None, "State": " "}
)
A_CONTACT = a_contact(values={"FirstName": "Léa", "LastName": "M.", "Email": EMAIL, "Phone": None})
A_CASE = a_case(contact=CONTACT, values={"Subject": "Help", "Description": "It broke"})

FOUND = OrgSnapshot.of(leads=[A_LEAD], cases=[A_CASE])
FOUND_CONTACT = OrgSnapshot.of(contacts=[A_CONTACT], cases=[A_CASE])

NEW_LEAD, NEW_CONTACT, NEW_CASE, NEW_EVENT = (
    New(object=obj, key="BKNG-1") for obj in (SObject.LEAD, SObject.CONTACT, SObject.CASE, SObject.EVENT)
)

LINKS = {
    "Lead": SalesforceIds(lead=LEAD.id),
    "Contact": SalesforceIds(contact=CONTACT.id),
    "Case": SalesforceIds(case=CASE.id),
}


def plan(org: OrgSnapshot = NOBODY, setup: ReadySetup | None = None, **changes: Any) -> Decision:
    """What a scheduled booking means that says everything, with these changes."""
    said: dict[str, Any] = {"customer": a_customer(note="By phone"), "answers": {"State": "Normandy"}}
    return plan_booking(a_work(an_event(**said | changes)), org, setup or a_setup(), NOW)


def a_plan(org: OrgSnapshot = NOBODY, setup: ReadySetup | None = None, **changes: Any) -> Plan:
    decision = plan(org, setup, **changes)
    assert isinstance(decision, Plan)
    return decision


def on_page(page: str, **tables: Any) -> ReadySetup:
    return a_setup(pages={"default": {"object": page}}, **tables)


def with_rules(page: str, update: str, assign: str) -> ReadySetup:
    """One choice for existing and new records alike, as far as they offer it."""
    existing = {"update": update, "assign": assign}
    new = {"assign": "booking_owner" if assign == "keep" else assign}
    contact = {"update": update, "assign": "keep" if assign == "assignment_rules" else assign}
    rules = {
        "lead": {"existing": existing, "new": new},
        "contact": {"existing": contact},
        "case": {"existing": existing, "new": new},
    }
    return on_page(page, creation_rules=rules)


def records_of(decision: Plan) -> dict[object, tuple[dict[str, FieldValue], FieldValue, bool]]:
    """Of every record but the Event: the fields written, the OwnerId written, whether assignment rules run."""
    return {
        write.record: (
            {name: value for name, value in write.fields.items() if name != "OwnerId"},
            write.fields.get("OwnerId"),
            write.auto_assign,
        )
        for write in decision.writes
        if write.record.object is not SObject.EVENT
    }


def event_of(decision: Plan) -> Write:
    (write,) = (write for write in decision.writes if write.record.object is SObject.EVENT)
    return write
