"""Many records: sObject Collections as subrequests, so that 200 bookings take two or three calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.plan import ByKey, New, SObject, Write
from rules.ruleset import Installation
from rules.snapshot import identity
from worker.salesforce.composite import envelope, key_field, named_by_key, parts_of, write_headers
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.results import Done, Failed, Result, Results

MAX_RECORDS = 200
MAX_COLLECTIONS = 5
"""In one composite: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm"""

_OK = 200

_PLACES: Mapping[SObject | None, int] = {obj: place for place, obj in enumerate((*SObject, None))}

# A reference field, and the relationship by which a parent that is only now created is named.
_RELATIONSHIPS = {"AccountId": "Account", "ContactId": "Contact"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Up to 200 writes that one collections subrequest takes: all upserts of one object, or all updates by id."""

    upserted: SObject | None
    auto_assign: bool
    writes: tuple[Write, ...]
    allow_duplicates: bool = False


def to_calls(writes: Sequence[Write]) -> list[list[Collection]]:
    """The writes as calls in order. Events come in calls after all others, whose ids they need."""
    records = [write for write in writes if write.record.object is not SObject.EVENT]
    events = [write for write in writes if write.record.object is SObject.EVENT]
    return [*_packed(_collections(records)), *_packed(_collections(events))]


def to_composite(
    call: Sequence[Collection], results: Mapping[str | New, Result], base_path: str, installation: Installation
) -> dict[str, Any]:
    """The request for one call. `results` holds the ids of records that earlier calls created."""
    return envelope([_subrequest(part, f"c{n}", results, base_path, installation) for n, part in enumerate(call)])


def read_composite(answer: Any, call: Sequence[Collection]) -> Results:  # noqa: ANN401 - JSON
    """What became of each write of the call. Raises Transient if the answer is not whole."""
    results: Results = {}
    for part, collection in zip(parts_of(answer, len(call)), call, strict=True):
        outcomes = _results(part, collection)
        results.update(zip((identity(write.record) for write in collection.writes), outcomes, strict=True))
    return results


def _collections(writes: Sequence[Write]) -> list[Collection]:
    """Upserts by object, parents first, then updates; assignment rules apart, because the header is a collection's."""
    alike: dict[tuple[SObject | None, bool, bool], list[Write]] = {}
    for write in writes:
        upserted = write.record.object if isinstance(write.record, New) else None
        alike.setdefault((upserted, write.auto_assign, write.allow_duplicates), []).append(write)
    ordered = sorted(alike, key=lambda kind: (_PLACES[kind[0]], *kind[1:]))
    return [
        Collection(upserted=upserted, auto_assign=auto_assign, allow_duplicates=allow_duplicates, writes=part)
        for upserted, auto_assign, allow_duplicates in ordered
        for part in _parts(alike[upserted, auto_assign, allow_duplicates])
    ]


def _parts(writes: Sequence[Write]) -> list[tuple[Write, ...]]:
    return [tuple(writes[start : start + MAX_RECORDS]) for start in range(0, len(writes), MAX_RECORDS)]


def _packed(collections: list[Collection]) -> list[list[Collection]]:
    return [collections[n : n + MAX_COLLECTIONS] for n in range(0, len(collections), MAX_COLLECTIONS)]


def _subrequest(
    collection: Collection, name: str, results: Mapping[str | New, Result], base_path: str, installation: Installation
) -> dict[str, Any]:
    path = f"{base_path}/composite/sobjects"
    if collection.upserted:
        path += f"/{collection.upserted}/{key_field(collection.upserted, installation)}"
    return {
        "method": "PATCH",
        "url": path,
        "referenceId": name,
        "httpHeaders": write_headers(auto_assign=collection.auto_assign, allow_duplicates=collection.allow_duplicates),
        "body": {
            "allOrNone": False,
            "records": [_record(write, results, installation) for write in collection.writes],
        },
    }


def _record(write: Write, results: Mapping[str | New, Result], installation: Installation) -> dict[str, object]:
    record = write.record
    body: dict[str, object] = {"attributes": {"type": str(record.object)}}
    if isinstance(record, New):
        body[key_field(record.object, installation)] = record.key
    else:
        body["id"] = record.id
    for name, value in write.fields.items():
        if isinstance(value, (New, ByKey)):
            field, sent = _reference(name, value, results, installation)
            body[field] = sent
        else:
            body[name] = value
    return body


def _reference(
    name: str, value: New | ByKey, results: Mapping[str | New, Result], installation: Installation
) -> tuple[str, object]:
    """A lookup as it stands in a record; a new parent of the same call is named by its external id."""
    if isinstance(value, ByKey):
        return named_by_key(value)
    parent = results.get(value)
    if isinstance(parent, Done):
        return name, parent.id
    return _RELATIONSHIPS[name], {key_field(value.object, installation): value.key}


def _results(part: Mapping[str, Any], collection: Collection) -> list[Result]:
    status, body = part["httpStatusCode"], part["body"]
    if status == _OK and isinstance(body, list) and len(body) == len(collection.writes):
        return [_result(item, write) for item, write in zip(body, collection.writes, strict=True)]
    errors = read_errors(body)
    return [
        Failed(classify(errors, object=write.record.object) if errors else unreadable(status))
        for write in collection.writes
    ]


def _result(item: Mapping[str, Any], write: Write) -> Result:
    if item["success"]:
        return Done(item["id"])
    errors = read_errors(item["errors"])
    return Failed(classify(errors, object=write.record.object) if errors else unreadable(_OK))
