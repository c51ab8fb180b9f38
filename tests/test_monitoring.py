"""The dashboard and the alert rules load, and ask for nothing that `bookforce metrics` does not say."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import an_event
from tests.rig import Rig
from tests.simulator.faults import Fault, Match
from worker.errors import Disconnected
from worker.metrics import metrics_registry

FOLDER = Path(__file__).parents[1] / "docs" / "monitoring"
GUIDE = FOLDER.parent / "operations.md"

_NAME = re.compile(r"\bbookforce_\w+")
_BY = re.compile(r"\b(?:by|on) \(([^)]*)\)")
_SELECTED = re.compile(r"(\w+)=~?\"")


@pytest.fixture(name="exported")
def exported_fixture(rig: Rig) -> dict[str, set[str]]:
    """Every sample that is ever said, with its labels: of a connection where everything has gone wrong once."""
    rig.make_ready()
    refusal = Fault(effect="error", match=Match(object="Lead", nth=1), status=400, code="FIELD_INTEGRITY_EXCEPTION")
    rig.org.set_faults(Fault(effect="html_503", match=Match(path_contains="composite", nth=1)), refusal)
    rig.publish(an_event())
    rig.sync(retries=1)
    rig.here.tools.session.breaker.failed(Disconnected("no", code="LOGIN_FAILED"))
    text = generate_latest(metrics_registry(rig.redis, lambda: [rig.connection])).decode()
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def alerts() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((FOLDER / "alerts.yml").read_text())
    return [rule for group in loaded["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", json.loads((FOLDER / "grafana.json").read_text())["panels"])


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in alerts())
    yield from (target["expr"] for panel in panels() for target in panel.get("targets", ()))


def test_every_metric_that_is_asked_for_is_exported(exported: dict[str, set[str]]) -> None:
    asked = {name for expression in expressions() for name in _NAME.findall(expression)}
    assert len(asked) > 15
    assert sorted(asked - set(exported)) == []


def test_every_label_that_is_asked_for_is_one_of_its_metrics(exported: dict[str, set[str]]) -> None:
    for expression in expressions():
        labels = set().union(*(exported[name] for name in _NAME.findall(expression)))
        asked = {name.strip() for found in _BY.findall(expression) for name in found.split(",")}
        assert asked | set(_SELECTED.findall(expression)) <= labels, expression


def test_every_metric_is_shown_or_alerted_on_but_for_what_others_contain(exported: dict[str, set[str]]) -> None:
    asked = {name for expression in expressions() for name in _NAME.findall(expression)}
    families = {re.sub("_(bucket|count|sum|total)$", "", name) for name in asked}
    known = {re.sub("_(bucket|count|sum|total)$", "", name) for name in exported}
    assert known - families == {"bookforce_api_calls"}, "for rates over longer than 24 hours"


def test_every_metric_is_explained_in_the_guide(exported: dict[str, set[str]]) -> None:
    told = set(re.findall(r"`(bookforce_\w+)", GUIDE.read_text()))
    known = {re.sub("_(bucket|count|sum)$", "", name) for name in exported}
    assert sorted(known ^ {name for name in told if name in known or name.startswith("bookforce_")}) == []


def test_labels_are_names_of_the_setup_and_codes(exported: dict[str, set[str]]) -> None:
    assert set().union(*exported.values()) == {"connection", "outcome", "queue", "code", "kind", "stage", "le"}


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_every_alert_says_what_happened_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert re.fullmatch(r"\d+m", rule["for"])
    assert set(rule["annotations"]) == {"summary", "description"}
    assert rule["expr"].count("(") == rule["expr"].count(")")


def test_panels_have_places_of_their_own_and_a_source_that_can_be_chosen() -> None:
    places = [panel["gridPos"] for panel in panels()]
    taken = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in panels()}) == len(places)
    assert {panel["datasource"]["uid"] for panel in panels() if panel["type"] != "row"} == {"${datasource}"}
