"""How long a text is for Salesforce, and where it can be cut without tearing what people see as one character."""

import unicodedata

_JOINER = "\N{ZERO WIDTH JOINER}"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_BEYOND = "\uffff"


def units(text: str) -> int:
    """The length in UTF-16, in which Java counts: an emoji is two. One that counts less takes the text as well."""
    return len(text) if text.isascii() else len(text) + sum(char > _BEYOND for char in text)


def fitting(text: str, most: int) -> str:
    """The longest beginning of no more than this length that tears no accent off its letter and no emoji apart."""
    end = _longest(text, most)
    whole = end
    while 0 < whole < len(text) and _belongs(text[whole - 1], text[whole]):
        whole -= 1
    return text[: whole or end]


def _longest(text: str, most: int) -> int:
    end = min(len(text), max(most, 0))
    while units(text[:end]) > most:
        end -= (units(text[:end]) - most + 1) // 2
    return end


def _belongs(before: str, after: str) -> bool:
    is_mark = unicodedata.category(after).startswith("M")
    return is_mark or _JOINER in {before, after} or ord(after) in _SKIN_TONES
