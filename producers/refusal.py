"""Why a piece of input is refused: the field, the shape of its value, what is expected. Never the value itself."""

import re
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Self

from pydantic import ValidationError

# What fields and questions are called, and pydantic's `[key]`: no e-mail address, too few digits for a phone number.
_NAME = re.compile(r"(?!(?:\D*\d){5})[^\W\d][^@]{0,59}|\[key\]")


def shape_of(value: object) -> str:
    """What a value looks like, without what it says: it may be personal data."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return f"text of {len(value)} characters" if value else "empty text"
        case Mapping():
            return f"an object with {len(value)} keys"
        case Sequence():
            return f"a list of {len(value)}"
        case int() | float():
            return "a number"
        case Sized():
            return f"{type(value).__name__} of {len(value)}"
        case _:
            return type(value).__name__


def _key(part: int | str) -> str:
    """A step of the path to a field. Keys of unknown fields are input too: only what looks like a name is shown."""
    if isinstance(part, int):
        return str(part)
    return part if part.isprintable() and _NAME.fullmatch(part) else f"<a key of {len(part)} characters>"


@dataclass(slots=True, kw_only=True, eq=False)  # not frozen: contextlib sets __traceback__ on what passes through it
class Refused(ValueError):
    """Input that is not a booking event: says the field, the shape of its value and what was expected."""

    field: str
    shape: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        return f"{where}{self.expected}, got {self.shape}" if self.shape else f"{where}{self.expected}"

    @classmethod
    def of(cls, error: ValidationError, *, within: str = "") -> Self:
        """The first thing that is wrong. `within` is the path of the validated part in the whole input."""
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(part for part in (within, *map(_key, first["loc"])) if part)
        if first["type"] == "missing":
            return cls(field=field, shape="nothing", expected="this field is required")
        # Pydantic's own sentence names our private class.
        expected = "expected an object" if first["type"] == "model_type" else first["msg"].removeprefix("Value error, ")
        return cls(field=field, shape=shape_of(first["input"]), expected=expected[:1].lower() + expected[1:])
