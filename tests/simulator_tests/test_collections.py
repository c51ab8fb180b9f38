from typing import Any

import pytest

from tests.simulator_tests.api import a_lead, an_api

KEYED = "/composite/sobjects/Lead/Bookforce_Booking_Id__c"


def lead(**fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, **a_lead(**fields)}


def contact(**fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, "LastName": "Hopper", **fields}


def many(*records: dict[str, Any], all_or_none: bool = False) -> dict[str, Any]:
    return {"allOrNone": all_or_none, "records": list(records)}


def test_create_gives_each_record_its_result() -> None:
    api = an_api()
    reply = api.post("/composite/sobjects", many(lead(), {"attributes": {"type": "Lead"}, "LastName": "x"}, contact()))
    message = "Required fields are missing: [Company]"
    refused = {"statusCode": "REQUIRED_FIELD_MISSING", "message": message, "fields": ["Company"]}
    assert reply.status == 200
    assert reply.body[1] == {"success": False, "errors": [refused]}
    assert [set(each) for each in (reply.body[0], reply.body[2])] == [{"id", "success", "errors"}] * 2
    assert (len(api.org.records("Lead")), len(api.org.records("Contact"))) == (1, 1)


def test_all_or_none_rolls_back_and_says_so() -> None:
    api = an_api()
    reply = api.post("/composite/sobjects", many(lead(), lead(Email="x"), lead(), all_or_none=True))
    rolled_back = {
        "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "message": "Record rolled back because not all records were valid and the request was using AllOrNone header",
        "fields": [],
    }
    assert [each["success"] for each in reply.body] == [False] * 3
    assert reply.body[0]["errors"] == reply.body[2]["errors"] == [rolled_back]
    assert reply.body[1]["errors"][0]["statusCode"] == "INVALID_EMAIL_ADDRESS"
    assert api.org.records("Lead") == []


def test_upsert_says_what_was_created() -> None:
    api = an_api()
    first = api.patch(KEYED, many(lead(Bookforce_Booking_Id__c="b-1")))
    again = api.patch(KEYED, many(lead(Bookforce_Booking_Id__c="b-1"), lead(Bookforce_Booking_Id__c="b-2")))
    assert [each["created"] for each in first.body + again.body] == [True, False, True]
    assert first.body[0]["id"] == again.body[0]["id"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "MISSING_ARGUMENT"),
        ({"Bookforce_Booking_Id__c": ""}, "MISSING_ARGUMENT"),
        ({"Bookforce_Booking_Id__c": "b-1", "Pet__c": 1}, "INVALID_FIELD"),
        ({"Bookforce_Booking_Id__c": "b-1", "attributes": {"type": "Contact"}}, "INVALID_TYPE"),
        ({"Bookforce_Booking_Id__c": "b-1", "attributes": {}}, "INVALID_TYPE"),
    ],
)
def test_upsert_refuses_a_record_and_not_its_neighbour(fields: dict[str, Any], code: str) -> None:
    reply = an_api().patch(KEYED, many(lead() | fields, lead(Bookforce_Booking_Id__c="b-2")))
    assert [each["success"] for each in reply.body] == [False, True]
    assert reply.body[0]["errors"][0]["statusCode"] == code


@pytest.mark.parametrize(("refuses_all", "succeed"), [(True, [False, False, True]), (False, [True, False, True])])
def test_whether_a_key_that_comes_twice_is_refused_both_times_is_a_switch(
    refuses_all: bool, succeed: list[bool]
) -> None:
    api = an_api(same_key_refuses_all=refuses_all)
    twice = [lead(Bookforce_Booking_Id__c="b-1"), lead(Bookforce_Booking_Id__c=" b-1")]
    reply = api.patch(KEYED, many(*twice, lead(Bookforce_Booking_Id__c="B-1")))
    assert [each["success"] for each in reply.body] == succeed
    assert reply.body[1]["errors"][0] == {
        "statusCode": "DUPLICATE_VALUE",
        "message": "Duplicate external id specified: b-1",
        "fields": [],
    }


