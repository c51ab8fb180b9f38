"""The admin's rules over a record that is about to be stored, and whether those rules make sense at all."""

from tests.simulator.data.records import Row
from tests.simulator.errors import Refused
from tests.simulator.rules.conditions import compile_condition
from tests.simulator.rules.duplicates import check_duplicate_rules
from tests.simulator.rules.org_rules import DuplicateRule, ValidationRule
from tests.simulator.rules.validation import check_validation_rules
from tests.simulator.settings import Settings
from tests.simulator.setup.objects import SObject
from tests.simulator.setup.schema import Schema
from tests.simulator.state import State, Writing


def screen(writing: Writing, sobject: SObject, before: Row, row: Row) -> None:
    """Refuse the row that a record would become; `before` is empty for a new one.

    Apex Developer Guide, order of execution: validation rules, then duplicate rules, then the save.
    """
    if writing.state.settings.validation_rules:
        check_validation_rules(writing, sobject, row)
    check_duplicate_rules(writing, sobject, before, row)


def check_rules(state: State, settings: Settings) -> None:
    """Raise ValueError with the reason if a rule of these settings cannot work in this org."""
    for rule in settings.validation_rules:
        _check_validation_rule(state, rule)
    for duplicate in settings.duplicate_rules:
        _check_duplicate_rule(state.schema, duplicate)
    for object_name, when in (("Lead", settings.lead_rule_criteria), ("Case", settings.case_rule_criteria)):
        if when:
            _check_condition(state, f"assignment rule of {object_name}", object_name, when)


def _check_validation_rule(state: State, rule: ValidationRule) -> None:
    what = f"validation rule {rule.name}"
    _check_condition(state, what, _object(state.schema, what, rule.object).name, rule.when)
    if rule.field:
        _check_fields(state.schema, what, rule.object, (rule.field,))
    if not rule.message:
        raise ValueError(f"{what}: a message is required")


def _check_condition(state: State, what: str, object_name: str, when: str) -> None:
    try:
        compile_condition(state, object_name, when)
    except Refused as refused:
        raise ValueError(f"{what}: {refused}") from refused


def _check_duplicate_rule(schema: Schema, rule: DuplicateRule) -> None:
    what = f"duplicate rule {rule.name}"
    if not rule.fields:
        raise ValueError(f"{what}: no fields to compare")
    if rule.mode not in {"alert", "block"}:
        raise ValueError(f"{what}: mode must be alert or block")
    for name in {rule.object, *rule.match_objects}:
        _check_fields(schema, what, name, rule.fields)


def _check_fields(schema: Schema, what: str, object_name: str, names: tuple[str, ...]) -> None:
    known = _object(schema, what, object_name).fields
    for name in names:
        if name not in known:
            raise ValueError(f"{what}: no field {name} on {object_name}")
        if known[name].case_sensitive and what.startswith("duplicate"):
            raise ValueError(f"{what}: {name} minds case, and duplicate rules do not")


def _object(schema: Schema, what: str, name: str) -> SObject:
    found = schema.objects.get(name)
    if found is None:
        raise ValueError(f"{what}: no object {name}")
    return found
