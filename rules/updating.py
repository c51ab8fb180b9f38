"""What changes on a record that exists: override or fill empty fields."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from rules.addresses import STATE_STAYS, uprooted, without_strangers
from rules.converted import Converted
from rules.lifecycle import BookingState, with_fewer_events
from rules.mapping import Value, Values, map_fields, warned
from rules.plan import Scalar, SObject, Warned
from rules.ready import ObjectMapping, ReadySetup
from rules.ruleset import UpdateMode
from rules.snapshot import Work
from rules.validation import PLACEHOLDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The fields to send, only those that differ; and what was lost on the way to them."""

    fields: Mapping[str, Value]
    warnings: tuple[Warned, ...] = ()
    filled: tuple[str, ...] = ()


def changes_of_existing(
    obj: SObject,
    work: Work,
    there: Mapping[str, Scalar],
    mode: UpdateMode,
    setup: ReadySetup,
    *,
    is_made: bool = False,
) -> Changes:
    """What a booking changes on a record with the values `there`; `is_made` tells that the booking has made it.

    The mode governs what the customer said. What the booking itself says is written in both modes: a status that
    could only be filled once would stay "Scheduled" for ever. A booking that the one in its place has outlived fills
    what is empty and says nothing of itself.
    """
    rows = lasting_rows(obj, setup)
    said = map_fields(rows.customer, obj, work.state, setup)
    booked = map_fields(() if work.is_outlived else rows.booking, obj, work.state, setup)
    mode = "fill_empty" if work.is_outlived else mode
    own = said.fields.keys() if is_made else _filled_before(obj, said.fields, work)
    meant = said.fields
    if mode == "fill_empty":
        is_doubtful = is_made or work.is_retry
        meant = _fillable(obj, said.fields, own, work, there, setup, is_doubtful=is_doubtful)
    wanted, stayed = _without_uprooted(obj, meant, there, rows)
    fields = _differing({**wanted, **booked.fields}, there)
    kept_out = said.fields.keys() - meant.keys()
    warnings = (w for w in (*said.warnings, *booked.warnings) if w.field not in kept_out)
    return Changes(fields=fields, warnings=(*warnings, *stayed), filled=filled_names(obj, wanted, fields, setup))


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
    obj: SObject, work: Work, prior: BookingState, there: Mapping[str, Scalar] | None, setup: ReadySetup
) -> Changes:
    """What a booking whose record is known changes on it: what differs from its prior state.

    `there` is None where the booking overrides; otherwise it fills empty fields, and those that it filled follow it.
    """
    said, before = _customer_values(obj, work, prior, setup)
    rows = lasting_rows(obj, setup)
    booked, earlier = (map_fields(rows.booking, obj, state, setup) for state in (work.state, prior))
    changed = said.fields if work.is_retry else _differing(said.fields, before.fields)
    moved = booked.fields if work.is_retry else _differing(booked.fields, earlier.fields)
    own = _filled_before(obj, changed, work)
    meant = changed
    if there is not None:
        meant = _fillable(obj, changed, own, work, there, setup, is_doubtful=work.is_retry)
    filling, stayed = _without_uprooted(obj, meant, before.fields if there is None else there, rows)
    fields = {**filling, **moved}
    known = {*before.warnings, *earlier.warnings}
    warnings = (w for w in (*said.warnings, *booked.warnings) if w.field in fields or w not in known)
    return Changes(fields=fields, warnings=(*warnings, *stayed), filled=filled_names(obj, filling, fields, setup))


def customer_data_changed(obj: SObject, work: Work, prior: BookingState, setup: ReadySetup) -> bool:
    """Whether the customer now says something else of himself, so that filling needs to see the record."""
    said, before = _customer_values(obj, work, prior, setup)
    return work.is_retry or said.fields != before.fields


def _customer_values(obj: SObject, work: Work, prior: BookingState, setup: ReadySetup) -> tuple[Values, Values]:
    """What the customer says of himself and said before."""
    rows = lasting_rows(obj, setup).customer
    if _says_the_same(work.state, prior) and not work.is_retry:
        rows = ()
    return map_fields(rows, obj, work.state, setup), map_fields(rows, obj, prior, setup)


def _says_the_same(state: BookingState, prior: BookingState) -> bool:
    """Whether the customer said one thing all along, as in most life-cycle events: then nothing is worth mapping."""
    said = [(version.customer, version.answers) for version in (*state.versions, *prior.versions)]
    return all(again == said[0] for again in said)


def lasting_rows(obj: SObject, setup: ReadySetup) -> ObjectMapping:
    """The rows that fill fields of the object's records that are there. An Account is never renamed."""
    mapping = setup.mapping[obj]
    return mapping.unnamed if obj is SObject.ACCOUNT else mapping.updateable


def _differing(wanted: Mapping[str, Value], there: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in wanted.items() if there.get(name) != value}


def _filled_before(obj: SObject, names: Iterable[str], work: Work) -> set[str]:
    """The fields of which the journal knows that this booking filled them."""
    filled = work.records.filled if work.records else ()
    return {name for name in names if f"{obj}.{name}" in filled}


def _without_uprooted(
    obj: SObject, wanted: Mapping[str, Value], there: Mapping[str, Value], rows: ObjectMapping
) -> tuple[Mapping[str, Value], tuple[Warned, ...]]:
    """What is wanted, less countries that the record's state is not in: Salesforce refuses the whole record then."""
    stayed = uprooted(wanted, there, rows.customer)
    if not stayed:
        return wanted, ()
    kept = Converted(None, STATE_STAYS)
    told = tuple(warned(obj, row.field, kept) for row in rows.customer if row.field.name in stayed)
    return {name: value for name, value in wanted.items() if name not in stayed}, told


def _fillable(
    obj: SObject,
    said: Mapping[str, Value],
    own: Collection[str],
    work: Work,
    there: Mapping[str, Scalar],
    setup: ReadySetup,
    *,
    is_doubtful: bool,
) -> dict[str, Value]:
    """Of what the customer said the values for empty fields and for those that are the booking's `own`.

    The latter only while they hold what the booking once said: any other value is the org's own and stays. It is
    doubtful what the record holds where a try broke off: it may have known fewer events than there are now.
    """
    told = _ever_told(obj, work, setup, is_doubtful=is_doubtful) if own else []
    ours = {name for name in own if any(values.get(name) == there.get(name) for values in told)}
    fillable = {name: value for name, value in said.items() if name in ours or _is_empty(there.get(name), setup)}
    return without_strangers(fillable, said, there, setup.mapping[obj].customer)


def _ever_told(obj: SObject, work: Work, setup: ReadySetup, *, is_doubtful: bool) -> list[Mapping[str, Value]]:
    """What the customer said of himself after each event, as the record's fields take it.

    Where it is doubtful what the last try knew, also what he said after some of the events alone.
    """
    rows = lasting_rows(obj, setup).customer
    states = [state for state in (work.state, work.prior) if state]
    versions = [replace(state, versions=state.versions[n:]) for state in states for n in range(len(state.versions))]
    fewer = with_fewer_events(work.state) if is_doubtful else ()
    return [map_fields(rows, obj, version, setup).fields for version in (*versions, *fewer)]


def _is_empty(value: Scalar, setup: ReadySetup) -> bool:
    """Null, blank, or a placeholder of our own, which is no data."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return setup.matching.placeholders_count_as_empty and value in PLACEHOLDERS
