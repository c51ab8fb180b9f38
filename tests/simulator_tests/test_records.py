from typing import Any

import pytest

from tests.simulator_tests.api import ROOT, a_lead, an_api

KEYED = "/sobjects/Lead/Bookforce_Booking_Id__c"


def test_create_answers_201_location_and_id() -> None:
    reply = an_api().post("/sobjects/Lead/", a_lead())
    row_id = reply.body["id"]
    assert reply.status == 201
    assert reply.body == {"id": row_id, "success": True, "errors": []}
    assert reply.headers["Location"] == f"{ROOT}/sobjects/Lead/{row_id}"


def test_get_shows_every_field() -> None:
    api = an_api()
    row = api.read("Lead", api.create("Lead", **a_lead(FirstName="Grace", City="London")))
    assert row["Name"] == "Grace Hopper"
    assert row["Status"] == "Open - Not Contacted"
    assert row["Address"]["city"] == "London"
    assert row["CreatedDate"] == row["LastModifiedDate"] == row["SystemModstamp"] == "2026-11-22T09:00:00.000+0000"
    assert row["attributes"] == {"type": "Lead", "url": f"{ROOT}/sobjects/Lead/{row['Id']}"}
    assert (row["IsDeleted"], row["IsConverted"], row["Phone"]) == (False, False, None)


def test_get_shows_the_fields_asked_for() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    assert set(api.get(f"/sobjects/Lead/{row_id}?fields=Id,lastname").body) == {"attributes", "Id", "LastName"}
    assert api.get(f"/sobjects/Lead/{row_id}?fields=Nope").error == (400, "INVALID_FIELD")


def test_fifteen_characters_address_a_record_too() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    assert api.get(f"/sobjects/Lead/{row_id[:15]}").body["Id"] == row_id


def test_update_answers_204_and_moves_the_stamp() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead(FirstName="Grace", Title="Admiral"))
    api.clock.pass_by(api.org.state.settings.session_lifetime / 2)
    reply = api.patch(f"/sobjects/Lead/{row_id}", {"FirstName": None, "lastname": " Lovelace "})
    row = api.read("Lead", row_id)
    assert (reply.status, reply.body) == (204, b"")
    assert (row["Name"], row["FirstName"], row["Title"]) == ("Lovelace", None, "Admiral")
    assert row["CreatedDate"] < row["LastModifiedDate"]


def test_strings_are_trimmed_and_empty_ones_are_null() -> None:
    api = an_api()
    row = api.read("Lead", api.create("Lead", **a_lead(Title="  CEO ", City="  ")))
    assert (row["Title"], row["City"]) == ("CEO", None)


def test_delete_hides_the_record() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    assert api.delete(f"/sobjects/Lead/{row_id}").status == 204
    assert api.rows("SELECT Id FROM Lead") == []
    for reply in (
        api.get(f"/sobjects/Lead/{row_id}"),
        api.patch(f"/sobjects/Lead/{row_id}", {}),
        api.delete(f"/sobjects/Lead/{row_id}"),
    ):
        assert reply.status == 404
        assert reply.body == [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}]


def test_upsert_creates_then_updates() -> None:
    api = an_api()
    first = api.patch(f"{KEYED}/b%2F1", a_lead())
    again = api.patch(f"{KEYED}/b%2F1", {"Title": "CEO"})
    row_id = first.body["id"]
    assert (first.status, first.body) == (201, {"id": row_id, "success": True, "errors": [], "created": True})
    assert (again.status, again.body) == (200, {"id": row_id, "success": True, "errors": [], "created": False})
    assert api.read("Lead", row_id)["Bookforce_Booking_Id__c"] == "b/1"
    assert api.get(f"{KEYED}/b%2F1").body["Id"] == row_id
    assert api.delete(f"{KEYED}/b%2F1").status == 204
    assert api.get(f"{KEYED}/b%2F1").error == (404, "NOT_FOUND")


@pytest.mark.parametrize(("version", "status"), [("45.0", 204), ("46.0", 200)])
def test_upsert_that_updates_has_a_body_since_46(version: str, status: int) -> None:
    api = an_api()
    api.patch(f"{KEYED}/b-1", a_lead())
    assert api.patch(f"/services/data/v{version}{KEYED}/b-1", {}).status == status


def test_update_only_never_creates() -> None:
    api = an_api()
    assert api.patch(f"{KEYED}/b-1?updateOnly=true", a_lead()).error == (404, "NOT_FOUND")
    api.patch(f"{KEYED}/b-1", a_lead())
    assert api.patch(f"{KEYED}/b-1?updateOnly=true", {}).status == 200


def test_upsert_of_several_matches_is_300() -> None:
    api = an_api()
    ids = [api.create("Lead", **a_lead(Email="Same@Example.com")) for _ in range(2)]
    reply = api.patch("/sobjects/Lead/Email/same@example.com", {})
    assert (reply.status, reply.body) == (300, [f"{ROOT}/sobjects/Lead/{row_id}" for row_id in ids])


@pytest.mark.parametrize("name", ["Nope__c", "Company"])
def test_upsert_by_a_field_that_is_no_key_is_404(name: str) -> None:
    reply = an_api().patch(f"/sobjects/Lead/{name}/x", a_lead())
    message = f"Provided external ID field does not exist or is not accessible: {name}"
    assert (reply.status, reply.body) == (404, [{"errorCode": "NOT_FOUND", "message": message}])


def test_upsert_after_deletion_creates_anew() -> None:
    api = an_api()
    first = api.patch(f"{KEYED}/b-1", a_lead()).body["id"]
    api.delete(f"/sobjects/Lead/{first}")
    assert api.patch(f"{KEYED}/b-1", a_lead()).status == 201


@pytest.mark.parametrize(
    ("object_name", "path", "same"),
    [("Lead", "Bookforce_Booking_Id__c", False), ("Account", "Bookforce_Account_Key__c", True)],
)
def test_keys_mind_case_as_their_field_says(object_name: str, path: str, same: bool) -> None:
    api = an_api()
    body: dict[str, Any] = a_lead() if object_name == "Lead" else {"Name": "Acme"}
    ids = [api.patch(f"/sobjects/{object_name}/{path}/{key}", body).body["id"] for key in ("acme", "ACME")]
    assert (ids[0] == ids[1]) is same


def test_objects_are_listed_and_described_in_short() -> None:
    api = an_api()
    names = {each["name"] for each in api.get("/sobjects").body["sobjects"]}
    assert {"Lead", "Contact", "Account", "Case", "Event", "User", "RecordType", "Organization"} <= names
    assert api.get("/sobjects/Lead").body["objectDescribe"]["keyPrefix"] == "00Q"


def test_bare_org_has_no_custom_fields() -> None:
    api = an_api(custom_fields=())
    assert api.patch(f"{KEYED}/b-1", a_lead()).status == 404
