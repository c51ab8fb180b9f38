"""What the setup reads of the org: itself, its objects and its users, in a few API calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rules.checks import User
from rules.connection import Organization
from rules.describe import ObjectSpec
from rules.person_accounts import has_person_accounts
from rules.plan import SObject
from worker.salesforce.composite import envelope, parts_of
from worker.salesforce.describe import describe_requests, read_object
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.layouts import with_offers
from worker.salesforce.session import SalesforceSession

_OK = 200

_ORGANIZATION = "SELECT Id, Name, OrganizationType, InstanceName, IsSandbox FROM Organization"

_USERS = (
    "SELECT Id, Username, Email, TimeZoneSidKey FROM User WHERE IsActive = true AND UserType = 'Standard' ORDER BY Id"
)

_PERSON_TYPES = (
    "SELECT DeveloperName FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = true ORDER BY DeveloperName"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgFacts:
    """What the first stage reads of the org and the later ones work with."""

    organization: Organization
    api_user: str
    objects: Mapping[SObject, ObjectSpec]
    users: tuple[User, ...]
    person_types: tuple[str, ...] = ()


def read_facts(session: SalesforceSession) -> OrgFacts:
    """The org as it is now. One API call, one more each for record types, Person Accounts and further 2,000 users.

    Raises SyncError.
    """
    objects = list(SObject)
    asked = [*describe_requests(session, objects), *_query_requests(session, (_ORGANIZATION, _USERS))]
    parts = parts_of(session.post("composite", envelope(asked)), len(asked))
    described = {obj: read_object(part, obj) for obj, part in zip(objects, parts[: len(objects)], strict=True)}
    organizations, users = (read_rows(session, part) for part in parts[len(objects) :])
    person_types = query(session, _PERSON_TYPES) if has_person_accounts(described) else []
    return OrgFacts(
        organization=_organization(organizations[0]),
        api_user=session.tokens.current().user_id,
        objects=with_offers(session, described),
        users=tuple(_user(row) for row in users),
        person_types=tuple(row["DeveloperName"] for row in person_types),
    )


def query(session: SalesforceSession, soql: str) -> list[dict[str, Any]]:
    """All rows of a query. Raises SyncError."""
    return _all_rows(session, session.get("query", params={"q": soql}))


def query_all(session: SalesforceSession, queries: Sequence[str]) -> list[list[dict[str, Any]]]:
    """All rows of up to five queries, in one API call. Raises SyncError if any is refused."""
    parts = parts_of(session.post("composite", envelope(_query_requests(session, queries))), len(queries))
    return [read_rows(session, part) for part in parts]


def read_rows(session: SalesforceSession, part: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one query of a composite, with those of further pages. Raises SyncError if it was refused."""
    if part["httpStatusCode"] != _OK:
        errors = read_errors(part["body"])
        raise classify(errors) if errors else unreadable(part["httpStatusCode"])
    return _all_rows(session, part["body"])


def _query_requests(session: SalesforceSession, queries: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"method": "GET", "url": f"{session.base_path}/query?q={quote(soql)}", "referenceId": f"q{n}"}
        for n, soql in enumerate(queries)
    ]


def _all_rows(session: SalesforceSession, page: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = list(page["records"])
    while not page["done"]:
        page = session.next_page(page["nextRecordsUrl"])
        rows += page["records"]
    return rows


def _organization(row: Mapping[str, Any]) -> Organization:
    return Organization(
        id=row["Id"],
        name=row["Name"],
        edition=row["OrganizationType"],
        instance=row["InstanceName"],
        is_sandbox=row["IsSandbox"],
    )


def _user(row: Mapping[str, Any]) -> User:
    return User(id=row["Id"], username=row["Username"], email=row["Email"], zone=row["TimeZoneSidKey"])
