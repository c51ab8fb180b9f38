"""Describes, users and record types → our types."""

from collections.abc import Iterable, Mapping
from typing import Any

from rules.describe import FieldSpec, ObjectSpec
from rules.plan import SObject
from worker.salesforce.composite import envelope, parts_of
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.session import SalesforceSession

_OK = 200


def read_describes(session: SalesforceSession, objects: Iterable[SObject]) -> dict[SObject, ObjectSpec]:
    """The objects as the org describes them, in one API call. Raises SyncError if any is refused."""
    wanted = list(objects)
    requests = [
        {"method": "GET", "url": f"{session.base_path}/sobjects/{obj}/describe", "referenceId": obj.value}
        for obj in wanted
    ]
    parts = parts_of(session.post("composite", envelope(requests)), len(wanted))
    return {obj: _object(part, obj) for obj, part in zip(wanted, parts, strict=True)}


def _object(part: Mapping[str, Any], obj: SObject) -> ObjectSpec:
    body = part["body"]
    if part["httpStatusCode"] != _OK:
        errors = read_errors(body)
        raise classify(errors, object=obj) if errors else unreadable(part["httpStatusCode"])
    return ObjectSpec(
        name=body["name"],
        createable=body["createable"],
        updateable=body["updateable"],
        queryable=body["queryable"],
        fields={field["name"]: _field(field) for field in body["fields"]},
        record_types={
            info["developerName"]: info["recordTypeId"]
            for info in body["recordTypeInfos"]
            if info["available"] and not info["master"]
        },
    )


def _field(field: Mapping[str, Any]) -> FieldSpec:
    return FieldSpec(
        name=field["name"],
        type=field["type"],
        label=field["label"],
        length=field["length"],
        createable=field["createable"],
        updateable=field["updateable"],
        nillable=field["nillable"],
        defaulted_on_create=field["defaultedOnCreate"],
        unique_external_id=field["externalId"] and field["unique"],
        case_sensitive=field["caseSensitive"],
        restricted=field["restrictedPicklist"],
        choices=tuple(choice["value"] for choice in field["picklistValues"] if choice["active"]),
    )
