"""What may be written for a value of some type, in the admin's words."""

from pathlib import Path
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from rules.plan import SObject
from rules.ruleset import FieldName, FieldNames, VendorsLabel

_NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` \\| `false`",
    Path: "path of a file",
    SecretStr: "secret",
}

_OWN = {FieldName: "API name", FieldNames: "API name, or an array of them", VendorsLabel: "a text of the vendor's"}


def form_of(field: FieldInfo) -> str:
    """The form of a field, with its bounds."""
    metadata = tuple(field.metadata)
    annotation = Annotated[(field.annotation, *metadata)] if metadata else field.annotation
    return _form(annotation)


def _form(annotation: object) -> str:
    if annotation in _OWN:
        return _OWN[annotation]
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _form(parts[0]) + _bounds(parts[1:])
    if origin is Literal:
        return _choices(parts)
    if origin in {Union, UnionType}:
        return _form(next(part for part in parts if part is not type(None)))
    if origin is dict:
        return f"table: {_form(parts[0])} = {_form(parts[1])}"
    if annotation is SObject:
        return _choices(tuple(SObject))
    return _NAMES[annotation] if isinstance(annotation, type) else str(annotation)


def _choices(values: tuple[object, ...]) -> str:
    return " \\| ".join(f"`{value}`" for value in values)


def _bounds(metadata: tuple[object, ...]) -> str:
    found = []
    for each in _flat(metadata):
        if isinstance(each, Ge):
            found.append(f"from {each.ge}")
        if isinstance(each, Gt):
            found.append(f"above {each.gt}")
        if isinstance(each, Le):
            found.append(f"to {each.le}")
    return f", {' '.join(found)}" if found else ""


def _flat(metadata: tuple[object, ...]) -> list[object]:
    """Field(ge=…) within Annotated holds its bounds itself."""
    return [part for each in metadata for part in (each.metadata if isinstance(each, FieldInfo) else (each,))]
