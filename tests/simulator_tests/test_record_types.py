from typing import Any

import orjson
import pytest

from tests.simulator.ids import with_checksum
from tests.simulator.settings import CustomField, RecordType, RecordTypeValues
from tests.simulator.setup.record_types import MASTER
from tests.simulator_tests.api import ROOT, Api, Reply, a_lead, an_api, select

DEMO = RecordType(object="Lead", developer_name="Demo", name="Demo lead")
SALES = RecordType(object="Lead", developer_name="Sales", name="Sales lead", default=True)
RETIRED = RecordType(object="Lead", developer_name="Retired", name="Retired lead", active=False)
SECRET = RecordType(object="Lead", developer_name="Secret", name="Secret lead", available=False)
SUPPORT = RecordType(object="Case", developer_name="Support", name="Support")
TYPES = (DEMO, SALES, RETIRED, SECRET, SUPPORT)
UNKNOWN = with_checksum("0128M0000004HVO")
SIZE = CustomField(
    object="Lead", name="Size__c", label="Size", type="picklist", picklist=("S", "M", "L"), restricted=True
)
STATUS = RecordTypeValues(
    field="Status", values=("Working - Contacted", "Closed - Converted"), default="Working - Contacted"
)
SMALL = RecordType(
    object="Lead",
    developer_name="Small",
    name="Small",
    picklists=(RecordTypeValues(field="Size__c", values=("S", "M"), default="S"), STATUS),
)


def id_of(api: Api, developer_name: str) -> str:
    return next(str(row["Id"]) for row in api.org.records("RecordType") if row["DeveloperName"] == developer_name)


def control(api: Api, body: Any, path: str = "record_types") -> Reply:
    return api.send("POST", f"/_simulator/{path}", orjson.dumps(body))


def infos(api: Api, object_name: str) -> list[dict[str, Any]]:
    return list(api.get(f"/sobjects/{object_name}/describe").body["recordTypeInfos"])


def fields(api: Api, object_name: str) -> set[str]:
    return {field["name"] for field in api.get(f"/sobjects/{object_name}/describe").body["fields"]}


def invalid(row_id: str) -> list[dict[str, Any]]:
    message = f"Record Type ID: this ID value isn't valid for the user: {row_id}"
    return [{"message": message, "errorCode": "INVALID_CROSS_REFERENCE_KEY", "fields": ["RecordTypeId"]}]


def test_describe_lists_every_type_and_master_at_the_end() -> None:
    api = an_api(record_types=TYPES)
    listed = infos(api, "Lead")
    assert [(i["developerName"], i["active"], i["available"], i["defaultRecordTypeMapping"]) for i in listed] == [
        ("Demo", True, True, False),
        ("Sales", True, True, True),
        ("Retired", False, True, False),
        ("Secret", True, False, False),
        ("Master", True, True, False),
    ]
    assert listed[0] == {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": False,
        "developerName": "Demo",
        "master": False,
        "name": "Demo lead",
        "recordTypeId": id_of(api, "Demo"),
        "urls": {"layout": f"{ROOT}/sobjects/Lead/describe/layouts/{id_of(api, 'Demo')}"},
    }
    assert (listed[-1]["recordTypeId"], listed[-1]["master"]) == (MASTER, True)


def test_master_is_the_default_where_no_type_is() -> None:
    api = an_api(record_types=TYPES)
    assert [(i["developerName"], i["defaultRecordTypeMapping"]) for i in infos(api, "Case")] == [
        ("Support", False),
        ("Master", True),
    ]


def test_objects_with_types_have_the_field_and_account_always_has() -> None:
    api = an_api(record_types=TYPES)
    have = {name for name in ("Lead", "Contact", "Account", "Case", "Event") if "RecordTypeId" in fields(api, name)}
    assert have == {"Lead", "Account", "Case"}
    assert api.post("/sobjects/Contact", {"LastName": "x", "RecordTypeId": UNKNOWN}).error == (400, "INVALID_FIELD")


def test_types_are_rows_that_can_be_queried() -> None:
    api = an_api(record_types=TYPES)
    where = "SobjectType = 'Lead' AND IsActive = true ORDER BY Name"
    assert api.rows(select("Id, Name, DeveloperName, SobjectType, IsActive", "RecordType", where)) == [
        {
            "Id": id_of(api, each.developer_name),
            "Name": each.name,
            "DeveloperName": each.developer_name,
            "SobjectType": "Lead",
            "IsActive": True,
        }
        for each in (DEMO, SALES, SECRET)
    ]


@pytest.mark.parametrize(("on", "status"), [(True, 200), (False, 400)])
def test_person_types_are_told_apart_only_where_there_are_people(on: bool, status: int) -> None:
    # "No such column 'IsPersonType' on entity 'RecordType'" is what orgs without Person Accounts answer.
    assert an_api(person_accounts=on).query("SELECT IsPersonType FROM RecordType").status == status


