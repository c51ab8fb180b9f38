"""Setup file → RuleSet: the shipped defaults, overlaid with the admin's file; errors name file and key."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from rules.mapping import ANSWER, BOOKING_FIELDS, CUSTOMER_FIELDS, EVENT_STATUS, is_booking_field
from rules.ruleset import RuleSet

SHIPPED = Path(__file__).with_name("bookforce.toml")

_NEAR = 0.6
_LONGEST_QUOTE = 60


class BadSetupFile(ValueError):
    """The setup file cannot be used: names file, key or line, and what is allowed."""


def load_ruleset(path: Path | None) -> RuleSet:
    """The rules of this setup file; those as shipped without one. Raises BadSetupFile."""
    shipped = _parse(SHIPPED)
    own = _parse(path) if path else {}
    return _validate(_overlay(shipped, own), path or SHIPPED)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSetupFile(f"{path}: cannot be read ({error.strerror}); BOOKFORCE_SETUP names it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetupFile(f"{path}: not TOML: {error}") from error


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
    """One booking field fills one field of an object, so a row of the admin's replaces the shipped one."""
    replaced = {(row.get("booking"), row.get("object")) for row in own if isinstance(row, dict)}
    kept = [row for row in shipped if (row["booking"], row["object"]) not in replaced]
    return kept + own


def _overlay_pages(shipped: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A page says only what differs from the default page."""
    default = shipped.get("default", {}) | (own["default"] if isinstance(own.get("default"), dict) else {})
    pages = {name: {**default, **page} if isinstance(page, dict) else page for name, page in own.items()}
    return {"default": default} | pages


def _validate(tables: dict[str, Any], path: Path) -> RuleSet:
    try:
        rules = RuleSet.model_validate(tables)
    except ValidationError as error:
        raise BadSetupFile(f"{path}: {_explain(error)}") from error
    for row in rules.field_mapping:
        _check_booking_field(row.booking, "field_mapping", path)
    for need in rules.field_validation:
        if need.source == "booking":
            _check_booking_field(need.value, "field_validation", path)
    if rules.owners.on_unmapped == "fallback_user" and not rules.owners.fallback_user:
        raise BadSetupFile(f'{path}: owners.fallback_user: required because owners.on_unmapped is "fallback_user"')
    return rules


def _check_booking_field(name: str, where: str, path: Path) -> None:
    if is_booking_field(name):
        return
    allowed = sorted({*CUSTOMER_FIELDS, *BOOKING_FIELDS, EVENT_STATUS})
    allowed_text = f"allowed: {', '.join(allowed)}, {ANSWER}<question>"
    raise BadSetupFile(f"{path}: {where}: no booking field {name!r}{_nearest(name, allowed)}; {allowed_text}")


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        allowed = _allowed_keys(first["loc"][:-1])
        return f"{key}: no such option{_nearest(str(first['loc'][-1]), allowed)}; allowed: {', '.join(allowed)}"
    if first["type"] == "missing":
        return f"{key}: required"
    given = first["input"]
    return f"{key}: {first['msg'][:1].lower()}{first['msg'][1:]}, got {_brief(given)}"


def _brief(value: object) -> str:
    text = repr(value)
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
