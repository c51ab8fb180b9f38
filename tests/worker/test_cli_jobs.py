"""`bookforce jobs`, `show`, `replay` and `discard`: what is said and done, in a real Redis with the simulated org."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from producers.contract import BookingEvent, Kind, Named, Owner
from producers.keys import prefix
from tests.builders import a_booking, a_customer, an_event
from tests.integration.previews import everything
from tests.integration.test_failures import customers
from tests.integration.test_replay import NO_ACME
from tests.rig import Rig
from tests.servers import free_port
from tests.simulator.faults import Fault, Match
from tests.simulator.server import RunningOrg
from worker.cli import cli

ADA = Owner(id="USR-ADA", email="ada.rep@vendor.example")
MARKERS = ("Zebulon", "zebulon@acme.example", "+33 999", "Zebra Ltd")
"""What a customer typed, and nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Runs commands for a rig's connection."""

    rig: Rig
    environment: dict[str, str]

    def run(self, command: str, *arguments: str, **environment: str) -> Result:
        words = [command, "-c", self.rig.connection, *arguments]
        return CliRunner().invoke(cli, words, env=self.environment | environment)

    def facts(self, command: str, *arguments: str) -> Any:
        return json.loads(self.run(command, "--json", *arguments).stdout)

    def listed(self, *arguments: str) -> list[str]:
        """Ids of the events that `bookforce jobs` lists."""
        return [job["event"] for job in self.facts("jobs", *arguments)["jobs"]]


@pytest.fixture
def terminal(rig: Rig, redis_url: str, running_org: RunningOrg) -> Terminal:
    start = f"BOOKFORCE_{rig.connection.upper()}_"
    environment = {
        "COLUMNS": "160",
        "BOOKFORCE_REDIS_URL": redis_url,
        "BOOKFORCE_BROKER_URL": "memory://",
        f"{start}SALESFORCE_LOGIN_URL": running_org.url,
        f"{start}SALESFORCE_CLIENT_ID": running_org.client_id,
        f"{start}SALESFORCE_CLIENT_SECRET": running_org.client_secret,
    }
    rig.make_ready()
    return Terminal(rig=rig, environment=environment)


def booked(n: int, **changes: Any) -> BookingEvent:
    facts = {"customer": a_customer(email=f"nr{n}@many.example"), "owner": ADA}
    return an_event(event_id=f"EVNT-{n}", booking=a_booking(f"BKNG-{n}", **facts | changes))


def park(rig: Rig, *events: BookingEvent) -> None:
    """A rule of the org refuses these; then it is taken away."""
    rig.org.change(validation_rules=(NO_ACME,))
    rig.publish(*events)
    rig.sync()
    rig.org.change(validation_rules=())


def test_parked_jobs_are_listed_the_oldest_first(terminal: Terminal) -> None:
    park(terminal.rig, booked(1, page=Named(id="BP-1", name="Demos")))
    terminal.rig.publish(booked(2, customer=a_customer(name=None, email=None, company=None)), booked(3))
    terminal.rig.sync()
    result = terminal.run("jobs")
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        "EVNT-1",
        "BKNG-1",
        "scheduled",
        "BP-1",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION Lead.Company",
        "NO_CUSTOMER",
    ):
        assert words in result.stdout
    assert terminal.listed() == ["EVNT-1", "EVNT-2"]


def test_the_keys_of_a_job_for_machines(terminal: Terminal) -> None:
    park(terminal.rig, booked(1, page=Named(id="BP-1")))
    (job,) = terminal.facts("jobs")["jobs"]
    times = [datetime.fromisoformat(job.pop(name)) for name in ("accepted", "since")]
    assert datetime.now(UTC) - timedelta(minutes=5) < times[0] <= times[1] <= datetime.now(UTC)
    assert job == {
        "event": "EVNT-1",
        "booking": "BKNG-1",
        "kind": "scheduled",
        "page": "BP-1",
        "state": "parked",
        "codes": ["FIELD_CUSTOM_VALIDATION_EXCEPTION"],
        "place": "Lead.Company",
        "tries": 1,
    }


