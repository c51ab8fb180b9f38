"""The tokens of one statement and a place among them."""

from typing import NoReturn

from tests.simulator.soql.lexer import Token, at_place, tokens, unexpected, unquote
from tests.simulator.soql.spans import is_literal
from tests.simulator.soql.syntax import Constant, LiteralKind, Path

WORDS: dict[str, LiteralKind] = {"TRUE": "boolean", "FALSE": "boolean", "NULL": "null"}
PLAIN: dict[str, LiteralKind] = {"number": "number", "date": "date", "datetime": "datetime"}


class Stream:
    """What is left to read; whatever does not fit is refused as an unexpected token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self._tokens = tokens(text)
        self._place = 0

    @property
    def now(self) -> Token:
        return self._tokens[self._place]

    def sees(self, *words: str) -> bool:
        """Tell whether these words come next; quoted text is never a word."""
        for place, word in enumerate(words, self._place):
            if place >= len(self._tokens):
                return False
            kind, text, _ = self._tokens[place]
            if kind == "string" or text.upper() != word:
                return False
        return True

    def skip(self, *words: str) -> bool:
        seen = self.sees(*words)
        self._place += seen * len(words)
        return seen

    def word(self, *words: str) -> None:
        for word in words:
            if not self.skip(word):
                self.unexpected()

    def take(self, kind: str) -> Token:
        token = self.now
        if token.kind != kind:
            self.unexpected()
        self._place += 1
        return token

    def one_of(self, words: frozenset[str]) -> str:
        if self.now.text.upper() not in words:
            self.unexpected()
        return self.take("name").text.upper()

    def count(self) -> int:
        if not self.now.text.isdigit():
            self.unexpected()
        return int(self.take("number").text)

    def path(self) -> Path:
        token = self.now
        names = tuple(token.text.split("."))
        if not all(names) or ":" in token.text:
            self.unexpected()
        return Path(names, self.take("name").at)

    def paths(self) -> tuple[Path, ...]:
        read = [self.path()]
        while self.skip(","):
            read.append(self.path())
        return tuple(read)

    def constant(self) -> Constant:
        token = self.now
        word = token.text.upper()
        if token.text == ":":
            self.refuse_binding()
        if token.kind == "string":
            self._place += 1
            return Constant("string", unquote(token, self.text), token.at)
        if token.kind == "name" and word in WORDS:
            return Constant(WORDS[word], word, self.take("name").at)
        if token.kind == "name" and is_literal(word):
            return Constant("range", word, self.take("name").at)
        if token.kind not in PLAIN:
            self.unexpected()
        return Constant(PLAIN[token.kind], token.text, self.take(token.kind).at)

    def refuse_binding(self) -> NoReturn:
        raise at_place("MALFORMED_QUERY", self.text, self.now.at, "Bind variables only allowed in Apex code")

    def unexpected(self) -> NoReturn:
        raise unexpected(self.text, self.now)
