"""Salesforce's error codes: one row for each of the reference, and the shapes in which they come."""

from dataclasses import replace

import pytest

from worker.errors import (
    Disconnected,
    Drifted,
    Duplicates,
    LimitReached,
    OutOfStorage,
    Rejected,
    Stale,
    SyncError,
    Transient,
)
from worker.salesforce.errors import OrgError, classify, read_errors, unreadable

CPU = "LeadTrigger: execution of BeforeInsert caused by: System.LimitException: Apex CPU time limit exceeded"
SOQL = "LeadTrigger: execution of AfterInsert caused by: System.LimitException: Too many SOQL queries: 101"
LOCK = "EventTrigger: System.DmlException: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record"
FLOW_LOCK = "We can't save this record because a process failed: unable to obtain exclusive access to this record"
OWN = "LeadTrigger: execution of BeforeInsert caused by: System.NullPointerException: null object"

CODES: list[tuple[str, str, tuple[str, ...], type[SyncError]]] = [
    ("INVALID_SESSION_ID", "Session expired or invalid", (), Disconnected),
    ("INVALID_AUTH_HEADER", "", (), Disconnected),
    ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", (), LimitReached),
    ("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", (), Transient),
    ("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", (), Transient),
    ("SERVER_UNAVAILABLE", "The server is temporarily unavailable", (), Transient),
    ("UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId 182968283-40163", (), Transient),
    ("QUERY_TIMEOUT", "Your query request was running for too long.", (), Transient),
    ("REQUEST_RUNNING_TOO_LONG", "Your request was running for too long.", (), Transient),
    ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 0035c", (), Transient),
    ("TOO_MANY_APEX_REQUESTS", "", (), Transient),
    ("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "", (), Transient),
    ("PROCESSING_HALTED", "The transaction was rolled back", (), Transient),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back", (), Transient),
    ("DUPLICATE_VALUE", "duplicate value found: X__c duplicates value on record with id: 00Q58000003tW4u", (), Stale),
    ("DUPLICATES_DETECTED", "Use one of these records?", (), Rejected),
    ("DUPLICATE_EXTERNAL_ID", "", (), Stale),
    ("ENTITY_IS_DELETED", "entity is deleted", (), Stale),
    ("NOT_FOUND", "The requested resource does not exist", (), Stale),
    ("NOT_FOUND", "Provided external ID field does not exist or is not accessible: Key__c", (), Drifted),
    ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (), Stale),
    ("INVALID_CROSS_REFERENCE_KEY", "Account ID: invalid cross reference id", ("AccountId",), Stale),
    (
        "INVALID_CROSS_REFERENCE_KEY",
        "Record Type ID: this ID value isn't valid for the user: 0128M",
        ("RecordTypeId",),
        Drifted,
    ),
    ("INVALID_CROSS_REFERENCE_KEY", "Owner ID: owner cannot be blank", ("OwnerId",), Drifted),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights on cross-reference id", (), Stale),
    ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", (), Drifted),
    ("INSUFFICIENT_ACCESS", "insufficient access rights on object id", (), Drifted),
    ("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", (), Stale),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", OWN, (), Rejected),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", LOCK, (), Transient),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", CPU, (), Transient),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", SOQL, (), Transient),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", "Your flow failed", (), Rejected),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", FLOW_LOCK, (), Transient),
    ("REQUIRED_FIELD_MISSING", "Required fields are missing: [Website__c]", ("Website__c",), Drifted),
    ("STRING_TOO_LONG", "First Name: data value too large: xxxx (max length=40)", ("FirstName",), Rejected),
    ("INVALID_EMAIL_ADDRESS", "Email: invalid email address: foo", ("Email",), Rejected),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "bad value for restricted picklist field", ("Rating__c",), Rejected),
    ("NUMBER_OUTSIDE_VALID_RANGE", "value outside of valid range on numeric field", ("Size__c",), Rejected),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Too many guests", ("Guests__c",), Rejected),
    ("FIELD_INTEGRITY_EXCEPTION", "Name ID: id value of incorrect type: 0015w", ("WhoId",), Rejected),
    ("INVALID_FIELD", "No such column 'FavoritePet__c' on sobject of type Account", (), Drifted),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Name.", ("Name",), Rejected),
    ("INVALID_TYPE", "sObject type 'XYZZY' is not supported.", (), Drifted),
    ("MALFORMED_ID", "Record ID: id value of incorrect type: a00B", ("Id",), Rejected),
    ("MALFORMED_QUERY", "unexpected token: SELEKT", (), Rejected),
    ("JSON_PARSER_ERROR", "Unexpected character", (), Rejected),
    ("INACTIVE_OWNER_OR_USER", "operation performed with inactive user [005] as owner of lead", (), Rejected),
    ("OP_WITH_INVALID_USER_TYPE_EXCEPTION", "Operation not valid for this user type", (), Rejected),
    ("TRANSFER_REQUIRES_READ", "The new owner must have read permission", (), Rejected),
    ("ENTITY_IS_LOCKED", "", (), Rejected),
    ("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded", (), OutOfStorage),
    ("MIXED_DML_OPERATION", "", (), Rejected),
    ("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call", (), Rejected),
    ("EXCEEDED_MAX_TYPES_LIMIT", "", (), Rejected),
    ("API_DISABLED_FOR_ORG", "", (), Disconnected),
    ("API_CURRENTLY_DISABLED", "", (), Disconnected),
    ("FUNCTIONALITY_NOT_ENABLED", "", (), Disconnected),
    ("METHOD_NOT_ALLOWED", "HTTP Method 'PUT' not allowed.", (), Rejected),
]


