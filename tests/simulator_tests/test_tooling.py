"""Custom fields over the Tooling API: one row for each refusal, and what creating, changing and deleting does."""

from typing import Any

import pytest

from tests.simulator.ids import with_checksum
from tests.simulator.settings import CustomField
from tests.simulator_tests.api import ROOT, Api, a_lead, a_part, an_api
from tests.simulator_tests.setup import (
    a_field,
    a_key,
    a_permission_set,
    a_text,
    assign,
    described_fields,
    grant,
    make_field,
    tooling_query,
)

TYPES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (a_text(), {"type": "string", "length": 40, "nillable": True}),
    (a_key(), {"type": "string", "externalId": True, "unique": True, "caseSensitive": True, "idLookup": True}),
    (a_text(required=True), {"type": "string", "nillable": False}),
    ({"label": "L", "type": "TextArea"}, {"type": "textarea", "length": 255}),
    ({"label": "L", "type": "LongTextArea", "length": 32768, "visibleLines": 3}, {"type": "textarea", "length": 32768}),
    ({"label": "L", "type": "Checkbox", "defaultValue": "true"}, {"type": "boolean", "defaultValue": True}),
    ({"label": "L", "type": "Checkbox", "defaultValue": False}, {"type": "boolean", "nillable": False, "length": 0}),
    ({"label": "L", "type": "Date"}, {"type": "date", "soapType": "xsd:date"}),
    ({"label": "L", "type": "DateTime"}, {"type": "datetime"}),
    ({"label": "L", "type": "Email", "externalId": True}, {"type": "email", "length": 80, "externalId": True}),
    ({"label": "L", "type": "Number", "precision": 6, "scale": 2}, {"type": "double", "precision": 6, "scale": 2}),
    ({"label": "L", "type": "Phone"}, {"type": "phone", "length": 40}),
    ({"label": "L", "type": "Url"}, {"type": "url", "length": 255}),
    (
        {"label": "L", "type": "Lookup", "referenceTo": "Account", "relationshipName": "Pets"},
        {"type": "reference", "length": 18, "referenceTo": ["Account"], "relationshipName": "Pet__r"},
    ),
]


def a_picklist(*values: str, restricted: bool = True) -> dict[str, Any]:
    definition = {"value": [{"valueName": value, "label": value, "default": False} for value in values]}
    return {
        "label": "Pet",
        "type": "Picklist",
        "valueSet": {"restricted": restricted, "valueSetDefinition": definition},
    }


def granted(api: Api, *fields: str) -> None:
    permission_set = a_permission_set(api)
    grant(api, permission_set, *fields)
    assign(api, permission_set)


@pytest.mark.parametrize(("metadata", "described"), TYPES)
def test_a_field_of_each_type_is_described_as_it_was_made(metadata: dict[str, Any], described: dict[str, Any]) -> None:
    api = an_api()
    field_id = a_field(api, metadata=metadata)
    if not metadata.get("required"):  # a required field needs no grant, and takes none
        granted(api, "Lead.Pet__c")
    field = described_fields(api)["Pet__c"]
    assert {name: field[name] for name in described} == described
    assert (field["custom"], field["label"]) == (True, metadata["label"])
    shown = api.get(f"/tooling/sobjects/CustomField/{field_id}").body["Metadata"]
    assert shown["type"] == metadata["type"]


def test_a_picklist_has_its_values_and_refuses_others_when_restricted() -> None:
    api = an_api()
    a_field(api, metadata=a_picklist("Cat", "Dog"))
    a_field(api, "Lead.Toy__c", a_picklist("Ball", restricted=False))
    granted(api, "Lead.Pet__c", "Lead.Toy__c")
    field = described_fields(api)["Pet__c"]
    assert ([each["value"] for each in field["picklistValues"]], field["restrictedPicklist"]) == (["Cat", "Dog"], True)
    refused = api.post("/sobjects/Lead", a_lead(Pet__c="Cow"))
    assert refused.error == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert api.post("/sobjects/Lead", a_lead(Pet__c="Cat", Toy__c="Bone")).status == 201


