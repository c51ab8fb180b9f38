"""The ReadySetup: the admin's choices checked against the org and compiled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rules.describe import FieldSpec, Offer
from rules.plan import SObject
from rules.ruleset import (
    CreationRules,
    EventRules,
    Installation,
    Labels,
    LifeCycle,
    Matching,
    Owners,
    PageRules,
    Quota,
    ValueRules,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRow:
    """A mapping row with the field that it fills.

    `country` is the country's field where this one is a state by its code: Salesforce takes none without the other.
    `lookup_key` is the external id by which a lookup finds its record.
    """

    booking: str
    field: FieldSpec
    country: str | None = None
    lookup_key: str | None = None


def columns(rows: Iterable[CompiledRow]) -> list[str]:
    """The fields that these rows read and write."""
    return [name for row in rows for name in row.field.columns]


@dataclass(frozen=True, kw_only=True)  # without slots, for what is derived once and used for every booking
class ObjectMapping:
    """The rows of one object: what the customer said, which the update mode governs, and what the booking says."""

    customer: tuple[CompiledRow, ...] = ()
    booking: tuple[CompiledRow, ...] = ()

    @cached_property
    def all(self) -> tuple[CompiledRow, ...]:
        """The rows that fill a new record."""
        return (*self.customer, *self.booking)

    @cached_property
    def updateable(self) -> "ObjectMapping":
        """The rows that fill a record that is there: some fields can only be set when a record is created."""
        customer, booking = (
            tuple(row for row in rows if row.field.updateable) for rows in (self.customer, self.booking)
        )
        return ObjectMapping(customer=customer, booking=booking)

    @cached_property
    def naming(self) -> tuple[CompiledRow, ...]:
        """The rows that give the record its name."""
        return tuple(row for row in self.all if row.field.name == "Name")

    @cached_property
    def unnamed(self) -> "ObjectMapping":
        """The updateable rows of an Account, which is never renamed."""
        customer, booking = (
            tuple(row for row in rows if row.field.name != "Name")
            for rows in (self.updateable.customer, self.updateable.booking)
        )
        return ObjectMapping(customer=customer, booking=booking)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredField:
    """A universally required field and what supplies it where its mapping row gives nothing.

    `record_type` is the one of which that is said, None for all that have nothing of their own.
    """

    field: FieldSpec
    booking: str | None = None
    static: str | None = None
    record_type: str | None = None


def needs_of(needs: Iterable[RequiredField], record_type: str | None) -> tuple[RequiredField, ...]:
    """What records of this type require, each field once; None for Master."""
    every = tuple(needs)
    shared = {need.field.name: need for need in every if need.record_type is None}
    own = {need.field.name: need for need in every if need.record_type and need.record_type == record_type}
    return tuple({**shared, **own}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Active Salesforce users: id by what names them in the booking system (its user id or e-mail, lower case).

    `zones` are their time zones by user id.
    """

    api_user: str
    by_name: Mapping[str, str]
    fallback: str | None = None
    zones: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadySetup:
    """Everything that decisions need to know of the setup; `version` is a digest of the rest.

    `phone_fields` are those of people by which one without e-mail is looked for, `supplied` fill a Case that has no
    Contact. `person_fields` says what the mapped
    fields of a Contact are called on a Person Account, None in an org without them; `person_types` are developer names
    of their record types. `default_types` are the record types of records for which none is chosen, Master left out;
    `offers` says by object, record type and field what new records can have of a picklist.
    `mergeable` are the objects whose merged records say what they were merged into.
    """

    version: str
    installation: Installation
    owners: Owners
    users: Users
    mapping: Mapping[SObject, ObjectMapping]
    required: Mapping[SObject, tuple[RequiredField, ...]]
    creation_rules: CreationRules
    pages: Mapping[str, PageRules]
    record_types: Mapping[SObject, Mapping[str, str]]
    matching: Matching
    life_cycle: LifeCycle
    event: EventRules
    labels: Labels
    values: ValueRules
    quota: Quota
    phone_fields: Mapping[SObject, tuple[str, ...]] = field(default_factory=dict)
    supplied: tuple[CompiledRow, ...] = ()
    person_fields: Mapping[str, str] | None = None
    person_types: frozenset[str] = frozenset()
    default_types: Mapping[SObject, str] = field(default_factory=dict)
    offers: Mapping[SObject, Mapping[str, Mapping[str, Offer]]] = field(default_factory=dict)
    mergeable: frozenset[SObject] = frozenset()
