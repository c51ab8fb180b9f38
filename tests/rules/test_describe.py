from typing import Any

import pytest

from tests.builders import a_field


@pytest.mark.parametrize(
    ("facts", "is_required"),
    [
        pytest.param({"nillable": False}, True, id="never empty"),
        pytest.param({}, False, id="may be empty"),
        pytest.param({"nillable": False, "defaulted_on_create": True}, False, id="Salesforce has a default"),
        pytest.param({"nillable": False, "createable": False}, False, id="read-only"),
        pytest.param({"nillable": False, "type_": "boolean"}, False, id="a checkbox is never empty"),
    ],
)
def test_required_is_what_a_create_must_bring(facts: dict[str, Any], is_required: bool) -> None:
    assert a_field("X__c", **facts).required is is_required
