"""SOQL text to tokens, and errors that point at a place in it."""

import re
from typing import NamedTuple

from tests.simulator.errors import Refused, malformed
from tests.simulator.texts import say

LONGEST_STATEMENT = 100_000
LONGEST_STRING = 4_000
CONTEXT = 30  # characters that an error shows on either side of its place, rounded up to whole words
QUOTE = "'"
TOKEN = re.compile(
    r"""(?:(?P<string>'(?:[^'\\]|\\.)*')
      | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
      | (?P<open>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)
      | (?P<date>\d{4}-\d\d-\d\d)
      | (?P<number>[+-]?\d{1,18}(?:\.\d{1,18})?)
      | (?P<name>[A-Za-z_][\w.]*(?::\d{1,5})?)
      | (?P<operator><=|>=|!=|<>|[=<>])
      | (?P<mark>[(),:]))\s*""",
    re.VERBOSE | re.ASCII | re.DOTALL,
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
        raise malformed("MALFORMED_QUERY", f"SOQL statements can not be longer than {LONGEST_STATEMENT} characters.")
    found: list[Token] = []
    at = len(text) - len(text.lstrip())
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _no_token(text, at)
        kind = match.lastgroup or ""
        if kind == "open":  # a moment without an offset, or one whose + has arrived as a blank
            raise _no_token(text, match.end(kind))
        found.append(Token(kind, match[kind], at))
        at = match.end()
    found.append(Token("end", "<EOF>", len(text)))
    return found


def _no_token(text: str, at: int) -> Refused:
    row, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) - 1
    seen = text[at : at + 1] or "<EOF>"
    if seen == QUOTE:
        return misread(text, at, f"line {row}:{column} mismatched character '<EOF>' expecting '''")
    return misread(text, at, f"line {row}:{column} no viable alternative at character '{seen}'")


def unexpected(text: str, token: Token) -> Refused:
    """Refuse a token; recorded answers quote it, except where it is the first of the statement."""
    seen = f"'{token.text.strip(QUOTE)}'" if token.at else token.text
    return misread(text, token.at, f"unexpected token: {seen}")


def misread(text: str, at: int, message: str) -> Refused:
    """Refuse what is no SOQL; such errors point at the character before.

    The parser behind them counts columns from 0: live orgs say "line 1:58" under "Column:58", and name no place
    where that column would be 0 ("unexpected token: SELEKT").
    """
    return at_place("MALFORMED_QUERY", text, at - 1, message) if at else malformed("MALFORMED_QUERY", message)


def unquote(token: Token, statement: str) -> str:
    """Return what a string literal means."""
    inner = token.text[1:-1]
    if len(inner) > LONGEST_STRING:
        raise misread(statement, token.at, say("SOQL_STRING_TOO_LONG", most=LONGEST_STRING))
    if "\\" not in inner:
        return inner
    read = ESCAPE.sub(lambda match: _unescape(match[1], token, statement), inner)
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # \uD83D\uDE00 is one character


def _unescape(escape: str, token: Token, statement: str) -> str:
    if escape.startswith("u") and len(escape) > 1:
        return chr(int(escape[1:], 16))
    if escape in ESCAPED:
        return ESCAPED[escape]
    wrong = f"Illegal character sequence '\\{escape}'"
    if escape == "u":
        start = token.text.index("\\u")
        wrong = f"Illegal unicode sequence. '{token.text[start : start + 6].rstrip(QUOTE)}'"
    raise misread(statement, token.at, f"Invalid string literal {token.text}. {wrong} in string literal.")


def at_place(code: str, statement: str, at: int, message: str) -> Refused:
    """Refuse with the recorded shape: an excerpt, a caret below the place, its row and column."""
    row = statement.count("\n", 0, at) + 1
    line_start = statement.rfind("\n", 0, at) + 1
    line_end = statement.find("\n", at) if "\n" in statement[at:] else len(statement)
    start, end = max(line_start, at - CONTEXT), min(line_end, at + CONTEXT)
    while start > line_start and not statement[start - 1].isspace():
        start -= 1
    while end < line_end and not statement[end].isspace():
        end += 1
    caret = " " * (at - start) + "^"
    place = f"ERROR at Row:{row}:Column:{at - line_start + 1}"
    return malformed(code, f"\n{statement[start:end]}\n{caret}\n{place}\n{message}")
