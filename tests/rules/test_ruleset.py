from typing import Any

import pytest
from pydantic import ValidationError

from rules.plan import SObject
from tests.builders import a_ruleset


def test_shipped_choices_are_the_vendors_preselected_ones() -> None:
    rules = a_ruleset().creation_rules
    for existing in (rules.lead.existing, rules.contact.existing, rules.case.existing):
        assert (existing.update, existing.assign) == ("override", "keep")
    assert (rules.lead.new.assign, rules.case.new.assign) == ("booking_owner", "booking_owner")
    page = a_ruleset().pages["default"]
    assert (page.object, page.create_event, page.record_types) == ("lead", True, {})


@pytest.mark.parametrize(
    "tables",
    [
        {"creation_rules": {"contact": {"existing": {"assign": "assignment_rules"}}}},
        {"creation_rules": {"lead": {"new": {"assign": "keep"}}}},
        {"creation_rules": {"lead": {"existing": {"update": "merge"}}}},
        {"matching": {"prefers": "page"}},
        {"labels": {"texts": {"Cancelled": "Off"}}},
    ],
    ids=["Contacts have no rules", "a new record has no owner to keep", "no such mode", "no such option", "no status"],
)
def test_choices_that_salesforce_or_the_vendor_does_not_offer_are_refused(tables: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_ruleset(**tables)


def test_record_types_are_by_object() -> None:
    rules = a_ruleset(pages={"default": {"record_types": {"Lead": "Inbound"}}})
    assert rules.pages["default"].record_types == {SObject.LEAD: "Inbound"}


@pytest.mark.parametrize(
    ("event_status", "names"),
    [("Status__c", ("Status__c",)), (["A__c", "B__c"], ("A__c", "B__c")), (("A__c",), ("A__c",))],
)
def test_a_field_may_have_one_name_or_several(event_status: object, names: tuple[str, ...]) -> None:
    assert a_ruleset(installation={"event_status": event_status}).installation.event_status == names


@pytest.mark.parametrize(
    ("event_status", "says"),
    [
        (5, "expected a name or an array of names"),
        ([], "expected a name or an array of names"),
        ([5], "expected a name or an array of names"),
        ("Event status", "expected the API name of a field, such as Bookforce_Booking_Id__c"),
        (["A__c", "1"], "expected the API name of a field, such as Bookforce_Booking_Id__c"),
    ],
)
def test_the_names_of_our_fields_are_api_names(event_status: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        a_ruleset(installation={"event_status": event_status})
