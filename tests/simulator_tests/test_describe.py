import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator_tests.api import an_api

# The recordings lie beside the repository where there are any; without them there is nothing to compare.
RECORDED = Path(__file__).parents[3] / "shared" / "recorded"
COMPARED = (
    "type",
    "length",
    "createable",
    "updateable",
    "nillable",
    "defaultedOnCreate",
    "restrictedPicklist",
    "idLookup",
    "referenceTo",
    "relationshipName",
    "label",
    "byteLength",
    "digits",
    "precision",
    "scale",
    "soapType",
    "autoNumber",
    "nameField",
    "compoundFieldName",
    "defaultValue",
    "polymorphicForeignKey",
    "queryByDistance",
    "permissionable",
)
# What differs on purpose, with the reason.
EXCUSED = {
    ("Account", "Name", "compoundFieldName"): "recorded with Name as its own compound: a person account switch",
    ("Case", "Comments", "byteLength"): "the one text field that is stored in single bytes",
}
# Custom fields that the recorded Account happened to have.
FOREIGN = frozenset({"Primary_Contact__c", "ns__Description__c", "History__c", "ns__LinkedAccount__c"})


OBJECTS = ("Lead", "Contact", "Account", "Case", "Event")


def recorded(name: str) -> Iterator[dict[str, Any]]:
    path = RECORDED / f"describe_{name}.json"
    if path.exists():
        fields = json.loads(path.read_text(encoding="utf-8"))["fields"]
        yield from (field for field in fields if field["name"] not in FOREIGN)


def described(name: str) -> dict[str, dict[str, Any]]:
    fields = an_api().get(f"/sobjects/{name}/describe").body["fields"]
    return {field["name"]: field for field in fields}


def differences(name: str, ours: dict[str, Any], real: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Show what we say about a field and what a real org says, where they differ without an excuse."""
    excused = {key for key in COMPARED if (name, real["name"], key) in EXCUSED}
    return {key: (ours.get(key), real[key]) for key in COMPARED if ours.get(key) != real[key] and key not in excused}


def choices(field: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(each["value"], each["label"], each["defaultValue"], each["active"]) for each in field["picklistValues"]]


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_are_described_as_recorded(name: str) -> None:
    ours = described(name)
    different = {real["name"]: differences(name, ours.get(real["name"], {}), real) for real in recorded(name)}
    assert {field: shown for field, shown in different.items() if shown} == {}


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_have_the_recorded_keys_and_choices(name: str) -> None:
    ours = described(name)
    for real in recorded(name):
        assert ours[real["name"]].keys() == real.keys()
        if real["name"] != "RecurrenceTimeZoneSidKey":  # the time zones of this machine, not of that org
            assert choices(ours[real["name"]]) == choices(real)


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("Lead", {"LastName", "Company"}),
        ("Contact", {"LastName"}),
        ("Account", {"Name"}),
        ("Case", set()),
        ("Event", set()),
    ],
)
def test_required_fields_are_those_known(name: str, required: set[str]) -> None:
    fields = described(name).values()
    assert {
        f["name"] for f in fields if f["createable"] and not f["nillable"] and not f["defaultedOnCreate"]
    } == required


def test_custom_fields_are_described() -> None:
    event, account = described("Event"), described("Account")
    key = event["Bookforce_Booking_Id__c"]
    assert (key["externalId"], key["unique"], key["caseSensitive"], key["idLookup"]) == (True, True, True, True)
    assert (key["custom"], key["length"], key["type"]) == (True, 255, "string")
    assert account["Bookforce_Account_Key__c"]["caseSensitive"] is False
    assert event["ScheduleOnce__Event_status__c"]["length"] == 255


@pytest.mark.parametrize("name", ["User", "RecordType", "Organization", "Group", "Task"])
def test_other_objects_are_described_too(name: str) -> None:
    body = an_api().get(f"/sobjects/{name}/describe").body
    assert body["name"] == name
    assert body["recordTypeInfos"][0]["recordTypeId"] == "012000000000000AAA"
    assert {"Id", "CreatedDate", "LastModifiedDate"} <= {field["name"] for field in body["fields"]}


def test_describe_of_nothing_is_404() -> None:
    assert an_api().get("/sobjects/Nothing/describe").error == (404, "NOT_FOUND")


def test_describe_that_is_still_true_is_304() -> None:
    api = an_api()
    first = api.get("/sobjects/Lead/describe")
    again = api.get("/sobjects/Lead/describe", If_Modified_Since=first.headers["Last-Modified"])
    assert (again.status, again.body, again.headers["Last-Modified"]) == (304, b"", first.headers["Last-Modified"])
    assert api.get("/sobjects/Lead/describe", If_Modified_Since="Sun, 22 Nov 2020 16:21:08 GMT").status == 200
    assert api.get("/sobjects/Lead/describe", If_Modified_Since="nonsense").status == 200
