"""An org that changes behind our back: found by the setup stages, with the bookings that it would hit."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from producers.contract import BookingEvent, Kind
from rules.findings import Finding
from tests.builders import MONDAY, a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.faults import Fault, Match
from tests.simulator.org import Org
from tests.simulator.server import serve
from tests.simulator.settings import CustomField
from worker.affected import read_outlook
from worker.pipeline import sync_batch
from worker.setup import Stage, StageReport

REQUIRED_REGION = '[[field_validation]]\nobject = "Lead"\nfield = "Region__c"\nsource = "picklist"\nvalue = "EMEA"'

BEFORE = MONDAY - timedelta(days=1)
AFTER = MONDAY + timedelta(days=1)

REGIONS = ("EMEA", "APAC")


@pytest.fixture
def changing(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A rig with an org of its own, which may get other fields; its Leads need a region."""
    with serve(Org()) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        running.org.create_field(region(*REGIONS, required=True))
        rig = Rig(redis_url, running, tmp_path, REQUIRED_REGION)
        yield rig
        rig.close()


def booked(number: int, **customer: Any) -> BookingEvent:
    """A booking of a customer of its own."""
    person = a_customer(email=f"nr{number}@acme.example", **customer)
    return an_event(booking=a_booking(f"BKNG-{number}", customer=person))


def last(rig: Rig) -> StageReport:
    return rig.here.setup.run_all()[-1]


def hit(rig: Rig, finding: Finding, now: datetime = BEFORE) -> tuple[set[str], set[str]]:
    """The bookings that the finding would hit: pending, upcoming."""
    setup = rig.here.setup.last_ready()
    assert setup
    affected = read_outlook(rig.redis, rig.connection, setup, now).affected_by(finding, setup)
    assert affected
    return set(affected.pending), set(affected.upcoming)


def region(*values: str, **changes: Any) -> CustomField:
    return CustomField(
        object="Lead", name="Region__c", label="Region", type="picklist", picklist=values, restricted=True, **changes
    )


DRIFTS = [
    pytest.param(
        lambda rig: rig.org.create_field(
            CustomField(
                object="Lead",
                name="Must__c",
                label="Must",
                type="reference",
                reference_to=("Account",),
                required=True,
            )
        ),
        (Stage.FIELD_VALIDATION, "Lead.Must__c is required and nothing can supply a reference"),
        ({"BKNG-2", "BKNG-3"}, set()),
        id="new required field: whoever creates a Lead",
    ),
    pytest.param(
        lambda rig: rig.org.create_field(region("APAC", required=True)),
        (
            Stage.FIELD_VALIDATION,
            "Lead.Region__c: the picklist field cannot take the value that field_validation names",
        ),
        ({"BKNG-2", "BKNG-3"}, set()),
        id="removed picklist value: whoever creates a Lead",
    ),
    pytest.param(
        lambda rig: rig.org.change(read_only_objects=("Lead",)),
        (Stage.CONNECTION, "Lead is not updateable for the API user"),
        ({"BKNG-2", "BKNG-3"}, {"BKNG-1"}),
        id="lost right: whoever writes a Lead",
    ),
    pytest.param(
        lambda rig: rig.org.change(hidden_objects=("Case",)),
        (Stage.CONNECTION, "Case is not updateable for the API user"),
        (set(), set()),
        id="lost right: nobody here writes a Case",
    ),
    pytest.param(
        lambda rig: rig.org.change(hidden_fields=("Lead.Phone",)),
        (Stage.FIELD_MAPPING, "Lead.Phone does not exist or is hidden from the API user"),
        ({"BKNG-2"}, {"BKNG-1"}),
        id="removed field: whoever has a value for it",
    ),
    pytest.param(
        lambda rig: rig.org.change(hidden_fields=("Lead.Bookforce_Booking_Id__c",)),
        (Stage.INSTALLATION, "Lead.Bookforce_Booking_Id__c is missing or hidden from the API user"),
        ({"BKNG-2", "BKNG-3"}, {"BKNG-1"}),
        id="removed key: whoever writes a Lead",
    ),
]


@pytest.mark.parametrize(("drift", "expected", "bookings"), DRIFTS)
def test_a_drift_is_found_with_the_bookings_that_it_would_hit(
    changing: Rig,
    drift: Callable[[Rig], object],
    expected: tuple[Stage, str],
    bookings: tuple[set[str], set[str]],
) -> None:
    rig = changing
    rig.publish(booked(1))
    rig.sync()
    rig.publish(booked(2), booked(3, phone=None))
    drift(rig)
    report = last(rig)
    stage, message = expected
    assert (report.stage, report.state) == (stage, "not_ready")
    finding = next(each for each in report.findings if each.message.startswith(message))
    assert hit(rig, finding) == bookings
    assert hit(rig, finding, AFTER)[1] == set()


