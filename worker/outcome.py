"""What happens next to a booking, as a value."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from rules.plan import Records, Warned, Write
from rules.quick import quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why something did not go through. The message may quote what a customer typed: journal only, never a log."""

    code: str
    message: str
    object: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A try that did not go through, as it is kept with the booking: `writes` without their values."""

    kind: Literal["put_back", "held_back", "parked"]
    cause: Cause
    writes: tuple[Write, ...] = ()


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """Salesforce says what the booking says."""

    records: Records
    because: tuple[str, ...]
    warnings: tuple[Warned, ...] = ()
    changed: bool = True
    writes: tuple[Write, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Nothing is to be written, and that is right."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Try again; consumes an attempt. `records` are those that succeeded; `reread` doubts them."""

    after: timedelta
    cause: Cause
    records: Records | None = None
    writes: tuple[Write, ...] = ()
    reread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Not our turn: the quota, the connection or the setup is not there. Consumes no attempt.

    `broke_off` if something may have been written before that showed.
    """

    until_in: timedelta
    cause: Cause
    records: Records | None = None
    writes: tuple[Write, ...] = ()
    broke_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """A person must look, and can replay it."""

    cause: Cause
    because: tuple[str, ...] = ()
    records: Records | None = None
    writes: tuple[Write, ...] = ()


Outcome = Synced | Skipped | Retry | Wait | Park
