"""Reading: one composite of queries for a whole batch → OrgSnapshot."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from rules.lookups import Lookups
from rules.person_accounts import IS_PERSON
from rules.plan import Known, Scalar, SObject
from rules.ready import CompiledRow, ReadySetup, columns
from rules.snapshot import Account, Case, Contact, Event, Lead, OrgSnapshot, company_key, known
from rules.updating import lasting_rows
from worker.errors import Transient
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.session import SalesforceSession
from worker.salesforce.soql import select
from worker.salesforce.stored import stored_values

Row = Mapping[str, Any]

_OK = 200

# A record that was merged into another is deleted and names that as its master.
_MASTER, _MASTER_ID = "MasterRecord", "MasterRecordId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """SOQL and the resource that runs it: queryAll sees deleted records too."""

    soql: str
    resource: Literal["query", "queryAll"] = "query"


def read_org(session: SalesforceSession, lookups: Lookups, setup: ReadySetup) -> OrgSnapshot:
    """Everything that the look-ups ask for, in one API call (and one more for each further page of 2,000 rows).

    Raises SyncError if any query failed: a look-up that failed is never "not found".
    """
    queries = build_queries(lookups, setup)
    if not queries:
        return OrgSnapshot()
    rows = run_queries(session, queries)
    return _snapshot(rows, setup)


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
    masters = [f"{_MASTER}.{name}" for name in names]
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
            return _unique([*own, *columns(_of_account(setup)), *_gone(obj, setup)])
        case SObject.EVENT:
            return ["Id", key, "WhoId", "WhatId"]


def _contact_columns(path: str, setup: ReadySetup) -> list[str]:
    gone = _gone(SObject.CONTACT, setup)
    names = ["Id", "Email", "LastModifiedDate", "AccountId", setup.installation.booking_key, *gone]
    person = [] if setup.person_fields is None else [IS_PERSON]
    account = [f"Account.{name}" for name in columns(_of_account(setup))]
    return [f"{path}{name}" for name in (*names, *person, *_mapped(SObject.CONTACT, setup), *account)]


def _mapped(obj: SObject, setup: ReadySetup) -> list[str]:
    mapping = setup.mapping[obj]
    return columns((*mapping.customer, *mapping.booking))


def _gone(obj: SObject, setup: ReadySetup) -> list[str]:
    return ["IsDeleted", _MASTER_ID] if obj in setup.mergeable else ["IsDeleted"]


def _of_account(setup: ReadySetup) -> tuple[CompiledRow, ...]:
    """The rows for the fields of a Contact's Account that follow the customer."""
    mapping = lasting_rows(SObject.ACCOUNT, setup)
    return (*mapping.customer, *mapping.booking)


def _unique(columns: list[str]) -> list[str]:
    return list(dict.fromkeys(columns))


def run_queries(session: SalesforceSession, queries: Mapping[SObject, Query]) -> dict[SObject, list[Row]]:
    """The rows of at most five queries in one API call. Raises SyncError if any of them failed."""
    requests = [
        {
            "method": "GET",
            "url": f"{session.base_path}/{query.resource}?q={quote(query.soql)}",
            "referenceId": obj.value,
        }
        for obj, query in queries.items()
    ]
    body = {"allOrNone": False, "collateSubrequests": False, "compositeRequest": requests}
    parts = _by_reference(session.post("composite", body))
    return {obj: _all_rows(session, parts.get(obj.value), obj) for obj in queries}


def _by_reference(answer: Any) -> dict[str, Row]:  # noqa: ANN401 - JSON
    if not isinstance(answer, Mapping) or not isinstance(answer.get("compositeResponse"), list):
        raise Transient("Salesforce's answer to a composite has no parts", code="BROKEN_ANSWER")
    return {part["referenceId"]: part for part in answer["compositeResponse"]}


def _all_rows(session: SalesforceSession, part: Row | None, obj: SObject) -> list[Row]:
    if part is None:
        raise Transient(f"Salesforce left the query on {obj} unanswered", code="BROKEN_ANSWER")
    if part["httpStatusCode"] != _OK:
        errors = read_errors(part["body"])
        raise classify(errors, object=obj) if errors else unreadable(part["httpStatusCode"])
    page = part["body"]
    rows = list(page["records"])
    while not page["done"]:
        page = session.next_page(page["nextRecordsUrl"])
        rows += page["records"]
    return rows


