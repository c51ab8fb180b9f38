"""The options of the setup file: forms from the types, meanings from the comments of config/bookforce.toml."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import get_args, get_origin

from pydantic import BaseModel

from config.load import SHIPPED
from rules.ruleset import RuleSet
from tests.reference.forms import form_of

ROW = "[]"
"""Behind the name of an option that is an array of tables."""

_TABLE = re.compile(r"^(?P<off># )?\[\[?(?P<table>[\w.]+)\]\]?(?: +# (?P<what>.*))?$")
_OPTION = re.compile(r"^(?P<off># )?(?P<name>[a-z_]+) = (?P<value>.*?)(?: +# (?P<what>.*))?$")
# An example that is no option, such as a line of a table of users, starts with a quote or a bracket.
_REMARK = re.compile(r"^# (?P<text>[A-Z`].*)$")
_DEFINITION = re.compile(r"^# (?P<name>[a-z_]+): (?P<what>.*)$")


@dataclass(slots=True, kw_only=True)
class Section:
    """A part of the file: its title, its remarks, its options with what is said of each and what is shipped."""

    title: str
    remarks: list[str] = field(default_factory=list)
    shipped: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    defined: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    def what(self, path: str) -> str:
        """What is said beside the option, or of its name above."""
        return self.said.get(path) or self.defined.get(path.rpartition(".")[2], "")


def read_sections() -> Sequence[Section]:
    """The parts of the shipped file, which two empty lines separate."""
    blocks = SHIPPED.read_text(encoding="utf-8").split("\n\n\n")[1:]
    return [_read(block.strip().splitlines()) for block in blocks]


def option_forms(model: type[BaseModel] = RuleSet, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and form of every option that the types know; those of rows behind ROW."""
    for name, info in model.model_fields.items():
        here = f"{path}{name}"
        match _within(info.annotation):
            case None:
                yield here, form_of(info)
            case inner, "":
                yield from option_forms(inner, f"{here}.")
            case inner, "rows":
                yield here, "array of tables"
                yield from option_forms(inner, f"{here}{ROW}.")
            case inner, _:
                yield from option_forms(inner, f"{here}.default.")


def _within(annotation: object) -> tuple[type[BaseModel], str] | None:
    """The table that stands there, once, as rows or by names; None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    inner = [part for part in get_args(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
    if not inner:
        return None
    return inner[0], "rows" if get_origin(annotation) is tuple else "names"


def _read(lines: Sequence[str]) -> Section:
    section = Section(title=lines[0].removeprefix("# "))
    table = ""
    for line in lines[1:]:
        if found := _TABLE.match(line):
            table = f"{found['table']}{ROW if '[[' in line else ''}"
            _note(section, found["table"], found["what"])
        elif found := _OPTION.match(line):
            is_top = table.endswith(ROW) and not found["off"]  # rows are shown by an example, which is commented out
            path = f"{table}.{found['name']}" if table and not is_top else found["name"]
            _note(section, path, found["what"])
            if not found["off"]:
                section.shipped[path] = found["value"]
        elif found := _DEFINITION.match(line):
            section.defined[found["name"]] = found["what"]
        elif found := _REMARK.match(line):
            section.remarks.append(found["text"])
    return section


def _note(section: Section, path: str, what: str | None) -> None:
    section.paths.append(path)
    if what:
        section.said[path] = what
