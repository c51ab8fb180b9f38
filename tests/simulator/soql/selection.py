"""What a statement selects, compiled: the function that renders a row as the answer shows it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.data.records import Records, Row
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.soql.fields import Resolved, Resolver, reader
from tests.simulator.soql.lexer import at_place
from tests.simulator.soql.syntax import Fields, Path, Selected, Statement, TypeOf

Render = Callable[[Row], dict[str, Any]]
Children = Callable[[SObject, Statement], tuple[str, Callable[[Row], Any]]]


@dataclass(slots=True)
class _Level:
    """What is selected of one object: its own fields, its parents by the relationship, its children."""

    fields: dict[str, Resolved] = field(default_factory=dict)
    parents: dict[str, tuple[Field, "_Level"]] = field(default_factory=dict)
    choices: dict[str, tuple[Field, dict[str, "_Level"]]] = field(default_factory=dict)
    children: dict[str, Callable[[Row], Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Renders rows of one object below a root; `children` compiles the statements within."""

    records: Records
    resolver: Resolver
    root: str
    children: Children

    def compile(self, sobject: SObject, selected: tuple[Selected, ...]) -> Render:
        top = _Level()
        for each in selected:
            match each:
                case Path():
                    self._add(top, self.resolver.path(sobject, each), each.at)
                case Fields():
                    top.fields |= {one.name: Resolved((), one) for one in _group(sobject, each)}
                case TypeOf():
                    self._add_choice(top, sobject, each)
                case Statement():
                    name, read = self.children(sobject, each)
                    top.children[name] = read
        return self._renderer(top)

    def _add(self, top: _Level, resolved: Resolved, at: int) -> None:
        level = top
        for step in resolved.steps:
            level = level.parents.setdefault(str(step.relationship), (step, _Level()))[1]
        if resolved.field.name in level.fields:
            message = f"duplicate field selected: {resolved.field.name}"
            raise at_place("INVALID_FIELD", self.resolver.statement, at, message)
        level.fields[resolved.field.name] = Resolved((), resolved.field)

    def _add_choice(self, top: _Level, sobject: SObject, written: TypeOf) -> None:
        """Compile each branch of a TYPEOF over its own object; what ELSE names is known of any record."""
        step = self.resolver.path(sobject, Path((*written.path.names, "Id"), written.path.at)).steps[-1]
        levels: dict[str, _Level] = {}
        for named, paths in written.cases:
            levels[self.resolver.object(named).name] = self._level(self.resolver.object(named), paths)
        for target in step.reference_to:
            if target not in levels and target in self.resolver.schema.objects and written.otherwise:
                levels[target] = self._level(self.resolver.schema.objects[target], written.otherwise)
        top.choices[str(step.relationship)] = (step, levels)

    def _level(self, sobject: SObject, paths: tuple[Path, ...]) -> _Level:
        level = _Level()
        for path in paths:
            self._add(level, self.resolver.path(sobject, path), path.at)
        return level

    def _renderer(self, level: _Level) -> Render:
        schema, records, root = self.records.schema, self.records, self.root
        reads = [(name, reader(records, resolved)) for name, resolved in level.fields.items()]
        parents = [(name, step.name, self._renderer(below)) for name, (step, below) in level.parents.items()]
        choices = [
            (name, step.name, {kind: self._renderer(below) for kind, below in levels.items()})
            for name, (step, levels) in level.choices.items()
        ]

        def render(row: Row) -> dict[str, Any]:
            row_id = str(row["Id"])
            kind = schema.by_prefix[row_id[:3]].name
            shown: dict[str, Any] = {"attributes": {"type": kind, "url": f"{root}/sobjects/{kind}/{row_id}"}}
            for name, read in reads:
                shown[name] = read(row)
            for name, reference, render_parent in parents:
                parent = records.find(str(row.get(reference)))
                shown[name] = render_parent(parent) if parent is not None else None
            for name, reference, by_kind in choices:
                parent = records.find(str(row.get(reference)))
                chosen = by_kind.get(schema.by_prefix[str(parent["Id"])[:3]].name) if parent is not None else None
                shown[name] = chosen(parent) if chosen is not None and parent is not None else None
            for name, read in level.children.items():
                shown[name] = read(row)
            return shown

        return render


def _group(sobject: SObject, written: Fields) -> list[Field]:
    if written.group == "ALL":
        return [*sobject.fields.values()]
    return [each for each in sobject.fields.values() if each.custom == (written.group == "CUSTOM")]