def test_jobs_are_listed_by_state(terminal: Terminal) -> None:
    rig = terminal.rig
    park(rig, booked(1))
    rig.publish(booked(2))
    rig.sync()
    rig.org.set_faults(Fault(effect="drop_before", match=Match(path_contains="composite")))
    rig.publish(booked(3))
    rig.sync()
    rig.publish(booked(4))
    rig.journal.claim(timedelta(minutes=1))
    rig.publish(booked(5))
    expected = {"parked": "1", "synced": "2", "waiting": "3", "claimed": "4", "ready": "5"}
    assert {state: terminal.listed("--state", state) for state in expected} == {
        state: [f"EVNT-{n}"] for state, n in expected.items()
    }
    assert terminal.listed("--state", "superseded") == terminal.listed("--state", "skipped") == []
    (waiting,) = terminal.facts("jobs", "--state", "waiting")["jobs"]
    assert (waiting["codes"], waiting["tries"]) == (["CONNECTION_BROKEN"], 1)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--code", "FIELD_CUSTOM_VALIDATION_EXCEPTION"), ["EVNT-1", "EVNT-2"]),
        (("--code", "no_customer"), ["EVNT-3"]),
        (("--code", "OTHER"), []),
        (("--page", "BP-1"), ["EVNT-1"]),
        (("--page", "demos"), ["EVNT-1"]),
        (("--page", "BP-2", "--code", "NO_CUSTOMER"), []),
        (("--since", "1h"), ["EVNT-1", "EVNT-2", "EVNT-3"]),
        (("--since", "2999-01-01"), []),
        (("--limit", "2"), ["EVNT-1", "EVNT-2"]),
    ],
    ids=" ".join,
)
def test_jobs_are_chosen(terminal: Terminal, options: tuple[str, ...], found: list[str]) -> None:
    park(terminal.rig, booked(1, page=Named(id="BP-1", name="Demos")))
    park(terminal.rig, booked(2, page=Named(id="BP-2")))
    nobody = a_customer(name=None, email=None, company=None)
    park(terminal.rig, booked(3, customer=nobody))
    assert terminal.listed(*options) == found


def test_a_list_that_was_cut_says_so(terminal: Terminal) -> None:
    park(terminal.rig, *(booked(n) for n in range(3)))
    assert "there are more; --limit 20 shows them" in terminal.run("jobs", "--limit", "2").stdout
    assert terminal.facts("jobs", "--limit", "2")["more"] is True
    assert terminal.facts("jobs", "--limit", "3")["more"] is False


def test_all_bookings_of_a_customer_are_found_whatever_became_of_them(terminal: Terminal) -> None:
    rig, lea = terminal.rig, a_customer(email="lea@acme.example")
    rig.publish(booked(1, customer=lea), booked(9))
    rig.sync()
    park(rig, booked(2, customer=a_customer(email="LEA@acme.example", phone="1")))
    rig.publish(booked(3, customer=lea))
    for name in ("BKNG-1", "EVNT-2"):
        assert sorted(terminal.listed("--customer-of", name)) == ["EVNT-1", "EVNT-2", "EVNT-3"]
    assert terminal.listed("--customer-of", "BKNG-1", "--state", "ready") == ["EVNT-3"]


def test_the_customer_of_what_nobody_knows_is_a_finding(terminal: Terminal) -> None:
    result = terminal.run("jobs", "--customer-of", "BKNG-9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "knows no booking or event 'BKNG-9'" in result.stderr


def test_nothing_to_list_is_said(terminal: Terminal) -> None:
    assert terminal.run("jobs").stdout == "no parked jobs\n"
    terminal.rig.publish(booked(1))
    assert terminal.run("jobs", "--customer-of", "BKNG-1", "--code", "X").stdout == "no jobs\n"


def test_no_list_names_what_a_customer_typed(terminal: Terminal) -> None:
    name, email, phone, company = MARKERS
    rig, typed = terminal.rig, a_customer(name=name, email=email, phone=phone, company=company)
    rig.org.set_faults(
        Fault(
            effect="error",
            match=Match(object="Lead"),
            status=400,
            code="STRING_TOO_LONG",
            message=email,
            fields=("Email",),
        )
    )
    rig.publish(booked(1, customer=typed))
    rig.sync()
    said = [terminal.run("jobs"), terminal.run("jobs", "--json"), terminal.run("jobs", "--customer-of", "BKNG-1")]
    said += [terminal.run("replay", "BKNG-1"), terminal.run("replay", "BKNG-1", "--json")]
    rig.sync()
    said += [terminal.run("discard", "BKNG-1", "--why", "x"), terminal.run("discard", "BKNG-1", "--why", "x", "--json")]
    explained = terminal.facts("show", "BKNG-1")["explained"]
    text = "".join(result.stdout + result.stderr for result in said) + json.dumps(explained)
    assert [marker for marker in MARKERS if marker in text] == []
    assert "EVNT-1" in text


def test_a_booking_is_shown_with_its_timeline_and_the_error_explained(terminal: Terminal) -> None:
    park(terminal.rig, booked(1))
    result = terminal.run("show", "EVNT-1")
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        "Booking BKNG-1",
        "accepted",
        "parked",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION Lead.Company: No Acme.",
        "decided   EVNT-1: Lead created",
        "plan      EVNT-1: create Lead: Company, Email, ",
        "plan      EVNT-1: create Event: ",
        "; no assignment rules",
        "what happened  A validation rule of the org refuses the Lead",
        "whose side     the org's administrator",
        "what to do     Let the rule pass",
        "when it is mended: bookforce replay BKNG-1",
        "bookforce discard BKNG-1 --why",
    ):
        assert words in result.stdout


