"""The layouts resource: mappings of record types with their picklists, and layouts in which nothing is laid out."""

from typing import Any

import pytest

from tests.simulator.settings import CustomField
from tests.simulator.setup.record_types import MASTER
from tests.simulator_tests.api import ROOT, Api, a_part, an_api
from tests.simulator_tests.test_record_types import DEMO, SECRET, SIZE, SMALL, UNKNOWN, id_of

LIST = "/sobjects/Lead/describe/layouts"
SEVERAL = CustomField(object="Lead", name="Colours__c", label="Colours", type="multipicklist", picklist=("red", "blue"))


def mappings(api: Api, path: str = LIST) -> dict[str, dict[str, Any]]:
    return {mapping["developerName"]: mapping for mapping in api.get(path).body["recordTypeMappings"]}


def offered(mapping: dict[str, Any], name: str) -> list[tuple[str, bool]]:
    picklists = {each["picklistName"]: each["picklistValues"] for each in mapping["picklistsForRecordType"]}
    return [(value["value"], value["defaultValue"]) for value in picklists[name]]


@pytest.mark.parametrize("path", [LIST, f"{LIST}/", "/sobjects/lead/describe/layouts"])
def test_each_type_tells_what_it_offers_and_which_of_it_is_its_default(path: str) -> None:
    told = mappings(an_api(record_types=(SMALL, DEMO), custom_fields=(SIZE,)), path)
    assert list(told) == ["Small", "Demo", "Master"]
    assert offered(told["Small"], "Size__c") == [("S", True), ("M", False)]
    assert offered(told["Small"], "Status") == [("Working - Contacted", True), ("Closed - Converted", False)]
    for name in ("Demo", "Master"):
        assert offered(told[name], "Size__c") == [("S", False), ("M", False), ("L", False)]
        assert offered(told[name], "Status")[0] == ("Open - Not Contacted", True)


def test_a_mapping_says_what_describe_says_of_the_type_and_names_its_layout() -> None:
    api = an_api(record_types=(DEMO, SECRET), custom_fields=(SEVERAL,))
    told = mappings(api)
    described = api.get("/sobjects/Lead/describe").body["recordTypeInfos"]
    own = {"layoutId", "picklistsForRecordType"}
    assert [{k: v for k, v in each.items() if k not in own} for each in told.values()] == described
    assert {each["layoutId"][:3] for each in told.values()} == {"00h"}
    assert (told["Secret"]["available"], told["Master"]["recordTypeId"]) == (False, MASTER)
    (value, *_) = told["Demo"]["picklistsForRecordType"][-1]["picklistValues"]
    assert value == {"active": True, "defaultValue": False, "label": "red", "validFor": None, "value": "red"}


@pytest.mark.parametrize(("types", "is_there", "asks"), [((), True, False), ((DEMO,), True, False),
                                                        ((DEMO, SMALL), False, True)])  # fmt: skip
def test_several_types_have_no_layout_in_the_list(types: Any, is_there: bool, asks: bool) -> None:
    body = an_api(record_types=types, custom_fields=(SIZE,)).get(LIST).body
    assert (body["layouts"] is not None, body["recordTypeSelectorRequired"]) == (is_there, [asks])


def test_a_layout_by_the_id_of_its_type_says_nothing_of_picklists() -> None:
    api = an_api(record_types=(DEMO, SMALL), custom_fields=(SIZE,))
    layout = api.get(f"{LIST}/{id_of(api, 'Demo')}")
    assert (layout.status, layout.body["editLayoutSections"]) == (200, [])
    assert "recordTypeMappings" not in layout.body
    assert api.get(f"{LIST}/{MASTER}").status == 200


@pytest.mark.parametrize("path", [f"{LIST}/{UNKNOWN}", "/sobjects/Nothing/describe/layouts"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert an_api().get(path).error == (404, "NOT_FOUND")


def test_layouts_are_only_read() -> None:
    assert an_api().post(LIST, {}).error == (405, "METHOD_NOT_ALLOWED")


def test_layouts_can_be_parts_of_a_composite() -> None:
    api = an_api(record_types=(DEMO,))
    parts = [a_part("GET", f"/sobjects/{name}/describe/layouts", name) for name in ("Lead", "Case")]
    reply = api.post("/composite", {"compositeRequest": parts})
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [200, 200]
    assert parts[0]["url"].startswith(ROOT)


@pytest.mark.parametrize("tells", [True, False])
def test_whether_the_list_tells_what_types_offer_is_a_switch(tells: bool) -> None:
    told = mappings(an_api(record_types=(DEMO,), layouts_tell_picklists=tells))
    assert (told["Demo"]["picklistsForRecordType"] is not None) is tells
