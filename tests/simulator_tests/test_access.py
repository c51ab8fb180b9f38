"""What a user may see and change: fields made over the Tooling API, and permissions that were lost."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.simulator.settings import BOOKFORCE_FIELDS, CustomField
from tests.simulator_tests.api import Api, a_lead, a_part, an_api, an_event
from tests.simulator_tests.setup import a_field, a_key, a_permission_set, assign, described_fields, grant

KEY = "Booking_Id__c"
NOT_WRITABLE = (
    f"Unable to create/update fields: {KEY}. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)


def an_api_with_a_field() -> Api:
    """Open an org with Lead.Booking_Id__c made, and granted to nobody."""
    api = an_api()
    a_field(api, f"Lead.{KEY}", a_key())
    return api


def granted(api: Api, *, edit: bool = True, fields: tuple[str, ...] = (f"Lead.{KEY}",)) -> tuple[str, str, list[str]]:
    """Grant fields to the API user; return the ids of set, assignment and grants."""
    permission_set = a_permission_set(api)
    grants = grant(api, permission_set, *fields, edit=edit)
    return permission_set, assign(api, permission_set), grants


def sees(api: Api, object_name: str = "Lead", name: str = KEY) -> bool:
    """Ask in each of the ways there are, and expect one answer."""
    described = name in described_fields(api, object_name)
    queried = api.query(f"SELECT {name} FROM {object_name}").status == 200  # noqa: S608
    assert described is queried
    return described


def test_a_field_without_a_grant_is_nowhere() -> None:
    api = an_api_with_a_field()
    lead = api.create("Lead", **a_lead())
    assert KEY not in described_fields(api)
    assert KEY not in api.read("Lead", lead)
    for soql in (
        "SELECT Booking_Id__c FROM Lead",
        "SELECT Id FROM Lead WHERE Booking_Id__c = 'x'",
        "SELECT Id FROM Lead ORDER BY Booking_Id__c",
    ):
        reply = api.query(soql)
        assert reply.error == (400, "INVALID_FIELD")
        assert f"No such column '{KEY}' on entity 'Lead'" in reply.body[0]["message"]


REFUSED: list[tuple[str, str, Any, int, str, str]] = [
    (
        "POST",
        "/sobjects/Lead",
        a_lead(Booking_Id__c="B-1"),
        400,
        "INVALID_FIELD",
        f"No such column '{KEY}' on sobject of type Lead",
    ),
    (
        "PATCH",
        f"/sobjects/Lead/{KEY}/B-1",
        a_lead(),
        404,
        "NOT_FOUND",
        f"Provided external ID field does not exist or is not accessible: {KEY}",
    ),
    (
        "GET",
        f"/sobjects/Lead/{KEY}/B-1",
        None,
        404,
        "NOT_FOUND",
        f"Provided external ID field does not exist or is not accessible: {KEY}",
    ),
    (
        "PATCH",
        f"/composite/sobjects/Lead/{KEY}",
        {"records": []},
        404,
        "NOT_FOUND",
        f"Provided external ID field does not exist or is not accessible: {KEY}",
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code", "message"), REFUSED)
def test_a_field_without_a_grant_is_refused_as_a_missing_one(
    method: str, path: str, body: Any, status: int, code: str, message: str
) -> None:
    reply = an_api_with_a_field().call(method, path, body)
    assert (reply.status, reply.body[0]["errorCode"], reply.body[0]["message"]) == (status, code, message)
    assert "fields" not in reply.body[0]


def test_a_field_that_may_be_read_cannot_be_written() -> None:
    api = an_api_with_a_field()
    granted(api, edit=False)
    field = described_fields(api)[KEY]
    assert (field["createable"], field["updateable"], field["permissionable"]) == (False, False, True)
    lead = api.create("Lead", **a_lead())
    assert api.read("Lead", lead)[KEY] is None
    for reply in (
        api.post("/sobjects/Lead", a_lead(Booking_Id__c="B-1")),
        api.patch(f"/sobjects/Lead/{lead}", {KEY: "B-1"}),
        api.patch(f"/sobjects/Lead/{KEY}/B-1", a_lead()),
    ):
        assert reply.status == 400
        assert reply.body == [
            {"message": NOT_WRITABLE, "errorCode": "INVALID_FIELD_FOR_INSERT_UPDATE", "fields": [KEY]}
        ]


def test_a_field_that_may_be_edited_is_a_key() -> None:
    api = an_api_with_a_field()
    granted(api)
    first = api.patch(f"/sobjects/Lead/{KEY}/B-1", a_lead())
    again = api.patch(f"/sobjects/Lead/{KEY}/B-1", {"Title": "Admiral"})
    assert (first.status, again.status, first.body["id"]) == (201, 200, again.body["id"])
    assert api.rows("SELECT Booking_Id__c FROM Lead") == [{KEY: "B-1"}]
    duplicate = api.post("/sobjects/Lead", a_lead(Booking_Id__c="B-1"))
    assert duplicate.error == (400, "DUPLICATE_VALUE")


def test_a_grant_counts_from_the_next_subrequest_on() -> None:
    api = an_api_with_a_field()
    permission_set = a_permission_set(api)
    assign(api, permission_set)
    body = {
        "ParentId": permission_set,
        "SobjectType": "Lead",
        "Field": f"Lead.{KEY}",
        "PermissionsRead": True,
        "PermissionsEdit": True,
    }
    reply = api.composite(
        a_part("POST", "/sobjects/FieldPermissions", "grant", body),
        a_part("PATCH", f"/sobjects/Lead/{KEY}/B-1", "use", a_lead()),
    )
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [201, 201]


@pytest.mark.parametrize("gone", ["set", "assignment", "grant", "read"])
def test_without_set_assignment_or_grant_the_field_is_hidden_again(gone: str) -> None:
    api = an_api_with_a_field()
    permission_set, assignment, (grant_id,) = granted(api)
    assert sees(api)
    if gone == "read":
        api.patch(f"/sobjects/FieldPermissions/{grant_id}", {"PermissionsRead": False, "PermissionsEdit": False})
    else:
        path = {
            "set": f"PermissionSet/{permission_set}",
            "assignment": f"PermissionSetAssignment/{assignment}",
            "grant": f"FieldPermissions/{grant_id}",
        }[gone]
        assert api.delete(f"/sobjects/{path}").status == 204
    assert not sees(api)


def test_a_grant_is_for_those_who_have_the_set() -> None:
    api = an_api_with_a_field()
    permission_set = a_permission_set(api)
    grant(api, permission_set, f"Lead.{KEY}")
    assign(api, permission_set, "ada.rep@vendor.example")
    assert not sees(api)
    api.org.change(run_as="ada.rep@vendor.example")
    api.token = api.sign_in().body["access_token"]
    assert sees(api)


def test_a_grant_of_the_set_that_a_profile_owns_is_for_all_who_have_the_profile() -> None:
    api = an_api_with_a_field()
    owned = api.rows("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = TRUE AND Profile.Name = 'Standard User'")
    grant(api, str(owned[0]["Id"]), f"Lead.{KEY}")
    assert not sees(api)
    api.org.change(run_as="ben.rep@vendor.example")
    api.token = api.sign_in().body["access_token"]
    assert sees(api)


def test_an_assignment_ends_when_it_expires() -> None:
    api = an_api_with_a_field()
    permission_set = a_permission_set(api)
    grant(api, permission_set, f"Lead.{KEY}")
    assign(api, permission_set, ExpirationDate="2026-11-22T09:30:00Z")
    assert sees(api)
    first = api.get("/sobjects/Lead/describe").headers["Last-Modified"]
    api.clock.pass_by(timedelta(minutes=29))
    assert api.get("/sobjects/Lead/describe", If_Modified_Since=first).status == 304
    api.clock.pass_by(timedelta(minutes=1))
    assert api.get("/sobjects/Lead/describe", If_Modified_Since=first).status == 200
    assert not sees(api)


@pytest.mark.parametrize(("shared", "task_sees"), [(False, False), (True, True)])
def test_event_and_task_share_a_grant_only_where_that_is_set(*, shared: bool, task_sees: bool) -> None:
    api = an_api(activity_grants_are_shared=shared)
    a_field(api, f"Activity.{KEY}", a_key())
    granted(api, fields=(f"Event.{KEY}",))
    assert (sees(api, "Event"), sees(api, "Task")) == (True, task_sees)
    assert api.patch(f"/sobjects/Event/{KEY}/B-1", an_event()).status == 201


def test_grants_for_event_and_task_serve_both() -> None:
    api = an_api()
    a_field(api, f"Activity.{KEY}", a_key())
    granted(api, fields=(f"Event.{KEY}", f"Task.{KEY}"))
    api.create("Event", **an_event(Booking_Id__c="B-1"))
    # The index is Activity's own, whoever may see what of it.
    assert api.post("/sobjects/Task", {"Subject": "x", KEY: "B-1"}).error == (400, "DUPLICATE_VALUE")


def test_values_written_by_one_who_may_stay_unseen_by_one_who_may_not() -> None:
    api = an_api_with_a_field()
    _, assignment, _ = granted(api)
    lead = api.create("Lead", **a_lead(Booking_Id__c="B-1"))
    api.delete(f"/sobjects/PermissionSetAssignment/{assignment}")
    assert KEY not in api.read("Lead", lead)
    api.patch(f"/sobjects/Lead/{lead}", {"Title": "Admiral"})
    assert api.org.records("Lead")[0][KEY] == "B-1"


def test_a_parent_cannot_be_named_by_a_key_unseen() -> None:
    api = an_api()
    a_field(api, "Account.Key__c", a_key())
    body = {"LastName": "x", "Account": {"Key__c": "acme"}}
    reply = api.post("/sobjects/Contact", body)
    message = "Field name provided, Key__c does not match an External ID for Account"
    assert (reply.body[0]["errorCode"], reply.body[0]["message"]) == ("INVALID_FIELD", message)


def test_fields_of_the_settings_and_of_the_control_interface_are_seen_by_all() -> None:
    api = an_api()
    api.org.create_field(CustomField(object="Lead", name="Free__c", label="Free"))
    a_field(api)
    assert {"Bookforce_Booking_Id__c", "Free__c"} <= described_fields(api).keys()
    assert "Pet__c" not in described_fields(api)


def test_fields_of_the_settings_may_be_without_a_grant() -> None:
    hidden = CustomField(object="Lead", name=KEY, label="Key", by_grant=True)
    api = an_api(custom_fields=(*BOOKFORCE_FIELDS, hidden))
    assert not sees(api)
    granted(api)
    assert sees(api)


def test_a_required_field_is_seen_by_all() -> None:
    api = an_api()
    a_field(api, metadata={"label": "Pet", "type": "Text", "length": 9, "required": True})
    assert described_fields(api)["Pet__c"]["nillable"] is False
    assert api.post("/sobjects/Lead", a_lead()).body[0]["fields"] == ["Pet__c"]


def test_a_hidden_standard_field_is_a_missing_one() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(Email="a@example.com"))
    api.org.change(hidden_fields=("Lead.Email",))
    assert not sees(api, "Lead", "Email")
    assert "Email" not in api.read("Lead", lead)
    reply = api.patch(f"/sobjects/Lead/{lead}", {"Email": "b@example.com"})
    assert reply.body == [{"message": "No such column 'Email' on sobject of type Lead", "errorCode": "INVALID_FIELD"}]
    assert api.patch("/sobjects/Lead/Email/a@example.com", {}).error == (404, "NOT_FOUND")
    assert sees(api, "Contact", "Email")
    api.org.change(hidden_fields=())
    assert api.read("Lead", lead)["Email"] == "a@example.com"


def test_a_field_taken_from_everyone_is_hidden_despite_a_grant() -> None:
    api = an_api_with_a_field()
    granted(api)
    api.org.change(hidden_fields=(f"Lead.{KEY}",))
    assert not sees(api)


def test_a_read_only_field_is_shown_but_not_written() -> None:
    api = an_api(read_only_fields=("Activity.Description",))
    for name in ("Event", "Task"):
        field = described_fields(api, name)["Description"]
        assert (field["createable"], field["updateable"]) == (False, False)
    reply = api.post("/sobjects/Event", an_event(Description="x"))
    assert (reply.error, reply.body[0]["fields"]) == ((400, "INVALID_FIELD_FOR_INSERT_UPDATE"), ["Description"])


def test_a_hidden_object_does_not_exist() -> None:
    api = an_api(hidden_objects=("Case",))
    case = api.org.seed("Case", [{"Subject": "x"}])[0]
    assert api.get("/sobjects/Case/describe").error == (404, "NOT_FOUND")
    assert "Case" not in {each["name"] for each in api.get("/sobjects").body["sobjects"]}
    assert api.query("SELECT Id FROM Case").error == (400, "INVALID_TYPE")
    assert api.post("/sobjects/Case", {}).error == (404, "NOT_FOUND")
    assert api.get(f"/sobjects/Case/{case}").error == (404, "NOT_FOUND")
    record = {"attributes": {"type": "Case"}, "Subject": "x"}
    created = api.post("/composite/sobjects", {"records": [record]}).body[0]["errors"][0]
    assert (created["statusCode"], created["message"]) == ("INVALID_TYPE", "sObject type 'Case' is not supported.")
    deleted = api.delete(f"/composite/sobjects?ids={case}").body[0]["errors"][0]
    assert deleted["statusCode"] == "MALFORMED_ID"


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id, (SELECT Id FROM Cases) FROM Account", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Case)", "INVALID_TYPE"),
        ("SELECT TYPEOF What WHEN Case THEN Subject END FROM Event", "INVALID_TYPE"),
        ("SELECT TYPEOF What WHEN Account THEN Website END FROM Event", "INVALID_FIELD"),
        ("SELECT a.Website FROM Contact c, c.Account a", "INVALID_FIELD"),
        ("SELECT Id FROM Account ORDER BY Website", "INVALID_FIELD"),
    ],
)
def test_no_part_of_a_statement_reaches_what_is_hidden(soql: str, code: str) -> None:
    api = an_api()
    assert api.query(soql).status == 200
    api.org.change(hidden_objects=("Case",), hidden_fields=("Account.Website",))
    assert api.query(soql).error == (400, code)


def test_all_fields_are_those_that_are_seen() -> None:
    api = an_api(hidden_fields=("Account.Website",))
    api.create("Account", Name="Acme")
    (shown,) = api.rows("SELECT FIELDS(ALL) FROM Account LIMIT 200")
    assert "Phone" in shown
    assert "Website" not in shown


def test_records_of_a_hidden_object_still_belong_to_what_is_seen() -> None:
    api = an_api(hidden_objects=("Group",))
    api.org.seed("Lead", [a_lead(OwnerId=api.queue("Lead_Queue"))])
    assert api.rows("SELECT Owner.Type FROM Lead")[0]["Owner"]["Type"] == "Queue"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/sobjects/Lead", a_lead()),
        ("PATCH", "/sobjects/Lead/{id}", {"Title": "x"}),
        ("DELETE", "/sobjects/Lead/{id}", None),
        ("DELETE", "/sobjects/Lead/Bookforce_Booking_Id__c/B-1", None),
        ("PATCH", "/sobjects/Lead/Bookforce_Booking_Id__c/B-1", {}),
    ],
)
def test_a_read_only_object_cannot_be_written(method: str, path: str, body: Any) -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(Bookforce_Booking_Id__c="B-1"))
    api.org.change(read_only_objects=("Lead",))
    reply = api.call(method, path.format(id=lead), body)
    assert (reply.status, reply.body) == (
        403,
        [
            {
                "message": "insufficient access rights on object id",
                "errorCode": "INSUFFICIENT_ACCESS_OR_READONLY",
                "fields": [],
            }
        ],
    )
    assert api.read("Lead", lead)["Title"] is None


def test_a_read_only_object_is_described_as_such_and_read() -> None:
    api = an_api(read_only_objects=("Lead",))
    about = api.get("/sobjects/Lead/describe").body
    assert (about["createable"], about["updateable"], about["deletable"], about["queryable"]) == (
        False,
        False,
        False,
        True,
    )
    record = {"attributes": {"type": "Lead"}, **a_lead()}
    result = api.post("/composite/sobjects", {"records": [record]}).body[0]
    assert result["errors"][0]["statusCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_fields": ("Lead.Nothing",)},
        {"read_only_fields": ("Nothing.Email",)},
        {"hidden_objects": ("Nothing",)},
        {"read_only_objects": ("lead",)},
    ],
)
def test_hiding_what_is_not_there_is_a_mistake(settings: dict[str, Any]) -> None:
    api = an_api()
    with pytest.raises(ValueError, match="no such"):
        api.org.change(**settings)
    with pytest.raises(ValueError, match="no such"):
        an_api(**settings)


def test_permissions_are_lost_and_found_over_the_control_interface() -> None:
    api = an_api()

    def control(**settings: Any) -> int:
        return api.send("POST", "/_simulator/settings", orjson.dumps(settings)).status

    assert control(hidden_fields=["Lead.Email"], read_only_objects=["Case"]) == 200
    assert not sees(api, "Lead", "Email")
    assert api.post("/sobjects/Case", {}).error == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert control(hidden_fields=["Lead.Nothing"]) == 400
    assert control(hidden_fields=[], read_only_objects=[]) == 200
    assert sees(api, "Lead", "Email")


@pytest.mark.parametrize("what", ["grant", "hide", "lock", "field"])
def test_describes_that_changed_are_not_304(what: str) -> None:
    api = an_api_with_a_field()
    permission_set, _, _ = granted(api, edit=False)
    first = api.get("/sobjects/Lead/describe").headers["Last-Modified"]
    assert api.get("/sobjects/Lead/describe", If_Modified_Since=first).status == 304
    if what == "grant":
        api.delete(f"/sobjects/PermissionSet/{permission_set}")
    elif what == "field":
        a_field(api)
    else:
        api.org.change(**{"hide": {"hidden_fields": ("Lead.Email",)}, "lock": {"read_only_objects": ("Lead",)}}[what])
    # The clock of this test stands still: even within one second the change shows.
    changed = api.get("/sobjects/Lead/describe", If_Modified_Since=first)
    assert changed.status == 200
    later = changed.headers["Last-Modified"]
    assert api.get("/sobjects/Lead/describe", If_Modified_Since=later).status == 304


def test_nothing_hidden_means_the_schema_itself() -> None:
    api = an_api()
    api.get("/limits")
    assert api.org.state.visible is api.org.state.schema


def test_a_view_is_kept_until_something_changes() -> None:
    api = an_api_with_a_field()
    views = []
    for change in (lambda: None, lambda: api.create("Lead", **a_lead()), lambda: a_permission_set(api)):
        change()
        api.get("/limits")
        views.append(api.org.state.visible)
    assert views[0] is views[1]
    assert views[1] is not views[2]
    assert views[0].objects["Case"] is api.org.state.schema.objects["Case"]
