"""Layouts → what each record type offers of its picklists."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from rules.describe import ObjectSpec, Offer
from worker.salesforce.composite import envelope, parts_of
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.session import SalesforceSession

_OK = 200

_PICKLISTS = "picklistsForRecordType"

Name = TypeVar("Name", bound=str)


def with_offers(session: SalesforceSession, described: Mapping[Name, ObjectSpec]) -> dict[Name, ObjectSpec]:
    """The objects, with what their record types offer. One API call, none where no object has record types.

    Raises SyncError if Salesforce refuses to tell.
    Source: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-sobject-layouts-get.html
    """
    typed = [obj for obj, spec in described.items() if spec.record_types]
    if not typed:
        return dict(described)
    parts = parts_of(session.post("composite", envelope(_requests(session, typed))), len(typed))
    told = {obj: read_offers(part, described[obj]) for obj, part in zip(typed, parts, strict=True)}
    return {obj: replace(spec, offers=told.get(obj, {})) for obj, spec in described.items()}


def read_offers(part: Mapping[str, Any], spec: ObjectSpec) -> dict[str, dict[str, Offer]]:
    """By record type and field. Raises SyncError if the request was refused.

    A mapping without picklists tells nothing, so that the field's own values count. The layouts beside the mappings,
    which an object with several record types does not have, are not looked at: what they require binds people alone.
    """
    if part["httpStatusCode"] != _OK:
        errors = read_errors(part["body"])
        raise classify(errors, object=spec.name) if errors else unreadable(part["httpStatusCode"])
    names = {type_id: name for name, type_id in spec.record_types.items()}
    return {
        names[mapping["recordTypeId"]]: {
            picklist["picklistName"]: _offer(picklist["picklistValues"]) for picklist in mapping[_PICKLISTS] or ()
        }
        for mapping in part["body"]["recordTypeMappings"]
        if mapping["recordTypeId"] in names
    }


def _requests(session: SalesforceSession, objects: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"method": "GET", "url": f"{session.base_path}/sobjects/{obj}/describe/layouts", "referenceId": f"l{n}"}
        for n, obj in enumerate(objects)
    ]


def _offer(values: Iterable[Mapping[str, Any]]) -> Offer:
    active = [value for value in values if value["active"]]
    default = next((value["value"] for value in active if value["defaultValue"]), None)
    return Offer(values=tuple(value["value"] for value in active), default=default)