def test_values_are_held_against_the_field_made() -> None:
    api = an_api()
    number = {"label": "Weight", "type": "Number", "precision": 4, "scale": 1}
    lookup = {"label": "Vet", "type": "Lookup", "referenceTo": "Account", "relationshipName": "Vets"}
    a_field(api, "Lead.Weight__c", number)
    a_field(api, "Lead.Vet__c", lookup)
    a_field(api, "Lead.Chipped__c", {"label": "Chipped", "type": "Checkbox", "defaultValue": True})
    granted(api, "Lead.Weight__c", "Lead.Vet__c", "Lead.Chipped__c")
    vet = api.create("Account", Name="Vet")
    lead = api.create("Lead", **a_lead(Weight__c=999.5, Vet__c=vet))
    assert api.rows("SELECT Weight__c, Chipped__c, Vet__r.Name FROM Lead") == [
        {
            "Weight__c": 999.5,
            "Chipped__c": True,
            "Vet__r": {
                "attributes": {"type": "Account", "url": f"{ROOT}/sobjects/Account/{vet}"},
                "Name": "Vet",
            },
        }
    ]
    refused = api.patch(f"/sobjects/Lead/{lead}", {"Weight__c": 1000})
    assert refused.error == (400, "NUMBER_OUTSIDE_VALID_RANGE")
    assert api.patch(f"/sobjects/Lead/{lead}", {"Vet__c": lead}).error == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_a_number_is_a_key_however_it_is_written() -> None:
    api = an_api()
    number = {"label": "Number", "type": "Number", "precision": 9, "scale": 0, "externalId": True, "unique": True}
    a_field(api, "Lead.Number__c", number)
    granted(api, "Lead.Number__c")
    statuses = [api.patch(f"/sobjects/Lead/Number__c/{key}", a_lead()).status for key in ("7", "7.0", "8")]
    assert statuses == [201, 200, 201]
    assert api.post("/sobjects/Lead", a_lead(Number__c=7)).error == (400, "DUPLICATE_VALUE")
    assert api.rows("SELECT Number__c FROM Lead WHERE Number__c = 7") == [{"Number__c": 7.0}]
    assert api.patch("/sobjects/Lead/Number__c/seven", a_lead()).error == (400, "JSON_PARSER_ERROR")


API_NAME = (
    "The Custom Field API Name can only contain underscores and alphanumeric characters. It must be unique, begin with "
    "a letter, not include spaces, not end with an underscore, and not contain two consecutive underscores."
)
FOREIGN = (
    "Cannot create a new component with the namespace: Vendor.  Only components in the same namespace as the "
    "organization can be created through the API"
)
NO_TYPE = (
    "Cannot deserialize instance of FieldType from VALUE_STRING value {} or request may be missing a required field at "
    "[line:1, column:2]"
)
FIELD = "FIELD_INTEGRITY_EXCEPTION"
REFUSALS: list[tuple[str, Any, str, str, list[str] | None]] = [
    (
        "Event.Pet__c",
        a_text(),
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Entity Enumeration Or ID: bad value for restricted picklist field: Event",
        ["TableEnumOrId"],
    ),
    (
        "Nothing.Pet__c",
        a_text(),
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Entity Enumeration Or ID: bad value for restricted picklist field: Nothing",
        ["TableEnumOrId"],
    ),
    ("", a_text(), "REQUIRED_FIELD_MISSING", "Required fields are missing: [FullName]", ["FullName"]),
    ("Lead.Pet", a_text(), FIELD, "Could not resolve standard field's name.", ["FullName"]),
    ("Lead.My Pet__c", a_text(), FIELD, API_NAME, ["Name"]),
    ("Lead.Pet___c", a_text(), FIELD, API_NAME, ["Name"]),
    (
        "Lead.Vendor__Pet__c",
        a_text(),
        FIELD,
        FOREIGN,
        ["FullName"],
    ),
    (
        f"Lead.{'x' * 41}__c",
        a_text(),
        "STRING_TOO_LONG",
        f"Developer Name: data value too large: {'x' * 41} (max length=40)",
        ["DeveloperName"],
    ),
    ("Lead.Pet__c", "x", "REQUIRED_FIELD_MISSING", "Required fields are missing: [Metadata]", ["Metadata"]),
    (
        "Lead.Pet__c",
        a_text(label=" "),
        "REQUIRED_FIELD_MISSING",
        "Must specify a non-empty label for the CustomField",
        ["label"],
    ),
    (
        "Lead.Pet__c",
        a_text(label="x" * 41),
        "STRING_TOO_LONG",
        f"Master Label: data value too large: {'x' * 41} (max length=40)",
        ["MasterLabel"],
    ),
    ("Lead.Pet__c", {"label": "Pet"}, FIELD, "Must specify 'type' for a CustomField", ["type"]),
    (
        "Lead.Pet__c",
        a_text(type="Texty"),
        "JSON_PARSER_ERROR",
        NO_TYPE.format("Texty"),
        None,
    ),
    (
        "Lead.Pet__c",
        a_text(length="x"),
        "JSON_PARSER_ERROR",
        "Cannot deserialize instance of int from value x at [line:1, column:2]",
        None,
    ),
    (
        "Lead.Pet__c",
        {"label": "Pet", "type": "Text"},
        FIELD,
        "Must specify 'length' for a CustomField of type Text",
        ["length"],
    ),
    ("Lead.Pet__c", a_text(length=256), FIELD, "Value for 'length' must be between 1 and 255: 256", ["length"]),
    ("Lead.Pet__c", a_text(length=0), FIELD, "Value for 'length' must be between 1 and 255: 0", ["length"]),
    (
        "Lead.Pet__c",
        {"label": "Pet", "type": "Checkbox"},
        FIELD,
        "Must specify 'defaultValue' for a CustomField of type Checkbox",
        ["defaultValue"],
    ),
    (
        "Lead.Pet__c",
        {"label": "Pet", "type": "TextArea", "length": 255},
        FIELD,
        "Can not specify 'length' for a CustomField of type TextArea",
        ["length"],
    ),
    (
        "Lead.Pet__c",
        {"label": "Pet", "type": "LongTextArea", "length": 1000, "visibleLines": 3, "required": True},
        FIELD,
        "Can not specify 'required' for a CustomField of type LongTextArea",
        ["required"],
    ),
    (
        "Lead.Pet__c",
        {"label": "Pet", "type": "Phone", "externalId": True},
        FIELD,
        "Can not specify 'externalId' for a CustomField of type Phone",
        ["externalId"],
    ),
    (
        "Lead.Pet__c",
        a_picklist(),
        FIELD,
        "At least one value is required to create this picklist.",
        ["valueSet"],
    ),
    (
        "Lead.Pet__c",
        {"label": "Pet", "type": "Number", "precision": 19, "scale": 0},
        FIELD,
        "Value for 'precision' must be between 1 and 18: 19",
        ["precision"],
    ),
    (
        "Lead.Pet__c",
        {"label": "Pet", "type": "Lookup", "referenceTo": "Cat__c", "relationshipName": "Pets"},
        FIELD,
        "'Cat__c' does not resolve to a valid sObject type",
        ["referenceTo"],
    ),
    (
        "Lead.bookforce_Booking_Id__c",
        a_text(),
        "DUPLICATE_DEVELOPER_NAME",
        "There is already a field named bookforce_Booking_Id on Lead.",
        ["DeveloperName"],
    ),
]


