"""`bookforce preview`: what is said, in a real Redis with the simulated org."""

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from producers.contract import BookingEvent, Kind, Owner
from tests.builders import a_booking, a_customer, an_event
from tests.integration.previews import everything, preview_of
from tests.producers.bodies import a_form, a_webhook
from tests.rig import Rig
from tests.servers import free_port
from tests.simulator.server import RunningOrg
from worker.cli import cli
from worker.commands.preview_view import MOST_PANELS, view_of
from worker.setup import Stage

ADA = Owner(id="USR-ADA", email="ada.rep@vendor.example")


def booked(n: int = 1, **changes: Any) -> BookingEvent:
    customer = a_customer(name=f"Nr {n}", email=f"nr{n}@many.example")
    return an_event(booking=a_booking(f"BKNG-{n}", **{"customer": customer, "owner": ADA} | changes))


def lines(*events: BookingEvent) -> str:
    """Canonical events that name no connection."""
    return "\n".join(event.model_dump_json(exclude_none=True, exclude={"connection"}) for event in events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Runs the command for a rig's connection."""

    rig: Rig
    environment: dict[str, str]
    folder: Path

    def preview(self, text: str, *arguments: str, **environment: str) -> Result:
        """`bookforce preview` of this text as the file `bookings`."""
        file = self.folder / "bookings"
        file.write_text(text, encoding="utf-8")
        command = ["preview", "-c", self.rig.connection, str(file), *arguments]
        return CliRunner().invoke(cli, command, env=self.environment | environment)

    def facts(self, text: str, *arguments: str, **environment: str) -> Any:
        return json.loads(self.preview(text, "--json", *arguments, **environment).stdout)


@pytest.fixture
def terminal(rig: Rig, redis_url: str, running_org: RunningOrg, tmp_path: Path) -> Terminal:
    start = f"BOOKFORCE_{rig.connection.upper()}_"
    environment = {
        "COLUMNS": "120",
        "BOOKFORCE_REDIS_URL": redis_url,
        f"{start}SALESFORCE_LOGIN_URL": running_org.url,
        f"{start}SALESFORCE_CLIENT_ID": running_org.client_id,
        f"{start}SALESFORCE_CLIENT_SECRET": running_org.client_secret,
    }
    rig.make_ready()
    return Terminal(rig=rig, environment=environment, folder=tmp_path)


def test_a_booking_is_shown_with_its_writes(terminal: Terminal) -> None:
    result = terminal.preview(lines(booked()))
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        "Booking BKNG-1",
        "line 1: scheduled",
        "create    new Lead of BKNG-1",
        "nr1@many.example",
        "create    new Event of BKNG-1",
        "the new Lead",
        "owner     ada.rep@vendor.example (owner is the booking owner)",
        "assignment rules do not run",
        "costs     2 API calls (1 to read, 1 to write), synced alone",
        "1 booking (1 plan); synced together: 2 API calls (1 to read, 1 to write). Nothing was",
    ):
        assert words in result.stdout


def test_a_found_lead_is_shown_with_what_it_says_now(terminal: Terminal) -> None:
    ben = terminal.rig.user("ben.rep@vendor.example")
    row = {"LastName": "Old", "Company": "Acme", "Email": "nr1@many.example", "OwnerId": ben}
    (lead,) = terminal.rig.org.seed("Lead", [row])
    text = terminal.preview(lines(booked())).stdout
    assert f"found     Lead {lead}: recognised by e-mail" in text
    assert f"update    Lead {lead}" in text
    assert "owner     ben.rep@vendor.example (owner kept)" in text
    (booking,) = terminal.facts(lines(booked()))["bookings"]
    write = booking["writes"][0]
    changes = {each["field"]: (each["old"], each["new"], each["old_known"]) for each in write["fields"]}
    assert changes["LastName"] == ("Old", "1", True)
    assert write["owner"] == {
        "new": {"id": ben, "username": "ben.rep@vendor.example"},
        "old": {"id": ben, "username": "ben.rep@vendor.example"},
        "why": "owner kept",
    }
    assert booking["matched"] == [{"object": "Lead", "id": lead, "key": None, "why": "recognised by e-mail"}]


