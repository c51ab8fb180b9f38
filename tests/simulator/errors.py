"""How the org says no: errors as values, and the two shapes in which they are answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Recorded answers put errorCode first for these and message first for everything else.
CODE_FIRST = frozenset({"NOT_FOUND", "PROCESSING_HALTED", "METHOD_NOT_ALLOWED"})


@dataclass(frozen=True, slots=True)
class Error:
    """One error; `fields` of None leaves the key out of a REST answer, as several recorded errors do.

    `details` are keys that only this error has; answers show them first.
    """

    code: str
    message: str
    fields: tuple[str, ...] | None = ()
    details: Mapping[str, Any] | None = None


class Refused(Exception):
    """The org refuses: an HTTP status and the errors of its body."""

    def __init__(self, status: int, *errors: Error) -> None:
        super().__init__(errors[0].message if errors else "")
        self.status = status
        self.errors = errors


class Unreadable(Refused):
    """JSON whose values are of the wrong type: Salesforce stops reading there, before any record is looked at."""

    def __init__(self, message: str) -> None:
        super().__init__(400, Error("JSON_PARSER_ERROR", message, None))


class NoSuchColumn(Refused):
    """A body that names a field which its object does not have."""

    def __init__(self, name: str, object_name: str) -> None:
        super().__init__(400, Error("INVALID_FIELD", f"No such column '{name}' on sobject of type {object_name}", None))


def refuse(code: str, message: str, *fields: str, status: int = 400) -> Refused:
    return Refused(status, Error(code, message, fields))


def not_writable(*fields: str) -> Refused:
    """Refuse fields that the user may read but not write."""
    message = (
        f"Unable to create/update fields: {', '.join(fields)}. Please check the security settings of this field "
        "and verify that it is read/write for your profile or permission set."
    )
    return refuse("INVALID_FIELD_FOR_INSERT_UPDATE", message, *fields)


def lacking(*fields: str) -> Refused:
    return refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(fields)}]", *fields)


def not_found(message: str = "The requested resource does not exist") -> Refused:
    return Refused(404, Error("NOT_FOUND", message, None))


def malformed(code: str, message: str, status: int = 400) -> Refused:
    """Refuse without a `fields` key: for errors about the request, not about a record."""
    return Refused(status, Error(code, message, None))


def rest_errors(errors: Iterable[Error]) -> list[dict[str, Any]]:
    """The body of a refused REST call."""
    return [_rest_error(error) for error in errors]


def _rest_error(error: Error) -> dict[str, Any]:
    if error.details is not None:
        return {**error.details, "errorCode": error.code, "message": error.message}
    if error.code in CODE_FIRST:
        return {"errorCode": error.code, "message": error.message}
    shape: dict[str, Any] = {"message": error.message, "errorCode": error.code}
    if error.fields is not None:
        shape["fields"] = list(error.fields)
    return shape


def record_errors(errors: Iterable[Error], *, detailed: bool = False) -> list[dict[str, Any]]:
    """The errors of one record inside a collection, where the code is called statusCode."""
    return [
        {**((e.details or {}) if detailed else {}), "statusCode": e.code, "message": e.message}
        | {"fields": list(e.fields or ())}
        for e in errors
    ]
