"""Paths of a statement, resolved against the schema: which field, behind which references, and how to read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.data.records import Records, Row
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.schema import Schema
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.syntax import Constant, Path
from tests.simulator.texts import say

ADVICE = "Please reference your WSDL or the describe call for the appropriate names."
ADDRESS_PARTS = ("City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street")
DEEPEST_PATH = 5  # relationships from child to parent
Read = Callable[[Row], Any]


def _name_entity() -> SObject:
    """What is visible behind a reference to several objects: the fields of the entity called Name."""
    made = SObject("Name", "", "Name", "Names")
    made.add(Field(name="Id", type="id", length=18, label="ID"))
    made.add(Field(name="IsActive", type="boolean", label="Active"))
    for name in ("Name", "FirstName", "LastName", "Email", "Phone", "Title", "Alias", "Username", "Type"):
        made.add(Field(name=name, type="string", length=255, label=name))
    return made


NAME_ENTITY = _name_entity()
ENTITY_TYPE = NAME_ENTITY.fields["Type"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A path that exists."""

    steps: tuple[Field, ...]
    field: Field


@dataclass(frozen=True, slots=True)
class Resolver:
    """Names of one statement, resolved within one schema."""

    schema: Schema
    statement: str
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def object(self, name: Constant) -> SObject:
        found = self.schema.find(name.text)
        if found is None:
            message = (
                f"sObject type '{name.text}' is not supported. If you are attempting to use a custom object, be sure "
                f"to append the '__c' after the entity name. {ADVICE}"
            )
            raise at_place("INVALID_TYPE", self.statement, name.at, message)
        return found

    def path(self, sobject: SObject, path: Path) -> Resolved:
        names = self._unaliased(sobject, path.names)
        if len(names) - 1 > DEEPEST_PATH:
            message = say("SOQL_PATH_TOO_DEEP", most=DEEPEST_PATH)
            raise at_place("MALFORMED_QUERY", self.statement, path.at, message)
        steps: list[Field] = []
        for name in names[:-1]:
            step = self._relationship(sobject, name, path.at)
            sobject = NAME_ENTITY if len(step.reference_to) > 1 else self.schema.objects[step.reference_to[0]]
            steps.append(step)
        return Resolved(tuple(steps), self._field(sobject, names[-1], path.at))

    def _unaliased(self, sobject: SObject, names: tuple[str, ...]) -> tuple[str, ...]:
        """Leave off the object's own name, and put the path of a parent in place of its alias."""
        if len(names) == 1:
            return names
        first = names[0].lower()
        if first in self.aliases:
            return self._unaliased(sobject, self.aliases[first] + names[1:])
        return names[1:] if first == sobject.name.lower() else names

    def _relationship(self, sobject: SObject, name: str, at: int) -> Field:
        found = sobject.relationships.get(name.lower())
        if found is None or not any(target in self.schema.objects for target in found.reference_to):
            message = (
                f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom "
                f"relationship, be sure to append the '__r' after the custom relationship name. {ADVICE}"
            )
            raise at_place("INVALID_FIELD", self.statement, at, message)
        return found

    def _field(self, sobject: SObject, name: str, at: int) -> Field:
        found = sobject.field(name)
        if found is None:
            message = (
                f"No such column '{name}' on entity '{sobject.name}'. If you are attempting to use a custom field, be "
                f"sure to append the '__c' after the custom field name. {ADVICE}"
            )
            raise at_place("INVALID_FIELD", self.statement, at, message)
        return found


def reader(records: Records, resolved: Resolved) -> Read:
    """Return the function that reads the path from a row."""
    if resolved.steps:
        return lambda row: _through(records, resolved, row)
    if resolved.field is ENTITY_TYPE:
        return lambda row: entity_type(records, row)
    if resolved.field.type == "address":
        prefix = resolved.field.name.removesuffix("Address")
        return lambda row: address(prefix, row)
    name = resolved.field.name
    return lambda row: row.get(name)


def _through(records: Records, resolved: Resolved, row: Row) -> Any:
    for step in resolved.steps:
        parent = records.find(str(row.get(step.name)))
        if parent is None:
            return None
        row = parent
    return entity_type(records, row) if resolved.field is ENTITY_TYPE else row.get(resolved.field.name)


def entity_type(records: Records, row: Row) -> str:
    """Say what a record is to one who only knows its name: queues are not called groups there."""
    name = records.schema.by_prefix[str(row["Id"])[:3]].name
    return "Queue" if name == "Group" and row.get("Type") == "Queue" else name


def address(prefix: str, row: Row) -> dict[str, Any] | None:
    """Compose a compound address; it is null while all its parts are."""
    parts = {f"{part[0].lower()}{part[1:]}": row.get(f"{prefix}{part}") for part in ADDRESS_PARTS}
    return parts if any(value is not None for value in parts.values()) else None
