"""A statement over the records: which rows, in which order, and what is shown of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from tests.simulator.data.records import Records, Row
from tests.simulator.errors import malformed
from tests.simulator.setup.describe import TEXTUAL, is_filterable
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.schema import Schema
from tests.simulator.soql.children import find_children
from tests.simulator.soql.fields import Resolver, reader
from tests.simulator.soql.filters import Compiler
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.parser import parse
from tests.simulator.soql.selection import Selection
from tests.simulator.soql.syntax import Order, Path, Statement
from tests.simulator.texts import say

HIGHEST_OFFSET = 2000
SCOPES = frozenset({"everything", "mine"})


@dataclass(frozen=True, slots=True)
class Result:
    """How many rows there are, and those rows as answers show them; with an OFFSET there is but one page."""

    total: int
    records: list[dict[str, Any]]
    one_page: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One statement to run: by whom and when, with or without deleted rows, with record urls below this root."""

    text: str
    root: str
    now: datetime
    include_deleted: bool = False
    zone: tzinfo = UTC
    user_id: str = ""
    negation_includes_nulls: bool = True


def run(schema: Schema, records: Records, query: Query) -> Result:
    """Evaluate a statement, or refuse it as Salesforce does."""
    statement = parse(query.text)
    resolver = _resolver(schema, statement)
    sobject = resolver.object(statement.source.object)
    run_of = _Run(schema, records, query)
    render = run_of.selection(resolver).compile(sobject, statement.selected) if statement.selected else None
    rows = run_of.rows(resolver, sobject, statement)
    one_page = statement.offset is not None
    return Result(len(rows), [render(row) for row in rows] if render else [], one_page)


def _resolver(schema: Schema, statement: Statement) -> Resolver:
    return Resolver(schema, statement.text, dict(statement.source.aliases))


@dataclass(frozen=True, slots=True)
class _Run:
    """One evaluation: the statement that was sent, and those within it."""

    schema: Schema
    records: Records
    query: Query

    def rows(self, resolver: Resolver, sobject: SObject, statement: Statement) -> list[Row]:
        """Return the rows that a statement asks for, in its order."""
        find, page = self.finder(resolver, sobject, statement), self.pager(resolver, sobject, statement)
        return page(find())

    def finder(self, resolver: Resolver, sobject: SObject, statement: Statement) -> Callable[[], Iterator[Row]]:
        if statement.scope not in SCOPES:
            message = say("SOQL_SCOPE", scope=statement.scope)
            raise at_place("MALFORMED_QUERY", statement.text, statement.source.object.at, message)
        table = self.records.tables[sobject.name].rows
        found = self._compiler(resolver, sobject).where(statement.where) if statement.where is not None else None

        def find() -> Iterator[Row]:
            chosen: Iterable[Row] = table.values()
            if found is not None and found.candidates is not None:
                chosen = [table[row_id] for row_id in sorted(found.candidates)]
            for row in chosen:
                if (found is None or found.test(row)) and self._shows(statement, row):
                    yield row

        return find

    def _shows(self, statement: Statement, row: Row) -> bool:
        if statement.scope == "mine" and row.get("OwnerId") != self.query.user_id:
            return False
        return self.query.include_deleted or not (row.get("IsDeleted") or row.get("IsArchived"))

    def _compiler(self, resolver: Resolver, sobject: SObject) -> Compiler:
        return Compiler(
            resolver=resolver,
            records=self.records,
            sobject=sobject,
            now=self.query.now,
            zone=self.query.zone,
            negation_includes_nulls=self.query.negation_includes_nulls,
            inner=self._values,
        )

    def _values(self, statement: Statement, outer: str) -> set[Any]:
        """Evaluate the statement of a semi-join to the ids that it selects."""
        resolver = _resolver(self.schema, statement)
        sobject = resolver.object(statement.source.object)
        path = statement.selected[0]
        assert isinstance(path, Path)
        selected = resolver.path(sobject, path)
        if selected.field.type not in {"id", "reference"}:
            message = (
                f"The selected field '{selected.field.name}' in the subquery and the left operand field in the where "
                f"expression in the outer query '{outer}' should point to the same object type"
            )
            raise at_place("MALFORMED_QUERY", statement.text, path.at, message)
        read = reader(self.records, selected)
        return {read(row) for row in self.rows(resolver, sobject, statement)} - {None}

    def pager(self, resolver: Resolver, sobject: SObject, statement: Statement) -> Callable[[Iterable[Row]], list[Row]]:
        """Return what orders rows and cuts out those between OFFSET and LIMIT."""
        offset = statement.offset or 0
        if offset > HIGHEST_OFFSET:
            raise malformed("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {HIGHEST_OFFSET}")
        sorts = [self._sorter(resolver, sobject, order) for order in reversed(statement.order)]
        end = None if statement.limit is None else offset + statement.limit

        def page(found: Iterable[Row]) -> list[Row]:
            rows = [*found]
            for sort in sorts:
                rows = sort(rows)
            return rows[offset:end]

        return page

    def _sorter(self, resolver: Resolver, sobject: SObject, order: Order) -> Callable[[list[Row]], list[Row]]:
        resolved = resolver.path(sobject, order.path)
        if resolved.field.type == "address" or not is_filterable(resolved.field):
            message = f"field '{resolved.field.name}' can not be sorted in a query call"
            raise at_place("INVALID_FIELD", resolver.statement, order.path.at, message)
        read, key = reader(self.records, resolved), _sort_key(resolved.field)

        def sort(rows: list[Row]) -> list[Row]:
            filled = [row for row in rows if read(row) is not None]
            nulls = [row for row in rows if read(row) is None]
            filled.sort(key=lambda row: key(read(row)), reverse=order.descending)
            return filled + nulls if order.nulls_last else nulls + filled

        return sort

    def selection(self, resolver: Resolver) -> Selection:
        return Selection(records=self.records, resolver=resolver, root=self.query.root, children=self._children)

    def _children(self, parent: SObject, statement: Statement) -> tuple[str, Callable[[Row], Any]]:
        """Compile a statement over the children of a record; those without any get null."""
        named = statement.source.object
        child, reference = find_children(self.schema, statement.text, parent, named)
        resolver = _resolver(self.schema, statement)
        render = self.selection(resolver).compile(child, statement.selected)
        page = self.pager(resolver, child, statement)
        by_parent: dict[str, list[Row]] = {}
        for each in self.finder(resolver, child, statement)():
            by_parent.setdefault(str(each.get(reference.name)), []).append(each)

        def read(row: Row) -> dict[str, Any] | None:
            rows = page(by_parent.get(str(row["Id"]), ()))
            if not rows:
                return None
            return {"totalSize": len(rows), "done": True, "records": [render(each) for each in rows]}

        return named.text, read


def _sort_key(field: Field) -> Callable[[Any], Any]:
    """Sort picklists as their values are listed, text without regard to case, ids and all the rest as they are."""
    if field.choices:
        places = {choice.value.lower(): place for place, choice in enumerate(field.choices)}
        return lambda value: (places.get(value.lower(), len(places)), value.lower())
    folds = field.type in TEXTUAL and not field.case_sensitive
    return lambda value: value.lower() if folds else value
