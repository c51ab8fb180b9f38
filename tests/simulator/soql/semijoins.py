"""Semi-joins and anti-joins, WHERE Id IN (SELECT …): where they may stand and what they may select."""

from collections.abc import Iterator
from typing import assert_never

from tests.simulator.setup.objects import Field
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.syntax import Among, Both, Comparison, Condition, Either, Negated, Path
from tests.simulator.texts import say

MOST = 2


def check_semijoins(statement: str, where: Condition) -> None:
    """Refuse more than two of them, and any below OR."""
    found = list(_semijoins(where, below_or=False))
    for each, below_or in found:
        if below_or:
            message = "Semi join sub-selects are not allowed with the 'OR' operator"
            raise at_place("MALFORMED_QUERY", statement, each.path.at, message)
    if len(found) > MOST:
        message = say("SOQL_SEMIJOINS", most=MOST)
        raise at_place("MALFORMED_QUERY", statement, found[MOST][0].path.at, message)


def _semijoins(condition: Condition, *, below_or: bool) -> Iterator[tuple[Among, bool]]:
    match condition:
        case Comparison():
            return
        case Among():
            yield condition, below_or
        case Negated(part):
            yield from _semijoins(part, below_or=below_or)
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _semijoins(part, below_or=below_or or isinstance(condition, Either))
        case _:
            assert_never(condition)


def check_semijoin(statement: str, field: Field, written: Among) -> None:
    """Refuse one that compares no id, selects no single field, or holds another."""
    if field.type not in {"id", "reference"}:
        message = (
            "The left operand field in the where expression for outer query should be an id field, cannot use: "
            f"'{field.name}'"
        )
        raise at_place("INVALID_FIELD", statement, written.path.at, message)
    selected = written.statement.selected
    if len(selected) != 1 or not isinstance(selected[0], Path):
        message = "semi join sub-selects can only query one field"
        raise at_place("MALFORMED_QUERY", statement, written.statement.at, message)
    where = written.statement.where
    if where is not None and any(_semijoins(where, below_or=False)):
        raise at_place(
            "MALFORMED_QUERY", statement, written.statement.at, "Nesting of semi join sub-selects is not supported"
        )
