import base64
from typing import Any

import pytest

from rules.describe import Choice
from worker.salesforce.describe import read_field


def a_described(**changes: Any) -> dict[str, Any]:
    """A field as the org's describe shows it."""
    return {
        "name": "X__c", "type": "string", "label": "X", "length": 255, "createable": True, "updateable": True,
        "nillable": True, "defaultedOnCreate": False, "externalId": False, "idLookup": False, "unique": False,
        "caseSensitive": False, "restrictedPicklist": False, "picklistValues": [], "controllerName": None,
        "digits": 0, "precision": 0, "scale": 0, "htmlFormatted": False, "relationshipName": None, "referenceTo": [],
    } | changes  # fmt: skip


def choice(value: str, *, label: str | None = None, active: bool = True, bits: bytes | None = None) -> dict[str, Any]:
    valid_for = base64.b64encode(bits).decode() if bits is not None else None
    return {"value": value, "label": label or value, "active": active, "defaultValue": False, "validFor": valid_for}


@pytest.mark.parametrize(
    ("facts", "digits"),
    [
        ({"type": "int", "digits": 8}, 8),
        ({"type": "double", "precision": 18, "scale": 2}, 16),
        ({"type": "string"}, 0),
    ],
)
def test_digits_before_the_point(facts: dict[str, Any], digits: int) -> None:
    assert read_field(a_described(**facts), []).whole_digits == digits


@pytest.mark.parametrize(
    ("facts", "is_key", "is_unique"),
    [
        ({"externalId": True, "unique": True}, True, True),
        ({"externalId": True}, True, False),
        ({"idLookup": True}, True, False),
        ({"unique": True}, False, False),
    ],
)
def test_keys(facts: dict[str, Any], is_key: bool, is_unique: bool) -> None:
    field = read_field(a_described(**facts), [])
    assert (field.is_key, field.unique_external_id) == (is_key, is_unique)


@pytest.mark.parametrize(("type_", "rich"), [("textarea", True), ("string", False)])
def test_only_text_areas_are_rich(type_: str, rich: bool) -> None:
    """Formulas that give a link are HTML too."""
    assert read_field(a_described(type=type_, htmlFormatted=True), []).rich is rich


def test_choices_are_the_active_values_with_what_controls_them() -> None:
    countries = a_described(name="CountryCode", picklistValues=[choice(f"C{n}", active=n != 1) for n in range(10)])
    states = [choice("A", label="Alpha", bits=b"\x80\x40"), choice("B", active=False), choice("C")]
    field = read_field(a_described(controllerName="CountryCode", picklistValues=states), [countries])
    assert field.choices == (
        Choice(value="A", label="Alpha", valid_for=("C0", "C9")),
        Choice(value="C", label="C"),
    )
    assert field.controller == "CountryCode"


def test_short_bitmaps_leave_the_rest_out() -> None:
    countries = a_described(name="CountryCode", picklistValues=[choice(f"C{n}") for n in range(20)])
    states = [choice("A", bits=b"\xff")]
    field = read_field(a_described(controllerName="CountryCode", picklistValues=states), [countries])
    assert field.choices[0].valid_for == tuple(f"C{n}" for n in range(8))
