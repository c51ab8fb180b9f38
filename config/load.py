"""Setup file → RuleSet: the shipped defaults, overlaid with the admin's file; errors name file and key."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from config.contradictions import find_contradiction
from rules.mapping import ANSWER, booking_fields, is_booking_field
from rules.ruleset import RuleSet

SHIPPED = Path(__file__).with_name("bookforce.toml")

_NEAR = 0.6
_LONGEST_QUOTE = 60

# Pydantic names Python's types, which the admin does not write.
_IN_TOML = {
    "model_type": "expected a table",
    "dict_type": "expected a table",
    "tuple_type": "expected an array",
    "bool_type": "expected true or false",
}

_CHOICES = {"literal_error", "enum"}
_QUOTED = re.compile(r"'([^']*)'")


class BadSetupFile(ValueError):
    """The setup file cannot be used: names file, key or line, and what is allowed."""


def load_ruleset(path: Path | None) -> RuleSet:
    """The rules of this setup file; those as shipped without one. Raises BadSetupFile."""
    shipped = _parse(SHIPPED)
    own = _parse(path) if path else {}
    return _validate(_overlay(shipped, own), own, path or SHIPPED)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark before UTF-8
    except OSError as error:
        raise BadSetupFile(f"{path}: cannot be read ({error.strerror}); BOOKFORCE_SETUP names it") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadSetupFile(f"{path}: line {line} is not UTF-8 text; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSetupFile(f"{path}: not TOML: {error}") from error
    # Besides its own error, the parser lets through those of long numbers and deep nesting, in the words of Python.
    except ValueError as error:
        raise BadSetupFile(f"{path}: not TOML: a number with too many digits") from error
    except RecursionError as error:
        raise BadSetupFile(f"{path}: not TOML: arrays or tables are nested too deeply") from error


def _overlay(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Tables key by key; mapping rows row by row; everything else as the admin says."""
    merged = dict(shipped)
    for key, value in own.items():
        if key == "field_mapping" and isinstance(value, list):
            merged[key] = _overlay_rows(merged.get(key, []), value)
        elif key == "pages" and isinstance(value, dict):
            merged[key] = _overlay_pages(merged.get(key, {}), value)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _overlay(merged[key], value)
        else:
            merged[key] = value
    return merged


def _overlay_rows(shipped: list[Any], own: list[Any]) -> list[Any]:
    """One booking field fills one field of an object, so a row of the admin's replaces the shipped one.

    Where it is silent (`enabled = false` alone), the shipped one speaks.
    """
    replaced = [_row_key(row) for row in own]
    kept = [row for row in shipped if _row_key(row) not in replaced]
    by_key = {_row_key(row): row for row in shipped}
    return kept + [{**by_key.get(_row_key(row), {}), **row} if isinstance(row, dict) else row for row in own]


def _row_key(row: Any) -> tuple[str, str]:  # noqa: ANN401 - whatever the file holds
    facts = row if isinstance(row, dict) else {}
    return str(facts.get("booking")), str(facts.get("object"))


def _overlay_pages(shipped: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A page says only what differs from the default page."""
    default = shipped.get("default", {}) | (own["default"] if isinstance(own.get("default"), dict) else {})
    pages = {name: {**default, **page} if isinstance(page, dict) else page for name, page in own.items()}
    return {"default": default} | pages


def _validate(tables: dict[str, Any], own: dict[str, Any], path: Path) -> RuleSet:
    try:
        rules = RuleSet.model_validate(tables)
    except ValidationError as error:
        raise BadSetupFile(f"{path}: {_explain(error, _shipped_rows(tables, own))}") from error
    for row in rules.field_mapping:
        _check_booking_field(row.booking, "field_mapping", path)
    for need in rules.field_validation:
        if need.source == "booking":
            _check_booking_field(need.value, "field_validation", path)
    contradiction = find_contradiction(rules, own)
    if contradiction:
        raise BadSetupFile(f"{path}: {contradiction}")
    return rules


def _check_booking_field(name: str, where: str, path: Path) -> None:
    if is_booking_field(name):
        return
    allowed = booking_fields()
    allowed_text = f"allowed: {', '.join(allowed)}, {ANSWER}<question>"
    raise BadSetupFile(f"{path}: {where}: no booking field {name!r}{_nearest(name, allowed)}; {allowed_text}")


def _shipped_rows(tables: Mapping[str, Any], own: Mapping[str, Any]) -> int:
    """How many mapping rows of ours stand before the admin's."""
    rows = own.get("field_mapping", [])
    return len(tables["field_mapping"]) - len(rows) if isinstance(rows, list) else 0


def _explain(error: ValidationError, shipped_rows: int) -> str:
    errors = error.errors(include_url=False)
    # A misspelt option is also a missing one; the spelling is what helps.
    first = next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])
    key = _key(first["loc"], shipped_rows)
    if first["type"] == "extra_forbidden":
        allowed = _allowed_keys(first["loc"][:-1])
        return f"{key}: no such option{_nearest(str(first['loc'][-1]), allowed)}; allowed: {', '.join(allowed)}"
    if first["type"] == "missing":
        return f"{key}: required"
    message = first["msg"].removeprefix("Value error, ")
    expected = _IN_TOML.get(first["type"]) or message[:1].lower() + message[1:]
    near = _nearest(str(first["input"]), _QUOTED.findall(expected)) if first["type"] in _CHOICES else ""
    return f"{key}: {expected}, got {_brief(first['input'])}{near}"


def _key(location: tuple[int | str, ...], shipped_rows: int) -> str:
    """The place in the admin's file; rows are counted as people do, from 1, and without ours."""
    before = shipped_rows if location[:1] == ("field_mapping",) else 0
    parts = (f"row {part - before + 1}" if isinstance(part, int) else part for part in location if part != "[key]")
    return ".".join(parts)


def _brief(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{type(value).__name__} of {len(text)} characters"


def _allowed_keys(location: tuple[int | str, ...]) -> list[str]:
    """The options of the table at this place, found by walking the types."""
    model: type[BaseModel] = RuleSet
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_within(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_within(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_within(part))), None)


def _nearest(name: str, allowed: list[str]) -> str:
    near = difflib.get_close_matches(name, allowed, n=1, cutoff=_NEAR)
    return f" (did you mean {near[0]!r}?)" if near else ""
