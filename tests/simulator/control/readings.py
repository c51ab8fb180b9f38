"""What a control request sends, read into settings, rules, faults, custom fields and record types."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any, get_args

from tests.simulator.control.typed import check_types
from tests.simulator.data.values import is_kept
from tests.simulator.errors import malformed
from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.rules.org_rules import DuplicateRule, ValidationRule
from tests.simulator.settings import CustomField, RecordType, RecordTypeValues, Settings

VERSIONS = {"oldest_version", "newest_version"}
NEWEST_WRITTEN = 99
SECONDS = frozenset({"session_lifetime", "long_request_after"})
LONGEST_SPAN = timedelta(days=3650)
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*__c")
RULES: dict[str, type[Any]] = {"duplicate_rules": DuplicateRule, "validation_rules": ValidationRule}


def read_settings(given: dict[str, Any]) -> dict[str, Any]:
    """Read settings to be changed: times in seconds, rules as lists of objects."""
    unknown = sorted(given.keys() - {field.name for field in fields(Settings)})
    if unknown:
        raise malformed("INVALID_INPUT", f"no such setting: {', '.join(unknown)}")
    read = {name: _setting(name, value) for name, value in given.items()}
    check_types(Settings, read)
    for name in VERSIONS & read.keys():
        within(read[name], 1, NEWEST_WRITTEN)
    return read


def _setting(name: str, value: Any) -> Any:
    if name in SECONDS:
        return _span(timedelta(seconds=value))
    if name in RULES:
        return tuple(_read(RULES[name], each) for each in value)
    return tuple(value) if isinstance(value, list) else value


def _read(kind: type[Any], given: dict[str, Any]) -> Any:
    """Make one of our values of the JSON object that says what it is."""
    check_types(kind, given)
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def within(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise ValueError(f"a number between {least} and {most} is wanted, not {number}")
    return number


def _span(span: timedelta) -> timedelta:
    if not timedelta() <= span <= LONGEST_SPAN:
        raise ValueError(f"a time between 0 and {LONGEST_SPAN} is wanted, not {span}")
    return span


_OF_A_FAULT = ("effect", "match", "status", "errorCode", "message", "fields", "latency_ms")


def read_fault(given: dict[str, Any]) -> Fault:
    """Read a fault as JSON writes it: latency in milliseconds, Salesforce's errorCode, null for no `fields` at all."""
    unknown = sorted(given.keys() - _OF_A_FAULT)
    if unknown:
        raise malformed("INVALID_INPUT", f"no such key of a fault: {', '.join(unknown)}; {', '.join(_OF_A_FAULT)} are")
    effect: Any = given.get("effect")
    if effect not in get_args(Effect):
        raise malformed("INVALID_INPUT", f"effect must be one of {', '.join(get_args(Effect))}")
    match = _read(Match, given.get("match", {}))
    chosen: dict[str, Any] = {name: given[name] for name in ("status", "message") if name in given}
    if "errorCode" in given:
        chosen["code"] = given["errorCode"]
    listed = given.get("fields", ())
    chosen["fields"] = None if listed is None else tuple(listed)
    check_types(Fault, chosen)
    within(chosen.get("status", 500), 200, 599)
    return Fault(
        effect=effect, match=match, latency=_span(timedelta(milliseconds=given.get("latency_ms", 0))), **chosen
    )


def read_custom_field(given: dict[str, Any]) -> CustomField:
    field: CustomField = _read(CustomField, given)
    if not FIELD_NAME.fullmatch(field.name) or not is_kept(field.type) or field.length < 0:
        raise ValueError(f"{field.name} of type {field.type} is no custom field")
    return field


def read_record_type(given: dict[str, Any]) -> RecordType:
    offers = tuple(_read(RecordTypeValues, each) for each in given.get("picklists", ()))
    record_type: RecordType = _read(RecordType, {**given, "picklists": offers})
    return record_type
