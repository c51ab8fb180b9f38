"""The ReadySetup: the admin's choices checked against the org and compiled."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.describe import FieldSpec
from rules.plan import SObject
from rules.ruleset import CreationRules, Installation, Labels, Matching, Owners, PageRules


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRow:
    """A mapping row with the field that it fills."""

    booking: str
    field: FieldSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectMapping:
    """The rows of one object: what the customer said, which the update mode governs, and what the booking says."""

    customer: tuple[CompiledRow, ...] = ()
    booking: tuple[CompiledRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredField:
    """A universally required field and what supplies it where its mapping row gives nothing."""

    field: FieldSpec
    booking: str | None = None
    static: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Active Salesforce users: id by what names them in the booking system (its user id or e-mail, lower case)."""

    api_user: str
    by_name: Mapping[str, str]
    fallback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadySetup:
    """Everything that decisions need to know of the setup; `version` is a digest of the rest."""

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
    labels: Labels
