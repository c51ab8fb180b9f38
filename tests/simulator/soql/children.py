"""Child relationships: what (SELECT … FROM Contacts) reads, as the recorded describes name it."""

from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.schema import Schema
from tests.simulator.soql.fields import ADVICE
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.syntax import Constant

RELATIONSHIPS = {
    ("Account", "childaccounts"): ("Account", "ParentId"),
    ("Account", "cases"): ("Case", "AccountId"),
    ("Account", "contacts"): ("Contact", "AccountId"),
    ("Account", "events"): ("Event", "WhatId"),
    ("Account", "tasks"): ("Task", "WhatId"),
    ("Contact", "cases"): ("Case", "ContactId"),
    ("Contact", "events"): ("Event", "WhoId"),
    ("Contact", "tasks"): ("Task", "WhoId"),
    ("Lead", "events"): ("Event", "WhoId"),
    ("Lead", "tasks"): ("Task", "WhoId"),
    ("Case", "cases"): ("Case", "ParentId"),
    ("Case", "events"): ("Event", "WhatId"),
    ("Case", "tasks"): ("Task", "WhatId"),
}


def find_children(schema: Schema, statement: str, parent: SObject, named: Constant) -> tuple[SObject, Field]:
    """Find the object behind a child relationship, and its field that holds the parent."""
    name, reference = RELATIONSHIPS.get((parent.name, named.text.lower()), ("", ""))
    child = schema.objects.get(name)
    field = child.fields.get(reference) if child is not None else None
    if child is None or field is None:
        message = (
            f"Didn't understand relationship '{named.text}' in FROM part of query call. If you are attempting to use "
            f"a custom relationship, be sure to append the '__r' after the custom relationship name. {ADVICE}"
        )
        raise at_place("INVALID_TYPE", statement, named.at, message)
    return child, field