def test_what_waits_goes_on_when_the_drift_is_mended(changing: Rig) -> None:
    rig = changing
    rig.make_ready()
    before = rig.here.setup.ready_version()
    rig.publish(booked(1))
    rig.org.change(hidden_fields=("Lead.Phone",))
    assert last(rig).state == "not_ready"
    assert rig.here.ready() is None
    rig.org.change(hidden_fields=())
    rig.org.create_field(CustomField(object="Lead", name="Other__c", label="Other"))
    assert last(rig).state == "ready"
    assert rig.here.setup.ready_version() != before
    rig.publish(booked(2))
    rig.sync()
    assert [*rig.states("BKNG-1").values(), *rig.states("BKNG-2").values()] == ["synced", "synced"]


def test_looking_again_costs_one_call_and_changes_nothing_where_nothing_changed(rig: Rig) -> None:
    rig.make_ready()
    version, before = rig.here.setup.ready_version(), rig.calls
    rig.here.setup.run_all()
    assert rig.here.setup.ready_version() == version
    assert rig.calls - before == 1


def test_the_org_is_looked_at_again_when_that_was_long_ago(rig: Rig) -> None:
    assert rig.here.is_setup_old(datetime.now(UTC))
    rig.make_ready()
    assert not rig.here.is_setup_old(datetime.now(UTC))
    assert rig.here.is_setup_old(datetime.now(UTC) + timedelta(minutes=61))


@pytest.mark.parametrize("code", ["REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"])
def test_an_org_that_is_away_for_a_while_takes_nothing_back(rig: Rig, code: str) -> None:
    rig.make_ready()
    message = "TotalRequests Limit exceeded."
    rig.org.set_faults(
        Fault(effect="error", match=Match(path_contains="composite"), status=503, code=code, message=message)
    )
    report = last(rig)
    assert (report.stage, report.state) == (Stage.CONNECTION, "not_ready")
    assert rig.here.ready() is not None
    rig.org.set_faults()


@pytest.mark.parametrize("obj", ["Lead", "Event"])
def test_a_right_that_is_lost_while_bookings_come_in_parks_none_of_them(changing: Rig, obj: str) -> None:
    rig = changing
    rig.make_ready()
    setup = rig.here.ready()
    assert setup
    rig.org.change(read_only_objects=(obj,))
    rig.publish(booked(1), booked(2))
    assert sync_batch(rig.here.tools, setup).recheck
    report = last(rig)
    assert report.findings[0].message == f"{obj} is not createable for the API user"
    assert hit(rig, report.findings[0])[0] == {"BKNG-1", "BKNG-2"}
    rig.org.change(read_only_objects=())
    rig.sync(retries=1)
    assert rig.journal.counts()["synced"] == 2
    assert [len(rig.records(name)) for name in ("Lead", "Event")] == [2, 2]


@pytest.mark.parametrize(
    ("code", "field", "asks"),
    [
        ("INSUFFICIENT_ACCESS_OR_READONLY", "Phone", (True, False)),
        ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Phone", (False, True)),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", "Phone", (False, True)),
        ("INACTIVE_OWNER_OR_USER", "OwnerId", (False, True)),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Phone", (False, False)),
        ("STRING_TOO_LONG", "Phone", (False, False)),
    ],
)
def test_an_error_that_smells_of_drift_makes_the_setup_look_again(
    rig: Rig, code: str, field: str, asks: tuple[bool, bool]
) -> None:
    rig.make_ready()
    setup = rig.here.ready()
    assert setup
    refusal = Match(object="Lead", method="POST", times=1)
    rig.org.set_faults(Fault(effect="error", match=refusal, status=400, code=code, message="No", fields=(field,)))
    rig.publish(booked(1))
    report = sync_batch(rig.here.tools, setup)
    assert (report.recheck, report.doubts) == asks
    rig.org.set_faults()


def test_an_error_that_is_about_no_booking_in_particular_hits_all(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(booked(1), booked(2))
    error = Finding(level="error", message="no log-in", advice="mend it")
    assert hit(rig, error) == ({"BKNG-1", "BKNG-2"}, set())


def test_a_warning_that_is_about_no_booking_in_particular_hits_none(rig: Rig) -> None:
    rig.make_ready()
    setup = rig.here.setup.last_ready()
    assert setup
    outlook = read_outlook(rig.redis, rig.connection, setup, BEFORE)
    assert outlook.is_complete
    assert outlook.affected_by(Finding(level="warning", message="m", advice="a"), setup) is None


def test_bookings_that_are_over_are_not_upcoming(rig: Rig) -> None:
    rig.publish(booked(1), an_event(Kind.CANCELED, minute=5, booking=booked(1).booking))
    rig.sync()
    assert hit(rig, Finding(level="error", message="m", advice="a")) == (set(), set())