def test_records_show_their_type_through_the_relationship() -> None:
    api = an_api(record_types=TYPES)
    row_id = api.create("Lead", **a_lead(RecordTypeId=id_of(api, "Demo")))
    found = api.rows(select("RecordType.Name, RecordType.DeveloperName", "Lead", "RecordType.DeveloperName = 'Demo'"))
    assert [{k: v for k, v in row["RecordType"].items() if k != "attributes"} for row in found] == [
        {"Name": "Demo lead", "DeveloperName": "Demo"}
    ]
    assert api.read("Lead", row_id)["RecordTypeId"] == id_of(api, "Demo")


@pytest.mark.parametrize(
    ("object_name", "sent", "kept"),
    [
        ("Lead", {}, "Sales"),
        ("Lead", {"RecordTypeId": None}, "Sales"),
        ("Lead", {"RecordTypeId": MASTER}, None),
        ("Case", {}, None),
    ],
)
def test_new_records_get_the_default_of_the_profile(object_name: str, sent: dict[str, Any], kept: str | None) -> None:
    api = an_api(record_types=TYPES)
    row_id = api.create(object_name, **(a_lead(**sent) if object_name == "Lead" else sent))
    assert api.read(object_name, row_id)["RecordTypeId"] == (id_of(api, kept) if kept else None)


def test_type_can_be_changed_and_taken_away() -> None:
    api = an_api(record_types=TYPES)
    row_id = api.create("Lead", **a_lead())
    for sent, kept in (("Demo", "Demo"), (MASTER, None), ("Sales", "Sales"), (None, None)):
        named = id_of(api, sent) if sent in {"Demo", "Sales"} else sent
        assert api.patch(f"/sobjects/Lead/{row_id}", {"RecordTypeId": named}).status == 204
        assert api.read("Lead", row_id)["RecordTypeId"] == (id_of(api, kept) if kept else None)


@pytest.mark.parametrize("name", ["Retired", "Secret", "Support", None])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_type_that_the_user_cannot_give_is_refused(name: str | None, method: str) -> None:
    api = an_api(record_types=TYPES)
    row_id = api.create("Lead", **a_lead())
    sent = id_of(api, name) if name else UNKNOWN
    path = "/sobjects/Lead" if method == "POST" else f"/sobjects/Lead/{row_id}"
    reply = api.call(method, path, a_lead(RecordTypeId=sent))
    assert (reply.status, reply.body) == (400, invalid(sent))
    assert len(api.org.records("Lead")) == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("nonsense", "MALFORMED_ID"),
        ("0128M0000004HVOAAA", "MALFORMED_ID"),
        (with_checksum("0018M0000004HVO"), "FIELD_INTEGRITY_EXCEPTION"),
    ],
)
def test_id_that_is_none_of_a_type_is_refused(sent: str, code: str) -> None:
    reply = an_api(record_types=TYPES).post("/sobjects/Lead", a_lead(RecordTypeId=sent))
    message = f"Record Type ID: id value of incorrect type: {sent}"
    assert (reply.status, reply.body) == (
        400,
        [{"message": message, "errorCode": code, "fields": ["RecordTypeId"]}],
    )


def test_account_has_the_field_but_no_types_of_its_own() -> None:
    api = an_api()
    assert [info["developerName"] for info in infos(api, "Account")] == ["Master"]
    reply = api.post("/sobjects/Account", {"Name": "x", "RecordTypeId": UNKNOWN})
    assert (reply.status, reply.body) == (400, invalid(UNKNOWN))


def test_type_sets_its_own_defaults() -> None:
    api = an_api(record_types=(SMALL,), custom_fields=(SIZE,))
    typed = api.read("Lead", api.create("Lead", **a_lead(RecordTypeId=id_of(api, "Small"))))
    plain = api.read("Lead", api.create("Lead", **a_lead()))
    sent = api.read("Lead", api.create("Lead", **a_lead(RecordTypeId=id_of(api, "Small"), Size__c="M", Status=None)))
    assert [(row["Size__c"], row["Status"]) for row in (typed, plain, sent)] == [
        ("S", "Working - Contacted"),
        (None, "Open - Not Contacted"),
        ("M", "Working - Contacted"),
    ]


@pytest.mark.parametrize(("enforced", "statuses"), [(True, (400, 400)), (False, (201, 204))])
def test_type_narrows_a_restricted_picklist(enforced: bool, statuses: tuple[int, int]) -> None:
    api = an_api(record_types=(SMALL,), custom_fields=(SIZE,), enforce_restricted_picklists=enforced)
    small = id_of(api, "Small")
    row_id = api.create("Lead", **a_lead(RecordTypeId=small))
    replies = (
        api.post("/sobjects/Lead", a_lead(Size__c="L", RecordTypeId=small)),
        api.patch(f"/sobjects/Lead/{row_id}", {"Size__c": "L"}),
    )
    assert tuple(reply.status for reply in replies) == statuses
    if enforced:
        message = "Size: bad value for restricted picklist field: L"
        code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        assert all(reply.body == [{"message": message, "errorCode": code, "fields": ["Size__c"]}] for reply in replies)