def test_the_keys_for_machines(terminal: Terminal) -> None:
    facts = terminal.facts(lines(booked()))
    assert list(facts) == ["ready", "connection", "at", "setup", "bookings", "calls"]
    assert (facts["ready"], facts["connection"]) == (True, terminal.rig.connection)
    once = {"read": 1, "write": 1, "total": 2}
    assert facts["calls"] == once | {"batches": [once]}
    (booking,) = facts["bookings"]
    assert booking["events"] == [
        {"event": "EVNT-BKNG-1-scheduled-0", "kind": "scheduled", "lines": [1], "known": False}
    ]
    assert (booking["booking"], booking["decision"], booking["problem"]) == ("BKNG-1", "plan", None)
    lead, event = booking["writes"]
    assert (lead["object"], lead["id"], lead["key"], lead["action"]) == ("Lead", None, "BKNG-1", "create")
    who = next(each for each in event["fields"] if each["field"] == "WhoId")
    assert who["new"] == {"new_record": "Lead", "key": "BKNG-1"}
    assert event["assignment_rules"] is False
    assert booking["calls"] == once


def test_webhooks_are_read_as_publish_reads_them(terminal: Terminal) -> None:
    bodies = [a_webhook(), a_webhook("conversation.started")]
    facts = terminal.facts("\n".join(map(json.dumps, bodies)))
    assert [booking["booking"] for booking in facts["bookings"]] == ["BKNG-1"]


def test_several_events_of_a_booking_are_one_booking(terminal: Terminal) -> None:
    ended = an_event(Kind.CANCELED, minute=9, booking=booked().booking)
    facts = terminal.facts(lines(booked(), ended, booked()))
    (booking,) = facts["bookings"]
    assert [(each["kind"], each["lines"]) for each in booking["events"]] == [("scheduled", [1, 3]), ("canceled", [2])]


def test_what_cannot_be_planned_is_a_finding(terminal: Terminal) -> None:
    nobody = booked(customer=a_customer(name=None, email=None))
    result = terminal.preview(lines(nobody, booked(2)))
    assert result.exit_code == 1
    assert "impossible (NO_CUSTOMER): the booking has no e-mail, no name and no Salesforce id" in result.stdout
    assert "create    new Lead of BKNG-2" in result.stdout
    (problem,) = (booking["problem"] for booking in terminal.facts(lines(nobody))["bookings"])
    assert problem == {"code": "NO_CUSTOMER", "object": None, "field": "customer.email"}


def test_documents_that_cannot_be_read_are_named_and_the_others_shown(terminal: Terminal) -> None:
    bad = json.dumps(a_webhook(form_submission=a_form(email="lea at acme")))
    result = terminal.preview(f"{bad}\n{lines(booked())}\nnot json")
    assert result.exit_code == 2
    assert [line.partition(": ")[0].rpartition("/")[2] for line in result.stderr.splitlines()] == [
        "bookings:1",
        "bookings:3",
    ]
    assert "lea at acme" not in result.stderr
    assert "create    new Lead of BKNG-1" in result.stdout


def test_a_booking_for_another_org_is_refused(terminal: Terminal) -> None:
    result = terminal.preview(booked().model_copy(update={"connection": "other"}).model_dump_json(exclude_none=True))
    assert result.exit_code == 2
    assert "bookings:1: connection: expected 'rig" in result.stderr
    assert "0 bookings; synced together: 0 API calls" in result.stdout


def test_a_cancel_of_what_nobody_knows_comes_to_nothing(terminal: Terminal) -> None:
    text = terminal.preview(lines(an_event(Kind.CANCELED, booking=booked().booking))).stdout
    assert "nothing   because canceled before anything else of it was known" in text
    assert "1 booking (1 nothing); synced together: 1 API call (1 to read, 0 to write)" in text


def test_a_booking_that_waits_is_told_from_those_that_were_asked_for(terminal: Terminal) -> None:
    terminal.rig.publish(booked())
    other = booked().booking.model_copy(update={"id": "BKNG-2"})
    text = terminal.preview(lines(an_event(booking=other, minute=1), booked())).stdout
    assert "line 2: scheduled (in the journal already)" in text
    assert "waits in the journal already" in terminal.preview(lines(an_event(booking=other, minute=1))).stdout


def test_a_repeated_event_of_a_synced_booking_changes_nothing(terminal: Terminal) -> None:
    terminal.rig.publish(booked())
    terminal.rig.sync()
    again = an_event(minute=5, booking=booked().booking)
    text = terminal.preview(lines(again)).stdout
    assert "nothing   changes: Event already says so" in text
    assert "costs     0 API calls, synced alone" in text


