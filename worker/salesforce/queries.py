"""Several queries in one API call, with all their rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from rules.plan import SObject
from worker.errors import Transient
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.session import SalesforceSession

Row = Mapping[str, Any]

_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """SOQL and the resource that runs it: queryAll sees deleted records too."""

    soql: str
    resource: Literal["query", "queryAll"] = "query"


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
