"""SOQL text to a statement, by recursive descent."""

from typing import cast

from tests.simulator.errors import malformed
from tests.simulator.soql.conditions import DEEPEST, read_condition
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.stream import Stream
from tests.simulator.soql.syntax import Constant, Fields, Group, Order, Selected, Source, Statement, TypeOf

CLAUSES = frozenset({"USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "UPDATE"})
GROUPS = frozenset({"ALL", "STANDARD", "CUSTOM"})
MOST_WITH_FIELDS = 200
READ_MARKS = frozenset({"VIEW", "REFERENCE"})


def parse(text: str) -> Statement:
    """Read a statement, or refuse it with MALFORMED_QUERY."""
    stream = Stream(text)
    statement = read_statement(stream)
    stream.take("end")
    return statement


def read_statement(stream: Stream) -> Statement:
    start = stream.now.at
    stream.depth += 1
    if stream.depth > DEEPEST:
        stream.unexpected()
    stream.word("SELECT")
    selected = _selection(stream)
    stream.word("FROM")
    statement = Statement(
        text=stream.text,
        selected=selected,
        source=_source(stream),
        scope=_scope(stream) if stream.skip("USING") else "everything",
        where=read_condition(stream, read_statement) if stream.skip("WHERE") else None,
        order=_orders(stream) if stream.skip("ORDER") else (),
        limit=stream.count() if stream.skip("LIMIT") else None,
        offset=stream.count() if stream.skip("OFFSET") else None,
        at=start,
    )
    _ending(stream)
    _check_groups(statement)
    stream.depth -= 1
    return statement


def _selection(stream: Stream) -> tuple[Selected, ...]:
    if stream.skip("COUNT", "(", ")"):
        return ()
    selected = [_selected(stream)]
    while stream.skip(","):
        selected.append(_selected(stream))
    return tuple(selected)


def _selected(stream: Stream) -> Selected:
    if stream.skip("("):
        child = read_statement(stream)
        stream.word(")")
        return child
    at = stream.now.at
    if stream.skip("FIELDS", "("):
        group = stream.one_of(GROUPS)
        stream.word(")")
        return Fields(cast("Group", group), at)
    path = stream.path()
    if path.names[0].upper() == "TYPEOF" and stream.now.kind == "name" and not stream.sees("FROM"):
        return _typeof(stream)
    if stream.now.kind == "name" and not stream.sees("FROM"):
        raise at_place("MALFORMED_QUERY", stream.text, at, "only aggregate expressions use field aliasing")
    return path


def _typeof(stream: Stream) -> TypeOf:
    path = stream.path()
    cases = []
    stream.word("WHEN")
    while True:
        name = stream.take("name")
        stream.word("THEN")
        cases.append((Constant("string", name.text, name.at), stream.paths()))
        if not stream.skip("WHEN"):
            break
    otherwise = stream.paths() if stream.skip("ELSE") else ()
    stream.word("END")
    return TypeOf(path, tuple(cases), otherwise)


def _source(stream: Stream) -> Source:
    name = stream.take("name")
    first = _alias(stream)
    aliases: list[tuple[str, tuple[str, ...]]] = [(first, ())] if first else []
    while stream.skip(","):
        path = stream.path()
        alias = _alias(stream)
        if alias is None:
            stream.unexpected()
        aliases.append((alias, path.names))
    return Source(Constant("string", name.text, name.at), tuple(aliases))


def _alias(stream: Stream) -> str | None:
    """Read what an object is called from here on; WHERE and its like are no names."""
    named = stream.skip("AS") or stream.now.text.upper() not in CLAUSES
    return stream.take("name").text.lower() if named and stream.now.kind == "name" else None


def _scope(stream: Stream) -> str:
    stream.word("SCOPE")
    return stream.take("name").text.lower()


def _orders(stream: Stream) -> tuple[Order, ...]:
    stream.word("BY")
    orders = [_order(stream)]
    while stream.skip(","):
        orders.append(_order(stream))
    return tuple(orders)


def _order(stream: Stream) -> Order:
    path = stream.path()
    descending = stream.skip("DESC") or (stream.skip("ASC") and False)
    nulls_last = False
    if stream.skip("NULLS"):
        nulls_last = stream.skip("LAST")
        if not nulls_last:
            stream.word("FIRST")
    return Order(path, descending, nulls_last)


def _ending(stream: Stream) -> None:
    """Read FOR VIEW and FOR REFERENCE, which leave no trace here; the other endings are Apex's alone."""
    while stream.skip("FOR"):
        stream.one_of(READ_MARKS)
    if stream.sees("ALL", "ROWS"):
        raise at_place("MALFORMED_QUERY", stream.text, stream.now.at, "ALL ROWS not allowed in this context")


def _check_groups(statement: Statement) -> None:
    groups = {each.group for each in statement.selected if isinstance(each, Fields)}
    if groups - {"STANDARD"} and (statement.limit is None or statement.limit > MOST_WITH_FIELDS):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MOST_WITH_FIELDS}"
        raise malformed("MALFORMED_QUERY", message)
