"""What an org says about an object: the part of its describe that decisions need."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXT_TYPES = frozenset({"string", "textarea", "combobox"})
EXACT_TYPES = frozenset({"email", "phone", "url"})
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
SUPPORTED_TYPES = TEXT_TYPES | EXACT_TYPES | NUMBER_TYPES | {"picklist", "date", "datetime", "location"}
"""The types that the vendor maps.

Source: https://help.oncehub.com/help/supported-and-non-supported-field-types-in-the-salesforce-integration
"""

EXTENDED_TYPES = frozenset({"boolean", "multipicklist"})
"""Types that the vendor does not map; the admin may allow them with values.extended_types."""

_CUSTOM = "__c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An active value of a picklist; `valid_for` are the controlling field's values that allow it, None for all.

    `offered` is False for one that the record type in use does not offer though the field has it.
    """

    value: str
    label: str = ""
    valid_for: tuple[str, ...] | None = None
    offered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The values of a picklist that a record type offers, and the one of them that a new record gets by itself."""

    values: tuple[str, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field as described: API name, type, longest text in characters, what may be written.

    `whole_digits` is how many digits a number may have before the point, 0 if describe does not say. `rich` tells that
    a text is HTML. `controller` is the field on which the choices depend. `relationship` and `reference_to` are those
    of a lookup. `record_type` is the one that narrows the choices, None where they are the field's own.
    """

    name: str
    type: str
    label: str = ""
    length: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    defaulted_on_create: bool = False
    is_key: bool = False
    unique_external_id: bool = False
    case_sensitive: bool = False
    restricted: bool = False
    choices: tuple[Choice, ...] = ()
    controller: str | None = None
    whole_digits: int = 0
    rich: bool = False
    relationship: str | None = None
    reference_to: tuple[str, ...] = ()
    record_type: str | None = None

    @property
    def required(self) -> bool:
        """Universally required without a default. Checkboxes are never empty, so they never count."""
        return self.createable and not self.nillable and not self.defaulted_on_create and self.type != "boolean"

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields that hold its value: a geolocation is written and read as its two coordinates."""
        if self.type != "location":
            return (self.name,)
        stem = self.name.removesuffix(_CUSTOM)
        return f"{stem}__Latitude__s", f"{stem}__Longitude__s"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSpec:
    """One object as described: fields by API name, record type ids by developer name.

    `default_record_type` is what a record gets for which none is chosen, None for Master. `offers` are the record
    types' picklists: by developer name, then by field.
    """

    name: str
    createable: bool
    updateable: bool
    queryable: bool
    fields: Mapping[str, FieldSpec]
    record_types: Mapping[str, str]
    default_record_type: str | None = None
    offers: Mapping[str, Mapping[str, Offer]] = field(default_factory=dict)
