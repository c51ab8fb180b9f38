"""Record types: which of them a record may have, which values they offer, and what describe says of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulator.data.records import Row
from tests.simulator.data.values import not_offered
from tests.simulator.errors import Refused, refuse
from tests.simulator.settings import RecordType, RecordTypeValues, Settings
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.schema import Schema
from tests.simulator.state import State

MASTER = "012000000000000AAA"
# What Account has from the start in an org with Person Accounts.
BUSINESS = RecordType(object="Account", developer_name="Business_Account", name="Business Account", default=True)
PERSON = RecordType(object="Account", developer_name="PersonAccount", name="Person Account", person=True)


def configured(settings: Settings) -> Iterator[RecordType]:
    """Record types of the settings, and before them those that come with Person Accounts and are not redefined."""
    if settings.person_accounts:
        names = {each.developer_name for each in settings.record_types if each.object == "Account"}
        yield from (each for each in (BUSINESS, PERSON) if each.developer_name not in names)
    yield from settings.record_types


def check_record_type(schema: Schema, settings: Settings, new: RecordType) -> None:
    """Raise ValueError when no org could have this record type."""
    sobject = schema.objects.get(new.object)
    if sobject is None:
        raise ValueError(f"record type {new.developer_name}: no object {new.object}")
    if new.person and not (settings.person_accounts and new.object == "Account"):
        raise ValueError(f"record type {new.developer_name}: person types are for Account, with Person Accounts on")
    for offer in new.picklists:
        _check_offer(sobject, new, offer)


def _check_offer(sobject: SObject, new: RecordType, offer: RecordTypeValues) -> None:
    field = sobject.fields.get(offer.field)
    known = {choice.value for choice in field.choices} if field else set()
    unknown = sorted(set(offer.values) - known)
    if not known or unknown:
        raise ValueError(f"record type {new.developer_name}: {offer.field} has no value {', '.join(unknown)}")
    default = offer.default or (field.default if field else None)
    if default is not None and default not in offer.values:
        raise ValueError(f"record type {new.developer_name}: the default {default} of {offer.field} is not offered")


def default_id(types: Mapping[str, RecordType]) -> str | None:
    """Return the default of the user's profile, None when that is Master."""
    return next((row_id for row_id, each in types.items() if each.default and _usable(each)), None)


def _usable(record_type: RecordType | None) -> bool:
    return record_type is not None and record_type.active and record_type.available


def usable_id(state: State, sobject: SObject, field: Field, row_id: str) -> str:
    """Return the id of a record type that the user may give to a record of this object."""
    if row_id != MASTER and not _usable(state.record_types.get(sobject.name, {}).get(row_id)):
        message = f"{field.label}: this ID value isn't valid for the user: {row_id}"
        raise refuse("INVALID_CROSS_REFERENCE_KEY", message, field.name)
    return row_id


def type_of(state: State, object_name: str, before: Row, changes: Row) -> RecordType | None:
    """Return the record type that a record has after the changes; None stands for Master."""
    types = state.record_types.get(object_name, {})
    chosen = changes.get("RecordTypeId")
    if chosen is None and not before:
        chosen = default_id(types)
    elif "RecordTypeId" not in changes:
        chosen = before.get("RecordTypeId")
    return types.get(str(chosen))


def check_values(state: State, sobject: SObject, before: Row, changes: Row) -> None:
    """Refuse values of restricted picklists that the record's type does not offer."""
    found = type_of(state, sobject.name, before, changes)
    if found is None or not state.settings.enforce_restricted_picklists:
        return
    errors = [
        error
        for offer in found.picklists
        if (value := changes.get(offer.field)) is not None
        and (field := sobject.fields[offer.field]).restricted
        and value not in offer.values
        for error in not_offered(field, str(value)).errors
    ]
    if errors:
        raise Refused(400, *errors)


def settled(state: State, sobject: SObject, before: Row, changes: Row) -> Row:
    """Complete changes by the record type: for a new record the default one, and the values it sets."""
    if before:
        return changes | {"RecordTypeId": None} if changes.get("RecordTypeId") == MASTER else changes
    types = state.record_types[sobject.name]
    chosen = changes.get("RecordTypeId") or default_id(types)
    found = types.get(str(chosen))
    preset: Row = {offer.field: offer.default for offer in found.picklists if offer.default} if found else {}
    given = {name: value for name, value in changes.items() if value is not None}
    return preset | given | {"RecordTypeId": chosen if found else None}


def describe_record_types(types: Mapping[str, RecordType], sobject: SObject, root: str) -> list[dict[str, Any]]:
    """Render recordTypeInfos: every record type of the object, and Master at the end."""
    layouts, default = f"{root}/sobjects/{sobject.name}/describe/layouts", default_id(types)
    master = RecordType(object=sobject.name, developer_name="Master", name="Master")
    return [
        {
            "active": each.active,
            "available": each.available,
            "defaultRecordTypeMapping": row_id == (default or MASTER),
            "developerName": each.developer_name,
            "master": row_id == MASTER,
            "name": each.name,
            "recordTypeId": row_id,
            "urls": {"layout": f"{layouts}/{row_id}"},
        }
        for row_id, each in {**types, MASTER: master}.items()
    ]
