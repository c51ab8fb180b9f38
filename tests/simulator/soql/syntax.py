"""A SOQL statement as values."""

from dataclasses import dataclass
from typing import Literal

LiteralKind = Literal["string", "number", "boolean", "null", "date", "datetime", "range"]
Group = Literal["ALL", "STANDARD", "CUSTOM"]


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
class Fields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: Group
    at: int


@dataclass(frozen=True, slots=True)
class TypeOf:
    """TYPEOF What WHEN Account THEN … ELSE … END: what to show of a parent by what it is."""

    path: Path
    cases: tuple[tuple[Constant, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field against one value (= != < <= > >= LIKE) or several (IN, NOT IN, INCLUDES, EXCLUDES)."""

    path: Path
    operator: str
    constants: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """A semi-join, or an anti-join: an id in, or not in, what another statement selects."""

    path: Path
    operator: str
    statement: "Statement"


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    part: "Condition"


Condition = Comparison | Among | Both | Either | Negated


@dataclass(frozen=True, slots=True)
class Order:
    path: Path
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """FROM Contact c, c.Account a: the object and what else it and its parents are called."""

    object: Constant
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SELECT … FROM … WHERE … ORDER BY … LIMIT … OFFSET …; without anything selected it is a COUNT()."""

    text: str
    selected: tuple["Selected", ...]
    source: Source
    scope: str = "everything"
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    at: int = 0


Selected = Path | Fields | TypeOf | Statement
