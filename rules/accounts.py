"""The Account of a new Contact: found by company name, created when missing, never renamed."""

from collections.abc import Mapping
from dataclasses import replace

from rules.describe import FieldSpec
from rules.lifecycle import BookingState
from rules.mapping import Values, full_name, map_fields
from rules.ownership import booking_owner, record_owner
from rules.part import Part, filled_by_creation, owner_fields, record_type_fields, values_for_create
from rules.plan import New, Reason, Record, Scalar, SObject, Write
from rules.ready import ReadySetup
from rules.ruleset import PageRules
from rules.snapshot import Account, Contact, OrgSnapshot, Work, company_key
from rules.updating import changes_of_existing, lasting_rows, update_mode
from rules.validation import PLACEHOLDER_TEXT
from rules.values import convert

_NAME = FieldSpec(name="Name", type="string", length=255)


def find_or_create_account(work: Work, page: PageRules, org: OrgSnapshot, setup: ReadySetup, now: str) -> Part | None:
    """The Account that the Contact belongs to; None where the setup wants none for customers without a company."""
    state = work.state
    values = account_values(state, page, setup, now)
    if values is None:
        return None
    duplicate = work.repairs.duplicate(SObject.ACCOUNT)
    if duplicate:
        reason = Reason(record=duplicate, found="named by a duplicate rule of the org")
        because = ("Account named by a duplicate rule of the org",)
        return Part(record=duplicate, because=because, reasons=(reason,), is_followed=False)
    name = str(values.fields["Name"])
    there = org.accounts.get(company_key(name))
    if there:
        return _update_found(there, work, setup)
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
    if contact.account is None or not _has_more_than_a_name(setup):
        return None
    return _changed(contact.account, "Account of the Contact updated", contact.account_values, work, setup)


def _update_found(there: Account, work: Work, setup: ReadySetup) -> Part:
    """An Account that a new Contact joins: what else is mapped goes to it as it would with his next booking.

    Not to the one that all customers without a company share.
    """
    is_his = there.name != PLACEHOLDER_TEXT and _has_more_than_a_name(setup)
    part = _changed(there.record, "Account updated", there.values, work, setup) if is_his else Part(record=there.record)
    return replace(
        part,
        because=("Account found by its name", *part.because),
        reasons=(Reason(record=there.record, found="found by its name"),),
        is_followed=is_his,
    )


def _changed(account: Record, said: str, there: Mapping[str, Scalar], work: Work, setup: ReadySetup) -> Part:
    mode = update_mode(SObject.ACCOUNT, setup)
    changes = changes_of_existing(SObject.ACCOUNT, work, there, mode, setup)
    return Part(
        record=account,
        writes=(Write(record=account, fields=changes.fields),) if changes.fields else (),
        because=(said,) if changes.fields else (),
        warnings=changes.warnings,
        filled=changes.filled,
    )


def _has_more_than_a_name(setup: ReadySetup) -> bool:
    """Whether the setup maps anything that an Account which is there can get."""
    rows = lasting_rows(SObject.ACCOUNT, setup)
    return bool(rows.customer or rows.booking)


def account_name(state: BookingState, page: PageRules, setup: ReadySetup, now: str) -> str | None:
    """What the customer's Account is called; None if he shall have none."""
    if state.booking.customer.company:
        said = map_fields(setup.mapping[SObject.ACCOUNT].naming, SObject.ACCOUNT, state, setup).fields
        if "Name" in said:
            return str(said["Name"])
    values = account_values(state, page, setup, now)
    return str(values.fields["Name"]) if values else None


def account_values(state: BookingState, page: PageRules, setup: ReadySetup, now: str) -> Values | None:
    """The fields of the customer's Account, always with a Name; None if he shall have no Account.

    Without a company the vendor's default for a required text names it, so that all such customers share one Account.
    """
    has_company, empty_company = bool(state.booking.customer.company), setup.matching.empty_company
    if not has_company and empty_company == "none":
        return None
    values = values_for_create(SObject.ACCOUNT, state, page, setup, now)
    name = values.fields.get("Name", PLACEHOLDER_TEXT)
    if not has_company and empty_company == "customer_name":
        name = convert(full_name(state), _NAME).value or name
    return Values(fields={**values.fields, "Name": name}, warnings=values.warnings)
