"""The Metadata of a CustomField: from what a client sends to a field of the org, and back."""

from collections.abc import Callable
from typing import Any

from tests.simulator.errors import Refused, Unreadable, refuse
from tests.simulator.settings import CustomField
from tests.simulator.setup.permissions import check_api_name
from tests.simulator.setup.schema import Schema
from tests.simulator.texts import say

TYPES = {
    "Text": "string", "TextArea": "textarea", "LongTextArea": "textarea", "Picklist": "picklist", "Checkbox": "boolean",
    "Date": "date", "DateTime": "datetime", "Email": "email", "Number": "double", "Phone": "phone", "Url": "url",
    "Lookup": "reference",
}  # fmt: skip
LENGTHS = {"Text": (1, 255), "LongTextArea": (256, 131_072)}
FIXED_LENGTH = {"TextArea": 255, "Picklist": 255, "Email": 80, "Phone": 40, "Url": 255}
KEYS = frozenset({"Text", "Number", "Email"})
NEEDED = {
    "Text": ("length",), "LongTextArea": ("length", "visibleLines"), "Number": ("precision", "scale"),
    "Picklist": ("valueSet",), "Checkbox": ("defaultValue",), "Lookup": ("referenceTo", "relationshipName"),
}  # fmt: skip
# Attributes of some types only. "Must specify" and "Can not specify" are the words of live orgs, as are those about
# Task and Event ("Entity Enumeration Or ID"), foreign namespaces and standard names; the numbers' own are not known.
ONLY = {
    "externalId": KEYS, "unique": KEYS, "caseSensitive": frozenset({"Text"}), "precision": frozenset({"Number"}),
    "length": frozenset(LENGTHS), "scale": frozenset({"Number"}), "visibleLines": frozenset({"LongTextArea"}),
    "valueSet": frozenset({"Picklist"}), "referenceTo": frozenset({"Lookup"}),
    "relationshipName": frozenset({"Lookup"}),
    "required": frozenset(TYPES) - {"LongTextArea", "Checkbox"},
}  # fmt: skip
LONGEST_NAME = 40
MOST_DIGITS = 18
MOST_KEYS = 25  # external ids of one object


def read_full_name(schema: Schema, sent: Any) -> tuple[str, str]:
    """Split "Lead.Booking_Id__c" into an object that fields can be added to and a name that they can have."""
    if not isinstance(sent, str) or not sent:
        raise refuse("REQUIRED_FIELD_MISSING", "Required fields are missing: [FullName]", "FullName")
    object_name, _, name = sent.partition(".")
    if not name.endswith("__c"):
        raise refuse("FIELD_INTEGRITY_EXCEPTION", "Could not resolve standard field's name.", "FullName")
    if object_name not in {*_extensible(schema), "Activity"}:
        message = f"Entity Enumeration Or ID: bad value for restricted picklist field: {object_name}"
        raise refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, "TableEnumOrId")
    plain = name.removesuffix("__c")
    namespace, separator, _ = plain.partition("__")
    if separator:
        message = (
            f"Cannot create a new component with the namespace: {namespace}.  Only components in the same namespace as "
            "the organization can be created through the API"
        )
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "FullName")
    check_api_name("Custom Field", plain)
    if len(plain) > LONGEST_NAME:
        message = f"Developer Name: data value too large: {plain} (max length={LONGEST_NAME})"
        raise refuse("STRING_TOO_LONG", message, "DeveloperName")
    return object_name, name


def _extensible(schema: Schema) -> list[str]:
    """Task and Event are not among them: their fields are those of Activity."""
    return [choice.value for choice in schema.objects["ObjectPermissions"].fields["SobjectType"].choices]


def read_metadata(schema: Schema, object_name: str, name: str, sent: Any) -> CustomField:
    """Read the Metadata of a field, or refuse it for the first thing that is wrong with it."""
    if not isinstance(sent, dict):
        raise refuse("REQUIRED_FIELD_MISSING", "Required fields are missing: [Metadata]", "Metadata")
    kind = _kind(sent)
    _check_attributes(kind, sent)
    reading = _Reading(sent)
    length = reading.whole("length", *LENGTHS[kind]) if kind in LENGTHS else FIXED_LENGTH.get(kind, 0)
    precision = reading.whole("precision", 1, MOST_DIGITS) if kind == "Number" else MOST_DIGITS
    targets = tuple(filter(None, [reading.text("referenceTo")]))
    if targets and targets[0] not in schema.objects:
        raise _wrong("referenceTo", f"'{targets[0]}' does not resolve to a valid sObject type")
    values, restricted = _value_set(sent) if kind == "Picklist" else ((), False)
    return CustomField(
        object=object_name,
        name=name,
        label=_label(reading),
        type=TYPES[kind],
        length=length,
        external_id=reading.flag("externalId"),
        unique=reading.flag("unique"),
        case_sensitive=reading.flag("caseSensitive"),
        required=reading.flag("required"),
        picklist=values,
        restricted=restricted,
        precision=precision,
        scale=reading.whole("scale", 0, precision) if kind == "Number" else 0,
        checked=kind == "Checkbox" and reading.flag("defaultValue"),
        reference_to=targets,
        description=reading.text("description"),
        by_grant=True,
    )


