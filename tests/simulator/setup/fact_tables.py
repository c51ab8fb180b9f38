"""The tables of facts beside this module: one file for each object, one line for each field."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from tests.simulator.setup.objects import Choice, Field, SObject
from tests.simulator.setup.permissionable import SETUP, is_permissionable

FACTS = Path(__file__).parent / "facts"
ID_LENGTH = 18
_TYPE = re.compile(r"(?P<type>\w+)(?:\((?P<length>\d+)\))?")
_INT_DIGITS = 8


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
        length=0 if is_int else size or (ID_LENGTH if found["type"] in {"id", "reference"} else 0),
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
