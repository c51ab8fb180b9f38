"""What changes on a record that exists: override or fill empty fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.lifecycle import BookingState
from rules.mapping import map_fields
from rules.plan import Scalar, SObject, Warned
from rules.ready import CompiledRow, ReadySetup
from rules.ruleset import UpdateMode
from rules.validation import PLACEHOLDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The fields to send, only those that differ; and what was lost on the way to them."""

    fields: Mapping[str, Scalar]
    warnings: tuple[Warned, ...] = ()


def changes_of_existing(
    obj: SObject, state: BookingState, there: Mapping[str, Scalar], mode: UpdateMode, setup: ReadySetup
) -> Changes:
    """What a booking changes on a record with the values `there`.

    The mode governs what the customer said. What the booking itself says is written in both modes: a status that
    could only be filled once would stay "Scheduled" for ever.
    """
    mapping, labels = setup.mapping[obj], setup.labels.mode
    said = map_fields(_updateable(mapping.customer), obj, state, labels)
    booked = map_fields(_updateable(mapping.booking), obj, state, labels)
    wanted = said.fields if mode == "override" else _only_empty(said.fields, there, setup)
    fields = {name: value for name, value in {**wanted, **booked.fields}.items() if there.get(name) != value}
    return Changes(fields=fields, warnings=tuple(w for w in (*said.warnings, *booked.warnings) if w.field in fields))


def changes_since(
    obj: SObject, state: BookingState, prior: BookingState, there: Mapping[str, Scalar] | None, setup: ReadySetup
) -> Changes:
    """What differs between two states of a booking whose record is known.

    `there` is None where the booking overrides. Otherwise (fill empty) a field that holds what this booking itself
    had put there may follow the booking; any other value is the org's own and stays.
    """
    mapping, labels = setup.mapping[obj], setup.labels.mode
    customer, booking = _updateable(mapping.customer), _updateable(mapping.booking)
    said, before = map_fields(customer, obj, state, labels), map_fields(customer, obj, prior, labels).fields
    booked, earlier = map_fields(booking, obj, state, labels), map_fields(booking, obj, prior, labels).fields
    changed = {name: value for name, value in said.fields.items() if before.get(name) != value}
    if there is not None:
        own = {name: there.get(name) for name in changed if there.get(name) == before.get(name)}
        changed = {n: v for n, v in changed.items() if n in own or _is_empty(there.get(n), setup)}
    moved = {name: value for name, value in booked.fields.items() if earlier.get(name) != value}
    fields = {**changed, **moved}
    return Changes(fields=fields, warnings=tuple(w for w in (*said.warnings, *booked.warnings) if w.field in fields))


def customer_data_changed(obj: SObject, state: BookingState, prior: BookingState, setup: ReadySetup) -> bool:
    """Whether the customer now says something else of himself, so that filling needs to see the record."""
    rows, labels = _updateable(setup.mapping[obj].customer), setup.labels.mode
    return map_fields(rows, obj, state, labels).fields != map_fields(rows, obj, prior, labels).fields


def _updateable(rows: tuple[CompiledRow, ...]) -> tuple[CompiledRow, ...]:
    return tuple(row for row in rows if row.field.updateable)


def _only_empty(said: Mapping[str, Scalar], there: Mapping[str, Scalar], setup: ReadySetup) -> Mapping[str, Scalar]:
    return {name: value for name, value in said.items() if _is_empty(there.get(name), setup)}


def _is_empty(value: Scalar, setup: ReadySetup) -> bool:
    """Null, blank, or a placeholder of our own, which is no data."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return setup.matching.placeholders_count_as_empty and value in PLACEHOLDERS