def test_the_keys_of_show_for_machines(terminal: Terminal) -> None:
    park(terminal.rig, booked(1))
    facts = terminal.facts("show", "BKNG-1")
    keys = ["booking", "events", "stands", "records", "attempts", "cause", "timeline", "forgotten", "explained"]
    assert list(facts) == keys
    assert facts["stands"] is None
    assert (facts["events"]["EVNT-1"]["state"], facts["records"], facts["forgotten"]) == ("parked", {}, 0)
    assert [moment["what"] for moment in facts["timeline"]] == ["accepted", "parked"]
    assert [(each["code"], each["side"], each["known"]) for each in facts["explained"]] == [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "admin", True)
    ]
    lead, event = facts["events"]["EVNT-1"]["plan"]
    assert {**lead, "fields": lead["fields"][:2]} == {
        "object": "Lead",
        "id": None,
        "action": "create",
        "fields": ["Company", "Email"],
        "assignment_rules": False,
    }
    assert (event["object"], "WhoId" in event["fields"]) == ("Event", True)
    assert [moment["plan"] for moment in facts["timeline"]] == [[], [lead, event]]


def test_a_booking_that_went_through_is_shown_with_records_and_warnings(terminal: Terminal) -> None:
    terminal.rig.publish(booked(1, owner=Owner(email="nobody@vendor.example")))
    terminal.rig.sync()
    (lead,) = terminal.rig.records("Lead")
    text = terminal.run("show", "BKNG-1").stdout
    assert f"records   lead {lead['Id']}, event " in text
    assert "plan      EVNT-1: create Lead: Company, " in text
    assert "warning   OWNER_UNMAPPED Lead.OwnerId" in text
    assert "Map him under [owners] in bookforce.toml" in text
    assert "bookforce replay" not in text


def test_a_pending_booking_is_shown_with_its_last_error(terminal: Terminal) -> None:
    terminal.rig.org.set_faults(Fault(effect="drop_before", match=Match(path_contains="composite")))
    terminal.rig.publish(booked(1))
    terminal.rig.sync()
    text = terminal.run("show", "BKNG-1").stdout
    assert "put back" in text
    assert "The connection to Salesforce broke" in text
    facts = terminal.facts("show", "BKNG-1")
    assert (facts["events"], facts["attempts"]) == ({"EVNT-1": {"state": "pending"}}, 1)
    assert facts["stands"]["queue"] == "waiting"
    assert datetime.fromisoformat(facts["stands"]["until"]) > datetime.now(UTC) - timedelta(minutes=1)
    assert "pending   waiting until " in text


def test_a_pending_booking_is_shown_with_the_plan_of_its_last_try(terminal: Terminal) -> None:
    terminal.rig.org.set_faults(Fault(effect="row_lock", match=Match(object="Lead")))
    terminal.rig.publish(booked(1))
    terminal.rig.sync()
    text = terminal.run("show", "BKNG-1").stdout
    assert "plan      the last try: create Lead: Company, " in text
    assert "plan      the last try: create Event: " in text


