"""Decisions as the admin sees them before anything is written: each field old → new, each owner and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.plan import Decision, FieldValue, Known, New, Plan, Reason, Record, Scalar, SObject, Warned, Write
from rules.snapshot import identity

OWNER = "OwnerId"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a write. `is_known` tells whether the old value is: it was read, or there is none yet."""

    field: str
    old: FieldValue
    new: FieldValue
    is_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerShown:
    """Who a record belongs to after the write and before it, as user ids; None where nobody knows."""

    id: str | None
    was: str | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteShown:
    """One write. `creates` is false for a record that an earlier booking of the same customer creates.

    `is_gone` tells of a record that was not there, or not seen, when its old values were read.
    """

    record: Record
    creates: bool
    is_gone: bool
    changes: tuple[FieldChange, ...]
    owner: OwnerShown
    auto_assign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionShown:
    """A decision with the records that were found for it, by what, and its writes."""

    decision: Decision
    found: tuple[Reason, ...] = ()
    writes: tuple[WriteShown, ...] = ()

    @property
    def because(self) -> tuple[str, ...]:
        return self.decision.because if isinstance(self.decision, Plan) else (self.decision.because,)

    @property
    def warnings(self) -> tuple[Warned, ...]:
        return self.decision.warnings if isinstance(self.decision, Plan) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Records of one object by id, and the fields whose values are to be shown."""

    ids: tuple[str, ...]
    fields: tuple[str, ...]


Values = Mapping[str | New, Mapping[str, FieldValue]]
"""Field values by the identity of the record."""


def values_to_show(decisions: Iterable[Decision]) -> dict[SObject, Wanted]:
    """The old values that the decisions' writes replace, and the owners."""
    ids: dict[SObject, dict[str, None]] = {}
    names: dict[SObject, dict[str, None]] = {}
    for write in _writes(decisions):
        if isinstance(write.record, Known):
            ids.setdefault(write.record.object, {})[write.record.id] = None
            names.setdefault(write.record.object, {OWNER: None}).update(dict.fromkeys(write.fields))
    return {obj: Wanted(ids=tuple(own), fields=tuple(names[obj])) for obj, own in ids.items()}


def show_decisions(decisions: Sequence[Decision], before: Mapping[str, Mapping[str, Scalar]]) -> list[DecisionShown]:
    """One value a decision, in their order: of a record that stands in several each sees what those before it wrote."""
    seen: dict[str | New, Mapping[str, FieldValue]] = {name: dict(values) for name, values in before.items()}
    shown = []
    for decision in decisions:
        writes = _show_writes(decision, seen) if isinstance(decision, Plan) else ()
        reasons = decision.reasons if isinstance(decision, Plan) else ()
        found = tuple(reason for reason in reasons if reason.found)
        shown.append(DecisionShown(decision=decision, found=found, writes=writes))
    return shown


def _show_writes(plan: Plan, seen: dict[str | New, Mapping[str, FieldValue]]) -> tuple[WriteShown, ...]:
    owners = {identity(reason.record): reason.owner for reason in plan.reasons}
    shown = []
    for write in plan.writes:
        name = identity(write.record)
        shown.append(_show_write(write, owners.get(name, ""), seen.get(name)))
        # Whom the rules assign it to nobody knows before.
        kept = {there: value for there, value in seen.get(name, {}).items() if there != OWNER or not write.auto_assign}
        seen[name] = {**kept, **write.fields}
    return tuple(shown)


def _show_write(write: Write, owner: str, there: Mapping[str, FieldValue] | None) -> WriteShown:
    creates = isinstance(write.record, New) and there is None
    before = there or {}
    changes = tuple(
        FieldChange(field=name, old=before.get(name), new=value, is_known=name in before or _is_new(write))
        for name, value in write.fields.items()
        if name != OWNER
    )
    return WriteShown(
        record=write.record,
        creates=creates,
        is_gone=isinstance(write.record, Known) and there is None,
        changes=changes,
        owner=_owner(write, owner, before),
        auto_assign=write.auto_assign,
    )


def _is_new(write: Write) -> bool:
    """Whether the record is only now created: what no write has said of it is empty."""
    return isinstance(write.record, New)


def _owner(write: Write, because: str, before: Mapping[str, FieldValue]) -> OwnerShown:
    was = _user(before.get(OWNER))
    kept = None if write.auto_assign else was
    return OwnerShown(id=_user(write.fields.get(OWNER)) or kept, was=was, because=because)


def _user(value: FieldValue) -> str | None:
    return value if isinstance(value, str) else None


def _writes(decisions: Iterable[Decision]) -> list[Write]:
    return [write for decision in decisions if isinstance(decision, Plan) for write in decision.writes]