@pytest.mark.parametrize(("full_name", "metadata", "code", "message", "fields"), REFUSALS)
def test_a_field_that_cannot_be_is_refused(
    full_name: str, metadata: Any, code: str, message: str, fields: list[str] | None
) -> None:
    api = an_api()
    reply = make_field(api, full_name, metadata)
    expected = {"message": message, "errorCode": code} | ({} if fields is None else {"fields": fields})
    assert (reply.status, reply.body) == (400, [expected])


def test_a_body_that_is_no_object_is_refused() -> None:
    assert an_api().post("/tooling/sobjects/CustomField", [1]).error == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("name", ["label", "type", "length", "externalId", "valueSet", "referenceTo", "description"])
@pytest.mark.parametrize("value", [[], [{}], {"x": []}, -1.5, "\u0000", True])
def test_no_metadata_is_too_strange_to_be_answered(name: str, value: Any) -> None:
    api = an_api()
    for metadata in (a_text(**{name: value}), a_picklist("Cat") | {name: value}):
        assert make_field(api, "Lead.Pet__c", metadata).status in {201, 400}
    field_id = a_field(api, "Lead.Toy__c")
    body = {"FullName": value, "Metadata": a_text()}
    assert api.post("/tooling/sobjects/CustomField", body).status == 400
    assert api.patch(f"/tooling/sobjects/CustomField/{field_id}", body).status == 400


def test_an_object_has_at_most_25_external_ids() -> None:
    keys = tuple(CustomField(object="Lead", name=f"K{n}__c", label="K", external_id=True) for n in range(25))
    api = an_api(custom_fields=keys)
    reply = make_field(api, "Lead.One_More__c", a_key())
    assert reply.error == (400, "CUSTOM_FIELD_INDEX_LIMIT_EXCEEDED")
    assert make_field(api, "Lead.No_Key__c").status == 201
    assert make_field(api, "Contact.One_More__c", a_key()).status == 201


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PATCH", "/{id}"), ("DELETE", "/{id}")])
def test_changing_fields_needs_customize_application(method: str, path: str) -> None:
    api = an_api()
    field_id = a_field(api)
    api.org.change(customize_application=False)
    body = {"FullName": "Lead.Toy__c", "Metadata": a_text()}
    reply = api.call(method, f"/tooling/sobjects/CustomField{path.format(id=field_id)}", body)
    assert (reply.status, reply.body) == (
        403,
        [{"message": "insufficient access rights on object id", "errorCode": "INSUFFICIENT_ACCESS", "fields": []}],
    )