def test_the_plan_of_a_change_names_the_record(terminal: Terminal) -> None:
    terminal.rig.publish(booked(1))
    terminal.rig.sync()
    canceled = an_event(Kind.CANCELED, event_id="EVNT-2", minute=5, booking=booked(1).booking)
    terminal.rig.publish(canceled)
    terminal.rig.sync()
    (event,) = terminal.rig.records("Event")
    text = terminal.run("show", "BKNG-1").stdout
    assert f"plan      EVNT-2: update Event {event['Id']}: " in text


def test_replaying_says_how_many_and_they_go_through(terminal: Terminal) -> None:
    park(terminal.rig, booked(1), booked(2))
    result = terminal.run("replay", "--all")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2 events of 2 bookings pending again\n", "")
    terminal.rig.sync()
    assert len(terminal.rig.records("Event")) == 2
    assert terminal.run("replay", "--all").stdout == "nothing to replay\n"


@pytest.mark.parametrize(
    ("options", "replayed"),
    [
        (("--code", "NO_CUSTOMER"), ["EVNT-2"]),
        (("--since", "1h"), ["EVNT-1", "EVNT-2"]),
        (("--since", "1h", "--code", "FIELD_CUSTOM_VALIDATION_EXCEPTION"), ["EVNT-1"]),
        (("--since", "2999-01-01"), []),
        (("EVNT-2", "BKNG-1", "BKNG-1"), ["EVNT-2", "EVNT-1"]),
    ],
    ids=" ".join,
)
def test_what_is_replayed_is_chosen(terminal: Terminal, options: tuple[str, ...], replayed: list[str]) -> None:
    park(terminal.rig, booked(1))
    park(terminal.rig, booked(2, customer=a_customer(name=None, email=None, company=None)))
    facts = terminal.facts("replay", *options)
    assert [each["event"] for each in facts["replayed"]] == replayed
    assert (facts["dry_run"], facts["refused"], facts["preview"]) == (False, [], None)
    assert terminal.rig.journal.counts()["parked"] == 2 - len(replayed)


def test_ids_that_cannot_be_replayed_are_named_and_the_others_are_done(terminal: Terminal) -> None:
    rig = terminal.rig
    rig.publish(booked(1))
    rig.sync()
    park(rig, booked(2))
    rig.publish(booked(3))
    result = terminal.run("replay", "BKNG-1", "EVNT-2", "EVNT-3", "BKNG-9")
    assert (result.exit_code, result.stdout) == (1, "1 event of 1 booking pending again\n")
    assert sorted(result.stderr.splitlines()) == [
        "bookforce: BKNG-9: the journal knows no event or booking of this id",
        "bookforce: EVNT-1: it is in Salesforce; only what is parked or skipped can be replayed",
        "bookforce: EVNT-3: it is pending already",
    ]


def test_replaying_wakes_a_worker(terminal: Terminal) -> None:
    park(terminal.rig, booked(1))
    terminal.rig.redis.delete(f"{prefix(terminal.rig.connection)}woken", "bookforce")
    redis_url = terminal.environment["BOOKFORCE_REDIS_URL"]
    terminal.run("replay", "EVNT-1", BOOKFORCE_BROKER_URL=redis_url)
    assert terminal.rig.redis.llen("bookforce") == 1
    terminal.rig.redis.delete("bookforce")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "name events or bookings by their ids, or give"),
        (("--all", "BKNG-1"), "ids and --all exclude each other"),
        (("--all", "--code", "X"), "--all and --code or --since exclude"),
        (("--since", "soon"), "expected how long ago"),
    ],
)
def test_a_selection_that_says_nothing_or_two_things_is_refused(
    terminal: Terminal, options: tuple[str, ...], words: str
) -> None:
    result = terminal.run("replay", *options)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_dry_run_shows_what_would_happen_and_leaves_no_trace(terminal: Terminal) -> None:
    rig = terminal.rig
    park(rig, booked(1))
    (contact,) = rig.org.seed("Contact", [{"LastName": "Marin", "Email": "nr1@many.example"}])
    nobody = a_customer(name=None, email=None, company=None)
    park(rig, booked(2, customer=nobody))
    before = everything(rig)
    result = terminal.run("replay", "--all", "--dry-run")
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        f"found     Contact {contact}: recognised by e-mail",
        "create    new Event of BKNG-1",
        "impossible (NO_CUSTOMER)",
        "2 events of 2 bookings would be replayed; nothing was done",
    ):
        assert words in result.stdout
    facts = terminal.facts("replay", "BKNG-1", "--dry-run")
    assert (facts["dry_run"], facts["replayed"]) == (True, [{"event": "EVNT-1", "booking": "BKNG-1"}])
    assert [each["decision"] for each in facts["preview"]["bookings"]] == ["plan"]
    assert everything(rig) == before


