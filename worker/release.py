"""Which release of the code compiled a setup: another one may compile it otherwise, from the same file and org."""

import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[1]

# What a ReadySetup is made by.
_SOURCES = ("rules/*.py", "worker/setup.py")


@cache
def release(root: Path = _ROOT) -> str:
    """A digest of the sources, because the version of a working copy stays the same from change to change."""
    digest = hashlib.blake2b(digest_size=8)
    for pattern in _SOURCES:
        for file in sorted(root.glob(pattern)):
            digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()