def _snapshot(rows: Mapping[SObject, list[Row]], setup: ReadySetup) -> OrgSnapshot:
    leads, cases = _with_masters(rows.get(SObject.LEAD, [])), _with_masters(rows.get(SObject.CASE, []))
    nested = [lead["ConvertedContact"] for lead in leads] + [case["Contact"] for case in cases]
    contacts = [*(row for row in nested if row), *_with_masters(rows.get(SObject.CONTACT, []))]
    accounts = _with_masters(rows.get(SObject.ACCOUNT, []))
    gone = {SObject.LEAD: leads, SObject.CONTACT: contacts, SObject.CASE: cases, SObject.ACCOUNT: accounts}
    return OrgSnapshot.of(
        merged=[pair for obj, own in gone.items() for pair in _merged(obj, own)],
        leads=[_lead(row, setup) for row in _living(leads)],
        contacts=[_contact(row, setup) for row in _living(contacts)],
        cases=[_case(row, setup) for row in _living(cases)],
        accounts=[_account(row, setup) for row in _living(accounts) if not row.get(IS_PERSON)],
        events=[_event(row, setup) for row in rows.get(SObject.EVENT, [])],
    )


def _with_masters(rows: Iterable[Row]) -> list[Row]:
    """The rows and the records that they were merged into."""
    return [found for row in rows for found in (row.get(_MASTER), row) if found]


def _living(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if not row["IsDeleted"])


def _merged(obj: SObject, rows: Iterable[Row]) -> Iterator[tuple[Known, Known]]:
    """Each merged record with the one that it was merged into, unless nothing is left of that."""
    for row in rows:
        master = row.get(_MASTER)
        is_lost = bool(master and master["IsDeleted"] and not master[_MASTER_ID])
        if row["IsDeleted"] and row.get(_MASTER_ID) and not is_lost:
            yield Known(object=obj, id=row["Id"]), Known(object=obj, id=row[_MASTER_ID])


def _lead(row: Row, setup: ReadySetup) -> Lead:
    return Lead(
        record=Known(object=SObject.LEAD, id=row["Id"]),
        email=row["Email"],
        phones=_phones(row),
        modified=row["LastModifiedDate"],
        converted=row["IsConverted"],
        converted_contact=known(SObject.CONTACT, row["ConvertedContactId"]),
        key=row[setup.installation.booking_key],
        values=_values(row, SObject.LEAD, setup),
    )


def _contact(row: Row, setup: ReadySetup) -> Contact:
    return Contact(
        record=Known(object=SObject.CONTACT, id=row["Id"]),
        email=row["Email"],
        phones=_phones(row),
        modified=row["LastModifiedDate"],
        account=known(SObject.ACCOUNT, row["AccountId"]),
        account_values=stored_values(row["Account"], _of_account(setup)) if row.get("Account") else {},
        person_account=known(SObject.ACCOUNT, row["AccountId"]) if row.get(IS_PERSON) else None,
        key=row[setup.installation.booking_key],
        values=_values(row, SObject.CONTACT, setup),
    )


def _phones(row: Row) -> tuple[str, ...]:
    """The numbers, where they were asked for."""
    return tuple(phone for name in ("Phone", "MobilePhone") if (phone := row.get(name)))


def _case(row: Row, setup: ReadySetup) -> Case:
    return Case(
        record=Known(object=SObject.CASE, id=row["Id"]),
        contact=known(SObject.CONTACT, row["ContactId"]),
        key=row[setup.installation.booking_key],
        values=_values(row, SObject.CASE, setup),
    )


def _account(row: Row, setup: ReadySetup) -> Account:
    return Account(
        record=Known(object=SObject.ACCOUNT, id=row["Id"]),
        name=row["Name"],
        key=row[setup.installation.account_key],
        modified=row["LastModifiedDate"],
        values=stored_values(row, _of_account(setup)),
    )


def _event(row: Row, setup: ReadySetup) -> Event:
    what = row["WhatId"]
    return Event(
        record=Known(object=SObject.EVENT, id=row["Id"]),
        booking_id=row[setup.installation.booking_key],
        who=_person(row["WhoId"]),
        what=known(SObject.CASE, what if what and what.startswith("500") else None),
    )


def _person(record_id: str | None) -> Known | None:
    return known(SObject.LEAD if record_id and record_id.startswith("00Q") else SObject.CONTACT, record_id)


def _values(row: Row, obj: SObject, setup: ReadySetup) -> dict[str, Scalar]:
    mapping = setup.mapping[obj]
    return stored_values(row, (*mapping.customer, *mapping.booking))
