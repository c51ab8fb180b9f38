"""Salesforce record ids: fifteen characters, three of checksum, and a counter for each object."""

from collections import Counter

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
POD = "5e0"
SHORT, LONG = 15, 18
SERIAL_LENGTH = 9


def with_checksum(short: str) -> str:
    """Append the three characters that encode which of the fifteen are capitals."""
    suffix = ""
    for start in (0, 5, 10):
        bits = 0
        for place in range(5):
            if "A" <= short[start + place] <= "Z":
                bits |= 1 << place
        suffix += CHECKSUM[bits]
    return short + suffix


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