def test_a_dry_run_foresees_what_a_replay_comes_to(terminal: Terminal) -> None:
    rig = terminal.rig
    rig.publish(booked(1))
    rig.sync()
    park(rig, booked(2))
    moved = an_event(Kind.RESCHEDULED, minute=5, event_id="EVNT-3", booking=booked(2).booking)
    rig.publish(moved)
    (booking,) = terminal.facts("replay", "EVNT-2", "--dry-run")["preview"]["bookings"]
    written = {write["object"]: {each["field"]: each["new"] for each in write["fields"]} for write in booking["writes"]}
    terminal.run("replay", "EVNT-2")
    rig.sync()
    event = rig.records("Event")[-1]
    assert event["ScheduleOnce__Event_status__c"] == written["Event"]["ScheduleOnce__Event_status__c"]
    assert {write["object"]: write["action"] for write in booking["writes"]} == {"Lead": "create", "Event": "create"}


def test_a_dry_run_of_nothing_asks_the_org_nothing(terminal: Terminal) -> None:
    before = terminal.rig.calls
    assert terminal.run("replay", "--all", "--dry-run").stdout == "nothing to replay\n"
    assert terminal.rig.calls == before


def test_a_dry_run_of_many_shows_the_first_ones(terminal: Terminal) -> None:
    park(terminal.rig, *customers(201))
    before = terminal.rig.calls
    result = terminal.run("replay", "--all", "--dry-run")
    assert terminal.rig.calls - before <= 3
    assert "these are the first 200 events" in result.stdout
    assert "201 events of 201 bookings would be replayed" in result.stdout


def test_a_discarded_event_is_skipped_with_the_reason(terminal: Terminal) -> None:
    park(terminal.rig, booked(1), booked(2))
    result = terminal.run("discard", "BKNG-1", "EVNT-2", "--why", " a test booking ")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2 events of 2 bookings discarded\n", "")
    assert "discarded by a person: a test booking" in terminal.run("show", "BKNG-1").stdout
    assert terminal.listed("--state", "skipped", "--code", "X") == []
    assert sorted(terminal.listed("--state", "skipped")) == ["EVNT-1", "EVNT-2"]


def test_what_cannot_be_discarded_is_named(terminal: Terminal) -> None:
    park(terminal.rig, booked(1))
    terminal.rig.publish(booked(2))
    terminal.run("discard", "BKNG-1", "--why", "x")
    result = terminal.run("discard", "BKNG-1", "EVNT-2", "EVNT-9", "--why", "x")
    assert (result.exit_code, result.stdout) == (1, "nothing was discarded\n")
    assert sorted(result.stderr.splitlines()) == [
        "bookforce: EVNT-1: it was skipped or discarded before",
        "bookforce: EVNT-2: it is pending; only what is parked can be discarded",
        "bookforce: EVNT-9: the journal knows no event or booking of this id",
    ]
    facts = terminal.facts("discard", "EVNT-9", "--why", "x")
    assert (facts["discarded"], [each["id"] for each in facts["refused"]]) == ([], ["EVNT-9"])


@pytest.mark.parametrize("why", ["", "  ", "x" * 501])
def test_a_discard_needs_a_reason(terminal: Terminal, why: str) -> None:
    park(terminal.rig, booked(1))
    assert terminal.run("discard", "BKNG-1", "--why", why).exit_code == 2
    assert terminal.listed() == ["EVNT-1"]


@pytest.mark.parametrize(
    "words", [("jobs",), ("show", "X"), ("replay", "--all"), ("discard", "X", "--why", "y")], ids=lambda words: words[0]
)
def test_a_redis_that_is_away_is_said(terminal: Terminal, words: tuple[str, ...]) -> None:
    result = terminal.run(*words, BOOKFORCE_REDIS_URL=f"redis://127.0.0.1:{free_port()}")
    assert result.exit_code == 1
    assert "does not answer (connection refused)" in result.stderr