def test_unrestricted_picklists_and_other_types_take_what_the_field_takes() -> None:
    api = an_api(record_types=(SMALL,), custom_fields=(SIZE,))
    small = id_of(api, "Small")
    assert api.post("/sobjects/Lead", a_lead(Status="Open - Not Contacted", RecordTypeId=small)).status == 201
    assert api.post("/sobjects/Lead", a_lead(Size__c="L")).status == 201
    row_id = api.create("Lead", **a_lead(Size__c="L"))
    assert api.patch(f"/sobjects/Lead/{row_id}", {"RecordTypeId": small}).status == 204


def test_type_can_be_added_while_the_org_runs() -> None:
    api = an_api()
    before = api.get("/sobjects/Lead/describe")
    api.clock.pass_by(api.org.state.settings.session_lifetime / 2)
    given = {
        "object": "Lead",
        "developer_name": "Demo",
        "name": "Demo lead",
        "default": True,
        "picklists": [{"field": "Status", "values": list(STATUS.values), "default": STATUS.default}],
    }
    assert control(api, given).status == 200
    after = api.get("/sobjects/Lead/describe", If_Modified_Since=before.headers["Last-Modified"])
    assert [info["developerName"] for info in after.body["recordTypeInfos"]] == ["Demo", "Master"]
    row = api.read("Lead", api.create("Lead", **a_lead()))
    assert (row["RecordTypeId"], row["Status"]) == (id_of(api, "Demo"), "Working - Contacted")


def test_type_can_be_deactivated_while_the_org_runs() -> None:
    api = an_api(record_types=TYPES)
    sales = id_of(api, "Sales")
    row_id = api.create("Lead", **a_lead())
    control(api, {"object": "Lead", "developer_name": "Sales", "name": "Sales lead", "active": False})
    assert api.post("/sobjects/Lead", a_lead(RecordTypeId=sales)).body == invalid(sales)
    assert api.patch(f"/sobjects/Lead/{row_id}", {"Title": "CEO"}).status == 204
    assert api.read("Lead", row_id)["RecordTypeId"] == sales
    assert api.read("Lead", api.create("Lead", **a_lead()))["RecordTypeId"] is None
    assert api.rows(select("Id", "RecordType", "DeveloperName = 'Sales' AND IsActive = false")) == [{"Id": sales}]


def test_only_one_type_is_the_default() -> None:
    api = an_api(record_types=TYPES)
    control(api, {"object": "Lead", "developer_name": "Demo", "name": "Demo lead", "default": True})
    assert [info["developerName"] for info in infos(api, "Lead") if info["defaultRecordTypeMapping"]] == ["Demo"]


def test_types_keep_their_ids_when_the_org_is_reset() -> None:
    api = an_api(record_types=TYPES, person_accounts=True)
    control(api, {"object": "Event", "developer_name": "Call", "name": "Call"})
    control(api, {"object": "Account", "developer_name": "PersonAccount", "name": "Person Account", "person": True})
    before = {row["DeveloperName"]: row["Id"] for row in api.org.records("RecordType")}
    assert control(api, {}, "reset").status == 200
    assert {row["DeveloperName"]: row["Id"] for row in api.org.records("RecordType")} == before


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"object": "Nothing"}, "no object Nothing"),
        ({"person": True}, "person types are for Account, with Person Accounts on"),
        ({"picklists": [{"field": "Status", "values": ["Nope"]}]}, "Status has no value Nope"),
        ({"picklists": [{"field": "Company", "values": []}]}, "Company has no value"),
        ({"picklists": [{"field": "Status", "values": ["Closed - Converted"]}]}, "Open - Not Contacted of Status is"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_type_that_no_org_could_have_is_refused(given: dict[str, Any], told: str) -> None:
    api = an_api()
    reply = control(api, {"object": "Lead", "developer_name": "Demo", "name": "Demo", **given})
    assert reply.error == (400, "INVALID_INPUT")
    assert told in reply.body[0]["message"]
    assert "RecordTypeId" not in fields(api, "Lead")


@pytest.mark.parametrize("name", ["record_types", "person_accounts", "lead_company_optional_with_person_accounts"])
def test_what_describe_is_made_from_is_no_setting_to_turn(name: str) -> None:
    reply = control(an_api(), {name: True}, "settings")
    assert reply.error == (400, "INVALID_INPUT")
    assert name in reply.body[0]["message"]


def test_types_are_not_seeded_as_rows() -> None:
    reply = control(an_api(), {"Name": "Demo", "DeveloperName": "Demo"}, "records/RecordType")
    assert reply.error == (400, "INVALID_INPUT")
