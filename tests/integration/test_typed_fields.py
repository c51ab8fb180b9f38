"""Fields of an org's own that hold other things than text."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from producers.contract import Kind
from tests.builders import a_booking, an_event
from tests.rig import Rig
from tests.simulator.org import Org
from tests.simulator.server import serve
from tests.simulator.settings import CustomField, Settings

WISHED = CustomField(object="Lead", name="Wished__c", label="Wished", type="datetime")


@pytest.fixture
def make_typed(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Rig]]:
    """Rigs for an org whose Leads have such fields."""
    made: list[Rig] = []
    with serve(Org(Settings(custom_fields=(*Settings().custom_fields, WISHED)))) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))

        def make(setup: str) -> Rig:
            made.append(Rig(redis_url, running, tmp_path, setup))
            return made[-1]

        yield make
        for rig in made:
            rig.close()


@pytest.mark.parametrize("update", ["override", "fill_empty"])
def test_a_time_on_a_record_is_known_again_in_both_modes(make_typed: Callable[[str], Rig], update: str) -> None:
    rig = make_typed(
        'field_mapping = [{ booking = "answer:When", object = "Lead", field = "Wished__c" }]\n'
        f'[creation_rules.lead.existing]\nupdate = "{update}"'
    )
    said = {"When": "2026-12-01T10:00+01:00"}
    rig.publish(an_event(booking=a_booking("BKNG-1", answers=said)))
    rig.sync()
    rig.publish(an_event(booking=a_booking("BKNG-2", answers=said)))
    rig.sync()
    (end,) = rig.ends("BKNG-2").values()
    assert "already says so" in end["because"][0]
    moved = a_booking("BKNG-1", answers={"When": "2026-12-02T10:00Z"})
    rig.publish(an_event(Kind.RESCHEDULED, minute=1, booking=moved))
    rig.sync()
    assert rig.records("Lead")[0]["Wished__c"] == "2026-12-02T10:00:00.000+0000"
