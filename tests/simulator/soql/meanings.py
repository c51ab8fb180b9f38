"""Literals of a condition: what they mean for a field, and which of them it refuses."""

from collections.abc import Callable
from typing import Any

from tests.simulator.data.values import canonical_time
from tests.simulator.errors import Refused
from tests.simulator.ids import full_id
from tests.simulator.setup.describe import TEXTUAL
from tests.simulator.setup.objects import Field
from tests.simulator.soql.lexer import at_place, misread
from tests.simulator.soql.syntax import Comparison, Constant

NUMERIC = frozenset({"int", "double", "currency"})
SOAP_NAME = {"id": "ID", "reference": "reference", "datetime": "dateTime"}


def mean(statement: str, written: Comparison, field: Field, constant: Constant) -> Any:
    """Return the value that a literal means for this field; refuse one of another type."""
    if constant.kind == "null":
        return False if field.type == "boolean" else None  # documented: null matches a box that is not ticked
    read = _MEANINGS.get((_family(field), constant.kind))
    if read is None:
        raise at_place("INVALID_FIELD", statement, written.path.at, _wrong_type(field))
    try:
        return read(constant)
    except ValueError as error:
        raise _refusal(statement, written, constant, str(error)) from None


def _refusal(statement: str, written: Comparison, constant: Constant, message: str) -> Refused:
    if constant.kind == "string":
        return at_place("INVALID_QUERY_FILTER_OPERATOR", statement, written.path.at, message)
    return misread(statement, constant.at, message)


def _family(field: Field) -> str:
    if field.type in TEXTUAL:
        return "text"
    if field.type in {"id", "reference"}:
        return "id"
    return "number" if field.type in NUMERIC else field.type


def _wrong_type(field: Field) -> str:
    kind = "string" if field.type in TEXTUAL else SOAP_NAME.get(field.type, field.type)
    advice = "should be enclosed" if _family(field) in {"text", "id"} else "should not be enclosed"
    return f"value of filter criterion for field '{field.name}' must be of type {kind} and {advice} in quotes"


def _id_value(constant: Constant) -> str | None:
    if not constant.text:
        return None
    row_id = full_id(constant.text)
    if row_id is None:
        raise ValueError(f"invalid ID field: {constant.text}")
    return row_id


def _moment(constant: Constant, rest: str = "") -> str:
    moment = canonical_time(constant.text + rest)
    if moment is None:
        raise ValueError(f"Invalid date: {constant.text}")
    return moment


_MEANINGS: dict[tuple[str, str], Callable[[Constant], Any]] = {
    ("text", "string"): lambda constant: constant.text or None,
    ("id", "string"): _id_value,
    ("number", "number"): lambda constant: float(constant.text),
    ("boolean", "boolean"): lambda constant: constant.text == "TRUE",
    ("datetime", "datetime"): _moment,
    ("date", "date"): lambda constant: _moment(constant, "T00:00:00Z")[:10],
    ("datetime", "range"): lambda constant: constant.text,
    ("date", "range"): lambda constant: constant.text,
}
