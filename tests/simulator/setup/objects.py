"""One object of the org and its fields, as describe speaks of them."""

from dataclasses import dataclass, field


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


def is_indexed(each: Field) -> bool:
    """Look-ups by these must not scan: keys, names, e-mails and the parents that queries ask for."""
    if each.type == "reference":
        return each.relationship in {"Account", "Contact", "PersonContact", "Who", "What", "Event"}
    return (each.key and each.type != "id") or each.unique or each.name == "Name" or each.type == "email"


def _defaults(made: SObject) -> dict[str, str | bool]:
    values: dict[str, str | bool] = {name: each.checked for name, each in made.fields.items() if each.type == "boolean"}
    return values | {name: each.default for name, each in made.fields.items() if each.default is not None}
