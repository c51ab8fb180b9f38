"""The objects of the org and their fields, read from the tables of facts beside this module."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from tests.simulator.settings import CustomField

FACTS = Path(__file__).parent / "facts"
ACTIVITY = ("Task", "Event")
_TYPE = re.compile(r"(?P<type>\w+)(?:\((?P<length>\d+)\))?")
_ID_LENGTH = 18
_INT_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a picklist."""

    value: str
    label: str
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What describe says about a field, less what follows from its type."""

    name: str
    type: str
    length: int = 0
    label: str
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    defaulted: bool = False
    restricted: bool = False
    id_lookup: bool = False
    name_field: bool = False
    auto_number: bool = False
    digits: int = 0
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    compound: str | None = None
    choices: tuple[Choice, ...] = ()
    custom: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    object: str = ""
    trimmed: bool = True

    @property
    def required(self) -> bool:
        """Clients must send it on create: the rule that describe documents."""
        return self.createable and not self.nillable and not self.defaulted

    @property
    def key(self) -> bool:
        """Records can be addressed by it."""
        return self.external_id or self.id_lookup

    @property
    def default(self) -> str | None:
        return next((choice.value for choice in self.choices if choice.default), None)


@dataclass(slots=True)
class SObject:
    """An object: its names, and its fields under the names that the API accepts."""

    name: str
    prefix: str
    label: str
    plural: str
    fields: dict[str, Field] = field(default_factory=dict)
    by_lower_name: dict[str, Field] = field(default_factory=dict)
    relationships: dict[str, Field] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    indexed: tuple[Field, ...] = ()
    unique: tuple[Field, ...] = ()
    defaults: dict[str, str | bool] = field(default_factory=dict)

    def add(self, new: Field) -> None:
        self.fields[new.name] = new
        self.by_lower_name[new.name.lower()] = new
        if new.relationship and new.reference_to:
            self.relationships[new.relationship.lower()] = new
        self.required = tuple(name for name, each in self.fields.items() if each.required)
        self.indexed = tuple(each for each in self.fields.values() if is_indexed(each))
        self.unique = tuple(each for each in self.fields.values() if each.unique)
        self.defaults = _defaults(self)

    def field(self, name: str) -> Field | None:
        """Find a field; Salesforce does not mind the case of its name."""
        return self.fields.get(name) or self.by_lower_name.get(name.lower())


class Schema:
    """Every object of one org."""

    def __init__(self, custom_fields: tuple[CustomField, ...]) -> None:
        self.objects = {made.name: made for made in map(read_object, sorted(FACTS.glob("*.txt")))}
        self._by_lower_name = {name.lower(): made for name, made in self.objects.items()}
        self.by_prefix = {made.prefix: made for made in self.objects.values()}
        for custom in custom_fields:
            self.add(custom)

    def find(self, name: str) -> SObject | None:
        return self.objects.get(name) or self._by_lower_name.get(name.lower())

    def add(self, custom: CustomField) -> tuple[str, ...]:
        """Add a custom field and return the objects that have it now."""
        names = ACTIVITY if custom.object == "Activity" else (custom.object,)
        for name in names:
            self.objects[name].add(as_field(custom))
        return names


def as_field(custom: CustomField) -> Field:
    return Field(
        name=custom.name,
        type=custom.type,
        length=custom.length,
        label=custom.label,
        nillable=not custom.required,
        restricted=custom.restricted,
        id_lookup=custom.external_id,
        choices=tuple(Choice(value, value) for value in custom.picklist),
        custom=True,
        external_id=custom.external_id,
        unique=custom.unique,
        case_sensitive=custom.case_sensitive,
        object=custom.object,
    )


def is_indexed(each: Field) -> bool:
    """Look-ups by these must not scan: keys, names, e-mails and the parents that queries ask for."""
    if each.type == "reference":
        return each.relationship in {"Account", "Contact", "Who", "What"}
    return (each.key and each.type != "id") or each.unique or each.name == "Name" or each.type == "email"


def read_object(path: Path) -> SObject:
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    name, prefix, label, plural = head.split(" | ")
    made = SObject(name, prefix, label, plural)
    for line in lines:
        made.add(read_field(line))
    return made


def read_field(line: str) -> Field:
    """Read one line: name | type(length) | flags | label, then what else there is to say.

    That is "-> targets as Relationship", or "as Relationship" alone where describe names no target, "in Compound"
    and "= choices", of which the default one has a star.
    """
    name, kind, flags, label, *more = line.split(" | ")
    found = _TYPE.fullmatch(kind)
    assert found, line
    rest = {each.partition(" ")[0]: each.partition(" ")[2] for each in more}
    targets, _, relationship = rest.get("->", "").partition(" as ")
    size = int(found["length"] or 0)
    is_int = found["type"] == "int"
    return Field(
        name=name,
        type=found["type"],
        length=0 if is_int else size or (_ID_LENGTH if found["type"] in {"id", "reference"} else 0),
        digits=(size or _INT_DIGITS) if is_int else 0,
        label=label,
        createable="c" in flags,
        updateable="u" in flags,
        nillable="n" in flags,
        defaulted="d" in flags,
        restricted="r" in flags,
        id_lookup="k" in flags,
        name_field="N" in flags,
        auto_number="a" in flags,
        reference_to=tuple(targets.split()),
        relationship=relationship or rest.get("as"),
        compound=rest.get("in"),
        choices=tuple(_choices(rest.get("=", ""))),
    )


def _choices(text: str) -> Iterator[Choice]:
    if text == "@zones":
        yield from (Choice(zone, zone) for zone in _zones())
        return
    for each in filter(None, text.split("; ")):
        value, _, label = each.removeprefix("*").partition("=")
        yield Choice(value, label or value, each.startswith("*"))


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))


def _defaults(made: SObject) -> dict[str, str | bool]:
    values: dict[str, str | bool] = {name: False for name, each in made.fields.items() if each.type == "boolean"}
    return values | {name: each.default for name, each in made.fields.items() if each.default is not None}
