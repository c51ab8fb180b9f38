"""Record types that narrow picklists: what new records get, what the setup shows and finds."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from producers.contract import BookingEvent, Kind, Named, Owner
from tests.builders import MONDAY, a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.org import Org
from tests.simulator.server import RunningOrg, serve
from tests.simulator.settings import BOOKFORCE_FIELDS, CustomField, RecordType, RecordTypeValues, Settings
from worker.affected import read_outlook
from worker.setup import Stage, StageReport

REGION = CustomField(
    object="Lead",
    name="Region__c",
    label="Region",
    type="picklist",
    picklist=("EMEA", "APAC", "AMER"),
    restricted=True,
    required=True,
)
COLOUR = CustomField(
    object="Lead", name="Colour__c", label="Colour", type="picklist", picklist=("red", "blue"), restricted=True
)
BEFORE = MONDAY - timedelta(days=1)

PAGE = '[pages."BP-DEMO"]\nrecord_types = { Lead = "Demo" }\n'
STATIC = '[[field_validation]]\nobject = "Lead"\nfield = "Region__c"\nsource = "picklist"\nvalue = "APAC"\n'
COLOURED = '[[field_mapping]]\nbooking = "answer:Colour"\nobject = "Lead"\nfield = "Colour__c"\n'


def a_type(name: str = "Demo", *, default: bool = False, **offers: tuple[tuple[str, ...], str | None]) -> RecordType:
    """A record type of Lead; of each field the values that it offers and its default."""
    picklists = tuple(
        RecordTypeValues(field=field, values=values, default=own) for field, (values, own) in offers.items()
    )
    return RecordType(object="Lead", developer_name=name, name=name, default=default, picklists=picklists)


DEMO = a_type(
    Region__c=(("APAC", "AMER"), "AMER"),
    Colour__c=(("red",), None),
    Status=(("Open - Not Contacted", "Working - Contacted"), "Working - Contacted"),
)
SALES = a_type("Sales", default=True, Region__c=(("APAC",), None))


@pytest.fixture
def typed_org(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningOrg]:
    """An org of its own: Leads need a region, of which each record type offers some."""
    org = Org(Settings(custom_fields=(*BOOKFORCE_FIELDS, REGION, COLOUR), record_types=(DEMO, SALES)))
    with serve(org) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running


@pytest.fixture
def make_typed(typed_org: RunningOrg, redis_url: str, tmp_path: Path) -> Iterator[Any]:
    """Rigs for that org."""
    made: list[Rig] = []

    def make(setup: str = PAGE) -> Rig:
        made.append(Rig(redis_url, typed_org, tmp_path, setup))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


def booked(n: int = 1, page: str = "BP-DEMO", **changes: Any) -> BookingEvent:
    customer = a_customer(email=f"nr{n}@acme.example")
    owner = Owner(email="ada.rep@vendor.example")
    return an_event(booking=a_booking(f"BKNG-{n}", customer=customer, page=Named(id=page), owner=owner, **changes))


def last(rig: Rig) -> StageReport:
    return rig.here.setup.run_all()[-1]


def warnings(rig: Rig, booking_id: str = "BKNG-1") -> list[tuple[str, str]]:
    (end,) = rig.ends(booking_id).values()
    return [(warning["code"], warning["field"]) for warning in end["warnings"]]


@pytest.mark.parametrize(
    ("page", "region"), [("BP-DEMO", "AMER"), ("BP-OTHER", "APAC")], ids=["the page's type", "the default type"]
)
def test_a_required_picklist_gets_the_default_of_the_record_type_or_its_first_value(
    make_typed: Any, page: str, region: str
) -> None:
    rig = make_typed()
    rig.publish(booked(page=page))
    rig.sync()
    (lead,) = rig.records("Lead")
    assert lead["Region__c"] == region
    assert warnings(rig) == [("REQUIRED_FIELD_DEFAULTED", "Region__c")]


def test_each_record_type_can_have_a_value_of_its_own(make_typed: Any) -> None:
    rig = make_typed(PAGE + STATIC + STATIC.replace("APAC", "AMER") + 'record_type = "Demo"\n')
    rig.publish(booked(1), booked(2, page="BP-OTHER"))
    rig.sync()
    regions = {lead["Email"]: lead["Region__c"] for lead in rig.records("Lead")}
    assert regions == {"nr1@acme.example": "AMER", "nr2@acme.example": "APAC"}
    assert warnings(rig, "BKNG-1") == warnings(rig, "BKNG-2") == []


def test_a_value_that_the_record_type_does_not_offer_is_left_out_and_told(make_typed: Any) -> None:
    rig = make_typed(PAGE + STATIC + COLOURED)
    rig.publish(booked(1, answers={"Colour": "Blue"}), booked(2, answers={"Colour": "Red"}))
    assert rig.sync() == 2
    leads = {lead["Email"]: (lead.get("Colour__c"), lead["Region__c"]) for lead in rig.records("Lead")}
    assert leads == {"nr1@acme.example": (None, "APAC"), "nr2@acme.example": ("red", "APAC")}
    assert (warnings(rig, "BKNG-1"), warnings(rig, "BKNG-2")) == ([("VALUE_LOST", "Colour__c")], [])


def test_bookings_cost_what_they_cost_without_record_types(make_typed: Any) -> None:
    rig = make_typed(PAGE + STATIC + COLOURED)
    first = booked(1, answers={"Colour": "blue"})
    rig.publish(first)
    assert rig.sync() == 2
    rig.publish(an_event(Kind.CANCELED, minute=1, booking=first.booking))
    assert rig.sync() == 1
    rig.publish(*(booked(n, answers={"Colour": "red"}) for n in range(2, 100)))
    assert rig.sync() <= 4


def test_the_status_of_the_process_is_sent_and_not_left_to_the_org(make_typed: Any) -> None:
    rig = make_typed(PAGE + STATIC)
    rig.make_ready()
    statuses = ("Open - Not Contacted", "Working - Contacted")
    rig.org.set_record_type(a_type(Region__c=(("APAC",), None), Status=(statuses, "Open - Not Contacted")))
    rig.publish(booked())
    rig.sync()
    assert [lead["Status"] for lead in rig.records("Lead")] == ["Working - Contacted"]
    assert warnings(rig) == []


def test_an_org_with_record_types_is_ready_in_two_calls(make_typed: Any) -> None:
    rig = make_typed()
    assert last(rig).state == "ready"
    assert rig.calls == 2


def test_the_setup_says_by_record_type_what_supplies_a_required_field(make_typed: Any) -> None:
    rig = make_typed()
    rig.make_ready()
    facts = rig.here.setup.reports()[Stage.FIELD_VALIDATION].facts
    said = {fact.about: fact.says for fact in facts if "Region" in fact.about or "Status" in fact.about}
    assert said == {
        "Lead.Region__c": ("'EMEA'",),
        "Lead.Region__c (record type Demo)": ("'AMER'",),
        "Lead.Region__c (record type Sales)": ("'APAC'",),
        "Lead.Status (record type Demo)": ("'Working - Contacted' of its process",),
        "Lead.Status (record type Sales)": ("'Open - Not Contacted' of its process",),
    }


DRIFTS = [
    pytest.param(
        STATIC,
        a_type(Region__c=(("EMEA", "AMER"), "AMER")),
        "Lead.Region__c: the record type Demo does not offer the value that field_validation names",
        id="a value taken out of the type",
    ),
    pytest.param(
        "",
        a_type(Region__c=((), None)),
        "Lead.Region__c is required and the record type Demo offers no value of it",
        id="all values taken out of the type",
    ),
]


@pytest.mark.parametrize(("setup", "drift", "message"), DRIFTS)
def test_a_value_taken_out_of_a_record_type_is_found_with_the_bookings_that_it_would_hit(
    make_typed: Any, setup: str, drift: RecordType, message: str
) -> None:
    rig = make_typed(PAGE + setup)
    rig.make_ready()
    rig.publish(booked(1), booked(2, page="BP-OTHER"))
    rig.org.set_record_type(drift)
    report = last(rig)
    assert (report.stage, report.state) == (Stage.FIELD_VALIDATION, "not_ready")
    (finding,) = report.findings
    assert finding.message == message
    ready = rig.here.setup.last_ready()
    assert ready
    affected = read_outlook(rig.redis, rig.connection, ready, BEFORE).affected_by(finding, ready)
    assert affected
    assert affected.pending == ("BKNG-1",)
    rig.org.set_record_type(DEMO)
    rig.sync()
    assert [*rig.states("BKNG-1").values(), *rig.states("BKNG-2").values()] == ["synced", "synced"]


def test_a_default_that_changes_is_used_when_the_org_is_looked_at_again(make_typed: Any) -> None:
    rig = make_typed()
    rig.make_ready()
    before = rig.here.setup.ready_version()
    rig.org.set_record_type(a_type(Region__c=(("APAC", "AMER"), "APAC")))
    assert last(rig).state == "ready"
    assert rig.here.setup.ready_version() != before
    rig.publish(booked())
    rig.sync()
    assert [lead["Region__c"] for lead in rig.records("Lead")] == ["APAC"]


@pytest.mark.parametrize("tells", [True, False], ids=["layouts tell", "layouts do not tell"])
def test_where_layouts_tell_no_picklists_the_values_of_the_field_count(make_typed: Any, tells: bool) -> None:
    rig = make_typed(PAGE + STATIC + COLOURED)
    rig.org.change(layouts_tell_picklists=tells)
    rig.publish(booked(answers={"Colour": "blue"}))
    rig.sync(retries=1)
    (lead,) = rig.records("Lead")
    assert (lead.get("Colour__c"), lead["Status"]) == (None, "Working - Contacted")
    assert warnings(rig) == [("VALUE_LOST" if tells else "VALUE_REFUSED", "Colour__c")]
