"""Values → JSON, by the writer that pydantic brings: it takes a quarter of the time of the standard library's."""

import json
from collections.abc import Callable
from typing import Any

from pydantic_core import to_json


def to_text(value: object, *, default: Callable[[Any], Any] | None = None) -> str:
    """The value as JSON text; `default` makes something that can be written of what cannot."""
    return to_bytes(value, default=default).decode()


def to_bytes(value: object, *, default: Callable[[Any], Any] | None = None) -> bytes:
    """The value as JSON in UTF-8.

    Half a surrogate pair, which an org's own error message can hold, is no UTF-8 and becomes a question mark.
    """
    try:
        return to_json(value, fallback=default)
    except ValueError:
        return json.dumps(value, default=default, ensure_ascii=False).encode(errors="replace")