def test_a_field_is_answered_with_its_id_and_place() -> None:
    reply = make_field(an_api(), "Activity.Pet__c")
    field_id = reply.body["id"]
    assert reply.status == 201
    assert reply.body == {"id": field_id, "success": True, "errors": [], "warnings": [], "infos": []}
    assert field_id.startswith("00N")
    assert reply.headers["Location"] == f"{ROOT}/tooling/sobjects/CustomField/{field_id}"


def test_the_fields_that_the_org_had_are_queried_too() -> None:
    api = an_api()
    columns = "DeveloperName, TableEnumOrId, NamespacePrefix"
    reply = tooling_query(api, f"SELECT {columns} FROM CustomField ORDER BY DeveloperName, TableEnumOrId")  # noqa: S608
    rows = [tuple(row[name] for name in columns.split(", ")) for row in reply.body["records"]]
    assert rows == [
        ("Bookforce_Account_Key", "Account", None),
        *[("Bookforce_Booking_Id", name, None) for name in ("Activity", "Case", "Contact", "Lead")],
        ("Cancel_reschedule_reason", "Activity", "ScheduleOnce"),
        ("Event_status", "Activity", "ScheduleOnce"),
    ]
    assert (reply.body["size"], reply.body["totalSize"], reply.body["done"]) == (7, 7, True)
    assert reply.body["entityTypeName"] == "CustomField"


def test_metadata_is_queried_for_one_field_alone() -> None:
    api = an_api()
    field_id = a_field(api, metadata=a_key(description="Which booking"))
    one = tooling_query(api, f"SELECT FullName, Metadata FROM CustomField WHERE Id = '{field_id}'").body["records"][0]  # noqa: S608
    assert (one["FullName"], one["Metadata"]["description"]) == ("Lead.Pet__c", "Which booking")
    assert one["attributes"]["url"] == f"{ROOT}/tooling/sobjects/CustomField/{field_id}"
    several = tooling_query(api, "SELECT Metadata FROM CustomField")
    assert several.body == [
        {
            "message": "When retrieving results with Metadata or FullName fields, the query qualifications must "
            "specify no more than one row for retrieval. Result size: 8",
            "errorCode": "MALFORMED_QUERY",
        }
    ]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/tooling/query", (400, "MALFORMED_QUERY")),
        ("/tooling/query?q=SELECT+Id+FROM+Lead", (400, "INVALID_TYPE")),
        ("/query?q=SELECT+Id+FROM+CustomField", (400, "INVALID_TYPE")),
        ("/sobjects/CustomField/describe", (404, "NOT_FOUND")),
        ("/tooling/sobjects/CustomField/00N5e0000000ZZZ", (404, "NOT_FOUND")),
        ("/tooling/sobjects/Nothing", (404, "NOT_FOUND")),
    ],
)
def test_what_the_tooling_api_has_the_data_api_has_not(path: str, error: tuple[int, str]) -> None:
    assert an_api().get(path).error == error


def test_the_tooling_api_describes_itself() -> None:
    api = an_api()
    assert [each["name"] for each in api.get("/tooling/sobjects").body["sobjects"]] == ["CustomField"]
    fields = {each["name"] for each in api.get("/tooling/sobjects/CustomField/describe").body["fields"]}
    assert {"Id", "DeveloperName", "TableEnumOrId", "NamespacePrefix", "Metadata", "FullName"} <= fields


def test_metadata_can_be_changed() -> None:
    api = an_api()
    field_id = a_field(api)
    granted(api, "Lead.Pet__c")
    lead = api.create("Lead", **a_lead(Pet__c="Cat"))
    path = f"/tooling/sobjects/CustomField/{field_id}"
    assert api.patch(path, {"FullName": "Lead.Pet__c", "Metadata": a_key()}).status == 204
    assert described_fields(api)["Pet__c"]["label"] == "Booking ID"
    assert api.get("/sobjects/Lead/Pet__c/Cat").body["Id"] == lead


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"FullName": "Lead.Toy__c", "Metadata": a_text()}, "Cannot change the full name of a field"),
        ({"Metadata": {"label": "Pet", "type": "Date"}}, "Cannot change which type a field is of"),
    ],
)
def test_name_and_type_of_a_field_stay(body: dict[str, Any], message: str) -> None:
    api = an_api()
    reply = api.patch(f"/tooling/sobjects/CustomField/{a_field(api)}", body)
    assert (reply.status, reply.body[0]["errorCode"], reply.body[0]["message"]) == (400, FIELD, message)


