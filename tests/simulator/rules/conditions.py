"""SOQL conditions of an admin's rules, as tests of one record that need not be stored."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from tests.simulator.data.records import Row
from tests.simulator.errors import malformed
from tests.simulator.soql.fields import Resolver
from tests.simulator.soql.filters import Compiler
from tests.simulator.soql.parser import parse
from tests.simulator.soql.syntax import Source, Statement
from tests.simulator.state import State

Condition = Callable[[Row], bool]


def compile_condition(state: State, object_name: str, when: str) -> Condition:
    """Compile what would stand behind WHERE, with days as in UTC; refuse what would not be a query."""
    text = f"SELECT Id FROM {object_name} WHERE {when}"  # noqa: S608  SOQL, and of the admin's own making
    statement = parse(text)
    if statement.where is None or statement != _plain(statement):
        raise malformed("MALFORMED_QUERY", f"a rule is a condition and nothing else: {when}")
    resolver = Resolver(state.schema, text)
    compiler = Compiler(
        resolver=resolver,
        records=state.records,
        sobject=resolver.object(statement.source.object),
        now=state.clock(),
        zone=UTC,
        negation_includes_nulls=state.settings.negation_includes_nulls,
        inner=_no_others,
    )
    return compiler.where(statement.where).test


def _plain(statement: Statement) -> Statement:
    return Statement(
        text=statement.text,
        selected=statement.selected,
        source=Source(statement.source.object),
        where=statement.where,
        at=statement.at,
    )


def _no_others(statement: Statement, _outer: str) -> set[Any]:
    raise malformed("MALFORMED_QUERY", f"a rule looks at no other records: {statement.text[statement.at :]}")
