"""What became of each record of a batch."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass

from rules.plan import New, Write
from rules.quick import quick
from rules.snapshot import identity
from worker.errors import SyncError


@quick
@dataclass(frozen=True, slots=True)
class Done:
    """The record is written and has this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The record is not written, or nobody knows: the error says what to do next."""

    error: SyncError


Result = Done | Failed
Results = MutableMapping[str | New, Result]
"""By the identity of the record."""


def any_failed(results: Results) -> bool:
    """Whether there is any failure to look into."""
    return any(isinstance(result, Failed) for result in results.values())


def parents(write: Write) -> list[New]:
    """The records of this batch that the write refers to."""
    return [value for value in write.fields.values() if isinstance(value, New)]


def failed_parent(write: Write, results: Mapping[str | New, Result]) -> Failed | None:
    """The failure of a record that the write needs, which is then its own failure."""
    failures = (results.get(parent) for parent in parents(write))
    return next((failure for failure in failures if isinstance(failure, Failed)), None)


def follow_culprits(writes: Sequence[Write], results: Results) -> None:
    """Give each record that failed for its parent's sake the parent's error. `writes` has parents first."""
    if not any_failed(results):
        return
    for write in writes:
        name = identity(write.record)
        cause = failed_parent(write, results)
        if cause and isinstance(results.get(name), Failed):
            results[name] = cause
