"""Stage 3: required fields that a booking leaves empty."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from rules.converted import Converted
from rules.describe import FieldSpec
from rules.lifecycle import BookingState
from rules.mapping import Value, Values, owner_zone, read_field, spread, warned
from rules.plan import Scalar, SObject, Warned
from rules.ready import ReadySetup, RequiredField
from rules.values import UTC_ZONE, Zone, convert, day_in

PLACEHOLDER_TEXT = "Unspecified"
PLACEHOLDER_EMAIL = "email@example.com"
PLACEHOLDER_PHONE = "1234567890"
PLACEHOLDER_URL = "http://NA"

PLACEHOLDERS = frozenset({PLACEHOLDER_TEXT, PLACEHOLDER_EMAIL, PLACEHOLDER_PHONE, PLACEHOLDER_URL})
"""Values that we invent. They never identify a customer and count as empty when a record is filled."""


def default_by_type(spec: FieldSpec, now: str, zone: Zone = UTC_ZONE) -> Scalar:
    """The vendor's value for a required field that nothing supplies; None for a type that has none.

    `now` is ISO text in UTC, `zone` the booking owner's.

    Source: https://help.oncehub.com/help/handling-required-salesforce-fields-in-the-field-validation-step
    """
    match spec.type:
        case "string" | "textarea" | "combobox":
            return PLACEHOLDER_TEXT[: spec.length]
        case "email":
            return PLACEHOLDER_EMAIL
        case "phone":
            return PLACEHOLDER_PHONE
        case "url":
            return PLACEHOLDER_URL
        case "int" | "double" | "currency" | "percent":
            return 0
        case "date":
            return day_in(datetime.fromisoformat(now), zone)
        case "datetime":
            return now
        case "picklist":
            return spec.choices[0].value if spec.choices else None
        case "location":
            return "0, 0"
        case _:
            return None


def is_complete(required: Iterable[RequiredField], given: Mapping[str, Value]) -> bool:
    """Whether the mapping rows have given all that is required, of whatever record type, as they do nearly always."""
    return all(need.field.columns[0] in given for need in required)


def supply_required(
    required: tuple[RequiredField, ...],
    obj: SObject,
    given: Mapping[str, Value],
    state: BookingState,
    setup: ReadySetup,
    now: str,
) -> Values:
    """Values for required fields that `given` lacks. Only for records that are created.

    Each default by type is a warning: it is what the admin needs to complete the setup.
    """
    fields: dict[str, Value] = {}
    warnings: list[Warned] = []
    for need in required:
        name = need.field.name
        if need.field.columns[0] in given:
            continue
        chosen = _chosen(need, state, setup)
        is_missing = chosen.value is None
        value = default_by_type(need.field, now, owner_zone(state, setup)) if is_missing else chosen.value
        if value is not None:
            fields |= spread(need.field, value)
        if chosen.warning and not is_missing:
            warnings.append(warned(obj, need.field, chosen))
        if is_missing:
            warnings.append(
                Warned(
                    code="REQUIRED_FIELD_DEFAULTED",
                    object=obj,
                    field=name,
                    message="nothing supplied this required field, so the default for its type was sent",
                )
            )
    return Values(fields=fields, warnings=tuple(warnings))


def _chosen(need: RequiredField, state: BookingState, setup: ReadySetup) -> Converted:
    if need.static is not None:
        return convert(need.static, need.field)
    if need.booking is None:
        return Converted(None)
    return convert(read_field(need.booking, state, setup), need.field, owner_zone(state, setup))
