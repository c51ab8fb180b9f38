"""Stage 3: required fields that a booking leaves empty."""

from collections.abc import Mapping

from rules.describe import FieldSpec
from rules.lifecycle import BookingState
from rules.mapping import LabelMode, Values, read_field
from rules.plan import Scalar, SObject, Warned
from rules.ready import RequiredField
from rules.values import convert

PLACEHOLDER_TEXT = "Unspecified"
PLACEHOLDER_EMAIL = "email@example.com"
PLACEHOLDER_PHONE = "1234567890"
PLACEHOLDER_URL = "http://NA"

PLACEHOLDERS = frozenset({PLACEHOLDER_TEXT, PLACEHOLDER_EMAIL, PLACEHOLDER_PHONE, PLACEHOLDER_URL})
"""Values that we invent. They never identify a customer and count as empty when a record is filled."""


def default_by_type(spec: FieldSpec, now: str) -> Scalar:
    """The vendor's value for a required field that nothing supplies; None for a type that has none.

    `now` is ISO text in UTC.

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
            return now[:10]
        case "datetime":
            return now
        case "picklist":
            return spec.choices[0] if spec.choices else None
        case _:
            return None


def supply_required(
    required: tuple[RequiredField, ...],
    obj: SObject,
    given: Mapping[str, Scalar],
    state: BookingState,
    labels: LabelMode,
    now: str,
) -> Values:
    """Values for required fields that `given` lacks. Only for records that are created.

    Each default by type is a warning: it is what the admin needs to complete the setup.
    """
    fields: dict[str, Scalar] = {}
    warnings: list[Warned] = []
    for need in required:
        name = need.field.name
        if name in given:
            continue
        chosen = _chosen(need, state, labels)
        value = default_by_type(need.field, now) if chosen is None else chosen
        if value is not None:
            fields[name] = value
        if chosen is None:
            warnings.append(
                Warned(
                    code="REQUIRED_FIELD_DEFAULTED",
                    object=obj,
                    field=name,
                    message="nothing supplied this required field, so the default for its type was sent",
                )
            )
    return Values(fields=fields, warnings=tuple(warnings))


def _chosen(need: RequiredField, state: BookingState, labels: LabelMode) -> Scalar:
    if need.static is not None:
        return convert(need.static, need.field).value
    return convert(read_field(need.booking, state, labels), need.field).value if need.booking else None
