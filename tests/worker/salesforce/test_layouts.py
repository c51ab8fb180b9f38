"""Layouts → what each record type offers of its picklists."""

from typing import Any

import pytest

from rules.describe import ObjectSpec, Offer
from rules.plan import SObject
from tests.builders import objects
from tests.rules.typed import DEMO, TYPE_IDS
from tests.worker.salesforce.test_describe import choice
from worker.errors import Drifted, SyncError, Transient
from worker.salesforce.layouts import read_offers


def a_typed_lead() -> ObjectSpec:
    """Lead with one record type that the API user may use."""
    spec = objects()[SObject.LEAD]
    return ObjectSpec(
        name=spec.name, createable=True, updateable=True, queryable=True, fields={}, record_types=TYPE_IDS
    )


def a_mapping(type_id: str, *values: dict[str, Any]) -> dict[str, Any]:
    picklists = [{"picklistName": "Region__c", "picklistValues": list(values)}]
    return {"recordTypeId": type_id, "picklistsForRecordType": picklists}


def a_part(*mappings: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """The answer, with a layout that requires what the API does not."""
    layouts = [{"editLayoutSections": [{"layoutRows": [{"layoutItems": [{"required": True, "label": "Phone"}]}]}]}]
    return {"httpStatusCode": status, "body": {"layouts": layouts, "recordTypeMappings": list(mappings)}}


def test_a_record_type_offers_its_active_values_and_has_a_default_of_its_own() -> None:
    values = (choice("EMEA"), choice("APAC", active=False), choice("AMER") | {"defaultValue": True})
    part = a_part(a_mapping(TYPE_IDS[DEMO], *values))
    assert read_offers(part, a_typed_lead()) == {DEMO: {"Region__c": Offer(values=("EMEA", "AMER"), default="AMER")}}


def test_what_a_layout_requires_is_not_looked_at() -> None:
    assert read_offers(a_part(), a_typed_lead()) == {}


@pytest.mark.parametrize("type_id", ["012000000000000AAA", "012000000000077AAA"], ids=["Master", "not available"])
def test_record_types_that_the_user_cannot_choose_are_left_out(type_id: str) -> None:
    assert read_offers(a_part(a_mapping(type_id, choice("EMEA"))), a_typed_lead()) == {}


def test_a_mapping_without_picklists_offers_what_the_fields_have() -> None:
    mapping = {"recordTypeId": TYPE_IDS[DEMO], "picklistsForRecordType": None}
    assert read_offers(a_part(mapping), a_typed_lead()) == {DEMO: {}}


def test_a_default_that_is_not_active_is_none() -> None:
    old = choice("EMEA", active=False) | {"defaultValue": True}
    part = a_part(a_mapping(TYPE_IDS[DEMO], old, choice("APAC")))
    assert read_offers(part, a_typed_lead())[DEMO]["Region__c"] == Offer(values=("APAC",))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ([{"errorCode": "INSUFFICIENT_ACCESS", "message": "no", "fields": []}], Drifted),
        ("<html>", Transient),
    ],
)
def test_a_refusal_is_an_error_and_not_an_org_without_picklists(body: Any, error: type[SyncError]) -> None:
    with pytest.raises(error):
        read_offers({"httpStatusCode": 500, "body": body}, a_typed_lead())
