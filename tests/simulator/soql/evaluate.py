"""A statement over the records: which rows, in which order, and what is shown of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulator.errors import malformed
from tests.simulator.records import Records, Row
from tests.simulator.schema import Field, Schema, SObject
from tests.simulator.soql.fields import Resolved, Resolver, reader
from tests.simulator.soql.filters import Compiler
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.parser import parse
from tests.simulator.soql.syntax import Order, Statement

HIGHEST_OFFSET = 2000
Render = Callable[[Row], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Result:
    """How many rows there are, and those rows as answers show them."""

    total: int
    records: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Query:
    """One statement to run: with or without deleted rows, with record urls below this root."""

    text: str
    root: str
    now: datetime
    include_deleted: bool = False


def run(schema: Schema, records: Records, query: Query) -> Result:
    """Evaluate a statement, or refuse it as Salesforce does."""
    statement = parse(query.text)
    resolver = Resolver(schema, statement.text)
    sobject = resolver.object(statement.object)
    render = selection(schema, records, resolver, sobject, statement, query.root) if statement.fields else None
    rows = list(_matching(resolver, records, sobject, statement, query))
    _sort(resolver, records, sobject, statement, rows)
    if statement.offset > HIGHEST_OFFSET:
        raise malformed("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    end = None if statement.limit is None else statement.offset + statement.limit
    page = rows[statement.offset : end]
    return Result(len(page), [render(row) for row in page] if render else [])


def _matching(
    resolver: Resolver, records: Records, sobject: SObject, statement: Statement, query: Query
) -> Iterator[Row]:
    table = records.tables[sobject.name].rows
    if statement.where is None:
        rows: Iterator[Row] = iter(table.values())
    else:
        found = Compiler(resolver, records, sobject, query.now).compile(statement.where)
        chosen = table.values() if found.candidates is None else [table[row_id] for row_id in sorted(found.candidates)]
        rows = (row for row in chosen if found.test(row))
    for row in rows:
        if query.include_deleted or not (row.get("IsDeleted") or row.get("IsArchived")):
            yield row


def _sort(resolver: Resolver, records: Records, sobject: SObject, statement: Statement, rows: list[Row]) -> None:
    for order in reversed(statement.order):
        resolved = resolver.path(sobject, order.path)
        read = reader(records, resolved)
        keyed = [(read(row), row) for row in rows]
        filled = [pair for pair in keyed if pair[0] is not None]
        filled.sort(key=lambda pair: _folded(pair[0]), reverse=order.descending)
        nulls = [row for value, row in keyed if value is None]
        rows[:] = _join(order, nulls, [row for _, row in filled])


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _join(order: Order, nulls: list[Row], filled: list[Row]) -> list[Row]:
    return filled + nulls if order.nulls_last else nulls + filled


@dataclass(slots=True)
class _Level:
    """What is selected of one object: its own fields, and its parents by the relationship."""

    fields: dict[str, Resolved] = field(default_factory=dict)
    parents: dict[str, tuple[Field, "_Level"]] = field(default_factory=dict)


def selection(
    schema: Schema, records: Records, resolver: Resolver, sobject: SObject, statement: Statement, root: str
) -> Render:
    """Return the function that renders a row as the statement selects it."""
    top = _Level()
    for path in statement.fields:
        resolved = resolver.path(sobject, path)
        level = top
        for step in resolved.steps:
            level = level.parents.setdefault(str(step.relationship), (step, _Level()))[1]
        if resolved.field.name in level.fields:
            message = f"duplicate field selected: {resolved.field.name}"
            raise at_place("INVALID_FIELD", resolver.statement, path.at, message)
        level.fields[resolved.field.name] = Resolved((), resolved.field)
    return _renderer(schema, records, top, root)


def _renderer(schema: Schema, records: Records, level: _Level, root: str) -> Render:
    reads = [(name, reader(records, resolved)) for name, resolved in level.fields.items()]
    parents = [
        (name, step.name, _renderer(schema, records, below, root)) for name, (step, below) in level.parents.items()
    ]

    def render(row: Row) -> dict[str, Any]:
        row_id = str(row["Id"])
        kind = schema.by_prefix[row_id[:3]].name
        shown: dict[str, Any] = {"attributes": {"type": kind, "url": f"{root}/sobjects/{kind}/{row_id}"}}
        for name, read in reads:
            shown[name] = read(row)
        for name, reference, render_parent in parents:
            parent = records.find(str(row.get(reference)))
            shown[name] = render_parent(parent) if parent is not None else None
        return shown

    return render
