"""A SOQL statement as values."""

from dataclasses import dataclass
from typing import Literal

LiteralKind = Literal["string", "number", "boolean", "null", "date", "datetime", "range"]


@dataclass(frozen=True, slots=True)
class Path:
    """A field, behind the relationships that lead to it."""

    names: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A value as written; a `range` is a date literal such as LAST_N_DAYS:7."""

    kind: LiteralKind
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field against one value (= != < <= > >= LIKE) or several (IN, NOT IN)."""

    path: Path
    operator: str
    constants: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    part: "Condition"


Condition = Comparison | Both | Either | Negated


@dataclass(frozen=True, slots=True)
class Order:
    path: Path
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SELECT … FROM … WHERE … ORDER BY … LIMIT … OFFSET …; without fields it is a COUNT()."""

    text: str
    fields: tuple[Path, ...]
    object: Constant
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
