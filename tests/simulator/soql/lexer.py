"""SOQL text to tokens, and errors that point at a place in it."""

import re
from typing import NamedTuple

from tests.simulator.errors import Refused, malformed

LONGEST_STATEMENT = 100_000
LONGEST_STRING = 4_000
EXCERPT = 60
TOKEN = re.compile(
    r"""(?:(?P<string>'(?:[^'\\]|\\.)*')
      | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
      | (?P<date>\d{4}-\d\d-\d\d)
      | (?P<number>[+-]?\d{1,18}(?:\.\d{1,18})?)
      | (?P<name>[A-Za-z_][\w.]*(?::\d{1,5})?)
      | (?P<operator><=|>=|!=|<>|[=<>])
      | (?P<mark>[(),]))\s*""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
ESCAPED = {"n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f", "F": "\f",
           '"': '"', "'": "'", "\\": "\\", "_": "\\_", "%": "\\%"}  # fmt: skip


class Token(NamedTuple):
    """One word of a statement; long IN lists make thousands of them, so it is a tuple."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """Split a statement into tokens, the last of which says that it ends."""
    if len(text) > LONGEST_STATEMENT:
        raise malformed("MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.")
    found: list[Token] = []
    at = len(text) - len(text.lstrip())
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _no_token(text, at)
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], at))
        at = match.end()
    found.append(Token("end", "<EOF>", len(text)))
    return found


def _no_token(text: str, at: int) -> Refused:
    if text[at] == "'":
        return malformed("MALFORMED_QUERY", f"line 1:{len(text)} mismatched character '<EOF>' expecting '''")
    return at_place("MALFORMED_QUERY", text, at, f"line 1:{at} no viable alternative at character '{text[at]}'")


def unquote(token: Token, statement: str) -> str:
    """Return what a string literal means."""
    inner = token.text[1:-1]
    if len(inner) > LONGEST_STRING:
        raise at_place("MALFORMED_QUERY", statement, token.at, "string literals cannot be longer than 4000 characters")
    if "\\" not in inner:
        return inner
    return ESCAPE.sub(lambda match: _unescape(match[1], token, statement), inner)


def _unescape(escape: str, token: Token, statement: str) -> str:
    if escape.startswith("u") and len(escape) > 1:
        return chr(int(escape[1:], 16))
    if escape not in ESCAPED:
        raise at_place(
            "MALFORMED_QUERY",
            statement,
            token.at,
            f"Invalid string literal {token.text}. Illegal character sequence '\\{escape}' in string literal.",
        )
    return ESCAPED[escape]


def at_place(code: str, statement: str, at: int, message: str) -> Refused:
    """Refuse with the recorded shape: an excerpt, a caret below the place, its row and column."""
    row = statement.count("\n", 0, at) + 1
    line_start = statement.rfind("\n", 0, at) + 1
    line_end = statement.find("\n", at) if "\n" in statement[at:] else len(statement)
    start, end = max(line_start, at - EXCERPT), min(line_end, at + EXCERPT)
    caret = " " * (at - start) + "^"
    place = f"ERROR at Row:{row}:Column:{at - line_start + 1}"
    return malformed(code, f"\n{statement[start:end]}\n{caret}\n{place}\n{message}")
