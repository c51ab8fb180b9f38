"""The Account of a new Contact: found by company name, created when missing, never renamed."""

from rules.describe import FieldSpec
from rules.lifecycle import BookingState
from rules.mapping import Values, full_name
from rules.ownership import booking_owner, record_owner
from rules.part import Part, filled_by_creation, owner_fields, record_type_fields, values_for_create
from rules.plan import New, Reason, SObject, Write
from rules.ready import ReadySetup
from rules.ruleset import PageRules
from rules.snapshot import Contact, OrgSnapshot, Work, company_key
from rules.updating import changes_of_existing, lasting_rows, update_mode
from rules.validation import PLACEHOLDER_TEXT
from rules.values import convert

_NAME = FieldSpec(name="Name", type="string", length=255)


def find_or_create_account(work: Work, page: PageRules, org: OrgSnapshot, setup: ReadySetup, now: str) -> Part | None:
    """The Account that the Contact belongs to; None where the setup wants none for customers without a company."""
    state = work.state
    values = account_values(state, setup, now)
    if values is None:
        return None
    duplicate = work.repairs.duplicate(SObject.ACCOUNT)
    if duplicate:
        reason = Reason(record=duplicate, found="named by a duplicate rule of the org")
        return Part(record=duplicate, because=("Account named by a duplicate rule of the org",), reasons=(reason,))
    name = str(values.fields["Name"])
    there = org.accounts.get(company_key(name))
    if there:
        reason = Reason(record=there.record, found="found by its name")
        return Part(record=there.record, because=("Account found by its name",), reasons=(reason,))
    ownership = booking_owner(record_owner(state, setup), setup)
    record = New(object=SObject.ACCOUNT, key=company_key(name))
    fields = {**values.fields, **owner_fields(ownership), **record_type_fields(SObject.ACCOUNT, page, setup)}
    return Part(
        record=record,
        writes=(Write(record=record, fields=fields),),
        because=("Account created: none has this name",),
        warnings=values.warnings,
        assigned=(SObject.ACCOUNT,),
        filled=filled_by_creation(SObject.ACCOUNT, values.fields, setup),
        reasons=(Reason(record=record, owner=ownership.because),),
    )


def update_account(contact: Contact, work: Work, setup: ReadySetup) -> Part | None:
    """The Account of a Contact that is there: neither renamed nor reassigned; what else is mapped, as the Contact's is.

    None for a Contact without Account, and where nothing but the name is mapped.
    """
    rows = lasting_rows(SObject.ACCOUNT, setup)
    if contact.account is None or not (rows.customer or rows.booking):
        return None
    mode = update_mode(SObject.ACCOUNT, setup)
    changes = changes_of_existing(SObject.ACCOUNT, work, contact.account_values, mode, setup)
    return Part(
        record=contact.account,
        writes=(Write(record=contact.account, fields=changes.fields),) if changes.fields else (),
        because=("Account of the Contact updated",) if changes.fields else (),
        warnings=changes.warnings,
        filled=changes.filled,
    )


def account_values(state: BookingState, setup: ReadySetup, now: str) -> Values | None:
    """The fields of the customer's Account, always with a Name; None if he shall have no Account.

    Without a company the vendor's default for a required text names it, so that all such customers share one Account.
    """
    has_company, empty_company = bool(state.booking.customer.company), setup.matching.empty_company
    if not has_company and empty_company == "none":
        return None
    values = values_for_create(SObject.ACCOUNT, state, setup, now)
    name = values.fields.get("Name", PLACEHOLDER_TEXT)
    if not has_company and empty_company == "customer_name":
        name = convert(full_name(state), _NAME).value or name
    return Values(fields={**values.fields, "Name": name}, warnings=values.warnings)
