"""What stands behind WHERE."""

from collections.abc import Callable

from tests.simulator.soql.stream import Stream
from tests.simulator.soql.syntax import Among, Both, Comparison, Condition, Either, Negated, Path, Statement

DEEPEST = 100  # conditions within conditions: keeps a hostile statement from exhausting the stack
LISTED = ("IN", "INCLUDES", "EXCLUDES")
Inner = Callable[[Stream], Statement]


def read_condition(stream: Stream, inner: Inner) -> Condition:
    """Read what WHERE or a parenthesis holds; `inner` reads the statement of a semi-join.

    As documented, that is one condition, or several joined by AND, or several joined by OR, or NOT and one: they
    mix only with parentheses between them. Live orgs refuse "a AND NOT b" at NOT, and take "a AND (NOT b)".
    """
    if stream.skip("NOT"):
        return Negated(_single(stream, inner))
    first = _single(stream, inner)
    if stream.sees("AND"):
        return Both(_chain(stream, inner, first, "AND"))
    if stream.sees("OR"):
        return Either(_chain(stream, inner, first, "OR"))
    return first


def _chain(stream: Stream, inner: Inner, first: Condition, word: str) -> tuple[Condition, ...]:
    parts = [first]
    while stream.skip(word):
        parts.append(_single(stream, inner))
    if stream.sees("AND") or stream.sees("OR"):
        stream.unexpected()
    return tuple(parts)


def _single(stream: Stream, inner: Inner) -> Condition:
    if stream.sees("NOT"):
        stream.unexpected()
    if not stream.sees("("):
        return _comparison(stream, inner)
    stream.depth += 1
    if stream.depth > DEEPEST:
        stream.unexpected()
    stream.word("(")
    held = read_condition(stream, inner)
    stream.word(")")
    stream.depth -= 1
    return held


def _comparison(stream: Stream, inner: Inner) -> Condition:
    path = stream.path()
    for word in LISTED:
        if stream.skip(word):
            return _listed(stream, inner, path, word)
    if stream.skip("NOT"):
        stream.word("IN")
        return _listed(stream, inner, path, "NOT IN")
    if stream.skip("LIKE"):
        return Comparison(path, "LIKE", (stream.constant(),))
    operator = stream.take("operator").text
    return Comparison(path, "!=" if operator == "<>" else operator, (stream.constant(),))


def _listed(stream: Stream, inner: Inner, path: Path, operator: str) -> Condition:
    if stream.sees(":"):
        stream.refuse_binding()
    stream.word("(")
    if stream.sees("SELECT") and operator in {"IN", "NOT IN"}:
        statement = inner(stream)
        stream.word(")")
        return Among(path, operator, statement)
    values = [stream.constant()]
    while stream.skip(","):
        values.append(stream.constant())
    stream.word(")")
    return Comparison(path, operator, tuple(values))
