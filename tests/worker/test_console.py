"""What commands write where the terminal or pipe is not UTF-8, and what they read."""

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

import worker.commands
from worker.commands.console import escape_what_cannot_be_shown

WORDS = {"name": "Zoé Łukasz 日本 😀 \ud800", "arrow": "a → b"}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_json_is_readable_whatever_the_locale(encoding: str) -> None:
    pipe = io.BytesIO()
    stream = io.TextIOWrapper(pipe, encoding=encoding)
    escape_what_cannot_be_shown(stream)
    Console(file=stream).print_json(data=WORDS)
    stream.flush()
    assert json.loads(pipe.getvalue()) == WORDS


def test_what_utf_8_can_show_is_shown() -> None:
    pipe = io.BytesIO()
    stream = io.TextIOWrapper(pipe, encoding="utf-8")
    escape_what_cannot_be_shown(stream)
    stream.write("a → b")
    stream.flush()
    assert pipe.getvalue().decode() == "a → b"


def test_what_is_no_text_of_a_terminal_is_left_alone() -> None:
    escape_what_cannot_be_shown(io.StringIO())


_PRINTS = [sys.executable, "-c", "from worker.commands.console import print_json; print_json({'parked': [1, None]})"]


def test_json_has_no_colours_but_in_a_terminal() -> None:
    environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    piped = subprocess.run(_PRINTS, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 - our own
    assert "\x1b" not in piped.stdout
    assert json.loads(piped.stdout) == {"parked": [1, None]}
    reader, terminal = pty.openpty()
    subprocess.run(_PRINTS, stdout=terminal, check=True, env=environment)  # noqa: S603 - our own
    os.close(terminal)
    assert b"\x1b[" in os.read(reader, 10_000)
    os.close(reader)


def test_every_command_prints_json_by_the_same_function() -> None:
    modules = Path(worker.commands.__path__[0]).glob("*.py")
    assert [path.name for path in modules if "out.print_json" in path.read_text()] == ["console.py"]
