"""Every way in which Salesforce says no that clients are known to meet, and how this org produces it."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.simulator.messages import Request
from tests.simulator_tests.api import ROOT, Api, Reply, a_lead, a_part, an_api, an_event

KEY = "Bookforce_Booking_Id__c"
NO_FIELDS_KEY: list[str] | None = None
Said = tuple[int, str, str]
Provoke = Callable[[Api], Said]

LOCKED = "unable to obtain exclusive access to this record or 1 records: 0035c00002abcde"
GACK = "An unexpected error occurred. Please include this ErrorId if you contact support: 182968283-40163 (-1234567890)"
FLOW = (
    'We can\'t save this record because the "Lead routing" process failed. Give your Salesforce admin these details. '
    "An error occurred when executing a flow interview. Error ID: 1545064308-45750 (1670083917)"
)
TRIGGER = (
    "LeadTrigger: execution of BeforeInsert caused by: System.NullPointerException: "
    "Attempt to de-reference a null object"
)
COUNTRY = "A country/territory must be specified before specifying a state value for field: State/Province"
READ_ONLY_ORG = "the organization is read-only during maintenance"

# What an org without triggers, flows, approvals, storage limits or hardware cannot do by itself: a fault says it.
BY_RECORD_FAULT: list[tuple[str, int, str, list[str] | None]] = [
    ("UNABLE_TO_LOCK_ROW", 400, LOCKED, []),
    ("UNABLE_TO_LOCK_ROW", 500, LOCKED, []),
    ("TOO_MANY_APEX_REQUESTS", 400, "too many Apex requests: resend after a short wait", []),
    ("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", 400, READ_ONLY_ORG, []),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, TRIGGER, []),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", 400, FLOW, []),
    ("FIELD_INTEGRITY_EXCEPTION", 400, COUNTRY, ["State"]),
    (
        "INVALID_CROSS_REFERENCE_KEY",
        400,
        "Record Type ID: this ID value isn't valid for the user: 0128M",
        ["RecordTypeId"],
    ),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 403, "insufficient access rights on object id", []),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 400, "insufficient access rights on object id", []),
    ("INSUFFICIENT_ACCESS", 403, "insufficient access rights on object id", []),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", 400, "insufficient access rights on cross-reference id", []),
    ("TRANSFER_REQUIRES_READ", 400, "the new owner must have read permission", ["OwnerId"]),
    ("ENTITY_IS_LOCKED", 400, "the entity is locked for editing", []),
    ("STORAGE_LIMIT_EXCEEDED", 400, "storage limit exceeded", []),
    ("MIXED_DML_OPERATION", 400, "DML operation on setup object is not permitted", []),
]
BY_REQUEST_FAULT: list[tuple[str, int, str, list[str] | None]] = [
    ("INVALID_AUTH_HEADER", 401, "INVALID_HEADER_TYPE", NO_FIELDS_KEY),
    ("REQUEST_LIMIT_EXCEEDED", 403, "ConcurrentPerOrgLongTxn Limit exceeded.", NO_FIELDS_KEY),
    ("API_DISABLED_FOR_ORG", 403, "API is not enabled for this Organization or Partner", NO_FIELDS_KEY),
    ("API_CURRENTLY_DISABLED", 403, "API is currently disabled", NO_FIELDS_KEY),
    ("FUNCTIONALITY_NOT_ENABLED", 403, "This feature is not currently enabled for this user", NO_FIELDS_KEY),
    ("SERVER_UNAVAILABLE", 503, "Unable to process request. Concurrent requests limit exceeded.", NO_FIELDS_KEY),
    ("UNKNOWN_EXCEPTION", 500, GACK, NO_FIELDS_KEY),
    ("QUERY_TIMEOUT", 400, "Your query request was running for too long.", NO_FIELDS_KEY),
    ("REQUEST_RUNNING_TOO_LONG", 500, "Your request was running for too long.", NO_FIELDS_KEY),
]
BY_STATUS = [420, 429, 502, 504]


def control(api: Api, act: str, body: Any) -> None:
    reply = api.send("POST", f"/_simulator/{act}", orjson.dumps(body))
    assert reply.status == 200, reply.body


def set_fault(api: Api, code: str, status: int, message: str, fields: list[str] | None, **match: str) -> dict[str, Any]:
    """Set the fault over the control interface; return the error that must follow."""
    fault = {"effect": "error", "status": status, "errorCode": code, "message": message, "fields": fields}
    control(api, "faults", fault | {"match": match})
    return {"message": message, "errorCode": code} | ({} if fields is None else {"fields": fields})


@pytest.mark.parametrize(("code", "status", "message", "fields"), BY_RECORD_FAULT)
def test_a_fault_refuses_records_as_the_org_would(code: str, status: int, message: str, fields: list[str]) -> None:
    api = an_api()
    expected = set_fault(api, code, status, message, fields, object="Lead")
    alone = api.post("/sobjects/Lead", a_lead())
    upserted = api.patch(f"/sobjects/Lead/{KEY}/b-1", a_lead())
    [part] = api.composite(a_part("POST", "/sobjects/Lead", "a", a_lead())).body["compositeResponse"]
    [record] = api.post("/composite/sobjects", {"records": [{"attributes": {"type": "Lead"}, **a_lead()}]}).body
    assert [(alone.status, alone.body), (upserted.status, upserted.body)] == [(status, [expected])] * 2
    assert (part["httpStatusCode"], part["body"]) == (status, [expected])
    assert record == {"success": False, "errors": [{"statusCode": code, "message": message, "fields": fields}]}
    assert api.org.records("Lead") == []
    assert api.create("Contact", LastName="x")


@pytest.mark.parametrize(("code", "status", "message", "fields"), BY_REQUEST_FAULT)
def test_a_fault_refuses_requests_as_the_org_would(code: str, status: int, message: str, fields: list[str]) -> None:
    api = an_api()
    expected = set_fault(api, code, status, message, fields, path_contains="/query")
    reply = api.query("SELECT Id FROM Lead")
    assert (reply.status, reply.body) == (status, [expected])
    assert api.get("/limits").status == 200


@pytest.mark.parametrize("status", BY_STATUS)
def test_a_fault_answers_with_any_status(status: int) -> None:
    api = an_api()
    set_fault(api, "UNKNOWN_EXCEPTION", status, "Edge", None)
    assert api.get("/limits").status == status


@pytest.mark.parametrize(
    ("effect", "status", "fate", "stored"),
    [("html_503", 503, "send", 0), ("drop_before", 503, "drop", 0), ("drop_after", 201, "drop", 1)],
)
def test_gateways_and_lost_connections_are_effects(effect: str, status: int, fate: str, stored: int) -> None:
    api = an_api()
    control(api, "faults", {"effect": effect})
    headers = {"Authorization": f"Bearer {api.token}"}
    response = api.org.handle(Request("POST", f"{ROOT}/sobjects/Lead", headers, orjson.dumps(a_lead())))
    assert (response.status, response.fate, len(api.org.records("Lead"))) == (status, fate, stored)


# What the org does by itself.


def said(reply: Reply) -> Said:
    return reply.status, reply.body[0]["errorCode"], reply.body[0]["message"]


def posted(name: str, **fields: Any) -> Provoke:
    return lambda api: said(api.post(f"/sobjects/{name}", fields))


def queried(soql: str) -> Provoke:
    return lambda api: said(api.query(soql))


def in_collection(reply: Reply, place: int = 0) -> Said:
    error = reply.body[place]["errors"][0]
    return reply.status, error["statusCode"], error["message"]


def expired(api: Api) -> Said:
    control(api, "expire_sessions", {})
    return said(api.get("/limits"))


def over_the_limit(api: Api) -> Said:
    control(api, "usage", {"used": 100_000})
    return said(api.get("/limits"))


def halted(api: Api) -> Said:
    parts = a_part("POST", "/sobjects/Lead", "a", a_lead()), a_part("POST", "/sobjects/Lead", "b", {})
    part = api.composite(*parts, all_or_none=True).body["compositeResponse"][0]
    return part["httpStatusCode"], part["body"][0]["errorCode"], part["body"][0]["message"]


def dependent_halted(api: Api) -> Said:
    parts = a_part("POST", "/sobjects/Lead", "a", {}), a_part("PATCH", "/sobjects/Lead/@{a.id}", "b", {"Title": "x"})
    part = api.composite(*parts).body["compositeResponse"][1]
    return part["httpStatusCode"], part["body"][0]["errorCode"], part["body"][0]["message"]


def rolled_back(api: Api) -> Said:
    records = [{"attributes": {"type": "Lead"}, **body} for body in (a_lead(), {})]
    return in_collection(api.post("/composite/sobjects", {"allOrNone": True, "records": records}))


def taken(api: Api) -> Said:
    api.create("Lead", **a_lead(**{KEY: "b-1"}))
    return said(api.post("/sobjects/Lead", a_lead(**{KEY: "b-1"})))


def duplicates(api: Api) -> Said:
    control(api, "settings", {"duplicate_rule_mode": "alert"})
    api.create("Account", Name="Acme")
    return said(api.post("/sobjects/Account", {"Name": "Acme"}))


def several(api: Api) -> Said:
    ids = api.org.seed("Lead", [a_lead(Email="g@example.com")] * 2)
    reply = api.patch("/sobjects/Lead/Email/g@example.com", {"Title": "x"})
    assert reply.body == [f"{ROOT}/sobjects/Lead/{row_id}" for row_id in ids]
    return reply.status, "", ""


def several_in_collection(api: Api) -> Said:
    api.org.seed("Lead", [a_lead(Email="g@example.com")] * 2)
    records = [{"attributes": {"type": "Lead"}, "Email": "g@example.com"}]
    return in_collection(api.patch("/composite/sobjects/Lead/Email", {"records": records}))


def deleted(api: Api) -> Said:
    lead = api.create("Lead", **a_lead())
    api.delete(f"/sobjects/Lead/{lead}")
    return said(api.patch(f"/sobjects/Lead/{lead}", {"Title": "x"}))


def deleted_parent(api: Api) -> Said:
    control(api, "settings", {"deleted_parent_code": "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"})
    account = api.create("Account", Name="Acme")
    api.delete(f"/sobjects/Account/{account}")
    return said(api.post("/sobjects/Contact", {"LastName": "x", "AccountId": account}))


def converted(api: Api) -> Said:
    lead = api.create("Lead", **a_lead())
    control(api, "convert", {"lead": lead})
    return said(api.post("/sobjects/Event", an_event(WhoId=lead)))


def invalid(api: Api) -> Said:
    rule = {"object": "Lead", "name": "Has_mail", "when": "Email = null", "message": "No mail.", "field": "Email"}
    control(api, "settings", {"validation_rules": [rule]})
    return said(api.post("/sobjects/Lead", a_lead()))


def not_parsed(api: Api) -> Said:
    headers = {"Authorization": f"Bearer {api.token}"}
    return said(api.send("POST", f"{ROOT}/sobjects/Lead", b"{", headers))


def inactive(api: Api) -> Said:
    return said(api.post("/sobjects/Contact", {"LastName": "x", "OwnerId": api.user("gus.gone@vendor.example")}))


def too_many(api: Api) -> Said:
    return said(api.post("/composite/sobjects", {"records": [{"attributes": {"type": "Lead"}}] * 201}))


def too_many_types(api: Api) -> Said:
    return said(
        api.post("/composite/sobjects", {"records": [{"attributes": {"type": n}} for n in ["Lead", "Case"] * 6]})
    )


MISSING = "0035e0000000ZZZ"
NOWHERE = "The requested resource does not exist"
UNWRITABLE = (
    "Unable to create/update fields: Name. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)
ROLLED_BACK = "Record rolled back because not all records were valid and the request was using AllOrNone header"
HALTED = "The transaction was rolled back since another operation in the same transaction failed."
NO_KEY = "Provided external ID field does not exist or is not accessible: Pet__c"
WRONG_WHO = "Name ID: id value of incorrect type: 0015e0000000001AAA"

BY_ITSELF: list[tuple[str, int, str, Provoke]] = [
    ("INVALID_SESSION_ID", 401, "Session expired or invalid", expired),
    ("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded.", over_the_limit),
    ("PROCESSING_HALTED", 400, HALTED, halted),
    ("PROCESSING_HALTED", 400, "Execution halted as previous operation (a) was not successful.", dependent_halted),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", 200, ROLLED_BACK, rolled_back),
    (
        "DUPLICATE_VALUE",
        400,
        f"duplicate value found: {KEY} duplicates value on record with id: 00Q5e0000000001",
        taken,
    ),
    ("DUPLICATES_DETECTED", 400, "Use one of these records?", duplicates),
    ("", 300, "", several),
    ("DUPLICATE_EXTERNAL_ID", 200, "Email: more than one record found for external id field: [", several_in_collection),
    ("ENTITY_IS_DELETED", 404, "entity is deleted", deleted),
    ("NOT_FOUND", 404, NOWHERE, lambda api: said(api.get(f"/sobjects/Contact/{MISSING}"))),
    ("NOT_FOUND", 404, NO_KEY, lambda api: said(api.patch("/sobjects/Lead/Pet__c/x", a_lead()))),
    (
        "INVALID_CROSS_REFERENCE_KEY",
        404,
        "invalid cross reference id",
        lambda api: said(api.patch(f"/sobjects/Contact/{MISSING}", {"Title": "x"})),
    ),
    (
        "INVALID_CROSS_REFERENCE_KEY",
        400,
        "Contact ID: invalid cross reference id",
        posted("Case", ContactId=MISSING),
    ),
    (
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        400,
        "insufficient access rights on cross-reference id: 0015e0000000001",
        deleted_parent,
    ),
    ("CANNOT_UPDATE_CONVERTED_LEAD", 400, "cannot reference converted lead", converted),
    ("REQUIRED_FIELD_MISSING", 400, "Required fields are missing: [LastName]", posted("Lead", Company="x")),
    (
        "STRING_TOO_LONG",
        400,
        f"First Name: data value too large: {'x' * 41} (max length=40)",
        posted("Lead", **a_lead(FirstName="x" * 41)),
    ),
    ("INVALID_EMAIL_ADDRESS", 400, "Email: invalid email address: foo", posted("Lead", **a_lead(Email="foo"))),
    (
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        400,
        "Show Time As: bad value for restricted picklist field: Away",
        posted("Event", **an_event(ShowAs="Away")),
    ),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, "No mail.", invalid),
    ("FIELD_INTEGRITY_EXCEPTION", 400, WRONG_WHO, posted("Event", **an_event(WhoId="0015e0000000001AAA"))),
    ("INVALID_FIELD", 400, "No such column 'Pet__c' on sobject of type Lead", posted("Lead", **a_lead(Pet__c="x"))),
    (
        "INVALID_FIELD",
        400,
        "\nSELECT Pet__c FROM Lead\n       ^\nERROR at Row:1:Column:8\n",
        queried("SELECT Pet__c FROM Lead"),
    ),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", 400, UNWRITABLE, posted("Lead", **a_lead(Name="x"))),
    ("INVALID_TYPE", 400, "\nSELECT Id FROM XYZZY", queried("SELECT Id FROM XYZZY")),
    (
        "MALFORMED_ID",
        400,
        "Contact ID: id value of incorrect type: x",
        lambda api: said(api.patch("/sobjects/Contact/x", {"Title": "x"})),
    ),
    ("MALFORMED_QUERY", 400, "unexpected token: SELEKT", queried("SELEKT Id FROM Lead")),
    ("JSON_PARSER_ERROR", 400, "", not_parsed),
    ("JSON_PARSER_ERROR", 400, "Cannot deserialize instance of ", posted("Lead", **a_lead(Title=5))),
    ("INACTIVE_OWNER_OR_USER", 400, "operation performed with inactive user [005", inactive),
    (
        "EXCEEDED_ID_LIMIT",
        400,
        "record limit reached. cannot submit more than 200 records into this call",
        too_many,
    ),
    ("EXCEEDED_MAX_TYPES_LIMIT", 400, "", too_many_types),
    (
        "METHOD_NOT_ALLOWED",
        405,
        "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST",
        lambda api: said(api.call("PUT", "/sobjects/Lead", {})),
    ),
]


@pytest.mark.parametrize(("code", "status", "start", "provoke"), BY_ITSELF)
def test_the_org_refuses_by_itself(code: str, status: int, start: str, provoke: Provoke) -> None:
    got_status, got_code, message = provoke(an_api())
    assert (got_status, got_code) == (status, code)
    assert message.startswith(start)
