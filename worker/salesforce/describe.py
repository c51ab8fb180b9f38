"""Describes → our types."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rules.describe import Choice, FieldSpec, ObjectSpec
from worker.salesforce.composite import envelope, parts_of
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.session import SalesforceSession

_OK = 200

# An object that the user may not see at all is answered like one that does not exist.
_HIDDEN = {"NOT_FOUND", "INVALID_TYPE"}

Name = TypeVar("Name", bound=str)


def read_describes(session: SalesforceSession, objects: Iterable[Name]) -> dict[Name, ObjectSpec]:
    """The objects as the org describes them, in one API call. Raises SyncError if any is refused.

    One that is hidden from the API user has no rights and no fields.
    """
    wanted = list(objects)
    parts = parts_of(session.post("composite", envelope(describe_requests(session, wanted))), len(wanted))
    return {obj: read_object(part, obj) for obj, part in zip(wanted, parts, strict=True)}


def describe_requests(session: SalesforceSession, objects: Iterable[str]) -> list[dict[str, Any]]:
    """One subrequest of a composite an object."""
    return [
        {"method": "GET", "url": f"{session.base_path}/sobjects/{obj}/describe", "referenceId": f"d{n}"}
        for n, obj in enumerate(objects)
    ]


def read_object(part: Mapping[str, Any], obj: str) -> ObjectSpec:
    """One object's part of the answer. Raises SyncError if it was refused."""
    body = part["body"]
    if part["httpStatusCode"] != _OK:
        errors = read_errors(body)
        if errors and errors[0].code in _HIDDEN:
            return ObjectSpec(name=obj, createable=False, updateable=False, queryable=False, fields={}, record_types={})
        raise classify(errors, object=obj) if errors else unreadable(part["httpStatusCode"])
    types = [info for info in body["recordTypeInfos"] if info["active"] and not info["master"]]
    offered = [info for info in types if info["available"]]
    return ObjectSpec(
        name=body["name"],
        createable=body["createable"],
        updateable=body["updateable"],
        queryable=body["queryable"],
        fields={field["name"]: read_field(field, body["fields"]) for field in body["fields"]},
        record_types={info["developerName"]: info["recordTypeId"] for info in offered},
        default_record_type=next((info["developerName"] for info in offered if info["defaultRecordTypeMapping"]), None),
    )


def read_field(field: Mapping[str, Any], siblings: Sequence[Mapping[str, Any]]) -> FieldSpec:
    """One field of a describe; `siblings` are all fields of its object, one of which may control it."""
    controller = next((each for each in siblings if each["name"] == field["controllerName"]), None)
    return FieldSpec(
        name=field["name"],
        type=field["type"],
        label=field["label"],
        length=field["length"],
        createable=field["createable"],
        updateable=field["updateable"],
        nillable=field["nillable"],
        defaulted_on_create=field["defaultedOnCreate"],
        is_key=field["externalId"] or field["idLookup"],
        unique_external_id=field["externalId"] and field["unique"],
        case_sensitive=field["caseSensitive"],
        restricted=field["restrictedPicklist"],
        choices=tuple(_choice(choice, controller) for choice in field["picklistValues"] if choice["active"]),
        controller=field["controllerName"],
        whole_digits=field["digits"] if field["type"] == "int" else field["precision"] - field["scale"],
        rich=field["htmlFormatted"] and field["type"] == "textarea",
        relationship=field["relationshipName"],
        reference_to=tuple(field["referenceTo"]),
    )


def _choice(choice: Mapping[str, Any], controller: Mapping[str, Any] | None) -> Choice:
    return Choice(
        value=choice["value"],
        label=choice["label"] or "",
        valid_for=_valid_for(choice["validFor"], controller) if controller and choice["validFor"] else None,
    )


def _valid_for(bitmap: str, controller: Mapping[str, Any]) -> tuple[str, ...]:
    """The controlling values that allow a choice: bit n, the highest of a byte first, is the n-th of them.

    Source: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
    """
    bits = base64.b64decode(bitmap)
    values = [choice["value"] for choice in controller["picklistValues"]]
    return tuple(value for n, value in enumerate(values) if n // 8 < len(bits) and bits[n // 8] & (0x80 >> n % 8))
