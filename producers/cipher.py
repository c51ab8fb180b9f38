"""Encryption of what the journal keeps of customers, with keys from the environment; without keys texts stay plain."""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEYS_VARIABLE = "BOOKFORCE_JOURNAL_KEYS"
DIGEST_KEY_VARIABLE = "BOOKFORCE_JOURNAL_DIGEST_KEY"

EXPECTED = "expected a key of 44 characters such as `bookforce key` prints"

# What the journal keeps in plain is JSON, which never begins so.
_SEALED = "sealed:"

_KEY_BYTES = 32


class BadKeys(ValueError):
    """A key does not have the form of one; says the form expected and never what was given."""


class Locked(ValueError):
    """A text is encrypted with a key that is not among ours: nothing is wrong with it, it waits for its key."""


@dataclass(frozen=True, slots=True)
class Cipher:
    """Seals and opens texts.

    `digest_key` goes into the digests that stand for customers, so that nobody finds a customer by trying e-mails.
    """

    digest_key: bytes = field(default=b"", repr=False)
    _keys: "MultiFernet | None" = field(default=None, repr=False)

    @classmethod
    def of(cls, keys: str, digest_key: str = "") -> Self:
        """A cipher for Fernet keys separated by commas: the first one seals, all of them open.

        A customer's digest must stay the same when keys change, else the customer becomes two: it is made with
        `digest_key`, or without one with the last of the keys, because new ones are put in front. Raises BadKeys.
        Source of the form: https://github.com/fernet/spec/blob/master/Spec.md
        """
        own = [key.strip() for key in keys.split(",") if key.strip()]
        for_digests = digest_key.strip() or (own[-1] if own else "")
        return cls(_digest_key(for_digests) if for_digests else b"", _fernet(own) if own else None)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The cipher that this process's environment asks for. Raises BadKeys with the variable's name."""
        keys, digest_key = (environment.get(name, "") for name in (KEYS_VARIABLE, DIGEST_KEY_VARIABLE))
        for name, text in ((KEYS_VARIABLE, keys), (DIGEST_KEY_VARIABLE, digest_key)):
            if not are_keys(text):
                raise BadKeys(f"{name}: {EXPECTED}")
        return cls.of(keys, digest_key)

    def seal(self, text: str) -> str:
        """The text as the journal keeps it."""
        return f"{_SEALED}{self._keys.encrypt(text.encode()).decode()}" if self._keys else text

    def open(self, text: str) -> str:
        """What was sealed; a text that was kept in plain is itself. Raises Locked."""
        if not text.startswith(_SEALED):
            return text
        if self._keys is None:
            raise Locked("encrypted, and no key is set")
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - who sets no key need not have the package

        try:
            return self._keys.decrypt(text.removeprefix(_SEALED)).decode()
        except InvalidToken as error:
            raise Locked("encrypted with a key that is not set") from error


PLAIN = Cipher()
"""Without keys: seals nothing, and opens nothing but plain texts."""


def are_keys(text: str) -> bool:
    """Whether these are keys, separated by commas; none at all are."""
    return all(len(_decoded(key.strip())) == _KEY_BYTES for key in text.split(",") if key.strip())


def new_key() -> str:
    """A key that nobody has."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def _fernet(keys: list[str]) -> "MultiFernet":
    try:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - who sets no key need not have the package
    except ImportError as error:
        raise BadKeys(
            f"{KEYS_VARIABLE} is set: install bookforce-producer[encryption], which has cryptography"
        ) from error
    if not are_keys(",".join(keys)):
        raise BadKeys(EXPECTED)
    return MultiFernet([Fernet(key) for key in keys])


def _digest_key(key: str) -> bytes:
    """A key of its own made of the given one, so that no key serves two purposes."""
    secret = _decoded(key)
    if len(secret) != _KEY_BYTES:
        raise BadKeys(EXPECTED)
    return hashlib.blake2b(b"bookforce: customers", key=secret, digest_size=_KEY_BYTES).digest()


def _decoded(key: str) -> bytes:
    try:
        return base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):  # the latter for characters beyond ASCII
        return b""