def test_nothing_is_changed_and_json_is_all_that_is_said(terminal: Terminal) -> None:
    before = everything(terminal.rig)
    result = terminal.preview(lines(booked(1), booked(2)), "--json")
    assert everything(terminal.rig) == before
    assert len(json.loads(result.stdout)["bookings"]) == 2


def test_many_bookings_are_a_line_each_unless_all_is_asked_for(terminal: Terminal) -> None:
    text = lines(*(booked(n) for n in range(MOST_PANELS + 1)))
    short, full = terminal.preview(text).stdout, terminal.preview(text, "--full").stdout
    assert "--full shows each booking with its fields" in short
    assert "nr20@many.example" not in short
    assert "create Lead, create Event" in short
    assert "nr20@many.example" in full
    assert "21 bookings (21 plan); synced together: 3 API calls (1 to read, 2 to write)" in short


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_terminal(terminal: Terminal, width: int) -> None:
    long = a_customer(
        name="Nr 1", email="nr1@many.example", company="[red]Acme[/red] \x1b[31m" + "x" * 200, note="n\nm"
    )
    terminal.rig.org.seed("Lead", [{"LastName": "Old", "Company": "Acme", "Email": "nr1@many.example"}])
    events = [booked(customer=long), *(booked(n) for n in range(2, 30))]
    preview = preview_of(terminal.rig, *events)
    numbers = {event.event_id: [n] for n, event in enumerate(events)}
    for full in (True, False):
        console = Console(width=width, file=StringIO(), emoji=False)
        for part in view_of(preview, numbers, full=full):
            console.print(part)
        text = console.file.getvalue() if isinstance(console.file, StringIO) else ""
        assert max(map(len, text.splitlines())) <= width
        assert "\x1b" not in text
        assert ("[red]Acme[/red]" in text) is full


def test_values_that_are_not_there_are_told_from_those_that_were_not_read(terminal: Terminal) -> None:
    terminal.rig.publish(booked())
    terminal.rig.sync()
    (event,) = terminal.rig.records("Event")
    ended = lines(an_event(Kind.CANCELED, minute=9, booking=booked().booking))
    assert "(not read)" not in terminal.preview(ended).stdout
    terminal.rig.change_record("Event", event["Id"], IsDeleted=True)
    said = terminal.preview(ended).stdout
    assert "(not read)" in said
    assert "gone      nobody finds this record now: it is looked for again" in said
    assert [write["gone"] for write in terminal.facts(ended)["bookings"][0]["writes"]] == [True]


def test_a_setup_that_has_not_run_is_said(make_rig: Callable[..., Rig], terminal: Terminal) -> None:
    bare = make_rig()
    names = {
        name.replace(terminal.rig.connection.upper(), bare.connection.upper()): value
        for name, value in terminal.environment.items()
    }
    result = Terminal(rig=bare, environment=names, folder=terminal.folder).preview(lines(booked()))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"bookforce: the setup of {bare.connection!r} is not ready: its steps have not run with these credentials; "
        f"run `bookforce setup -c {bare.connection}`\n"
    )


def test_a_step_that_is_not_ready_is_shown_with_its_advice(terminal: Terminal) -> None:
    setup = terminal.rig.here.setup.connection.setup
    assert setup
    setup.write_text('[matching]\nprefr = "lead"')
    assert terminal.rig.here.setup.run_all()[-1].stage is Stage.INSTALLATION
    before = everything(terminal.rig)
    result = terminal.preview(lines(booked()))
    assert result.exit_code == 1
    assert "did you mean 'prefer'" in result.stdout
    assert "correct the setup file" in result.stdout
    assert "its step 'installation' is not; run `bookforce setup -c" in result.stderr
    result = terminal.preview(lines(booked()), "--json")
    facts = json.loads(result.stdout)
    assert (result.exit_code, facts["ready"]) == (1, False)
    assert [(step["step"], step["state"]) for step in facts["setup"]] == [
        ("connection", "ready"),
        ("installation", "not_ready"),
    ]
    assert everything(terminal.rig) == before


