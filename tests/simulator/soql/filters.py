"""Conditions, compiled: a test for one row, and the ids that indexes say can pass it."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

from tests.simulator.describe import TEXTUAL, is_filterable
from tests.simulator.errors import malformed
from tests.simulator.ids import full_id
from tests.simulator.records import Records, Row, Table
from tests.simulator.schema import Field, SObject
from tests.simulator.soql.fields import Read, Resolver, reader
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.syntax import Both, Comparison, Condition, Constant, Either, Negated
from tests.simulator.values import canonical_time, wire_time

Test = Callable[[Row], bool]
ORDERING: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
NUMERIC = frozenset({"int", "double", "currency"})
SOAP_NAME = {"id": "ID", "reference": "reference", "datetime": "dateTime"}


@dataclass(frozen=True, slots=True)
class Filter:
    """`candidates` of None means that no index helps and every row must be tested."""

    test: Test
    candidates: set[str] | None


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the conditions of one statement over one object."""

    resolver: Resolver
    records: Records
    sobject: SObject
    now: datetime

    def compile(self, condition: Condition) -> Filter:
        match condition:
            case Comparison():
                return self._comparison(condition)
            case Both(parts):
                return _all_of([self.compile(part) for part in parts])
            case Either(parts):
                return _any_of([self.compile(part) for part in parts])
            case Negated(part):
                test = self.compile(part).test
                return Filter(lambda row: not test(row), None)
            case _:
                assert_never(condition)

    def _comparison(self, written: Comparison) -> Filter:
        resolved = self.resolver.path(self.sobject, written.path)
        field = resolved.field
        if not is_filterable(field):
            message = f"field '{field.name}' can not be filtered in a query call"
            raise at_place("INVALID_FIELD", self.resolver.statement, written.path.at, message)
        values = [self._value(field, constant) for constant in written.constants]
        test = self._test(field, reader(self.records, resolved), written, values)
        indexed = written.operator in {"=", "IN"} and not resolved.steps and None not in values
        return Filter(test, self._look_up(field, values) if indexed else None)

    def _test(self, field: Field, read: Read, written: Comparison, values: list[Any]) -> Test:
        if written.constants[0].kind == "range":
            return _range_test(read, written, field, self.now)
        folds = field.type in TEXTUAL and not field.case_sensitive
        fold: Callable[[Any], Any] = _lower if folds else _same
        if written.operator == "LIKE":
            return _like_test(read, str(values[0] or ""), ignore_case=folds)
        wanted = {fold(value) for value in values}
        if written.operator in {"=", "IN"}:
            return lambda row: fold(read(row)) in wanted
        if written.operator in {"!=", "NOT IN"}:
            return lambda row: fold(read(row)) not in wanted
        return _order_test(read, fold, ORDERING[written.operator], fold(values[0]))

    def _look_up(self, field: Field, values: list[Any]) -> set[str] | None:
        table: Table = self.records.tables[self.sobject.name]
        if field.name == "Id":
            return {value for value in values if value in table.rows}
        index = table.indexes.get(field.name)
        if index is None:
            return None
        return {row_id for value in values for row_id in index.ids(str(value))}

    def _value(self, field: Field, constant: Constant) -> Any:
        """Return the value that a literal means for this field; refuse one of another type."""
        if constant.kind == "null":
            return None
        read = _MEANINGS.get((_family(field), constant.kind))
        if read is None:
            raise at_place("INVALID_FIELD", self.resolver.statement, constant.at, _wrong_type(field, constant))
        return read(constant)


def _family(field: Field) -> str:
    if field.type in TEXTUAL:
        return "text"
    if field.type in {"id", "reference"}:
        return "id"
    return "number" if field.type in NUMERIC else field.type


def _wrong_type(field: Field, constant: Constant) -> str:
    quoted = _family(field) in {"text", "id"}
    kind = "string" if field.type in TEXTUAL else SOAP_NAME.get(field.type, field.type)
    advice = "should be enclosed in quotes" if quoted else "should not be enclosed in quotes"
    advice = advice if quoted or constant.kind == "string" else "is of another type"
    return f"value of filter criterion for field '{field.name}' must be of type {kind} and {advice}"


def _id_value(constant: Constant) -> str | None:
    if not constant.text:
        return None
    row_id = full_id(constant.text)
    if row_id is None:
        raise malformed("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {constant.text}")
    return row_id


def _moment(constant: Constant, rest: str = "") -> str:
    moment = canonical_time(constant.text + rest)
    if moment is None:
        raise malformed("MALFORMED_QUERY", f"Invalid date: {constant.text}")
    return moment


_MEANINGS: dict[tuple[str, str], Callable[[Constant], Any]] = {
    ("text", "string"): lambda constant: constant.text or None,
    ("id", "string"): _id_value,
    ("number", "number"): lambda constant: float(constant.text),
    ("boolean", "boolean"): lambda constant: constant.text == "TRUE",
    ("datetime", "datetime"): _moment,
    ("date", "date"): lambda constant: _moment(constant, "T00:00:00Z")[:10],
    ("datetime", "range"): lambda constant: constant.text,
    ("date", "range"): lambda constant: constant.text,
}


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
    pieces = re.split(r"(\\[_%]|[_%])", pattern)
    wild = {"%": ".*", "_": "."}
    text = "".join(wild.get(piece) or re.escape(piece.removeprefix("\\")) for piece in pieces)
    like = re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
    return lambda row: like.fullmatch(str(read(row) or "")) is not None if read(row) is not None else False


def _range_test(read: Read, written: Comparison, field: Field, now: datetime) -> Test:
    """Compare with a span of whole days: equal means inside, less means before, greater means after."""
    start, end = _span(written.constants[0].text, now)
    low, high = _edge(field, start), _edge(field, end)
    tests: dict[str, Callable[[Any], bool]] = {
        "=": lambda value: low <= value < high,
        "!=": lambda value: not low <= value < high,
        "<": lambda value: value < low,
        "<=": lambda value: value < high,
        ">": lambda value: value >= high,
        ">=": lambda value: value >= low,
    }
    holds = tests.get(written.operator)
    if holds is None:
        raise malformed("MALFORMED_QUERY", f"unexpected token: {written.constants[0].text}")
    return lambda row: (value := read(row)) is not None and holds(value)


def _span(literal: str, now: datetime) -> tuple[datetime, datetime]:
    name, _, count = literal.partition(":")
    today = datetime.combine(now.astimezone(UTC).date(), datetime.min.time(), UTC)
    days = int(count or 0)
    start, end = {
        "TODAY": (0, 1),
        "YESTERDAY": (-1, 0),
        "TOMORROW": (1, 2),
        "LAST_N_DAYS": (-days, 1),
        "NEXT_N_DAYS": (1, days + 1),
    }[name]
    return today + timedelta(days=start), today + timedelta(days=end)


def _edge(field: Field, moment: datetime) -> str:
    return moment.date().isoformat() if field.type == "date" else wire_time(moment)


def _all_of(parts: list[Filter]) -> Filter:
    tests = [part.test for part in parts]
    sets = [part.candidates for part in parts if part.candidates is not None]
    return Filter(lambda row: all(test(row) for test in tests), min(sets, key=len, default=None))


def _any_of(parts: list[Filter]) -> Filter:
    tests = [part.test for part in parts]
    sets = [part.candidates for part in parts]
    known = [ids for ids in sets if ids is not None]
    union: set[str] | None = set().union(*known) if len(known) == len(sets) else None
    return Filter(lambda row: any(test(row) for test in tests), union)
