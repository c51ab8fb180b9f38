"""SOQL conditions of an admin's rules, as tests of one record that need not be stored."""

from collections.abc import Callable

from tests.simulator.errors import malformed
from tests.simulator.records import Row
from tests.simulator.soql.fields import Resolver
from tests.simulator.soql.filters import Compiler
from tests.simulator.soql.parser import parse
from tests.simulator.state import State

Condition = Callable[[Row], bool]


def compile_condition(state: State, object_name: str, when: str) -> Condition:
    """Compile what would stand behind WHERE; refuse what would not be a query."""
    text = f"SELECT Id FROM {object_name} WHERE {when}"  # noqa: S608  SOQL, and of the admin's own making
    statement = parse(text)
    if statement.order or statement.limit is not None or statement.offset or statement.where is None:
        raise malformed("MALFORMED_QUERY", f"a rule is a condition and nothing else: {when}")
    resolver = Resolver(state.schema, text)
    sobject = resolver.object(statement.object)
    return Compiler(resolver, state.records, sobject, state.clock()).compile(statement.where).test
