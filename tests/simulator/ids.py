"""Salesforce record ids: fifteen characters, three of checksum, and a counter for each object."""

from collections import Counter
from string import ascii_uppercase

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
POD = "5e0"
SHORT, LONG = 15, 18
SERIAL_LENGTH = 9

# Every reference that is sent has its checksum looked at: looked up, it takes a tenth of the time of counting.
_CAPITALS = {ord(char): "1" if char in ascii_uppercase else "0" for char in ALPHABET}
_DIGIT = {f"{bits:05b}"[::-1]: digit for bits, digit in enumerate(CHECKSUM)}


def with_checksum(short: str) -> str:
    """Append the three characters that encode which of the fifteen are capitals."""
    capitals = short.translate(_CAPITALS)
    return short + _DIGIT[capitals[:5]] + _DIGIT[capitals[5:10]] + _DIGIT[capitals[10:]]


def full_id(text: str) -> str | None:
    """Return the 18-character form, or None when this is no id or its checksum is wrong."""
    if not (text.isascii() and text.isalnum()):
        return None
    if len(text) == SHORT:
        return with_checksum(text)
    if len(text) == LONG and with_checksum(text[:SHORT]) == text:
        return text
    return None


class Ids:
    """Counters of record ids: as good as Salesforce's own, and the same in every run."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def next(self, prefix: str) -> str:
        self._used[prefix] += 1
        return with_checksum(prefix + POD + _serial(self._used[prefix]))


def _serial(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(SERIAL_LENGTH, "0")
