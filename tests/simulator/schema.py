"""The objects of the org and their fields, read from the tables of facts beside this module."""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from tests.simulator.ids import Ids
from tests.simulator.permissionable import SETUP, is_permissionable
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
    precision: int | None = None
    scale: int | None = None
    checked: bool = False
    permissionable: bool = False
    by_grant: bool = False
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
    read_only: bool = False

    def add(self, *new: Field) -> None:
        for each in new:
            self.fields[each.name] = each
            self.by_lower_name[each.name.lower()] = each
            if each.relationship and each.reference_to:
                self.relationships[each.relationship.lower()] = each
        self._derive()

    def remove(self, name: str) -> None:
        gone = self.fields.pop(name)
        del self.by_lower_name[name.lower()]
        if gone.relationship:
            self.relationships.pop(gone.relationship.lower(), None)
        self._derive()

    def _derive(self) -> None:
        self.required = tuple(name for name, each in self.fields.items() if each.required)
        self.indexed = tuple(each for each in self.fields.values() if is_indexed(each))
        self.unique = tuple(each for each in self.fields.values() if each.unique)
        self.defaults = _defaults(self)

    def field(self, name: str) -> Field | None:
        """Find a field; Salesforce does not mind the case of its name."""
        return self.fields.get(name) or self.by_lower_name.get(name.lower())


class Schema:
    """Every object of one org."""

    def __init__(
        self, custom_fields: tuple[CustomField, ...], overlays: tuple[str, ...] = (), folder: Path = FACTS
    ) -> None:
        """Read the standard objects, lay the fields of these folders of facts over them, add custom fields."""
        self.objects = {made.name: made for made in map(read_object, sorted(folder.glob("*.txt")))}
        for path in (path for each in overlays for path in sorted((folder / each).glob("*.txt"))):
            for changed in read_object(path).fields.values():
                self.objects[path.stem].add(changed)
        self.by_lower_name = {name.lower(): made for name, made in self.objects.items()}
        self.by_prefix = {made.prefix: made for made in self.objects.values()}
        self.custom: dict[str, CustomField] = {}  # by the id that the Tooling API gives
        self.version = 0
        self._ids = Ids()
        for custom in custom_fields:
            self._put(self._ids.next("00N"), custom)
        self._changed()

    def find(self, name: str) -> SObject | None:
        return self.objects.get(name) or self.by_lower_name.get(name.lower())

    def narrowed(self, objects: dict[str, SObject]) -> "Schema":
        """Return what is left of this schema for one who sees only these objects; ids still tell what they are of."""
        view = copy(self)
        view.objects = objects
        view.by_lower_name = {name.lower(): made for name, made in objects.items()}
        return view

    def custom_id(self, object_name: str, name: str) -> str | None:
        """Find a custom field by its home, which may be Activity, and its name in any case."""
        return next(
            (i for i, each in self.custom.items() if each.object == object_name and each.name.lower() == name.lower()),
            None,
        )

    def add(self, custom: CustomField, field_id: str | None = None) -> str:
        """Add a custom field, or put it in place of the one with its id or its name; return its id."""
        field_id = field_id or self.custom_id(custom.object, custom.name) or self._ids.next("00N")
        self._put(field_id, custom)
        self._changed()
        return field_id

    def remove(self, field_id: str) -> CustomField:
        custom = self.custom.pop(field_id)
        for name, each in self.placed(custom):
            self.objects[name].remove(each.name)
        self._changed()
        return custom

    def placed(self, custom: CustomField) -> list[tuple[str, Field]]:
        """Return a custom field with each object that has it: one of Contact also stands on person accounts."""
        made = as_field(custom)
        names = ACTIVITY if custom.object == "Activity" else (custom.object,)
        has_people = custom.object == "Contact" and "PersonContactId" in self.objects["Account"].fields
        return [*((name, made) for name in names), *([("Account", as_person_field(made))] if has_people else ())]

    def give_record_types(self, name: str) -> None:
        """Let an object have record types: the field that names one, as recorded for Account, where it is always."""
        self.objects[name].add(self.objects["Account"].fields["RecordTypeId"])
        self._changed()

    def _put(self, field_id: str, custom: CustomField) -> None:
        self.custom[field_id] = custom
        for name, each in self.placed(custom):
            self.objects[name].add(each)

    def _changed(self) -> None:
        self.version += 1
        self.by_grant = any(custom.by_grant for custom in self.custom.values())
        if "FieldPermissions" in self.objects:
            self._list_permissionable()

    def _list_permissionable(self) -> None:
        """Let the picklists of the permission objects hold what there is to permit."""
        named = {o.name: [f.name for f in o.fields.values() if f.permissionable] for o in self.objects.values()}
        objects = [name for name, fields in named.items() if fields]
        qualified = [f"{name}.{each}" for name in objects for each in named[name]]
        _offer(self.objects["FieldPermissions"], "SobjectType", objects)
        _offer(self.objects["FieldPermissions"], "Field", qualified)
        # Activities have no object permissions of their own: user permissions such as Edit Events govern them.
        _offer(self.objects["ObjectPermissions"], "SobjectType", [name for name in objects if name not in ACTIVITY])


def _offer(sobject: SObject, name: str, values: list[str]) -> None:
    sobject.add(replace(sobject.fields[name], choices=tuple(Choice(value, value) for value in values)))


def as_field(custom: CustomField) -> Field:
    return Field(
        name=custom.name,
        type=custom.type,
        length=_ID_LENGTH if custom.type == "reference" else custom.length,
        label=custom.label,
        nillable=not custom.required and custom.type != "boolean",
        defaulted=custom.type == "boolean",
        restricted=custom.restricted,
        id_lookup=custom.external_id,
        choices=tuple(Choice(value, value) for value in custom.picklist),
        custom=True,
        external_id=custom.external_id,
        unique=custom.unique,
        case_sensitive=custom.case_sensitive,
        object=custom.object,
        precision=custom.precision if custom.type == "double" else None,
        scale=custom.scale if custom.type == "double" else None,
        checked=custom.checked,
        reference_to=tuple(custom.reference_to),
        relationship=f"{custom.name.removesuffix('c')}r" if custom.reference_to else None,
        permissionable=not custom.required,
        by_grant=custom.by_grant and not custom.required,
    )


def as_person_field(contact_field: Field) -> Field:
    """Show a custom field of Contact the way Account has it where Person Accounts are on."""
    return replace(contact_field, name=f"{contact_field.name.removesuffix('c')}pc", nillable=True)


def is_indexed(each: Field) -> bool:
    """Look-ups by these must not scan: keys, names, e-mails and the parents that queries ask for."""
    if each.type == "reference":
        return each.relationship in {"Account", "Contact", "PersonContact", "Who", "What"}
    return (each.key and each.type != "id") or each.unique or each.name == "Name" or each.type == "email"


def read_object(path: Path) -> SObject:
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    name, prefix, label, plural = head.split(" | ")
    made = SObject(name, prefix, label, plural)
    made.add(*_with_permissions(name, map(read_field, lines)))
    return made


def _with_permissions(name: str, fields: Iterable[Field]) -> Iterator[Field]:
    for each in fields:
        optional = each.createable and each.nillable
        permissionable = name not in SETUP and is_permissionable(each.name, each.type, each.compound, optional=optional)
        yield replace(each, permissionable=True) if permissionable else each


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
    values: dict[str, str | bool] = {name: each.checked for name, each in made.fields.items() if each.type == "boolean"}
    return values | {name: each.default for name, each in made.fields.items() if each.default is not None}