def test_a_deleted_field_takes_its_values_and_grants_along() -> None:
    api = an_api()
    field_id = a_field(api)
    granted(api, "Lead.Pet__c")
    lead = api.create("Lead", **a_lead(Pet__c="Cat"))
    assert api.delete(f"/tooling/sobjects/CustomField/{field_id}").status == 204
    assert "Pet__c" not in described_fields(api)
    assert api.rows("SELECT Id FROM FieldPermissions") == []
    assert tooling_query(api, f"SELECT Id FROM CustomField WHERE Id = '{field_id}'").body["totalSize"] == 0  # noqa: S608
    a_field(api)
    permission_set = a_permission_set(api, "Again")
    grant(api, permission_set, "Lead.Pet__c")
    assign(api, permission_set)
    assert api.read("Lead", lead)["Pet__c"] is None


def test_several_fields_are_made_in_one_tooling_composite() -> None:
    api = an_api()
    body = {"FullName": "Lead.Pet__c", "Metadata": a_text()}
    other = {"FullName": "Contact.Pet__c", "Metadata": a_text()}
    find = "/tooling/query?q=SELECT+Id+FROM+CustomField+WHERE+DeveloperName='Pet'"
    reply = api.post(
        "/tooling/composite",
        {
            "compositeRequest": [
                a_part("POST", "/tooling/sobjects/CustomField", "a", body),
                a_part("POST", "/tooling/sobjects/CustomField", "b", other),
                a_part("GET", find, "c"),
            ]
        },
    )
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [201, 201, 200]
    assert reply.body["compositeResponse"][2]["body"]["totalSize"] == 2


def test_a_tooling_composite_that_fails_leaves_the_fields_as_they_were() -> None:
    api = an_api()
    kept, changed = a_field(api, "Lead.Kept__c"), a_field(api, "Lead.Changed__c", a_key())
    granted(api, "Lead.Kept__c", "Lead.Changed__c")
    lead = api.create("Lead", **a_lead(Kept__c="Cat", Changed__c="B-1"))
    path = "/tooling/sobjects/CustomField"
    reply = api.post(
        "/tooling/composite",
        {
            "allOrNone": True,
            "compositeRequest": [
                a_part("POST", path, "a", {"FullName": "Lead.Pet__c", "Metadata": a_text()}),
                a_part("DELETE", f"{path}/{kept}", "b"),
                a_part("PATCH", f"{path}/{changed}", "c", {"Metadata": a_text(label="Other")}),
                a_part("POST", path, "d", {"FullName": "Lead.Kept__c"}),
            ],
        },
    )
    codes = [part["body"][0]["errorCode"] for part in reply.body["compositeResponse"]]
    assert codes == [*["PROCESSING_HALTED"] * 3, "REQUIRED_FIELD_MISSING"]
    assert make_field(api, "Lead.Pet__c").status == 201
    assert (api.read("Lead", lead)["Kept__c"], described_fields(api)["Changed__c"]["label"]) == ("Cat", "Booking ID")
    assert api.get("/sobjects/Lead/Changed__c/B-1").body["Id"] == lead


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("/composite", "/tooling/sobjects/CustomField/describe"),
        ("/tooling/composite", "/sobjects/Lead/describe"),
        ("/tooling/composite", ""),
    ],
)
def test_neither_composite_performs_what_is_the_others(outer: str, inner: str) -> None:
    reply = an_api().post(outer, {"compositeRequest": [a_part("GET", inner, "a")]})
    part = reply.body["compositeResponse"][0]
    assert (part["httpStatusCode"], part["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")


def test_an_unknown_field_cannot_be_deleted() -> None:
    missing = with_checksum("00N5e0000000ZZZ")
    assert an_api().delete(f"/tooling/sobjects/CustomField/{missing}").error == (404, "NOT_FOUND")


def test_fields_survive_a_reset_but_their_grants_do_not() -> None:
    api = an_api()
    a_field(api)
    granted(api, "Lead.Pet__c")
    first = api.get("/sobjects/Lead/describe")
    api.org.reset()
    again = api.get("/sobjects/Lead/describe", If_Modified_Since=first.headers["Last-Modified"])
    assert again.status == 200
    assert "Pet__c" not in {field["name"] for field in again.body["fields"]}
    assert make_field(api, "Lead.Pet__c").error == (400, "DUPLICATE_DEVELOPER_NAME")
