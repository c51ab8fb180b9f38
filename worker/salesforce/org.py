"""Reading: one composite of queries for a whole batch → OrgSnapshot."""

from collections.abc import Iterable, Iterator, Mapping

from rules.lookups import Lookups
from rules.person_accounts import IS_PERSON
from rules.plan import Known, Scalar, SObject
from rules.ready import ReadySetup
from rules.snapshot import Account, Case, Contact, Event, Lead, OrgSnapshot, known
from worker.salesforce.lookup_queries import MASTER, MASTER_ID, build_queries, rows_of_account
from worker.salesforce.queries import Row, run_queries
from worker.salesforce.session import SalesforceSession
from worker.salesforce.stored import stored_values


def read_org(session: SalesforceSession, lookups: Lookups, setup: ReadySetup) -> OrgSnapshot:
    """Everything that the look-ups ask for, in one API call (and one more for each further page of 2,000 rows).

    Raises SyncError if any query failed: a look-up that failed is never "not found".
    """
    queries = build_queries(lookups, setup)
    if not queries:
        return OrgSnapshot()
    rows = run_queries(session, queries)
    return _snapshot(rows, setup)


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
    return [found for row in rows for found in (row.get(MASTER), row) if found]


def _living(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if not row["IsDeleted"])


def _merged(obj: SObject, rows: Iterable[Row]) -> Iterator[tuple[Known, Known]]:
    """Each merged record with the one that it was merged into, unless nothing is left of that."""
    for row in rows:
        master = row.get(MASTER)
        is_lost = bool(master and master["IsDeleted"] and not master[MASTER_ID])
        if row["IsDeleted"] and row.get(MASTER_ID) and not is_lost:
            yield Known(object=obj, id=row["Id"]), Known(object=obj, id=row[MASTER_ID])


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
        account_values=stored_values(row["Account"], rows_of_account(setup)) if row.get("Account") else {},
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
        values=stored_values(row, rows_of_account(setup)),
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
