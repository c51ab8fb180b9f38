"""Whether a value read from JSON is of the type that a field of ours is declared with."""

from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def check_types(kind: type, given: Mapping[str, Any]) -> None:
    """Refuse fields that a dataclass does not have, and values of another type than theirs."""
    hints = get_type_hints(kind)
    unknown = sorted(given.keys() - hints.keys())
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(unknown)}")
    for name, value in given.items():
        if not fits(hints[name], value):
            allowed = f", only {_listed(hints[name])}" if get_origin(hints[name]) is Literal else ""
            raise ValueError(f"{name} cannot be {value!r}{allowed}")


def _listed(hint: Any) -> str:
    return ", ".join(map(str, get_args(hint)))


def fits(hint: Any, value: Any) -> bool:
    """Tell whether a value fits a type; JSON has no tuples, and its true is no number."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return any(fits(each, value) for each in arguments)
    if origin is Literal:
        return any(value == each and type(value) is type(each) for each in arguments)
    if origin is tuple:
        return isinstance(value, tuple | list) and all(fits(arguments[0], each) for each in value)
    if origin is Mapping:
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is (type(None) if hint is None else hint)