def test_several_matches_are_refused() -> None:
    api = an_api()
    for _ in range(2):
        api.create("Contact", LastName="x", Email="a@example.com")
    reply = api.patch("/composite/sobjects/Contact/Email", many(contact(Email="A@example.com")))
    assert reply.body[0]["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"


def test_upsert_by_id_creates_without_and_updates_with_one() -> None:
    api = an_api()
    made = api.patch("/composite/sobjects/Lead/Id", many(lead(Id=None))).body[0]
    changed = api.patch("/composite/sobjects/Lead/Id", many(lead(Id=made["id"], Title="CEO"))).body[0]
    assert (made["created"], changed["created"], changed["id"]) == (True, False, made["id"])


def test_update_takes_several_objects() -> None:
    api = an_api()
    ids = [api.create("Lead", **a_lead()), api.create("Contact", LastName="x")]
    records = [
        {"attributes": {"type": "Lead"}, "id": ids[0], "Title": "CEO"},
        {"attributes": {"type": "Contact"}, "Id": ids[1], "Title": "CEO"},
    ]
    assert api.patch("/composite/sobjects", many(*records)).body == [
        {"id": row_id, "success": True, "errors": []} for row_id in ids
    ]


def test_same_id_twice_and_no_id_are_refused() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    named = {"attributes": {"type": "Lead"}, "Title": "CEO"}
    reply = api.patch("/composite/sobjects", many(named | {"id": row_id}, named | {"id": row_id[:15]}, named))
    codes = [each["errors"][0]["statusCode"] if each["errors"] else None for each in reply.body]
    assert codes == [None, "DUPLICATE_VALUE", "MISSING_ARGUMENT"]


def test_malformed_id_is_named() -> None:
    record = {"attributes": {"type": "Lead"}, "id": "00Q5e0000000001AAB"}
    error = an_api().patch("/composite/sobjects", many(record)).body[0]["errors"][0]
    assert (error["statusCode"], error["fields"]) == ("MALFORMED_ID", ["Id"])


@pytest.mark.parametrize(("method", "path"), [("POST", "/composite/sobjects"), ("PATCH", KEYED)])
def test_two_hundred_records_and_no_more(method: str, path: str) -> None:
    api = an_api()
    records = [lead(Bookforce_Booking_Id__c=str(n)) for n in range(201)]
    reply = api.call(method, path, many(*records))
    message = "record limit reached. cannot submit more than 200 records into this call"
    assert (reply.status, reply.body) == (400, [{"message": message, "errorCode": "EXCEEDED_ID_LIMIT"}])
    assert len(api.call(method, path, many(*records[:200])).body) == 200


def test_objects_may_alternate_ten_times() -> None:
    mixed = [lead(), contact()] * 6
    assert an_api().post("/composite/sobjects", many(*mixed[:10])).status == 200
    assert an_api().post("/composite/sobjects", many(*mixed)).error == (400, "EXCEEDED_MAX_TYPES_LIMIT")


@pytest.mark.parametrize(("fails", "status"), [(True, 400), (False, 200)])
def test_whether_an_unreadable_record_spoils_the_call_is_a_switch(fails: bool, status: int) -> None:
    api = an_api(unreadable_record_fails_collection=fails)
    reply = api.post("/composite/sobjects", many(lead(), lead(IsUnreadByOwner="x")))
    assert reply.status == status
    assert len(api.org.records("Lead")) == (0 if fails else 1)


@pytest.mark.parametrize(("fails", "status"), [(True, 400), (False, 200)])
def test_whether_an_unknown_field_spoils_the_call_is_a_switch(fails: bool, status: int) -> None:
    api = an_api(unknown_field_fails_collection=fails)
    reply = api.post("/composite/sobjects", many(lead(), lead(Pet__c="x")))
    assert (reply.status, len(api.org.records("Lead"))) == (status, 0 if fails else 1)
    assert "No such column 'Pet__c' on sobject of type Lead" in str(reply.body)


def test_parent_of_the_same_call_can_be_named_by_its_key() -> None:
    api = an_api()
    account = {"attributes": {"type": "Account"}, "Name": "Acme", "Bookforce_Account_Key__c": "acme"}
    reply = api.post("/composite/sobjects", many(account, contact(Account={"Bookforce_Account_Key__c": "Acme"})))
    assert api.read("Contact", reply.body[1]["id"])["AccountId"] == reply.body[0]["id"]


def test_retrieve_gives_null_for_what_is_not_there() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    for reply in (
        api.get(f"/composite/sobjects/Lead?ids={row_id},nonsense&fields=LastName"),
        api.post("/composite/sobjects/Lead", {"ids": [row_id, "nonsense"], "fields": ["LastName"]}),
    ):
        assert [each and (each["Id"], each["LastName"]) for each in reply.body] == [(row_id, "Hopper"), None]


def test_retrieve_wants_ids_of_the_object_and_fields() -> None:
    api = an_api()
    contact_id = api.create("Contact", LastName="x")
    assert api.get(f"/composite/sobjects/Lead?ids={contact_id}&fields=Id").body == [None]
    for query in (f"?ids={contact_id}", "?fields=Id", "?ids=&fields=", ""):
        assert api.get(f"/composite/sobjects/Lead{query}").error == (400, "MISSING_ARGUMENT")
    assert api.get(f"/composite/sobjects/Lead?ids={contact_id}&fields=Pet").error == (400, "INVALID_FIELD")


def test_two_thousand_records_are_retrieved_by_post() -> None:
    api = an_api()
    body = {"ids": [api.create("Lead", **a_lead())] * 2000, "fields": ["Id"]}
    assert len(api.post("/composite/sobjects/Lead", body).body) == 2000
    body["ids"].append("x")
    assert api.post("/composite/sobjects/Lead", body).error == (400, "EXCEEDED_ID_LIMIT")


def test_delete_takes_several_objects_and_wants_ids() -> None:
    api = an_api()
    ids = [api.create("Lead", **a_lead()), api.create("Contact", LastName="x")]
    assert [each["success"] for each in api.delete(f"/composite/sobjects?ids={','.join(ids)}").body] == [True, True]
    assert api.delete("/composite/sobjects").error == (400, "MISSING_ARGUMENT")
    too_many = ",".join([ids[0][:15]] * 201)
    assert api.delete(f"/composite/sobjects?ids={too_many}").error == (400, "EXCEEDED_ID_LIMIT")


def test_record_without_a_type_is_refused_by_itself() -> None:
    reply = an_api().post("/composite/sobjects", many(lead(), {"LastName": "x"}, {"attributes": {}}))
    assert [each["success"] for each in reply.body] == [True, False, False]
    assert reply.body[1]["errors"][0]["statusCode"] == "INVALID_TYPE"


def test_no_records_give_no_results() -> None:
    assert an_api().post("/composite/sobjects", many()).body == []


def test_delete_gives_each_record_its_result() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    reply = api.delete(f"/composite/sobjects?ids={row_id},{row_id}&allOrNone=false")
    assert [each["success"] for each in reply.body] == [True, False]
    assert reply.body[1]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


def test_delete_is_all_or_none_if_asked() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    api.delete(f"/composite/sobjects?ids={row_id},nonsense&allOrNone=true")
    assert api.read("Lead", row_id)["IsDeleted"] is False


@pytest.mark.parametrize("body", [{}, [], {"records": 5}, {"records": [5]}, "x", None, {"ids": 5}])
@pytest.mark.parametrize("path", ["/composite/sobjects", "/composite/sobjects/Lead"])
def test_malformed_collection_is_refused(path: str, body: Any) -> None:
    status = an_api().post(path, body).status
    assert status == 400 or (status == 200 and path.endswith("Lead"))
