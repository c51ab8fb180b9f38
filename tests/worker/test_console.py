"""What commands write where the terminal or pipe is not UTF-8, and what they read."""

import io
import json

import pytest
from rich.console import Console

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
