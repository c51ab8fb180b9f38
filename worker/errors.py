"""What can go wrong, named for what the worker does next.

SyncError
├── Transient       try the same again in a while
├── LimitReached    wait: the org's API calls are used up
├── Disconnected    wait: nobody lets us in until a person or time mends the connection
├── OutOfStorage    wait: the org has no room for new records until a person makes some
├── Drifted         wait: the org no longer is as the setup stages found it; run them again
├── Stale           read again and decide again: the record is not what we took it for
└── Rejected        a person must act
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """What a duplicate rule of the org said: the ids of the records that it takes for the same, and its strictness."""

    ids: tuple[str, ...]
    may_save: bool


class SyncError(Exception):
    """A booking could not be brought to Salesforce.

    `code` is Salesforce's errorCode or our own; `object` and `fields` say where. `duplicates` is what a duplicate rule
    said. The message may quote what a customer typed, so it goes into the journal and never into a log.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        object: str | None = None,  # noqa: A002 - Salesforce's word
        fields: tuple[str, ...] = (),
        duplicates: Duplicates | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.object = object
        self.fields = fields
        self.duplicates = duplicates

    @property
    def field(self) -> str | None:
        """The field to name first."""
        return self.fields[0] if self.fields else None


class Transient(SyncError):
    """It may work in a while: a time-out, a lock, an outage."""


class LimitReached(SyncError):
    """The org's daily API calls are used up; the window is 24 hours and rolls, so some return soon."""

    resets_in = timedelta(minutes=5)


class Disconnected(SyncError):
    """Salesforce refuses the credentials, or the API is off for this user or org."""


class OutOfStorage(SyncError):
    """The org takes no new records; those that are there can still be changed."""


class Drifted(SyncError):
    """A field or object that the setup stages found is gone or hidden."""


class Stale(SyncError):
    """The record is deleted, merged, converted, or created by somebody else in the meantime."""


class Rejected(SyncError):
    """Salesforce refuses the data, and would refuse it again."""
