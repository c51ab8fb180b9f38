"""What an org says about an object: the part of its describe that decisions need."""

from collections.abc import Mapping
from dataclasses import dataclass

TEXT_TYPES = frozenset({"string", "textarea", "combobox"})
EXACT_TYPES = frozenset({"email", "phone", "url"})
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
SUPPORTED_TYPES = TEXT_TYPES | EXACT_TYPES | NUMBER_TYPES | {"picklist", "date", "datetime"}
"""The types that can be mapped: the vendor's list, without geolocation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field as described: API name, type, longest text in characters, what may be written."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    defaulted_on_create: bool = False
    unique_external_id: bool = False
    case_sensitive: bool = False
    restricted: bool = False
    choices: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Universally required without a default. Checkboxes are never empty, so they never count."""
        return self.createable and not self.nillable and not self.defaulted_on_create and self.type != "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSpec:
    """One object as described: fields by API name, record type ids by developer name."""

    name: str
    createable: bool
    updateable: bool
    queryable: bool
    fields: Mapping[str, FieldSpec]
    record_types: Mapping[str, str]
