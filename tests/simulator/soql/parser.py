"""SOQL tokens to a statement, by recursive descent."""

from typing import NoReturn

from tests.simulator.errors import malformed
from tests.simulator.soql.lexer import Token, tokens, unquote
from tests.simulator.soql.syntax import (
    Both,
    Comparison,
    Condition,
    Constant,
    Either,
    LiteralKind,
    Negated,
    Order,
    Path,
    Statement,
)

WORDS: dict[str, LiteralKind] = {"TRUE": "boolean", "FALSE": "boolean", "NULL": "null"}
RANGES = frozenset({"TODAY", "YESTERDAY", "TOMORROW", "LAST_N_DAYS", "NEXT_N_DAYS"})
PLAIN: dict[str, LiteralKind] = {"number": "number", "date": "date", "datetime": "datetime"}
DEEPEST = 100  # conditions within conditions: keeps a hostile statement from exhausting the stack


def parse(text: str) -> Statement:
    """Read a statement, or refuse it with MALFORMED_QUERY."""
    return _Parser(text).statement()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._place = 0
        self._depth = 0

    def statement(self) -> Statement:
        self._word("SELECT")
        fields = self._fields()
        self._word("FROM")
        name = self._take("name")
        where = self._condition() if self._skip("WHERE") else None
        order = self._orders() if self._skip("ORDER") else ()
        limit = self._count() if self._skip("LIMIT") else None
        offset = self._count() if self._skip("OFFSET") else 0
        self._take("end")
        source = Constant("string", name.text, name.at)
        return Statement(
            text=self._text, fields=fields, object=source, where=where, order=order, limit=limit, offset=offset
        )

    def _fields(self) -> tuple[Path, ...]:
        if self._now.text.upper() == "COUNT" and self._tokens[self._place + 1].text == "(":
            self._place += 2
            self._mark(")")
            return ()
        fields = [self._path()]
        while self._skip(","):
            fields.append(self._path())
        return tuple(fields)

    def _path(self) -> Path:
        token = self._take("name")
        return Path(tuple(token.text.split(".")), token.at)

    def _condition(self) -> Condition:
        """Read alternatives; as in Salesforce, AND and OR may only meet with parentheses between them."""
        first = self._single()
        if self._sees("AND"):
            return Both(self._chain(first, "AND"))
        if self._sees("OR"):
            return Either(self._chain(first, "OR"))
        return first

    def _chain(self, first: Condition, word: str) -> tuple[Condition, ...]:
        parts = [first]
        while self._skip(word):
            parts.append(self._single())
        if self._sees("AND") or self._sees("OR"):
            self._unexpected()
        return tuple(parts)

    def _single(self) -> Condition:
        if self._skip("NOT"):
            return Negated(self._single_inside())
        if self._now.text == "(":
            return self._single_inside()
        return self._comparison()

    def _single_inside(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            self._unexpected()
        if self._skip("("):
            inner = self._condition()
            self._mark(")")
        else:
            inner = self._single()
        self._depth -= 1
        return inner

    def _comparison(self) -> Comparison:
        path = self._path()
        if self._skip("IN"):
            return Comparison(path, "IN", self._list())
        if self._skip("NOT"):
            self._word("IN")
            return Comparison(path, "NOT IN", self._list())
        if self._skip("LIKE"):
            return Comparison(path, "LIKE", (self._constant(),))
        operator = self._take("operator").text
        return Comparison(path, "!=" if operator == "<>" else operator, (self._constant(),))

    def _list(self) -> tuple[Constant, ...]:
        self._mark("(")
        values = [self._constant()]
        while self._skip(","):
            values.append(self._constant())
        self._mark(")")
        return tuple(values)

    def _constant(self) -> Constant:
        token = self._now
        self._place += 1
        if token.kind == "string":
            return Constant("string", unquote(token, self._text), token.at)
        word = token.text.upper()
        if token.kind == "name" and word in WORDS:
            return Constant(WORDS[word], word, token.at)
        if token.kind == "name" and word.partition(":")[0] in RANGES:
            return Constant("range", word, token.at)
        if token.kind not in PLAIN:
            self._place -= 1
            self._unexpected()
        return Constant(PLAIN[token.kind], token.text, token.at)

    def _orders(self) -> tuple[Order, ...]:
        self._word("BY")
        orders = [self._order()]
        while self._skip(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        path = self._path()
        descending = self._skip("DESC") or (self._skip("ASC") and False)
        nulls_last = False
        if self._skip("NULLS"):
            nulls_last = self._skip("LAST")
            if not nulls_last:
                self._word("FIRST")
        return Order(path, descending, nulls_last)

    def _count(self) -> int:
        token = self._take("number")
        if not token.text.isdigit():
            self._place -= 1
            self._unexpected()
        return int(token.text)

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _sees(self, text: str) -> bool:
        token = self._now
        return token.kind != "string" and token.text.upper() == text

    def _skip(self, text: str) -> bool:
        seen = self._sees(text)
        self._place += seen
        return seen

    def _word(self, text: str) -> None:
        if not self._skip(text):
            self._unexpected()

    _mark = _word

    def _take(self, kind: str) -> Token:
        token = self._now
        if token.kind != kind:
            self._unexpected()
        self._place += 1
        return token

    def _unexpected(self) -> NoReturn:
        raise malformed("MALFORMED_QUERY", f"unexpected token: {self._now.text}")
