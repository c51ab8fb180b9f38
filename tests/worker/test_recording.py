"""The file that a preview is recorded in."""

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rules.lookups import Lookups
from rules.snapshot import OrgSnapshot
from tests.builders import ADA, NOW, a_field, a_setup, objects
from tests.rules.records import CASE, CONTACT, LEAD, OTHER_LEAD, a_case, a_contact, a_lead, an_account, an_org_event
from worker.journal_view import JournalView
from worker.planning import Reading
from worker.previewing import Recording
from worker.recording import BadRecording, read_recording, write_recording

RECORDING = Recording(
    connection="default",
    at=NOW,
    setup=a_setup(
        objects(Lead=(a_field("Score__c", "double"),)),
        pages={"default": {"object": "case"}},
        field_mapping=[{"booking": "answer:Score", "object": "Lead", "field": "Score__c"}],
    ),
    users={ADA[:15]: "ada@vendor.example"},
    journal=JournalView(
        events={"EVNT-1": None, "EVNT-2": "BKNG-1"},
        bookings={"BKNG-1": {"customer": "digest", "body:EVNT-2": "{}"}, "BKNG-2": {}},
        customers={"digest": {"BKNG-1": 3.0}, "other": {}},
    ),
    asked=Lookups(emails={"lea@acme.example"}, lead_ids={LEAD.id}),
    reading=Reading(
        first=OrgSnapshot.of(
            leads=[a_lead(values={"Score__c": 5.0, "Phone": "5", "Open": True, "Count": 5, "Fax": None})],
            contacts=[a_contact(account=an_account().record)],
            accounts=[an_account(key="acme"), an_account("Other")],
            events=[an_org_event(who=LEAD, what=CASE)],
            merged=[(OTHER_LEAD, LEAD)],
        ),
        followed=OrgSnapshot.of(cases=[a_case(contact=CONTACT)]),
    ),
    before={LEAD.id[:15]: {"Phone": "+33", "Open": False, "Score__c": 1.5}},
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "snapshot.json"


def test_what_is_read_is_what_was_written(file: Path) -> None:
    write_recording(RECORDING, file, replace=False)
    again = read_recording(file)
    assert again == RECORDING
    values = again.reading.org.leads[LEAD.id[:15]].values
    assert [type(value) for value in values.values()] == [float, str, bool, int, type(None)]


def test_only_its_owner_may_read_it(file: Path) -> None:
    write_recording(RECORDING, file, replace=False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_kept(file: Path) -> None:
    file.write_text("mine")
    with pytest.raises(FileExistsError):
        write_recording(RECORDING, file, replace=False)
    assert file.read_text() == "mine"


def test_a_file_that_is_replaced_is_nobody_elses_any_more(file: Path) -> None:
    file.write_text("mine" * 100_000)
    file.chmod(0o644)
    write_recording(replace(RECORDING, connection="other"), file, replace=True)
    assert read_recording(file).connection == "other"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_records_are_found_again_by_all_that_names_them(file: Path) -> None:
    write_recording(RECORDING, file, replace=False)
    org = read_recording(file).reading.org
    assert org == RECORDING.reading.org
    assert org.leads_by_email["lea@acme.example"][0].record == LEAD
    assert set(org.accounts) == {"acme", "other"}


BAD: list[tuple[str, str, str]] = [
    ("", "holds no snapshot; `bookforce preview FILE --record SNAPSHOT` writes one", "nothing"),
    ("not json", "holds no snapshot", "no JSON"),
    ("[]", "holds no snapshot", "a list"),
    ('{"id": "EVNT-1"}', "holds no snapshot", "a webhook"),
    ('{"bookforce_snapshot": "x"}', "holds no snapshot", "a version that is no number"),
    ('{"bookforce_snapshot": 2}', "is of a newer bookforce (format 2; this one reads 1); record it again", "newer"),
    ('{"bookforce_snapshot": 0}', "is of an older bookforce (format 0; this one reads 1)", "older"),
    ('{"bookforce_snapshot": 1}', "is damaged at connection; record it again", "cut off"),
]


@pytest.mark.parametrize(("text", "words"), [row[:2] for row in BAD], ids=[row[2] for row in BAD])
def test_what_is_no_snapshot_is_told_in_one_sentence(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    with pytest.raises(BadRecording) as caught:
        read_recording(file)
    assert str(caught.value).startswith(words)


def test_a_value_of_another_type_is_named_without_being_quoted(file: Path) -> None:
    write_recording(RECORDING, file, replace=False)
    facts: dict[str, Any] = json.loads(file.read_text())
    facts["first"]["leads"][0]["email"] = ["secret@acme.example"]
    file.write_text(json.dumps(facts))
    with pytest.raises(BadRecording, match=r"is damaged at first\.leads\.0\.email") as caught:
        read_recording(file)
    assert "secret" not in str(caught.value)


def test_bytes_that_are_no_text_are_no_snapshot(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadRecording, match="holds no snapshot"):
        read_recording(file)
