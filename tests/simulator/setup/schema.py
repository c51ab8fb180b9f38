"""Every object of one org: the standard ones, and the custom fields that come and go."""

from copy import copy
from dataclasses import replace
from pathlib import Path

from tests.simulator.ids import Ids
from tests.simulator.settings import CustomField
from tests.simulator.setup.fact_tables import FACTS, ID_LENGTH, read_object
from tests.simulator.setup.objects import Choice, Field, SObject

ACTIVITY = ("Task", "Event")


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
        length=ID_LENGTH if custom.type == "reference" else custom.length,
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
