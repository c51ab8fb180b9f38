"""What is looked for → the queries that find it: at most five, and only the fields that decisions need."""

from collections.abc import Mapping

from rules.lookups import Lookups
from rules.person_accounts import IS_PERSON
from rules.plan import SObject
from rules.ready import CompiledRow, ReadySetup, columns
from rules.snapshot import company_key
from rules.updating import lasting_rows
from worker.salesforce.queries import Query
from worker.salesforce.soql import select

# A record that was merged into another is deleted and names that as its master.
MASTER, MASTER_ID = "MasterRecord", "MasterRecordId"


def build_queries(lookups: Lookups, setup: ReadySetup) -> dict[SObject, Query]:
    """At most one query an object: five, as many as a composite takes."""
    key = setup.installation.booking_key
    companies = {company_key(name) for name in lookups.companies}
    wanted: dict[SObject, Mapping[str, set[str]]] = {
        SObject.LEAD: {"Id": lookups.lead_ids, "Email": lookups.emails, **_by_phone(SObject.LEAD, lookups, setup)},
        SObject.CONTACT: {
            "Id": lookups.contact_ids,
            "Email": lookups.emails,
            f"AccountId WITH {IS_PERSON} = true": lookups.person_account_ids,
            **_by_phone(SObject.CONTACT, lookups, setup),
        },
        SObject.CASE: {"Id": lookups.case_ids, key: lookups.case_keys},
        SObject.ACCOUNT: {
            "Id": lookups.person_account_ids,
            "Name": lookups.companies,
            setup.installation.account_key: companies,
        },
        # Salesforce makes a child Event for each invitee: https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_standard_objects_task_event_invitees.htm
        SObject.EVENT: {f"{key} WITH IsChild = false": lookups.booking_ids},
    }
    phones = setup.phone_fields if lookups.phones else {}
    return {
        obj: _query(obj, _unique([*_columns(obj, setup), *phones.get(obj, ())]), values, setup)
        for obj, values in wanted.items()
        if any(values.values())
    }


def _query(obj: SObject, names: list[str], values: Mapping[str, set[str]], setup: ReadySetup) -> Query:
    """Records that are named by id are looked for among the deleted too, with those that they were merged into.

    So a merged record is followed in the call that finds it gone.
    Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_queryall.htm
    """
    if not values.get("Id") or obj not in setup.mergeable:
        return Query(soql=select(names, obj, values))
    living = {name if name == "Id" else _and_living(name): asked for name, asked in values.items()}
    masters = [f"{MASTER}.{name}" for name in names]
    return Query(soql=select([*names, *masters], obj, living), resource="queryAll")


def _and_living(field: str) -> str:
    return f"{field} {'AND' if ' WITH ' in field else 'WITH'} IsDeleted = false"


def _by_phone(obj: SObject, lookups: Lookups, setup: ReadySetup) -> dict[str, set[str]]:
    return dict.fromkeys(setup.phone_fields[obj], lookups.phones)


def _columns(obj: SObject, setup: ReadySetup) -> list[str]:
    """What decisions need, and the mapped fields: nothing else travels."""
    key = setup.installation.booking_key
    match obj:
        case SObject.LEAD:
            own = ["Id", "Email", "LastModifiedDate", "IsConverted", "ConvertedContactId", key, *_mapped(obj, setup)]
            return _unique([*own, *_gone(obj, setup), *_contact_columns("ConvertedContact.", setup)])
        case SObject.CONTACT:
            return _unique(_contact_columns("", setup))
        case SObject.CASE:
            own = ["Id", "ContactId", key, *_mapped(obj, setup)]
            return _unique([*own, *_gone(obj, setup), *_contact_columns("Contact.", setup)])
        case SObject.ACCOUNT:
            person = [] if setup.person_fields is None else [IS_PERSON]
            own = ["Id", "Name", "LastModifiedDate", setup.installation.account_key, *person]
            return _unique([*own, *columns(rows_of_account(setup)), *_gone(obj, setup)])
        case SObject.EVENT:
            return ["Id", key, "WhoId", "WhatId"]


def _contact_columns(path: str, setup: ReadySetup) -> list[str]:
    gone = _gone(SObject.CONTACT, setup)
    names = ["Id", "Email", "LastModifiedDate", "AccountId", setup.installation.booking_key, *gone]
    person = [] if setup.person_fields is None else [IS_PERSON]
    account = [f"Account.{name}" for name in columns(rows_of_account(setup))]
    return [f"{path}{name}" for name in (*names, *person, *_mapped(SObject.CONTACT, setup), *account)]


def _mapped(obj: SObject, setup: ReadySetup) -> list[str]:
    mapping = setup.mapping[obj]
    return columns((*mapping.customer, *mapping.booking))


def _gone(obj: SObject, setup: ReadySetup) -> list[str]:
    return ["IsDeleted", MASTER_ID] if obj in setup.mergeable else ["IsDeleted"]


def rows_of_account(setup: ReadySetup) -> tuple[CompiledRow, ...]:
    """The rows for the fields of a Contact's Account that follow the customer."""
    mapping = lasting_rows(SObject.ACCOUNT, setup)
    return (*mapping.customer, *mapping.booking)


def _unique(columns: list[str]) -> list[str]:
    return list(dict.fromkeys(columns))
