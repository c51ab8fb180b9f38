"""Validation rules: an admin's conditions under which a record is refused."""

from tests.simulator.data.records import Row
from tests.simulator.errors import Error, Refused
from tests.simulator.rules.conditions import compile_condition
from tests.simulator.setup.objects import SObject
from tests.simulator.state import Writing

CODE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


def check_validation_rules(writing: Writing, sobject: SObject, row: Row) -> None:
    """Refuse the record as it would be, with the messages of all rules that hold for it."""
    rules = [rule for rule in writing.state.settings.validation_rules if rule.object == sobject.name]
    held = [rule for rule in rules if _holds(writing, sobject.name, rule.when, row)]
    if held:
        raise Refused(400, *(Error(CODE, rule.message, (rule.field,) if rule.field else ()) for rule in held))


def _holds(writing: Writing, object_name: str, when: str, row: Row) -> bool:
    compiled = writing.conditions.get((object_name, when))
    if compiled is None:
        compiled = compile_condition(writing.state, object_name, when)
        writing.conditions[object_name, when] = compiled
    return compiled(row)
