"""Describe, held against recordings of real orgs; where they are absent, against a digest of them (see recorded.py)."""

from typing import Any

import pytest

from tests.simulator_tests.api import an_api
from tests.simulator_tests.recorded import (
    COMPARED,
    COMPARED_TOO,
    EXCUSED,
    OBJECTS,
    Described,
    digest_of,
    read_digest,
    recorded,
)

# Choices that are not Salesforce's own, with the reason.
OWN_CHOICES = {
    ("Event", "RecurrenceTimeZoneSidKey"): "the time zones of this machine, not of that org",
    ("Account_PersonAccount", "Type"): "an admin has added two values there",
}


def described(name: str) -> Described:
    """Describe an object of an org that is like the recorded one."""
    object_name, _, people = name.partition("_")
    fields = an_api(person_accounts=bool(people)).get(f"/sobjects/{object_name}/describe").body["fields"]
    return {field["name"]: field for field in fields}


def differences(name: str, ours: dict[str, Any], real: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Show what we say about a field and what a real org says, where they differ without an excuse."""
    compared = {key for key in (*COMPARED, *COMPARED_TOO) if (name, real["name"], key) not in EXCUSED}
    return {key: (ours.get(key), real[key]) for key in compared if ours.get(key) != real[key]}


def choices(field: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(each["value"], each["label"], each["defaultValue"], each["active"]) for each in field["picklistValues"]]


@pytest.mark.parametrize("name", OBJECTS)
def test_standard_fields_are_those_of_the_digest(name: str) -> None:
    ours, digest = described(name), read_digest()[name]
    missing = digest.keys() - ours.keys()
    different = [field for field in digest.keys() - missing if digest_of(name, ours[field]) != digest[field]]
    assert (missing, {field: {key: ours[field][key] for key in COMPARED} for field in different}) == (set(), {})


@pytest.mark.parametrize("name", OBJECTS)
def test_digest_is_that_of_the_recordings(name: str) -> None:
    real = recorded(name)
    assert not real or {field: digest_of(name, facts) for field, facts in real.items()} == read_digest()[name]


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_are_described_as_recorded(name: str) -> None:
    ours = described(name)
    different = {field: differences(name, ours.get(field, {}), real) for field, real in recorded(name).items()}
    assert {field: shown for field, shown in different.items() if shown} == {}


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_have_the_recorded_keys_and_choices(name: str) -> None:
    ours = described(name)
    for field, real in recorded(name).items():
        assert ours[field].keys() == real.keys()
        if (name, field) not in OWN_CHOICES:
            assert choices(ours[field]) == choices(real)


def test_excuses_are_needed() -> None:
    unneeded = {
        (name, field, key)
        for name, field, key in EXCUSED
        if (real := recorded(name)) and described(name)[field][key] == real[field][key]
    }
    assert unneeded == set()


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