def _kind(sent: dict[str, Any]) -> str:
    kind = sent.get("type")
    if kind is None:
        raise _wrong("type", "Must specify 'type' for a CustomField")
    if not isinstance(kind, str) or kind not in TYPES:
        raise Unreadable(say("JSON_VALUE", type="FieldType", token=f"VALUE_STRING value {kind}"))
    return kind


def _check_attributes(kind: str, sent: dict[str, Any]) -> None:
    for name in NEEDED.get(kind, ()):
        if sent.get(name) is None:
            raise _wrong(name, f"Must specify '{name}' for a CustomField of type {kind}")
    for name, kinds in ONLY.items():
        if sent.get(name) not in (None, False) and kind not in kinds:
            raise _wrong(name, f"Can not specify '{name}' for a CustomField of type {kind}")


def _label(reading: "_Reading") -> str:
    label = reading.text("label")
    if not label:
        raise refuse("REQUIRED_FIELD_MISSING", "Must specify a non-empty label for the CustomField", "label")
    if len(label) > LONGEST_NAME:
        message = f"Master Label: data value too large: {label} (max length={LONGEST_NAME})"
        raise refuse("STRING_TOO_LONG", message, "MasterLabel")
    return label


def _value_set(sent: dict[str, Any]) -> tuple[tuple[str, ...], bool]:
    value_set = sent["valueSet"] if isinstance(sent["valueSet"], dict) else {}
    definition = value_set.get("valueSetDefinition")
    listed = definition.get("value") if isinstance(definition, dict) else None
    named = [each.get("valueName") or each.get("fullName") for each in listed or () if isinstance(each, dict)]
    values = tuple(str(name) for name in named if name)
    if not values:
        raise _wrong("valueSet", "At least one value is required to create this picklist.")
    return values, value_set.get("restricted") is True


class _Reading:
    """The attributes of one Metadata, each read as what it must be."""

    def __init__(self, sent: dict[str, Any]) -> None:
        self._sent = sent

    def flag(self, name: str) -> bool:
        value = self._sent.get(name)
        if isinstance(value, str) and value.lower() in {
            "true",
            "false",
        }:  # defaultValue is a formula, so it may be text
            return value.lower() == "true"
        return bool(self._typed(name, "boolean", lambda sent: isinstance(sent, bool)))

    def text(self, name: str) -> str | None:
        value = self._typed(name, "string", lambda sent: isinstance(sent, str))
        return str(value).strip() if value is not None else None

    def whole(self, name: str, least: int, most: int) -> int:
        value = int(self._typed(name, "int", lambda sent: type(sent) is int))
        if not least <= value <= most:
            raise _wrong(name, f"Value for '{name}' must be between {least} and {most}: {value}")
        return value

    def _typed(self, name: str, kind: str, fits: Callable[[Any], bool]) -> Any:
        value = self._sent.get(name)
        if value is not None and not fits(value):
            raise Unreadable(f"Cannot deserialize instance of {kind} from value {value} at [line:1, column:2]")
        return value


def _wrong(name: str, message: str) -> Refused:
    return refuse("FIELD_INTEGRITY_EXCEPTION", message, name)


def check_free(schema: Schema, custom: CustomField, own_id: str | None = None) -> None:
    """Refuse a second field of one name, and one external id too many."""
    others = [each for field_id, each in schema.custom.items() if field_id != own_id]
    home = table_of(custom)
    if own_id is None and any(each.name.lower() == custom.name.lower() and table_of(each) == home for each in others):
        message = say("DUPLICATE_DEVELOPER_NAME", field=custom.name.removesuffix("__c"), object=home)
        raise refuse("DUPLICATE_DEVELOPER_NAME", message, "DeveloperName")
    if custom.external_id and sum(each.external_id and table_of(each) == home for each in others) >= MOST_KEYS:
        message = f"You have reached the maximum number of {MOST_KEYS} external ID fields on {home}"
        raise refuse("CUSTOM_FIELD_INDEX_LIMIT_EXCEEDED", message)


def table_of(custom: CustomField) -> str:
    """Return where a field is defined: those of Task and Event are Activity's."""
    return "Activity" if custom.object in {"Task", "Event"} else custom.object


def show_metadata(custom: CustomField) -> dict[str, Any]:
    """Write a field as its Metadata."""
    kind = _kind_of(custom)
    shown: dict[str, Any] = {
        "label": custom.label, "type": kind, "description": custom.description, "required": custom.required,
        "externalId": custom.external_id, "unique": custom.unique,
        "caseSensitive": custom.case_sensitive if kind == "Text" else None,
        "length": custom.length if kind in LENGTHS else None,
        "precision": custom.precision if kind == "Number" else None,
        "scale": custom.scale if kind == "Number" else None,
        "defaultValue": str(custom.checked).lower() if kind == "Checkbox" else None,
        "referenceTo": next(iter(custom.reference_to), None),
        "valueSet": None,
    }  # fmt: skip
    if kind == "Picklist":
        values = [{"valueName": value, "label": value, "default": False} for value in custom.picklist]
        definition = {"sorted": False, "value": values}
        shown["valueSet"] = {"restricted": custom.restricted, "valueSetDefinition": definition}
    return shown


def _kind_of(custom: CustomField) -> str:
    if custom.type == "textarea":
        return "LongTextArea" if custom.length > FIXED_LENGTH["TextArea"] else "TextArea"
    return next(kind for kind, type_name in TYPES.items() if type_name == custom.type)
