"""What all commands share: where they print, how they end, and how they say what is wrong around them."""

import codecs
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from redis.exceptions import AuthenticationError, RedisError
from rich.console import Console

from config.settings import BadSettings, configured_connections, load_settings

FINDING, WRONG_USAGE = 1, 2
"""Exit codes beside 0 for done: something was found or failed; the command or its input is wrong."""

# Without emoji: rich would print the line number in FILE:100: as one.
out = Console(emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


def print_json(data: Any) -> None:  # noqa: ANN401 - JSON
    """One JSON document, in colours for a terminal alone: FORCE_COLOR would put them into a pipe, which breaks it."""
    out.print_json(data=data, highlight=out.file.isatty())


def escape_what_cannot_be_shown(stream: TextIO) -> None:
    """Let the stream write what its encoding lacks as JSON does; all but ASCII, where it is not UTF-8.

    A terminal or pipe of another locale would end the command, or get JSON that nobody can read.
    """
    if isinstance(stream, io.TextIOWrapper):
        is_utf8 = codecs.lookup(stream.encoding).name == "utf-8"
        stream.reconfigure(encoding=None if is_utf8 else "ascii", errors=_ESCAPED)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


_ESCAPED = "bookforce.escaped"
codecs.register_error(_ESCAPED, _escape)


def _configured(name: str) -> str:
    """The connection, if the environment describes it: events for another one would wait for ever."""
    names = configured_connections()
    if names and name not in names:
        raise typer.BadParameter(f"no connection {name!r}; the environment names: {', '.join(names)}")
    return name


ConnectionOption = Annotated[
    str, typer.Option("--connection", "-c", help="Which Salesforce org.", callback=_configured)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def read_input(file: str) -> str:
    """The text of a file, or of standard input for `-`; ends the command where it cannot be read."""
    try:
        return _read_stdin() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        err.print(f"bookforce: {file} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        err.print(f"bookforce: {file} is not UTF-8 text (byte {error.start})")
    raise typer.Exit(WRONG_USAGE)


def _read_stdin() -> str:
    """JSON is UTF-8, whatever the terminal's locale is."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")
    return sys.stdin.read()


@contextmanager
def settings_explained() -> Iterator[None]:
    """One sentence for an environment that is wrong: which variable, and what is expected."""
    try:
        yield
    except BadSettings as error:
        err.print(f"bookforce: {error}", markup=False)
        raise typer.Exit(WRONG_USAGE) from error


@contextmanager
def redis_explained(kept: Callable[[], str] = str) -> Iterator[None]:
    """One sentence for a Redis that is away: where it was expected, what was kept, what to do."""
    try:
        yield
    except RedisError as error:
        address = json.dumps(_without_password(load_settings().redis_url))
        err.print(
            f"bookforce: Redis at {address} does not answer ({_short(error)}).{kept()} "
            "Start it, or let BOOKFORCE_REDIS_URL name another.",
            markup=False,
        )
        raise typer.Exit(FINDING) from error


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def _short(error: RedisError) -> str:
    text = str(error).lower()
    if isinstance(error, AuthenticationError):
        return "it asks for another password"
    return (
        "connection refused"
        if "refused" in text
        else "unknown host"
        if "name or service" in text
        else "timed out"
        if "time" in text
        else type(error).__name__
    )
