"""Texts → values of picklists."""

import re
from collections.abc import Callable
from dataclasses import replace

from rules.converted import Converted
from rules.describe import Choice, FieldSpec

NOT_OFFERED = "VALUE_NOT_OFFERED"
"""A value that Salesforce takes though the record type does not offer it to people."""


def pick(text: str, spec: FieldSpec) -> Converted:
    """The field's own spelling of the value; an unknown one only where the picklist is not enforced.

    Source: https://help.oncehub.com/help/supported-and-non-supported-field-types-in-the-salesforce-integration
    """
    choice = find_choice(text, spec)
    if choice and choice.offered:
        return Converted(choice.value)
    if choice:
        return Converted(choice.value, f"sent, but the record type {spec.record_type} does not offer it", NOT_OFFERED)
    if spec.restricted:
        narrower = f" for the record type {spec.record_type}" if spec.record_type else ""
        return Converted(None, f"left out: not a value of the restricted picklist{narrower}")
    if len(text) > spec.length:
        return Converted(None, f"left out: {len(text)} characters, the field takes {spec.length}")
    return Converted(text)


def pick_several(text: str, spec: FieldSpec) -> Converted:
    """Several values, as people write them or as Salesforce does; those that the field does not have are left out."""
    if find_choice(text, spec):
        return pick(text, spec)
    parts = [part.strip() for part in re.split("[;,]", text)]
    picked = [pick(part, spec).value for part in parts if part]
    values = sorted({str(value) for value in picked if value is not None}, key=_place(spec))
    if not picked:
        return Converted(None, "left out: no value between the separators")
    narrower = f" for the record type {spec.record_type}" if spec.record_type else ""
    warning = f"left out: not all are values of the restricted picklist{narrower}" if None in picked else ""
    return Converted(";".join(values) or None, warning)


def _place(spec: FieldSpec) -> Callable[[str], tuple[int, str]]:
    """Salesforce lists the values of a record in the field's order, whatever order they were sent in."""
    places = {choice.value: n for n, choice in enumerate(spec.choices)}
    return lambda value: (places.get(value, len(places)), value)


def find_choice(text: str, spec: FieldSpec) -> Choice | None:
    """The choice that the text means: by its value, else by value or label in any case."""
    exact = (choice for choice in spec.choices if choice.value == text)
    folded = text.casefold()
    alike = (choice for choice in spec.choices if folded in {choice.value.casefold(), choice.label.casefold()})
    return next(exact, None) or next(alike, None)


def within(spec: FieldSpec, controlling: str) -> FieldSpec:
    """The field with no more choices than those that this value of its controlling field allows."""
    valid = (choice for choice in spec.choices if choice.valid_for is None or controlling in choice.valid_for)
    return replace(spec, choices=tuple(valid), restricted=True)
