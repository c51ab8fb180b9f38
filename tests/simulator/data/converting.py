"""Converting a lead: its account and contact, and what moves to them."""

from dataclasses import dataclass

from tests.simulator.data.dml import addressed, insert
from tests.simulator.data.merging import reparent
from tests.simulator.data.person_accounts import account_name
from tests.simulator.data.records import Row
from tests.simulator.data.recycle_bin import stamp
from tests.simulator.data.shapes import shape
from tests.simulator.errors import refuse
from tests.simulator.state import State, Writing

CONVERTED = "Closed - Converted"
ADDRESS = ("Street", "City", "State", "PostalCode", "Country")
# Help, Lead Conversion Field Mapping; custom fields stay behind unless an admin maps them.
TO_ACCOUNT = {"Company": "Name", "Phone": "Phone", "Fax": "Fax", "Website": "Website", "Industry": "Industry"}
TO_ACCOUNT |= {name: name for name in ("AnnualRevenue", "NumberOfEmployees", "Rating")}
TO_ACCOUNT |= {name: f"Billing{name}" for name in ADDRESS}
TO_CONTACT = {name: name for name in ("Salutation", "FirstName", "LastName", "Title", "Email", "Phone", "MobilePhone")}
TO_CONTACT |= {name: name for name in ("Fax", "LeadSource", "Description")}
TO_CONTACT |= {name: f"Mailing{name}" for name in ADDRESS}


@dataclass(frozen=True, slots=True)
class Converted:
    """The ids of what a lead has become."""

    account: str
    contact: str


def convert(writing: Writing, lead: str, account: str | None = None, contact: str | None = None) -> Converted:
    """Convert a lead into these records, or into new ones for those that are not named."""
    state = writing.state
    lead_id, row = addressed(writing, state.schema.objects["Lead"], lead)
    if row.get("IsConverted"):
        raise refuse("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    made = _person(writing, row, account) or _account_and_contact(writing, row, account, contact)
    reparent(writing, "Lead", lead_id, made.contact)
    outcome: Row = {"ConvertedAccountId": made.account, "ConvertedContactId": made.contact, "Status": CONVERTED}
    outcome |= {"IsConverted": True, "ConvertedDate": writing.now[:10], "IsUnreadByOwner": False}
    state.records.put("Lead", lead_id, row | stamp(writing) | outcome)
    return made


def _account_and_contact(writing: Writing, lead: Row, account: str | None, contact: str | None) -> Converted:
    state = writing.state
    account_id = _into(writing, "Account", account, _mapped(state, lead, "Account", TO_ACCOUNT))
    values = _mapped(state, lead, "Contact", TO_CONTACT) | {"AccountId": account_id}
    contact_id = _into(writing, "Contact", contact, values)
    if state.records.tables["Contact"].rows[contact_id].get("AccountId") != account_id:
        # SOAP guide, convertLead(): contactId "must be associated with the specified accountId".
        raise ValueError("the contact belongs to another account")
    return Converted(account_id, contact_id)


def _person(writing: Writing, lead: Row, account: str | None) -> Converted | None:
    """Return the person account that a lead becomes: the one that is named, or a new one if it has no company.

    A person who is named keeps what it has. Help, Leads: one without a company is converted to a person account.
    """
    state = writing.state
    types = state.record_types.get("Account", {})
    person_type = next((row_id for row_id, each in types.items() if each.person), None)
    sobject = state.schema.objects["Account"]
    if account is not None:
        account_id, _ = addressed(writing, sobject, account)
    elif person_type is not None and not lead.get("Company"):
        contact = _mapped(state, lead, "Contact", TO_CONTACT)
        told = {ours: value for name, value in contact.items() if (ours := account_name(state.schema, name))}
        account_id = insert(writing, sobject, told | {"RecordTypeId": person_type})
    else:
        return None
    contact_id = state.records.tables["Account"].rows[account_id].get("PersonContactId")
    return Converted(account_id, str(contact_id)) if contact_id else None


def _mapped(state: State, lead: Row, object_name: str, mapping: dict[str, str]) -> Row:
    known = state.schema.objects[object_name].fields
    values = {to: lead[name] for name, to in mapping.items() if lead.get(name) is not None and to in known}
    owner = str(lead["OwnerId"])
    # A queue can own neither; Salesforce then demands an owner, and here the converting user stands in.
    return values | ({"OwnerId": owner} if owner.startswith("005") else {})


def _into(writing: Writing, object_name: str, named: str | None, values: Row) -> str:
    """Create the record, or fill the empty fields of the one that is named."""
    sobject = writing.state.schema.objects[object_name]
    if named is None:
        return insert(writing, sobject, values)
    row_id, row = addressed(writing, sobject, named)
    filled: Row = {name: value for name, value in values.items() if row.get(name) is None}
    shape(writing.state, object_name, row, filled)
    writing.state.records.put(object_name, row_id, row | filled | stamp(writing))
    return row_id
