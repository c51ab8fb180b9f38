"""The comparison with the expected records: silent when all is right, one line for each thing that is not."""

from typing import Any

from tests.demo.checks import compare
from tests.demo.expected import CHANGED, RECORDS
from tests.demo.meetings import MEETINGS
from tests.demo.org import OBJECTS, PEOPLE, object_of

Org = dict[str, list[dict[str, Any]]]

_USERS = {f"User:{name}": f"005{name}" for name in ("Ada", "Ben", "Cleo", "Dan", "Eva", "API")}
_STANDING = {**_USERS, **{name: f"id of {name}" for name in PEOPLE}}
_CREATED = {
    **{each.name: each.fields for each in RECORDS},
    **{f"Event:{each.booking}": each.fields() for each in MEETINGS},
}


def _an_org() -> Org:
    """An org in which everything is as expected."""
    ids = {**_STANDING, **{name: f"id of {name}" for name in _CREATED}}
    wanted = {**{name: {**fields, **CHANGED.get(name, {})} for name, fields in PEOPLE.items()}, **_CREATED}
    org: Org = {name: [] for name in OBJECTS}
    for name, fields in wanted.items():
        chosen = {field: value[0] if isinstance(value, tuple) else value for field, value in fields.items()}
        row = {field: ids.get(str(value), value) for field, value in chosen.items()}
        org[object_of(name)].append({"Id": ids[name], **row})
    return org


def _row(org: Org, name: str) -> dict[str, Any]:
    return next(row for row in org[object_of(name)] if row["Id"] == f"id of {name}")


def test_an_org_as_expected_has_no_differences() -> None:
    verdict = compare(_an_org(), _STANDING)
    assert verdict.differences == []
    assert verdict.records == len(PEOPLE) + len(RECORDS) + len(MEETINGS)


def test_a_field_that_differs_is_told_with_both_values() -> None:
    org = _an_org()
    _row(org, "Lead:Amara")["Company"] = "Savane"
    assert compare(org, _STANDING).differences == ["Lead Amara: Company: expected 'Savane Solar', found 'Savane'"]


def test_an_owner_that_changed_is_told_by_name() -> None:
    org = _an_org()
    _row(org, "Lead:Maria")["OwnerId"] = _USERS["User:Ada"]
    assert compare(org, _STANDING).differences == ["Lead Maria: OwnerId: expected User Ben, found User Ada"]


def test_a_field_that_is_empty_is_told() -> None:
    org = _an_org()
    del _row(org, "Contact:Elena")["Phone"]
    assert compare(org, _STANDING).differences == ["Contact Elena: Phone: expected '39-0551234567', found nothing"]


def test_a_record_that_is_missing_is_told() -> None:
    org = _an_org()
    org["Event"] = [row for row in org["Event"] if row["Id"] != f"id of Event:{MEETINGS[0].booking}"]
    assert compare(org, _STANDING).differences == [f"Event {MEETINGS[0].booking}: expected one record, found none"]


def test_a_record_too_many_is_told() -> None:
    org = _an_org()
    org["Lead"].append({**_row(org, "Lead:Amara"), "Id": "00Q", "Name": "Amara Diallo"})
    assert compare(org, _STANDING).differences == ["Lead 00Q (Amara Diallo): expected no such record, found one"]
