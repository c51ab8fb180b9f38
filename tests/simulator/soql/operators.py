"""Operators of a condition: which a field takes, and the test that each of them is."""

import operator
import re
from collections.abc import Callable
from datetime import datetime
from fnmatch import translate
from typing import Any

from tests.simulator.data.records import Row
from tests.simulator.data.values import wire_time
from tests.simulator.setup.describe import TEXTUAL
from tests.simulator.setup.objects import Field
from tests.simulator.soql.fields import Read
from tests.simulator.soql.lexer import Token, at_place, unexpected
from tests.simulator.soql.syntax import Comparison

Test = Callable[[Row], bool]
Span = Callable[[str], tuple[datetime, datetime]]
ORDERING: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
MULTI = "multipicklist"
OF_MULTI = frozenset({"=", "!=", "IN", "NOT IN", "INCLUDES", "EXCLUDES"})
OF_BOOLEAN = frozenset({"=", "!=", "IN", "NOT IN"})


def check_operator(statement: str, field: Field, written: Comparison) -> None:
    """Refuse an operator that makes no sense for the type of the field, or for a date literal."""
    for constant in written.constants:
        if constant.kind == "range" and written.operator in {"IN", "NOT IN"}:
            raise unexpected(statement, Token("name", constant.text, constant.at))
    if not _fits(field, written.operator):
        kind = "id" if field.type in {"id", "reference"} else field.type
        message = f"invalid operator on {kind} field"
        raise at_place("INVALID_QUERY_FILTER_OPERATOR", statement, written.path.at, message)


def _fits(field: Field, written: str) -> bool:
    if field.type == MULTI:
        return written in OF_MULTI
    if written in {"INCLUDES", "EXCLUDES"}:
        return False
    if field.type == "boolean":
        return written in OF_BOOLEAN
    return written != "LIKE" or field.type in TEXTUAL


def operator_test(read: Read, field: Field, written: Comparison, values: list[Any], span: Span) -> Test:
    """Return the test of a row; null is unequal to everything else, and neither less nor greater."""
    ranged = next((constant for constant in written.constants if constant.kind == "range"), None)
    if ranged is not None:
        return _range_test(read, written.operator, field, span(ranged.text))
    folds = field.type in TEXTUAL and not field.case_sensitive
    if written.operator == "LIKE":
        return _like_test(read, str(values[0] or ""), ignore_case=folds)
    fold: Callable[[Any], Any] = _lower if folds else _same
    wanted = {fold(value) for value in values}
    match written.operator:
        case "=" | "IN":
            return lambda row: fold(read(row)) in wanted
        case "!=" | "NOT IN":
            return lambda row: fold(read(row)) not in wanted
        case "INCLUDES":
            return _includes_test(read, wanted)
        case "EXCLUDES":
            includes = _includes_test(read, wanted)
            return lambda row: not includes(row)
        case _:
            return _order_test(read, fold, ORDERING[written.operator], fold(values[0]))


def _same(value: Any) -> Any:
    return value


def _lower(value: Any) -> Any:
    return value.lower() if value is not None else None


def _order_test(read: Read, fold: Callable[[Any], Any], holds: Callable[[Any, Any], bool], wanted: Any) -> Test:
    def test(row: Row) -> bool:
        value = read(row)
        return value is not None and wanted is not None and holds(fold(value), wanted)

    return test


def _like_test(read: Read, pattern: str, *, ignore_case: bool) -> Test:
    """Match by way of a glob, whose expression never tries a text in exponentially many ways."""
    glob = re.sub(r"\\[_%]|[_%*?\[]", _as_glob, pattern)
    like = re.compile(translate(glob), re.IGNORECASE if ignore_case else 0)
    return lambda row: (value := read(row)) is not None and like.match(value) is not None


def _as_glob(found: re.Match[str]) -> str:
    return {"%": "*", "_": "?"}.get(found[0]) or f"[{found[0][-1]}]"


def _includes_test(read: Read, wanted: set[Any]) -> Test:
    """Test for one of the values; a value of several parts wants them all chosen."""
    groups = [frozenset(value.split(";")) for value in wanted if value is not None]

    def test(row: Row) -> bool:
        chosen = frozenset(str(read(row) or "").lower().split(";"))
        return any(group <= chosen for group in groups)

    return test


def _range_test(read: Read, written: str, field: Field, edges: tuple[datetime, datetime]) -> Test:
    """Compare with a span of whole days: equal means inside, less means before, greater means after."""
    low, high = (edge.date().isoformat() if field.type == "date" else wire_time(edge) for edge in edges)
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda value: low <= value < high,
        "!=": lambda value: not low <= value < high,
        "<": lambda value: value < low,
        "<=": lambda value: value < high,
        ">": lambda value: value >= high,
        ">=": lambda value: value >= low,
    }
    holds, of_null = tests[written], written == "!="
    return lambda row: holds(value) if (value := read(row)) is not None else of_null
