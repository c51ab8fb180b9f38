"""Few records: one composite, one subrequest a record, ids handed on inside it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from rules.plan import ByKey, FieldValue, Known, New, SObject, Write
from rules.ruleset import Installation
from rules.snapshot import identity
from worker.errors import Transient
from worker.salesforce.errors import classify, read_errors, unreadable
from worker.salesforce.results import Done, Failed, Result, Results

MAX_SUBREQUESTS = 25
"""https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""

_FIRST_FAILURE = 300


def key_field(obj: SObject, installation: Installation) -> str:
    """The external id by which records of the object are created once."""
    return installation.account_key if obj is SObject.ACCOUNT else installation.booking_key


def write_headers(*, auto_assign: bool, allow_duplicates: bool) -> dict[str, str]:
    """The headers of one subrequest. Outer ones do not reach subrequests, and an absent Sforce-Auto-Assign means TRUE.

    Source: https://developer.salesforce.com/docs/platform/api-rest/guide/headers-duplicaterules.html
    """
    assign = {"Sforce-Auto-Assign": "TRUE" if auto_assign else "FALSE"}
    return assign | ({"Sforce-Duplicate-Rule-Header": "allowSave=true"} if allow_duplicates else {})


def envelope(subrequests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A composite in the given order in which one failure leaves the others alone."""
    return {"allOrNone": False, "collateSubrequests": False, "compositeRequest": list(subrequests)}


def parts_of(answer: Any, expected: int) -> list[Mapping[str, Any]]:  # noqa: ANN401 - JSON
    """The answers of the subrequests, in their order. Raises Transient if any is missing."""
    parts = answer.get("compositeResponse") if isinstance(answer, Mapping) else None
    if not isinstance(parts, list) or len(parts) != expected:
        raise Transient("Salesforce's answer to a composite lacks parts", code="BROKEN_ANSWER")
    return parts


def to_composite(writes: Sequence[Write], base_path: str, installation: Installation) -> dict[str, Any]:
    """The request for at most 25 writes, parents first."""
    names = {identity(write.record): f"r{n}" for n, write in enumerate(writes)}
    return envelope([_subrequest(write, names, base_path, installation) for write in writes])


def read_composite(answer: Any, writes: Sequence[Write]) -> Results:  # noqa: ANN401 - JSON
    """What became of each write. Raises Transient if the answer is not whole."""
    parts = parts_of(answer, len(writes))
    return {identity(write.record): _result(write, part) for write, part in zip(writes, parts, strict=True)}


def _subrequest(
    write: Write, names: Mapping[str | New, str], base_path: str, installation: Installation
) -> dict[str, Any]:
    record = write.record
    return {
        "method": "PATCH",
        "url": f"{base_path}/sobjects/{record.object}/{_address(record, installation)}",
        "referenceId": names[identity(record)],
        "httpHeaders": write_headers(auto_assign=write.auto_assign, allow_duplicates=write.allow_duplicates),
        "body": dict(_field(name, value, names) for name, value in write.fields.items()),
    }


def _address(record: Known | New, installation: Installation) -> str:
    if isinstance(record, Known):
        return record.id
    return f"{key_field(record.object, installation)}/{quote(record.key, safe='')}"


def _field(name: str, value: FieldValue, names: Mapping[str | New, str]) -> tuple[str, object]:
    if isinstance(value, New):
        return name, f"@{{{names[value]}.id}}"
    return named_by_key(value) if isinstance(value, ByKey) else (name, value)


def named_by_key(value: ByKey) -> tuple[str, dict[str, str]]:
    """A lookup whose record is named by its external id, under the name of the relationship."""
    return value.relationship, {value.key: value.value}


def _result(write: Write, part: Mapping[str, Any]) -> Result:
    status, body = part["httpStatusCode"], part["body"]
    if status < _FIRST_FAILURE:
        return Done(write.record.id if isinstance(write.record, Known) else body["id"])
    errors = read_errors(body)
    return Failed(classify(errors, object=write.record.object) if errors else unreadable(status))