@pytest.mark.parametrize(
    ("code", "message", "fields", "kind"), CODES, ids=[f"{row[0]}-{n}" for n, row in enumerate(CODES)]
)
def test_a_code_says_what_the_worker_does_next(
    code: str, message: str, fields: tuple[str, ...], kind: type[SyncError]
) -> None:
    error = classify([OrgError(code=code, message=message, fields=fields)], object="Lead")
    assert type(error) is kind
    assert (error.code, error.message, error.object) == (code, message, "Lead")
    assert error.field == (fields[0] if fields else None)


@pytest.mark.parametrize("code", ["BRAND_NEW_CODE", "invalid_field", "INVALID_FIELD "])
def test_an_unknown_code_is_for_a_person_and_says_so(code: str) -> None:
    error = classify([OrgError(code=code, message="something new")])
    assert type(error) is Rejected
    assert (error.code, error.message) == (code, "something new (a code that bookforce does not know)")


def test_no_message_of_the_orgs_own_code_makes_another_error_pass() -> None:
    error = OrgError(code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="Too many guests: UNABLE_TO_LOCK_ROW")
    assert type(classify([error])) is Rejected


def test_of_several_errors_the_first_counts() -> None:
    errors = [
        OrgError(code="STRING_TOO_LONG", message="a", fields=("A", "B")),
        OrgError(code="UNKNOWN_EXCEPTION", message="b"),
    ]
    error = classify(errors)
    assert (type(error), error.code, error.field) == (Rejected, "STRING_TOO_LONG", "A")


STATUSES: list[tuple[int, type[SyncError]]] = [
    (200, Transient),
    (204, Transient),
    (300, Stale),
    (304, Transient),
    (400, Transient),
    (401, Disconnected),
    (403, Disconnected),
    (404, Transient),
    (405, Transient),
    (420, Transient),
    (429, Transient),
    (500, Transient),
    (502, Transient),
    (503, Transient),
    (504, Transient),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_an_answer_without_a_code_is_judged_by_its_status(status: int, kind: type[SyncError]) -> None:
    error = unreadable(status)
    assert (type(error), error.code) == (kind, f"HTTP_{status}")


DUPLICATES = {
    "duplicateResult": {
        "allowSave": True,
        "matchResults": [
            {"matchRecords": [{"record": {"Id": "00Q1"}}, {"record": {"Id": "00Q2"}}]},
            {"matchRecords": [{"record": {"Id": "00Q1"}}, {"record": {}}]},
        ],
    },
    "errorCode": "DUPLICATES_DETECTED",
    "message": "Use one of these records?",
}
NAMELESS = {"errorCode": "DUPLICATES_DETECTED", "message": "Use one of these records?"}
SAID = OrgError(
    code="DUPLICATES_DETECTED",
    message="Use one of these records?",
    duplicates=Duplicates(ids=("00Q1", "00Q2"), may_save=True),
)
SHAPES: list[tuple[object, list[OrgError], str]] = [
    (
        [{"message": "m", "errorCode": "C", "fields": ["A", "B"]}],
        [OrgError(code="C", message="m", fields=("A", "B"))],
        "REST",
    ),
    ([{"message": "m", "errorCode": "C"}], [OrgError(code="C", message="m")], "REST without fields"),
    ([{"message": "m", "statusCode": "C", "fields": []}], [OrgError(code="C", message="m")], "collections"),
    ({"message": "m", "errorCode": "C", "fields": None}, [OrgError(code="C", message="m")], "one object"),
    (
        [{"message": "m", "errorCode": "C"}, {"message": "n", "errorCode": "D"}],
        [OrgError(code="C", message="m"), OrgError(code="D", message="n")],
        "several",
    ),
    ([DUPLICATES], [SAID], "duplicates"),
    ([{"duplicateResut": DUPLICATES["duplicateResult"], **NAMELESS}], [SAID], "duplicates in the older spelling"),
    ([NAMELESS], [replace(SAID, duplicates=None)], "duplicates that are not named"),
    ([{"errorCode": "C"}], [OrgError(code="C", message="")], "no message"),
    ([{"message": "\nSELECT x\n", "errorCode": "C"}], [OrgError(code="C", message="SELECT x")], "message of a query"),
    (["/services/data/v62.0/sobjects/Lead/00Q"], [], "a choice of records"),
    ([], [], "empty list"),
    ({}, [], "empty object"),
    (None, [], "nothing"),
    ("<html>Down for maintenance</html>", [], "a page"),
    (b"<html>", [], "bytes"),
    ({"error": "invalid_grant", "error_description": "x"}, [], "log-in"),
    ([{"message": "m"}], [], "no code"),
]


@pytest.mark.parametrize(("body", "errors"), [row[:2] for row in SHAPES], ids=[row[2] for row in SHAPES])
def test_errors_are_read_from_every_shape(body: object, errors: list[OrgError]) -> None:
    assert read_errors(body) == errors
