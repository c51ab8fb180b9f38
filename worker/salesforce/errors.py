"""Salesforce's error codes → what the worker does next. The one table, by errorCode, never by HTTP status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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

_BY_CODE: dict[str, type[SyncError]] = {
    "REQUEST_LIMIT_EXCEEDED": LimitReached,
    "INVALID_SESSION_ID": Disconnected,
    "INVALID_AUTH_HEADER": Disconnected,
    "API_DISABLED_FOR_ORG": Disconnected,
    "API_CURRENTLY_DISABLED": Disconnected,
    "FUNCTIONALITY_NOT_ENABLED": Disconnected,
    "SERVER_UNAVAILABLE": Transient,
    "UNKNOWN_EXCEPTION": Transient,
    "QUERY_TIMEOUT": Transient,
    "REQUEST_RUNNING_TOO_LONG": Transient,
    "UNABLE_TO_LOCK_ROW": Transient,
    "TOO_MANY_APEX_REQUESTS": Transient,
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE": Transient,
    "PROCESSING_HALTED": Transient,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": Transient,
    "ENTITY_IS_DELETED": Stale,
    "NOT_FOUND": Stale,
    "INVALID_CROSS_REFERENCE_KEY": Stale,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": Stale,
    "CANNOT_UPDATE_CONVERTED_LEAD": Stale,
    "DUPLICATE_VALUE": Stale,
    "DUPLICATE_EXTERNAL_ID": Stale,
    "STORAGE_LIMIT_EXCEEDED": OutOfStorage,
    "INVALID_FIELD": Drifted,
    "INVALID_TYPE": Drifted,
    # A field that the setup stages did not find required: they look again, and what supplies it is sent.
    "REQUIRED_FIELD_MISSING": Drifted,
    # A right that the setup stages found: gone, or it is this one record that the API user may not see.
    "INSUFFICIENT_ACCESS": Drifted,
    "INSUFFICIENT_ACCESS_OR_READONLY": Drifted,
    "DUPLICATES_DETECTED": Rejected,
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": Rejected,
    "CANNOT_EXECUTE_FLOW_TRIGGER": Rejected,
    "ENTITY_IS_LOCKED": Rejected,
    "EXCEEDED_ID_LIMIT": Rejected,
    "EXCEEDED_MAX_TYPES_LIMIT": Rejected,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": Rejected,
    "FIELD_INTEGRITY_EXCEPTION": Rejected,
    "INACTIVE_OWNER_OR_USER": Rejected,
    "INVALID_EMAIL_ADDRESS": Rejected,
    "INVALID_FIELD_FOR_INSERT_UPDATE": Rejected,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": Rejected,
    "JSON_PARSER_ERROR": Rejected,
    "MALFORMED_ID": Rejected,
    "MALFORMED_QUERY": Rejected,
    "METHOD_NOT_ALLOWED": Rejected,
    "MIXED_DML_OPERATION": Rejected,
    "NUMBER_OUTSIDE_VALID_RANGE": Rejected,
    "OP_WITH_INVALID_USER_TYPE_EXCEPTION": Rejected,
    "STRING_TOO_LONG": Rejected,
    "TRANSFER_REQUIRES_READ": Rejected,
}

# The booking can be mended, but the setup stages found it otherwise: a value, a right or a user is gone since.
_SIGNS_OF_DRIFT = {
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INACTIVE_OWNER_OR_USER",
}

# An org's own code runs inside the write, and what it throws comes as one of these with the true cause in the text.
_WRAPPERS = {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER"}
_PASSING_CAUSES = ("unable_to_lock_row", "unable to obtain exclusive access", "cpu time limit", "too many ")

# The code for a record that is gone also stands for a part of the setup that is.
_SETUP_FIELDS = {"RecordTypeId", "OwnerId"}
_NO_KEY_FIELD = "external ID field does not exist"

_MULTIPLE_CHOICES = 300

# The daily limit is called TotalRequests; every other limit of this code passes in seconds.
_DAILY_LIMIT = "TotalRequests"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgError:
    """One error as Salesforce words it; the REST API calls the code errorCode, collections call it statusCode."""

    code: str
    message: str
    fields: tuple[str, ...] = ()
    duplicates: Duplicates | None = None


def read_errors(body: object) -> list[OrgError]:
    """The errors in a body of any of Salesforce's shapes; empty if there are none."""
    items = body if isinstance(body, list) else [body]
    return [_read_error(item) for item in items if isinstance(item, Mapping) and _code_of(item)]


def classify(errors: list[OrgError], *, object: str | None = None) -> SyncError:  # noqa: A002 - Salesforce's word
    """The first error as ours. A code that is not in the table is for a person, and says so."""
    first = errors[0]
    cls = _BY_CODE.get(first.code)
    message = first.message if cls else f"{first.message} (a code that bookforce does not know)"
    if first.code in _WRAPPERS and any(cause in first.message.casefold() for cause in _PASSING_CAUSES):
        cls = Transient
    if cls is LimitReached and _DAILY_LIMIT not in first.message:
        cls = Transient
    if cls is Stale and _is_setup(first):
        cls = Drifted
    alike = [name for error in errors if error.code == first.code for name in error.fields]
    return (cls or Rejected)(
        message, code=first.code, object=object, fields=tuple(dict.fromkeys(alike)), duplicates=first.duplicates
    )


def contradicts_setup(error: SyncError) -> bool:
    """Whether the org cannot be as the setup stages found it: they are to look again before the next try."""
    return isinstance(error, Disconnected | Drifted)


def casts_doubt_on_setup(error: SyncError) -> bool:
    """Whether the org may not be as the setup stages found it; the booking's own data may bring the error about too."""
    return error.code in _SIGNS_OF_DRIFT


def is_known(code: str) -> bool:
    """Whether the table says what the code means."""
    return code in _BY_CODE


def unreadable(status: int) -> SyncError:
    """An answer without an error of Salesforce's: a gateway's page, a proxy's, half an answer, a choice of records."""
    if status == _MULTIPLE_CHOICES:
        return Stale("several records have this external id", code=f"HTTP_{status}")
    if status in {401, 403}:
        return Disconnected(f"HTTP {status} without a Salesforce error", code=f"HTTP_{status}")
    return Transient(f"HTTP {status} without a Salesforce answer", code=f"HTTP_{status}")


def _is_setup(error: OrgError) -> bool:
    if error.code == "INVALID_CROSS_REFERENCE_KEY":
        return not _SETUP_FIELDS.isdisjoint(error.fields)
    return error.code == "NOT_FOUND" and _NO_KEY_FIELD in error.message


def _read_error(item: Mapping[str, Any]) -> OrgError:
    fields = item.get("fields")
    names = tuple(str(name) for name in fields) if isinstance(fields, list) else ()
    message = str(item.get("message", "")).strip()
    return OrgError(code=_code_of(item), message=message, fields=names, duplicates=_duplicates(item))


def _duplicates(item: Mapping[str, Any]) -> Duplicates | None:
    """What a duplicate rule said; None where the answer does not tell. Older versions misspell the key."""
    result = item.get("duplicateResult") or item.get("duplicateResut")
    if not isinstance(result, Mapping):
        return None
    matches = [record for found in result.get("matchResults", ()) for record in found.get("matchRecords", ())]
    ids = tuple(str(match["record"]["Id"]) for match in matches if match.get("record", {}).get("Id"))
    return Duplicates(ids=tuple(dict.fromkeys(ids)), may_save=result.get("allowSave") is True)


def _code_of(item: Mapping[str, object]) -> str:
    return str(item.get("errorCode") or item.get("statusCode") or "")
