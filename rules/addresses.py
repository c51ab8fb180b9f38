"""States and countries in orgs that keep them as picklists: names → codes, and no state without its country.

Salesforce refuses a record whose state is none of its country's, and takes either the name's field or the code's; the
code's says what its choices are. Source: the describes of StateCode and CountryCode (controllerName, validFor).
"""

from collections.abc import Iterable, Mapping

from rules.choices import find_choice, pick, within
from rules.converted import Converted
from rules.describe import FieldSpec
from rules.plan import ByKey, Scalar
from rules.ready import CompiledRow
from rules.values import Raw

_CODE = "Code"

STATE_STAYS = "left out: the record has a state of another country, and the booking names no other state"
"""What is told of a country that a record does not get."""


def code_field(field: FieldSpec, fields: Mapping[str, FieldSpec]) -> FieldSpec | None:
    """The field of the code beside that of the name, None where the org keeps states and countries as text."""
    code = fields.get(f"{field.name}{_CODE}")
    return code if code and code.type == "picklist" else None


def in_country(value: Raw, state: FieldSpec, country: Scalar | ByKey) -> Converted:
    """The code of a state of this country."""
    if value is None or value == "":
        return Converted(None)
    if country is None:
        return Converted(None, "left out: Salesforce takes no state without a country")
    return pick(str(value), within(state, str(country)))


def settled(
    held: tuple[Scalar | ByKey, Scalar | ByKey],
    country: Scalar | ByKey,
    state: Scalar | ByKey,
    field: FieldSpec,
) -> tuple[Scalar | ByKey, Scalar | ByKey]:
    """Country and state of a record that holds these two, when an event names a country and perhaps a state of it.

    A country alone does not move a record out of its state: Salesforce would refuse it, and nothing blanks a field.
    """
    kept = held[1]
    if state is None and kept is not None and not find_choice(str(kept), within(field, str(country))):
        return held
    return country, kept if state is None else state


def without_strangers(
    fillable: dict[str, Scalar | ByKey],
    said: Mapping[str, Scalar | ByKey],
    there: Mapping[str, Scalar],
    rows: Iterable[CompiledRow],
) -> dict[str, Scalar | ByKey]:
    """What may be filled, less states of another country than the one that the record has and keeps."""
    states = {row.field.name: row.country for row in rows if row.country}
    kept = {
        name for name, country in states.items() if country not in fillable and there.get(country) != said.get(country)
    }
    return {name: value for name, value in fillable.items() if name not in kept}


def uprooted(
    wanted: Mapping[str, Scalar | ByKey], there: Mapping[str, Scalar | ByKey], rows: Iterable[CompiledRow]
) -> set[str]:
    """The countries among what is wanted that would leave the record with a state of another one."""
    changed = {name: str(value) for name, value in wanted.items() if there.get(name) != value}
    states = [(row.field, row.country) for row in rows if row.country and row.field.name not in wanted]
    kept = [(state, country, there.get(state.name)) for state, country in states if country in changed]
    return {country for state, country, at in kept if at and not find_choice(str(at), within(state, changed[country]))}
