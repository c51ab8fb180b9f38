"""What changes on a record that exists: override or fill empty fields."""

from collections.abc import Collection, Iterable, Mapping
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
    filled: tuple[str, ...] = ()


def changes_of_existing(
    obj: SObject, state: BookingState, there: Mapping[str, Scalar], mode: UpdateMode, setup: ReadySetup
) -> Changes:
    """What a booking changes on a record with the values `there`.

    The mode governs what the customer said. What the booking itself says is written in both modes: a status that
    could only be filled once would stay "Scheduled" for ever.
    """
    mapping, labels = setup.mapping[obj], setup.labels.mode
    said = map_fields(updateable(mapping.customer), obj, state, labels)
    booked = map_fields(updateable(mapping.booking), obj, state, labels)
    wanted = said.fields if mode == "override" else _only_empty(said.fields, there, setup)
    fields = _differing({**wanted, **booked.fields}, there)
    kept_out = said.fields.keys() - wanted.keys()
    warnings = (w for w in (*said.warnings, *booked.warnings) if w.field not in kept_out)
    return Changes(fields=fields, warnings=tuple(warnings), filled=filled_names(obj, wanted, fields, setup))


def update_mode(obj: SObject, setup: ReadySetup) -> UpdateMode:
    """The admin's choice for existing records of this object."""
    rules = setup.creation_rules
    match obj:
        case SObject.LEAD:
            return rules.lead.existing.update
        case SObject.CASE:
            return rules.case.existing.update
        case _:
            return rules.contact.existing.update


def filled_names(obj: SObject, said: Collection[str], fields: Iterable[str], setup: ReadySetup) -> tuple[str, ...]:
    """The fields among those written that hold what the customer said, where only empty ones are filled."""
    if update_mode(obj, setup) == "override":
        return ()
    return tuple(f"{obj}.{name}" for name in fields if name in said)


def changes_since(
    obj: SObject,
    state: BookingState,
    prior: BookingState,
    there: Mapping[str, Scalar] | None,
    filled: Collection[str],
    setup: ReadySetup,
) -> Changes:
    """What differs between two states of a booking whose record is known.

    `there` is None where the booking overrides. Otherwise (fill empty) a field that this booking had filled, and that
    still holds what it put there, may follow the booking; any other value is the org's own and stays.
    """
    mapping, labels = setup.mapping[obj], setup.labels.mode
    customer, booking = updateable(mapping.customer), updateable(mapping.booking)
    if _says_the_same(state, prior):
        customer = ()
    said, before = map_fields(customer, obj, state, labels), map_fields(customer, obj, prior, labels)
    booked, earlier = map_fields(booking, obj, state, labels), map_fields(booking, obj, prior, labels)
    changed = _differing(said.fields, before.fields)
    if there is not None:
        own = {n for n in changed if f"{obj}.{n}" in filled and there.get(n) == before.fields.get(n)}
        changed = {n: v for n, v in changed.items() if n in own or _is_empty(there.get(n), setup)}
    fields = {**changed, **_differing(booked.fields, earlier.fields)}
    known = {*before.warnings, *earlier.warnings}
    warnings = (w for w in (*said.warnings, *booked.warnings) if w.field in fields or w not in known)
    return Changes(fields=fields, warnings=tuple(warnings), filled=filled_names(obj, changed, fields, setup))


def customer_data_changed(obj: SObject, state: BookingState, prior: BookingState, setup: ReadySetup) -> bool:
    """Whether the customer now says something else of himself, so that filling needs to see the record."""
    if _says_the_same(state, prior):
        return False
    rows, labels = updateable(setup.mapping[obj].customer), setup.labels.mode
    return map_fields(rows, obj, state, labels).fields != map_fields(rows, obj, prior, labels).fields


def _says_the_same(state: BookingState, prior: BookingState) -> bool:
    """Whether the customer said one thing all along, as in most life-cycle events: then nothing is worth mapping."""
    said = [(version.customer, version.answers) for version in (*state.versions, *prior.versions)]
    return all(again == said[0] for again in said)


def updateable(rows: tuple[CompiledRow, ...]) -> tuple[CompiledRow, ...]:
    """The rows that fill fields of records that are there: some fields can only be set when a record is created."""
    return tuple(row for row in rows if row.field.updateable)


def _differing(wanted: Mapping[str, Scalar], there: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {name: value for name, value in wanted.items() if there.get(name) != value}


def _only_empty(said: Mapping[str, Scalar], there: Mapping[str, Scalar], setup: ReadySetup) -> Mapping[str, Scalar]:
    return {name: value for name, value in said.items() if _is_empty(there.get(name), setup)}


def _is_empty(value: Scalar, setup: ReadySetup) -> bool:
    """Null, blank, or a placeholder of our own, which is no data."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return setup.matching.placeholders_count_as_empty and value in PLACEHOLDERS
