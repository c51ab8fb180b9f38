"""Conditions, compiled: a test for one row, and the ids that indexes say can pass it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, assert_never

from tests.simulator.data.records import Records, Table
from tests.simulator.setup.describe import is_filterable
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.soql.fields import Read, Resolved, Resolver, reader
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.meanings import mean
from tests.simulator.soql.operators import Test, check_operator, operator_test
from tests.simulator.soql.semijoins import check_semijoin, check_semijoins
from tests.simulator.soql.spans import span
from tests.simulator.soql.syntax import Among, Both, Comparison, Condition, Either, Negated, Statement

Inner = Callable[[Statement, str], set[Any]]


@dataclass(frozen=True, slots=True)
class Filter:
    """`candidates` of None means that no index helps and every row must be tested."""

    test: Test
    candidates: set[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiler:
    """Compiles the conditions of one statement over one object; `inner` evaluates the statement of a semi-join."""

    resolver: Resolver
    records: Records
    sobject: SObject
    now: datetime
    zone: tzinfo
    negation_includes_nulls: bool
    inner: Inner

    def where(self, condition: Condition) -> Filter:
        check_semijoins(self.resolver.statement, condition)
        return self.compile(condition)

    def compile(self, condition: Condition, *, negated: bool = False) -> Filter:
        """Compile a condition or its opposite: NOT is carried down to the comparisons."""
        match condition:
            case Comparison():
                return self._comparison(condition, negated=negated)
            case Among():
                return self._among(condition, negated=negated)
            case Both(parts):
                compiled = [self.compile(part, negated=negated) for part in parts]
                return _any_of(compiled) if negated else _all_of(compiled)
            case Either(parts):
                compiled = [self.compile(part, negated=negated) for part in parts]
                return _all_of(compiled) if negated else _any_of(compiled)
            case Negated(part):
                return self.compile(part, negated=not negated)
            case _:
                assert_never(condition)

    def _comparison(self, written: Comparison, *, negated: bool) -> Filter:
        resolved = self.resolver.path(self.sobject, written.path)
        field = resolved.field
        if field.type == "address" or not is_filterable(field):
            message = f"field '{field.name}' can not be filtered in a query call"
            raise at_place("INVALID_FIELD", self.resolver.statement, written.path.at, message)
        check_operator(self.resolver.statement, field, written)
        values = [mean(self.resolver.statement, written, field, constant) for constant in written.constants]
        read = self._read(resolved)
        test = operator_test(read, field, written, values, lambda text: span(text, self.now, self.zone))
        if negated:
            equality = written.operator in {"=", "!=", "IN", "NOT IN"}
            return self._opposite(read, test, null_compared=None in values, equality=equality)
        indexed = written.operator in {"=", "IN"} and not resolved.steps and None not in values
        return Filter(test, self._look_up(field, values) if indexed else None)

    def _read(self, resolved: Resolved) -> Read:
        """Read a field; a box that nobody has ticked is false, never null."""
        read = reader(self.records, resolved)
        return (lambda row: bool(read(row))) if resolved.field.type == "boolean" else read

    def _opposite(self, read: Read, test: Test, *, null_compared: bool = False, equality: bool = True) -> Filter:
        """Test for the opposite; whether that holds of null, which is neither less nor greater, is a switch."""
        if self.negation_includes_nulls or (null_compared and equality):
            return Filter(lambda row: not test(row), None)
        return Filter(lambda row: not null_compared and read(row) is not None and not test(row), None)

    def _among(self, written: Among, *, negated: bool) -> Filter:
        resolved = self.resolver.path(self.sobject, written.path)
        check_semijoin(self.resolver.statement, resolved.field, written)
        wanted = self.inner(written.statement, resolved.field.name)
        read = reader(self.records, resolved)
        if (written.operator == "IN") is not negated:
            by_id = resolved.field.name == "Id" and not resolved.steps
            return Filter(lambda row: read(row) in wanted, self._look_up(resolved.field, [*wanted]) if by_id else None)
        return self._opposite(read, lambda row: read(row) in wanted)

    def _look_up(self, field: Field, values: list[Any]) -> set[str] | None:
        table: Table = self.records.tables[self.sobject.name]
        if field.name == "Id":
            return {value for value in values if value in table.rows}
        index = table.indexes.get(field.name)
        if index is None:
            return None
        return {row_id for value in values for row_id in index.ids(str(value))}


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
