"""The file that a preview is recorded in: personal data, for its owner's eyes, in a format with a version."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, TypeAdapter, ValidationError

from rules.lookups import Lookups
from rules.plan import Known, Scalar
from rules.ready import ReadySetup
from rules.snapshot import Account, Case, Contact, Event, Lead, OrgSnapshot
from worker.journal_view import JournalView
from worker.planning import Reading
from worker.previewing import Recording

FORMAT = 1
"""Counts up whenever a file of before cannot be read any more."""

_OWNER_ONLY = 0o600


class BadRecording(ValueError):
    """The file holds no recording that can be used: says what it holds and what to do."""


class _Head(BaseModel):
    bookforce_snapshot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    """An OrgSnapshot without its indexes."""

    leads: tuple[Lead, ...]
    contacts: tuple[Contact, ...]
    cases: tuple[Case, ...]
    accounts: tuple[Account, ...]
    events: tuple[Event, ...]
    merged: tuple[tuple[Known, Known], ...] = ()

    @classmethod
    def of(cls, org: OrgSnapshot) -> Self:
        return cls(
            leads=tuple(org.leads.values()),
            contacts=tuple(org.contacts.values()),
            cases=tuple(org.cases.values()),
            accounts=tuple(org.accounts.values()),
            events=tuple(org.events.values()),
            merged=tuple(
                (Known(object=master.object, id=loser), master)
                for loser, master in org.masters.items()
                if isinstance(loser, str)
            ),
        )

    def indexed(self) -> OrgSnapshot:
        return OrgSnapshot.of(
            leads=self.leads,
            contacts=self.contacts,
            cases=self.cases,
            accounts=self.accounts,
            events=self.events,
            merged=self.merged,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A Recording as it stands in the file."""

    bookforce_snapshot: int
    connection: str
    at: str
    setup: ReadySetup
    users: dict[str, str]
    journal: JournalView
    asked: Lookups
    first: _Records
    followed: _Records
    before: dict[str, dict[str, Scalar]]


_File = TypeAdapter(_Stored)


def write_recording(recording: Recording, file: Path, *, replace: bool) -> None:
    """Write the file, readable by its owner alone. Raises FileExistsError unless it may be replaced, or OSError."""
    stored = _Stored(
        bookforce_snapshot=FORMAT,
        connection=recording.connection,
        at=recording.at,
        setup=recording.setup,
        users=dict(recording.users),
        journal=recording.journal,
        asked=recording.asked,
        first=_Records.of(recording.reading.first),
        followed=_Records.of(recording.reading.followed),
        before={name: dict(values) for name, values in recording.before.items()},
    )
    how = os.O_TRUNC if replace else os.O_EXCL
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | how, _OWNER_ONLY), "wb") as out:
        os.fchmod(out.fileno(), _OWNER_ONLY)  # of a file that is replaced too
        out.write(_File.dump_json(stored, indent=1))


def read_recording(file: Path) -> Recording:
    """What was recorded. Raises BadRecording, or OSError."""
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        number = _Head.model_validate(facts).bookforce_snapshot
    except ValueError as error:  # also text that is not UTF-8 or no JSON, and a head that is not there
        raise BadRecording("holds no snapshot; `bookforce preview FILE --record SNAPSHOT` writes one") from error
    if number != FORMAT:
        age = "a newer" if number > FORMAT else "an older"
        raise BadRecording(f"is of {age} bookforce (format {number}; this one reads {FORMAT}); record it again")
    try:
        stored = _File.validate_python(facts)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
        raise BadRecording(f"is damaged at {place}; record it again") from error
    return Recording(
        connection=stored.connection,
        at=stored.at,
        setup=stored.setup,
        users=stored.users,
        journal=stored.journal,
        asked=stored.asked,
        reading=Reading(first=stored.first.indexed(), followed=stored.followed.indexed()),
        before=stored.before,
    )
