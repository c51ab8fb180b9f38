"""Stored values in the form in which we write them, so that what says the same is the same."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rules.describe import FieldSpec
from rules.plan import Scalar
from rules.ready import CompiledRow
from rules.values import utc_text


def stored_values(record: Mapping[str, Any], rows: Iterable[CompiledRow]) -> dict[str, Scalar]:
    """The values of the fields that these rows fill, by field name, as convert gives them."""
    return {name: _as_written(record[name], row.field) for row in rows for name in row.field.columns}


def _as_written(value: Any, field: FieldSpec) -> Scalar:  # noqa: ANN401 - JSON
    """Salesforce answers 2026-11-23T10:00:00.000+0000 to the time that was written as 2026-11-23T10:00:00Z."""
    if field.type == "datetime" and value is not None:
        return utc_text(datetime.fromisoformat(value))
    result: Scalar = value
    return result
