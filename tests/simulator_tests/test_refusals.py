"""One row for each way in which the org refuses a record: status, code, message and fields as documented."""

from typing import Any

import pytest

from tests.simulator.ids import with_checksum
from tests.simulator_tests.api import Api, a_lead, a_part, an_api

MISSING = with_checksum("0035e0000000ZZZ")
WRONG_SUM = "0035e0000000001AAB"

NOT_WRITABLE = (
    "Unable to create/update fields: Name. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)

CREATES: list[tuple[str, dict[str, Any], str, str, list[str] | None]] = [
    ("Lead", {"Company": "Navy"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"]),
    ("Lead", {}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName, Company]", ["LastName", "Company"]),
    ("Account", {"Name": " "}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ["Name"]),
    ("Contact", {}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"]),
    ("Lead", a_lead(Pet__c="x"), "INVALID_FIELD", "No such column 'Pet__c' on sobject of type Lead", None),
    ("Lead", a_lead(Account={"Name": "x"}), "INVALID_FIELD", "No such column 'Account' on sobject of type Lead", None),
    (
        "Lead",
        a_lead(Name="x"),
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        NOT_WRITABLE,
        ["Name"],
    ),
    ("Lead", a_lead(Id=MISSING), "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"]),
    (
        "Lead",
        a_lead(FirstName="x" * 41),
        "STRING_TOO_LONG",
        f"First Name: data value too large: {'x' * 41} (max length=40)",
        ["FirstName"],
    ),
    ("Lead", a_lead(Email="foo"), "INVALID_EMAIL_ADDRESS", "Email: invalid email address: foo", ["Email"]),
    ("Lead", a_lead(Email="a@b"), "INVALID_EMAIL_ADDRESS", "Email: invalid email address: a@b", ["Email"]),
    (
        "Lead",
        a_lead(GeocodeAccuracy="Amazing"),
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Geocode Accuracy: bad value for restricted picklist field: Amazing",
        ["GeocodeAccuracy"],
    ),
    ("Lead", a_lead(OwnerId="xyz"), "MALFORMED_ID", "Owner ID: id value of incorrect type: xyz", ["OwnerId"]),
    (
        "Contact",
        {"LastName": "x", "AccountId": "0035e0000000001AAA"},
        "FIELD_INTEGRITY_EXCEPTION",
        "Account ID: id value of incorrect type: 0035e0000000001AAA",
        ["AccountId"],
    ),
    (
        "Case",
        {"ContactId": MISSING},
        "INVALID_CROSS_REFERENCE_KEY",
        "Contact ID: invalid cross reference id",
        ["ContactId"],
    ),
    (
        "Contact",
        {"LastName": "x", "Account": {"Bookforce_Account_Key__c": "acme"}},
        "INVALID_FIELD",
        "Foreign key external ID: acme not found for field Bookforce_Account_Key__c in entity Account",
        [],
    ),
    (
        "Contact",
        {"LastName": "x", "Account": {"Name": "acme"}},
        "INVALID_FIELD",
        "Field name provided, Name does not match an External ID for Account",
        [],
    ),
    (
        "Lead",
        a_lead(NumberOfEmployees=10**8),
        "NUMBER_OUTSIDE_VALID_RANGE",
        "Employees: value outside of valid range on numeric field: 100000000",
        ["NumberOfEmployees"],
    ),
]


@pytest.mark.parametrize(("name", "fields", "code", "message", "named"), CREATES)
def test_create_is_refused(name: str, fields: dict[str, Any], code: str, message: str, named: list[str] | None) -> None:
    api = an_api()
    expected: dict[str, Any] = {"message": message, "errorCode": code}
    reply = api.post(f"/sobjects/{name}", fields)
    assert (reply.status, reply.body) == (400, [expected | ({} if named is None else {"fields": named})])
    assert api.org.records(name) == []


@pytest.mark.parametrize(
    ("field", "value", "kind", "token"),
    [
        ("LastName", 5, "string", "VALUE_NUMBER_INT value 5"),
        ("LastName", ["x"], "string", "START_ARRAY"),
        ("Phone", {"x": 1}, "phone", "START_OBJECT"),
        ("IsUnreadByOwner", "true", "boolean", "VALUE_STRING value true"),
        ("NumberOfEmployees", "12", "int", "VALUE_STRING value 12"),
        ("NumberOfEmployees", True, "int", "VALUE_TRUE value True"),
        ("AnnualRevenue", "12", "currency", "VALUE_STRING value 12"),
    ],
)
def test_values_of_another_type_are_unreadable(field: str, value: Any, kind: str, token: str) -> None:
    reply = an_api().post("/sobjects/Lead", a_lead(**{field: value}))
    assert reply.error == (400, "JSON_PARSER_ERROR")
    assert reply.body[0]["message"].startswith(f"Cannot deserialize instance of {kind} from {token}")


@pytest.mark.parametrize(
    "sent", ["2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "2026-13-22T10:00:00Z", "soon", 5]
)
def test_datetimes_need_a_date_a_time_and_an_offset(sent: Any) -> None:
    reply = an_api().post("/sobjects/Event", {"StartDateTime": sent, "DurationInMinutes": 30})
    assert reply.error == (400, "JSON_PARSER_ERROR")


def test_all_bad_fields_are_named_at_once() -> None:
    reply = an_api().post("/sobjects/Lead", a_lead(FirstName="x" * 41, Email="x"))
    assert [error["errorCode"] for error in reply.body] == ["STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS"]


def test_restricted_picklists_can_be_set_free() -> None:
    api = an_api(enforce_restricted_picklists=False)
    assert api.post("/sobjects/Lead", a_lead(GeocodeAccuracy="Amazing")).status == 201


def test_unrestricted_picklists_take_any_text() -> None:
    assert an_api().post("/sobjects/Lead", a_lead(LeadSource="Booking page")).status == 201


def test_required_field_cannot_be_emptied() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    reply = api.patch(f"/sobjects/Lead/{row_id}", {"LastName": ""})
    assert reply.error == (400, "REQUIRED_FIELD_MISSING")
    assert reply.body[0]["fields"] == ["LastName"]


@pytest.mark.parametrize(
    ("path", "status", "code", "message"),
    [
        (MISSING, 404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        (WRONG_SUM, 400, "MALFORMED_ID", f"Contact ID: id value of incorrect type: {WRONG_SUM}"),
        ("00Q5e0000000001EAA", 400, "MALFORMED_ID", "Contact ID: id value of incorrect type: 00Q5e0000000001EAA"),
    ],
)
def test_update_of_no_record_is_refused(path: str, status: int, code: str, message: str) -> None:
    reply = an_api().patch(f"/sobjects/Contact/{path}", {"LastName": "x"})
    assert reply.error == (status, code)
    assert reply.body[0]["message"] == message


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (MISSING, "The requested resource does not exist"),
        ("nonsense", "Provided external ID field does not exist or is not accessible: nonsense"),
    ],
)
def test_get_of_no_record_is_404(path: str, message: str) -> None:
    reply = an_api().get(f"/sobjects/Contact/{path}")
    assert (reply.status, reply.body) == (404, [{"errorCode": "NOT_FOUND", "message": message}])


def test_field_that_is_create_only_cannot_be_updated() -> None:
    api = an_api()
    row_id = api.create("Lead", **a_lead())
    reply = api.patch(f"/sobjects/Lead/{row_id}", {"IsConverted": True, "CreatedDate": "2026-11-22T10:00:00Z"})
    assert reply.error == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert reply.body[0]["fields"] == ["IsConverted", "CreatedDate"]


def test_unique_value_is_refused_with_the_holder() -> None:
    api = an_api()
    holder = api.create("Lead", **a_lead(Bookforce_Booking_Id__c="b-1"))
    reply = api.post("/sobjects/Lead", a_lead(Bookforce_Booking_Id__c="b-1"))
    message = f"duplicate value found: Bookforce_Booking_Id__c duplicates value on record with id: {holder[:15]}"
    assert (reply.status, reply.body) == (400, [{"message": message, "errorCode": "DUPLICATE_VALUE", "fields": []}])
    other = api.create("Lead", **a_lead())
    assert api.patch(f"/sobjects/Lead/{other}", {"Bookforce_Booking_Id__c": "b-1"}).error == (400, "DUPLICATE_VALUE")
    assert api.patch(f"/sobjects/Lead/{holder}", {"Bookforce_Booking_Id__c": "b-1"}).status == 204


@pytest.mark.parametrize(("counts", "status"), [(True, 400), (False, 201)])
def test_whether_the_recycle_bin_counts_is_a_switch(counts: bool, status: int) -> None:
    api = an_api(unique_counts_recycle_bin=counts)
    api.delete(f"/sobjects/Lead/{api.create('Lead', **a_lead(Bookforce_Booking_Id__c='b-1'))}")
    assert api.post("/sobjects/Lead", a_lead(Bookforce_Booking_Id__c="b-1")).status == status


NO_ACCESS = "insufficient access rights on cross-reference id: 0015e0000000001"
DELETED_PARENT = {
    "ENTITY_IS_DELETED": "entity is deleted",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": NO_ACCESS,
}


@pytest.mark.parametrize("code", DELETED_PARENT)
def test_deleted_parent_is_refused(code: str) -> None:
    api = an_api(deleted_parent_code=code)
    account = api.create("Account", Name="Acme")
    api.delete(f"/sobjects/Account/{account}")
    reply = api.post("/sobjects/Contact", {"LastName": "x", "AccountId": account})
    assert (reply.status, reply.body) == (400, [{"message": DELETED_PARENT[code], "errorCode": code, "fields": []}])


def a_converted_lead(api: Api) -> str:
    return api.org.seed("Lead", [a_lead(IsConverted=True)])[0]


def test_converted_lead_can_be_neither_updated_nor_referenced() -> None:
    api = an_api()
    lead = a_converted_lead(api)
    times = {"StartDateTime": "2026-11-22T10:00:00Z", "DurationInMinutes": 30}
    refused = [
        {"message": "cannot reference converted lead", "errorCode": "CANNOT_UPDATE_CONVERTED_LEAD", "fields": []}
    ]
    assert api.patch(f"/sobjects/Lead/{lead}", {"Title": "x"}).body == refused
    assert api.post("/sobjects/Event", {"WhoId": lead, **times}).body == refused


def test_inactive_owner_is_refused() -> None:
    api = an_api()
    gone = api.user("gus.gone@vendor.example")
    reply = api.post("/sobjects/Contact", {"LastName": "x", "OwnerId": gone})
    message = f"operation performed with inactive user [{gone[:15]}] as owner of contact"
    expected = {"message": message, "errorCode": "INACTIVE_OWNER_OR_USER", "fields": ["OwnerId"]}
    assert (reply.status, reply.body) == (400, [expected])


def test_contact_cannot_be_owned_by_a_queue() -> None:
    api = an_api()
    queue = api.queue("Lead_Queue")
    reply = api.post("/sobjects/Contact", {"LastName": "x", "OwnerId": queue})
    message = f"Owner ID: id value of incorrect type: {queue}"
    expected = {"message": message, "errorCode": "FIELD_INTEGRITY_EXCEPTION", "fields": ["OwnerId"]}
    assert (reply.status, reply.body) == (400, [expected])


@pytest.mark.parametrize("name", ["Bookforce_Booking_Id__c", "bookforce_booking_id__c", "Id"])
def test_key_in_url_and_body_is_refused(name: str) -> None:
    reply = an_api().patch("/sobjects/Lead/Bookforce_Booking_Id__c/b-1", a_lead(**{name: "b-1"}))
    message = f"The {name} field should not be specified in the sobject data."
    assert (reply.status, reply.body) == (400, [{"message": message, "errorCode": "INVALID_FIELD"}])


@pytest.mark.parametrize("name", ["Id", "id"])
def test_id_in_the_body_of_an_update_is_refused(name: str) -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    reply = api.patch(f"/sobjects/Lead/{lead}", {name: lead, "Title": "x"})
    message = f"The {name} field should not be specified in the sobject data."
    assert (reply.status, reply.body) == (400, [{"message": message, "errorCode": "INVALID_FIELD"}])
    assert api.read("Lead", lead)["Title"] is None


def test_polymorphic_parent_needs_its_type() -> None:
    api = an_api()
    api.create("Lead", **a_lead(Bookforce_Booking_Id__c="b-1"))
    times = {"StartDateTime": "2026-11-22T10:00:00Z", "DurationInMinutes": 30}
    for attributes in ({}, {"attributes": {"type": "Account"}}):
        who = {**attributes, "Bookforce_Booking_Id__c": "b-1"}
        assert api.post("/sobjects/Event", {"Who": who, **times}).error == (400, "INVALID_FIELD")


def test_setup_objects_cannot_be_written() -> None:
    assert an_api().post("/sobjects/RecordType", {"Name": "x"}).error == (400, "INVALID_TYPE_FOR_OPERATION")


def test_refused_upsert_changes_nothing_in_a_composite_either() -> None:
    api = an_api()
    reply = api.composite(a_part("PATCH", "/sobjects/Lead/Bookforce_Booking_Id__c/b-1", "l", {"LastName": "x"}))
    assert reply.body["compositeResponse"][0]["httpStatusCode"] == 400
    assert api.org.records("Lead") == []
