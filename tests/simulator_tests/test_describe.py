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
)
# What differs on purpose, with the reason.
EXCUSED = {
    ("Account", "Name", "compoundFieldName"): "recorded with Name as its own compound: a person account switch",
    ("Case", "Comments", "byteLength"): "the one text field that is stored in single bytes",
}
# Custom fields that the recorded Account happened to have.
FOREIGN = frozenset({"Primary_Contact__c", "ns__Description__c", "History__c", "ns__LinkedAccount__c"})


def recorded_fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("Lead", "Contact", "Account", "Case", "Event"):
        path = RECORDED / f"describe_{name}.json"
        if path.exists():
            for field in json.loads(path.read_text(encoding="utf-8"))["fields"]:
                if field["name"] not in FOREIGN:
                    yield name, field


FIELDS = list(recorded_fields())


def described(name: str) -> dict[str, dict[str, Any]]:
    fields = an_api().get(f"/sobjects/{name}/describe").body["fields"]
    return {field["name"]: field for field in fields}


OURS = {name: described(name) for name in ("Lead", "Contact", "Account", "Case", "Event")}


@pytest.mark.parametrize(("name", "real"), FIELDS, ids=[f"{name}.{field['name']}" for name, field in FIELDS])
def test_field_is_described_as_recorded(name: str, real: dict[str, Any]) -> None:
    ours = OURS[name][real["name"]]
    differences = {key: (ours[key], real[key]) for key in COMPARED if ours[key] != real[key]}
    assert {key for key in differences if (name, real["name"], key) not in EXCUSED} == set(), differences
    assert ours.keys() == real.keys()


@pytest.mark.parametrize(
    ("name", "real"),
    [(n, f) for n, f in FIELDS if f["picklistValues"] and f["name"] != "RecurrenceTimeZoneSidKey"],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
def test_choices_are_those_recorded(name: str, real: dict[str, Any]) -> None:
    def shown(field: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [
            (each["value"], each["label"], each["defaultValue"], each["active"]) for each in field["picklistValues"]
        ]

    assert shown(OURS[name][real["name"]]) == shown(real)


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
