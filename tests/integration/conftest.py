"""What several modules share: an org with Person Accounts, and HTTP intakes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.intake import AnIntake
from tests.integration.people import PAGES
from tests.rig import Rig
from tests.simulator.org import Org
from tests.simulator.server import RunningOrg, serve
from tests.simulator.settings import CustomField, Settings


@pytest.fixture(scope="session")
def people_org() -> Iterator[RunningOrg]:
    """The org over TLS, in a thread."""
    region = CustomField(object="Contact", name="Region__c", label="Region")
    with serve(Org(Settings(person_accounts=True, custom_fields=(*Settings().custom_fields, region)))) as running:
        yield running


@pytest.fixture
def make_people(
    people_org: RunningOrg, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Rig]]:
    """Rigs for an org with Person Accounts, which is empty."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(people_org.ca_file))
    people_org.org.reset()
    made: list[Rig] = []

    def make(setup: str = PAGES) -> Rig:
        made.append(Rig(redis_url, people_org, tmp_path, setup))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


@pytest.fixture
def people(make_people: Callable[[str], Rig]) -> Rig:
    """A rig whose pages are those of the seed document."""
    return make_people(PAGES)


@pytest.fixture
def make_intake(redis_url: str, rig: Rig) -> Iterator[Callable[..., AnIntake]]:
    """Intakes for the rig's connection; what they refused is forgotten behind each test."""
    made: list[AnIntake] = []

    def make(**options: Any) -> AnIntake:
        made.append(AnIntake(redis_url, rig.connection, **options))
        return made[-1]

    yield make
    for intake in made:
        intake.refused.forget()
        intake.close()
