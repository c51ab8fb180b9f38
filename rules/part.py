"""A part of a plan: the writes for one record, with their reasons."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.lifecycle import BookingState
from rules.mapping import Values, map_fields
from rules.offers import narrow_all, process_status, type_of_new
from rules.ownership import UNMAPPED_OWNER, Ownership
from rules.plan import FieldValue, Known, New, Reason, Record, SObject, Warned, Write
from rules.quick import quick
from rules.ready import ReadySetup, columns, needs_of
from rules.ruleset import PageRules
from rules.updating import filled_names, lasting_rows, update_mode
from rules.validation import is_complete, supply_required

KNOWN = "known from earlier events of the booking"
"""Why a record needs no look-up."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The record, the writes that make it so, why (in all and by record), and what the admin should know.

    `is_followed` tells whether later events of the booking change the record too, `filled` which of its fields had
    been empty. `account` is the one that a new Contact brings along, `person_account` the one whose person it is;
    `belongs_to` is the Account of a Contact, new or not. `who` is whom the Event is with, if that is another person.
    """

    record: Record
    writes: tuple[Write, ...] = ()
    because: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()
    assigned: tuple[SObject, ...] = ()
    filled: tuple[str, ...] = ()
    is_followed: bool = True
    account: Record | None = None
    person_account: Known | None = None
    belongs_to: Record | None = None
    who: Record | None = None
    reasons: tuple[Reason, ...] = ()


def values_for_create(obj: SObject, state: BookingState, page: PageRules, setup: ReadySetup, now: str) -> Values:
    """All mapped fields and whatever else a new record of its type requires. `now` is ISO text in UTC."""
    said = map_fields(narrow_all(setup.mapping[obj].all, obj, page, setup), obj, state, setup)
    own = process_status(obj, page, setup)
    if is_complete(setup.required[obj], said.fields):
        return Values(fields={**own, **said.fields}, warnings=said.warnings)
    needs = narrow_all(needs_of(setup.required[obj], type_of_new(obj, page, setup)), obj, page, setup)
    needed = supply_required(needs, obj, said.fields, state, setup, now)
    fields = {**own, **said.fields, **needed.fields}
    return Values(fields=fields, warnings=(*said.warnings, *needed.warnings))


def filled_by_creation(obj: SObject, fields: Iterable[str], setup: ReadySetup) -> tuple[str, ...]:
    """What a created record has of the customer: all of it came from this booking."""
    if update_mode(obj, setup) == "override":
        return ()
    return filled_names(obj, columns(lasting_rows(obj, setup).customer), fields, setup)


def owner_fields(ownership: Ownership) -> dict[str, FieldValue]:
    """The OwnerId to send, if any."""
    return {"OwnerId": ownership.owner_id} if ownership.owner_id else {}


def owner_warnings(obj: SObject, ownership: Ownership) -> tuple[Warned, ...]:
    """The warning that the booking owner is nobody in Salesforce."""
    if not ownership.unmapped:
        return ()
    return (Warned(code=UNMAPPED_OWNER, object=obj, field="OwnerId", message=ownership.because),)


def record_type_fields(obj: SObject, page: PageRules, setup: ReadySetup) -> dict[str, FieldValue]:
    """The page's record type. Only for records that are created: an existing one keeps its own.

    Source: https://help.oncehub.com/help/working-with-salesforce-record-types
    """
    name = page.record_types.get(obj)
    return {"RecordTypeId": setup.record_types[obj][name]} if name else {}


def reference(record: Record) -> FieldValue:
    """A record as the value of a reference field: its id, or itself where the id is still to come."""
    return record if isinstance(record, New) else record.id
