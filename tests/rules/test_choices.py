from typing import Any

import pytest

from rules.choices import find_choice, pick_several, within
from rules.converted import Converted
from rules.describe import Choice
from rules.values import convert
from tests.builders import a_field

CHOICES = (Choice(value="Cold", label="Froid"), Choice(value="Hot", label="Chaud"))

LEFT_OUT = Converted(None, "left out: not a value of the restricted picklist")


@pytest.mark.parametrize(
    ("text", "restricted", "converted"),
    [
        pytest.param("Hot", True, Converted("Hot"), id="one of the values"),
        pytest.param("hOT", True, Converted("Hot"), id="in the field's own spelling"),
        pytest.param("chaud", True, Converted("Hot"), id="by its label"),
        pytest.param("Warm", False, Converted("Warm"), id="unknown where values may be added"),
        pytest.param("Warm", True, LEFT_OUT, id="unknown where not"),
        pytest.param(
            "x" * 256, False, Converted(None, "left out: 256 characters, the field takes 255"), id="never cut"
        ),
    ],
)
def test_picklist_takes_its_own_values(text: str, restricted: bool, converted: Converted) -> None:
    assert convert(text, a_field("X__c", "picklist", choices=CHOICES, restricted=restricted)) == converted


@pytest.mark.parametrize(
    ("text", "restricted", "converted"),
    [
        pytest.param("Hot", True, Converted("Hot"), id="one"),
        pytest.param("hot, COLD", True, Converted("Cold;Hot"), id="as people write, in the field's order"),
        pytest.param("Hot;Cold;Hot;", True, Converted("Cold;Hot"), id="as Salesforce writes"),
        pytest.param("Big, red", True, Converted("Big, red"), id="a value with a comma"),
        pytest.param("Hot, Warm", False, Converted("Hot;Warm"), id="unknown where values may be added"),
        pytest.param(
            "Hot, Warm",
            True,
            Converted("Hot", "left out: not all are values of the restricted picklist"),
            id="unknown where not",
        ),
        pytest.param(
            "Warm",
            True,
            Converted(None, "left out: not all are values of the restricted picklist"),
            id="nothing that is known",
        ),
        pytest.param(" ;, ", False, Converted(None, "left out: no value between the separators"), id="no value"),
    ],
)
def test_several_values_of_a_multi_select_picklist(text: str, restricted: bool, converted: Converted) -> None:
    field = a_field("X__c", "multipicklist", choices=("Cold", "Hot", "Big, red"), restricted=restricted)
    assert pick_several(text, field) == convert(text, field) == converted


NARROWED = (Choice(value="Hot", label="Chaud"), Choice(value="Cold", label="Froid", offered=False))


@pytest.mark.parametrize(
    ("text", "restricted", "converted"),
    [
        pytest.param("hot", True, Converted("Hot"), id="one that is offered"),
        pytest.param(
            "froid",
            False,
            Converted("Cold", "sent, but the record type Demo does not offer it", "VALUE_NOT_OFFERED"),
            id="one that is not, in the field's own spelling",
        ),
        pytest.param("Warm", False, Converted("Warm"), id="unknown"),
        pytest.param(
            "Warm",
            True,
            Converted(None, "left out: not a value of the restricted picklist for the record type Demo"),
            id="unknown where no other is taken",
        ),
    ],
)
def test_a_picklist_that_a_record_type_narrows(text: str, restricted: bool, converted: Converted) -> None:
    field = a_field("X__c", "picklist", choices=NARROWED, restricted=restricted, record_type="Demo")
    assert convert(text, field) == converted


def test_several_values_of_which_a_record_type_offers_some() -> None:
    field = a_field("X__c", "multipicklist", choices=NARROWED[:1], restricted=True, record_type="Demo")
    message = "left out: not all are values of the restricted picklist for the record type Demo"
    assert convert("Hot, Cold", field) == Converted("Hot", message)


def test_a_value_comes_before_a_label_that_reads_alike() -> None:
    field = a_field("X__c", "picklist", choices=(Choice(value="A", label="B"), Choice(value="B", label="A")))
    assert find_choice("B", field) == field.choices[1]


@pytest.mark.parametrize(("controlling", "kept"), [("BE", ["VLI", "X"]), ("NL", ["LI", "X"]), ("FR", ["X"])])
def test_choices_within_what_their_controlling_field_allows(controlling: str, kept: list[str]) -> None:
    choices: Any = (
        Choice(value="VLI", label="Limburg", valid_for=("BE",)),
        Choice(value="LI", label="Limburg", valid_for=("NL",)),
        Choice(value="X"),
    )
    field = within(a_field("StateCode", "picklist", choices=choices), controlling)
    assert [choice.value for choice in field.choices] == kept
    assert field.restricted
