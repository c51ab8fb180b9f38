"""Invitees of Events: read for many Events in one call, added and taken away in one.

An EventRelation takes no external id, so a repeated write would be a second one: whoever writes has read before.
Nobody is e-mailed, because the API sends invitations only where it is asked to.
Sources: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventrelation.htm
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_header_emailheader.htm
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.plan import SObject
from worker.errors import SyncError
from worker.salesforce.collections import MAX_COLLECTIONS, MAX_RECORDS
from worker.salesforce.composite import envelope, parts_of, write_headers
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.queries import Query, run_queries
from worker.salesforce.session import SalesforceSession
from worker.salesforce.soql import select

OBJECT = "EventRelation"

_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """A user who is, or is to be, an invitee of an Event; `id` is that of the EventRelation, None if there is none."""

    event_id: str
    user_id: str
    id: str | None = None


def read_invitees(session: SalesforceSession, event_ids: Sequence[str]) -> list[Invitee]:
    """The invitees of these Events (at most 200, of whom some may not be users), in one call. Raises SyncError."""
    of_events = {"EventId WITH IsInvitee = true": event_ids}
    query = Query(soql=select(("Id", "EventId", "RelationId"), OBJECT, of_events))
    rows = run_queries(session, {SObject.EVENT: query})[SObject.EVENT]
    return [Invitee(event_id=row["EventId"], user_id=row["RelationId"], id=row["Id"]) for row in rows]


def write_invitees(session: SalesforceSession, changes: Sequence[Invitee]) -> list[SyncError | None]:
    """Take away those that have an id and add the others; the error of each, None where it is done.

    One call for each 1,000. A call that fails is the failure of all in it, and what it came to is not known.
    """
    ordered = sorted(enumerate(changes), key=lambda each: each[1].id is None)
    errors: list[SyncError | None] = [None] * len(changes)
    for call in count_off(_collections([change for _, change in ordered]), MAX_COLLECTIONS):
        places = [place for place, _ in ordered[: sum(map(len, call))]]
        del ordered[: len(places)]
        for place, error in zip(places, _write_call(session, call), strict=True):
            errors[place] = error
    return errors


def count_off(items: Sequence[Any], most: int) -> list[Sequence[Any]]:
    """The items in groups of at most so many."""
    return [items[start : start + most] for start in range(0, len(items), most)]


def _collections(changes: Sequence[Invitee]) -> list[Sequence[Invitee]]:
    """Deletions apart, because each collection has one method."""
    gone = [change for change in changes if change.id]
    added = [change for change in changes if not change.id]
    return [*count_off(gone, MAX_RECORDS), *count_off(added, MAX_RECORDS)]


def _write_call(session: SalesforceSession, call: Sequence[Sequence[Invitee]]) -> list[SyncError | None]:
    requests = [_request(part, f"i{n}", session.base_path) for n, part in enumerate(call)]
    try:
        answers = parts_of(session.post("composite", envelope(requests)), len(call))
    except SyncError as error:
        return [error for part in call for _ in part]
    return [error for part, answer in zip(call, answers, strict=True) for error in _errors(part, answer)]


def _request(part: Sequence[Invitee], name: str, base_path: str) -> dict[str, Any]:
    path = f"{base_path}/composite/sobjects"
    request = {"referenceId": name, "httpHeaders": write_headers(auto_assign=False, allow_duplicates=False)}
    ids = [change.id for change in part if change.id]
    if ids:
        return request | {"method": "DELETE", "url": f"{path}?ids={','.join(ids)}&allOrNone=false"}
    records = [
        {
            "attributes": {"type": OBJECT},
            "EventId": change.event_id,
            "RelationId": change.user_id,
            "IsInvitee": True,
        }
        for change in part
    ]
    return request | {"method": "POST", "url": path, "body": {"allOrNone": False, "records": records}}


def _errors(part: Sequence[Invitee], answer: Mapping[str, Any]) -> list[SyncError | None]:
    status, body = answer["httpStatusCode"], answer["body"]
    if status == _OK and isinstance(body, list) and len(body) == len(part):
        return [None if item["success"] else _error(item["errors"], _OK) for item in body]
    return [_error(body, status)] * len(part)


def _error(body: Any, status: int) -> SyncError:  # noqa: ANN401 - JSON
    errors = read_errors(body)
    return classify(errors, object=OBJECT) if errors else unreadable(status)