def test_a_redis_that_is_away_is_one_sentence(terminal: Terminal) -> None:
    result = terminal.preview(lines(booked()), BOOKFORCE_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert result.exit_code == 1
    assert "does not answer (connection refused). Start it, or let BOOKFORCE_REDIS_URL name another." in result.stderr


def test_an_org_that_does_not_let_us_in_is_one_sentence(terminal: Terminal) -> None:
    terminal.rig.org.expire_sessions()
    terminal.rig.org.change(jwt_public_keys=(), client_secret="changed")
    result = terminal.preview(lines(booked()))
    assert result.exit_code == 1
    assert result.stderr.startswith("bookforce: ")
    assert "SALESFORCE_CLIENT_SECRET" in result.stderr


def test_a_recording_shows_the_same_without_redis_and_org(terminal: Terminal) -> None:
    snapshot = terminal.folder / "snapshot.json"
    terminal.rig.org.seed("Lead", [{"LastName": "Old", "Company": "Acme", "Email": "nr1@many.example"}])
    text = lines(booked(1), booked(2))
    online = terminal.preview(text, "--json", "--record", str(snapshot))
    assert (online.exit_code, stat.S_IMODE(snapshot.stat().st_mode)) == (0, 0o600)
    assert "personal data" in online.stderr
    file = terminal.folder / "bookings"
    offline = CliRunner().invoke(
        cli,
        ["preview", str(file), "--json", "--offline", str(snapshot)],
        env={"BOOKFORCE_REDIS_URL": "redis://nowhere"},
    )
    assert (offline.exit_code, offline.stdout, offline.stderr) == (0, online.stdout, "")


def test_a_recording_of_other_bookings_says_so(terminal: Terminal) -> None:
    snapshot = str(terminal.folder / "snapshot.json")
    terminal.preview(lines(booked(1), booked(2)), "--record", snapshot)
    assert terminal.preview(lines(booked(1)), "--offline", snapshot).exit_code == 0
    result = terminal.preview(lines(booked(3)), "--offline", snapshot)
    assert result.exit_code == 2
    assert "does not hold booking BKNG-3: it was recorded for other bookings" in result.stderr
    moved = booked(1, customer=a_customer(email="nr2@many.example"), salesforce={"lead": "00Q000000000001EAA"})
    result = terminal.preview(lines(moved), "--offline", snapshot)
    assert result.exit_code == 2
    assert "does not hold what the org holds for a booking" in result.stderr


def test_a_file_that_is_there_is_not_replaced_unless_forced(terminal: Terminal) -> None:
    snapshot = terminal.folder / "snapshot.json"
    snapshot.write_text("mine")
    result = terminal.preview(lines(booked()), "--record", str(snapshot))
    assert (result.exit_code, snapshot.read_text()) == (2, "mine")
    assert "--force" in result.stderr
    assert terminal.preview(lines(booked()), "--record", str(snapshot), "--force").exit_code == 0
    assert json.loads(snapshot.read_text())["bookforce_snapshot"] == 1


def test_a_snapshot_that_cannot_be_written_is_one_sentence(terminal: Terminal) -> None:
    result = terminal.preview(lines(booked()), "--record", str(terminal.folder / "no" / "where.json"))
    assert result.exit_code == 1
    assert "where.json cannot be written: No such file or directory" in result.stderr


OFFLINE: list[tuple[str | None, str]] = [
    (None, "cannot be read: No such file or directory"),
    ("[]", "holds no snapshot"),
    ('{"bookforce_snapshot": 99}', "is of a newer bookforce (format 99; this one reads 1)"),
]


@pytest.mark.parametrize(("text", "words"), OFFLINE)
def test_a_snapshot_that_cannot_be_read_is_one_sentence(terminal: Terminal, text: str | None, words: str) -> None:
    snapshot = terminal.folder / "snapshot.json"
    if text is not None:
        snapshot.write_text(text)
    result = terminal.preview(lines(booked()), "--offline", str(snapshot))
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_snapshot_that_somebody_changed_is_damaged(terminal: Terminal) -> None:
    snapshot = terminal.folder / "snapshot"
    assert terminal.preview(lines(booked()), "--record", str(snapshot)).exit_code == 0
    facts = json.loads(snapshot.read_text())
    facts["setup"]["pages"] = {}
    snapshot.write_text(json.dumps(facts))
    result = terminal.preview(lines(booked()), "--offline", str(snapshot))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is damaged: nothing in it is called 'default'; record it again" in result.stderr


def test_recording_and_replaying_exclude_each_other(terminal: Terminal) -> None:
    result = terminal.preview(lines(booked()), "--offline", "a", "--record", "b")
    assert result.exit_code == 2
    assert "give one of them" in result.stderr


def test_the_help_says_that_a_recording_holds_personal_data() -> None:
    text = " ".join(CliRunner().invoke(cli, ["preview", "--help"], env={"COLUMNS": "200"}).stdout.split())
    assert "It holds personal data of customers" in text
