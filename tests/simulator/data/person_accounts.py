"""Person accounts: an Account and a Contact that are one person, what may be done to either, and how both agree."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulator.data.records import Row
from tests.simulator.errors import Refused, lacking, not_writable, refuse
from tests.simulator.settings import Settings
from tests.simulator.setup.objects import SObject
from tests.simulator.setup.record_types import type_of
from tests.simulator.setup.schema import Schema
from tests.simulator.state import State

NAMES = frozenset({"LastName", "FirstName", "Salutation"})
# Contact's fields that Account has under the same name instead of a Person… one.
SHARED = NAMES | {"Phone", "Fax", "Description", "OwnerId"}
# What Salesforce answers to the deletion or change of a person contact: dlrs#544, LightningFlowComponents#1708.
REFERENCED = "cannot reference person contact"


@dataclass(frozen=True, slots=True)
class Half:
    """The other half of a person account and what is written to it."""

    sobject: SObject
    id: str
    changes: Row


def overlays(settings: Settings) -> tuple[str, ...]:
    """Return the folders of facts that hold in this org beside the standard ones."""
    if not settings.person_accounts:
        return ()
    return ("person", "companyless") if settings.lead_company_optional_with_person_accounts else ("person",)


def is_person_field(name: str) -> bool:
    """Say whether a field of Account is filled for people alone."""
    return name in NAMES or name.endswith("__pc") or (name.startswith("Person") and not name.endswith("__c"))


def contact_name(schema: Schema, name: str) -> str | None:
    """Return what Contact calls a field of Account, None when it has no such field."""
    if name in SHARED:
        return name
    if not is_person_field(name):
        return None
    theirs = f"{name.removesuffix('pc')}c" if name.endswith("__pc") else name.removeprefix("Person")
    field = schema.objects["Contact"].fields.get(theirs)
    return None if field is None or field.type == "address" else theirs


def account_name(schema: Schema, name: str) -> str | None:
    """Return what Account calls a field of Contact, None when it has no such field."""
    if name in SHARED:
        return name
    ours = f"{name.removesuffix('c')}pc" if name.endswith("__c") else f"Person{name}"
    field = schema.objects["Account"].fields.get(ours)
    return None if field is None or field.type == "address" else ours


def check_halves(state: State, sobject: SObject, before: Row, changes: Row) -> None:
    """Refuse what a client cannot do to an Account of this kind, or to the Contact of a person."""
    if sobject.name == "Account":
        _check_account(state, before, changes)
    elif sobject.name == "Contact" and before.get("IsPersonAccount"):
        _check_person_contact(state, changes)
    elif sobject.name == "Contact":
        _check_parent(state, changes)


def _check_account(state: State, before: Row, changes: Row) -> None:
    found = type_of(state, "Account", before, changes)
    is_person = found is not None and found.person
    if before and is_person != before["IsPersonAccount"]:
        raise _crossing(changes)
    if is_person and "Name" in changes:
        raise _bad_names("Name") if before else not_writable("Name")
    if not is_person:
        foreign = [name for name in changes if is_person_field(name)]
        if foreign:
            raise _bad_names(*foreign)
    _require(state.schema, before, changes, is_person=is_person)


def _crossing(changes: Row) -> Refused:
    if len(changes) > 1:
        message = "Cannot specify any additional fields when marrying or separating a Person-Account"
        return refuse("INVALID_FIELD_FOR_INSERT_UPDATE", message)
    # Salesforce marries an account to its only contact; nothing here needs that, and half of it would mislead.
    message = "the simulated org neither marries nor separates person accounts"
    return refuse("INVALID_PERSON_ACCOUNT_OPERATION", message)


def _require(schema: Schema, before: Row, changes: Row, *, is_person: bool) -> None:
    """Refuse a nameless account, and a person without a field that Contact requires; describe cannot say so."""
    theirs = (account_name(schema, name) for name in schema.objects["Contact"].required)
    required = [name for name in theirs if name] if is_person else ["Name"]
    missing = [name for name in required if changes.get(name) is None and (not before or name in changes)]
    if missing:
        raise lacking(*missing)


def _check_person_contact(state: State, changes: Row) -> None:
    if not state.settings.person_contact_writable_via_contact:
        raise refuse("INVALID_PERSON_ACCOUNT_OPERATION", REFERENCED)
    if "AccountId" in changes:
        raise _bad_names("AccountId")
    if "RecordTypeId" in changes:  # help article 005305352
        raise refuse("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", status=403)


def _check_parent(state: State, changes: Row) -> None:
    account = state.records.get("Account", str(changes.get("AccountId")))
    if account is None or not account.get("IsPersonAccount"):
        return
    code = state.settings.person_account_contact_code
    if code == "INVALID_PERSON_ACCOUNT_OPERATION":
        raise refuse(code, REFERENCED)
    raise refuse(code, "Account ID: a person account cannot have other contacts", "AccountId")


def check_deletable(sobject: SObject, row: Row) -> None:
    """Refuse the deletion of a person's Contact: that takes the deletion of the Account."""
    if sobject.name == "Contact" and row.get("IsPersonAccount"):
        raise refuse("INVALID_PERSON_ACCOUNT_OPERATION", REFERENCED)


def check_what(state: State, who: object, what: object) -> None:
    """Refuse an activity with both halves of one person, where the org is set to."""
    contact = state.records.get("Contact", str(who)) or {}
    both = contact.get("IsPersonAccount") and contact.get("AccountId") == what
    if both and not state.settings.person_account_as_what:
        message = f"Related To ID: id value of incorrect type: {what}"
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "WhatId")


def person_contact(schema: Schema, account: Row) -> Row:
    """Return the Contact that is created with the Account of a person, under the id that the Account has for it."""
    told = {theirs: value for name, value in account.items() if (theirs := contact_name(schema, name))}
    return told | {"Id": account["PersonContactId"], "AccountId": account["Id"], "IsPersonAccount": True}


def other_half(state: State, sobject: SObject, row_id: str, changes: Row) -> Half | None:
    """Return what the other half of a person becomes by changes that this one, already written, has seen."""
    row = state.records.get(sobject.name, row_id) or {}
    if not row.get("IsPersonAccount"):
        return None
    name, other_id, name_there = _OTHERS[sobject.name]
    told = {there: value for here, value in changes.items() if (there := name_there(state.schema, here))}
    if not NAMES.isdisjoint(told):
        told["Name"] = row["Name"]
    return Half(state.schema.objects[name], str(row[other_id]), told)


def _bad_names(*names: str) -> Refused:
    message = f"Account: bad field names on insert/update call: {', '.join(names)}"
    return refuse("INVALID_FIELD_FOR_INSERT_UPDATE", message, *names)


_OTHERS: dict[str, tuple[str, str, Callable[[Schema, str], str | None]]] = {
    "Account": ("Contact", "PersonContactId", contact_name),
    "Contact": ("Account", "AccountId", account_name),
}
