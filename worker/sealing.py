"""How events ended and why, as JSON of the journal: what may quote a customer is sealed, all else can be read."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from producers.cipher import PLAIN, Cipher, Locked
from worker.as_json import to_text

# Codes, objects and fields are ours or the org's; a message is what Salesforce says, which quotes what it refuses, and
# why an event was discarded is what a person typed.
_QUOTING = {"message", "why"}

UNREADABLE = "(encrypted with a key that BOOKFORCE_JOURNAL_KEYS does not hold)"
"""Stands for a message that cannot be opened."""


def to_json(facts: Mapping[str, object], cipher: Cipher) -> str:
    """The facts as the journal keeps them."""
    return to_text(facts if cipher == PLAIN else with_messages(facts, cipher.seal))


def from_json(text: str, cipher: Cipher) -> Any:  # noqa: ANN401 - JSON
    """The facts again; a message whose key is not set says so."""
    return with_messages(json.loads(text), lambda message: _opened(message, cipher))


def opened_fields(fields: Mapping[str, str], cipher: Cipher) -> dict[str, str]:
    """A booking's hash as it would be without keys; a body whose key is not set stays as it is."""
    return {name: _opened_field(name, text, cipher) for name, text in fields.items()} if fields else {}


def _opened_field(name: str, text: str, cipher: Cipher) -> str:
    if name.startswith("body:"):
        try:
            return cipher.open(text)
        except Locked:
            return text
    if name == "cause" or name.startswith(("state:", "try:")):
        try:
            return json.dumps(from_json(text, cipher))
        except ValueError:
            return text
    return text


def with_messages(facts: object, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON
    """The same JSON with every message in it changed."""
    match facts:
        case Mapping():
            return {
                name: change(value) if name in _QUOTING and isinstance(value, str) else with_messages(value, change)
                for name, value in facts.items()
            }
        case list() | tuple():
            return [with_messages(each, change) for each in facts]
        case _:
            return facts


def _opened(message: str, cipher: Cipher) -> str:
    try:
        return cipher.open(message)
    except Locked:
        return UNREADABLE
