"""The cells as a page for the admin."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.matrix.cells import CREATION, DUPLICATES, RECOGNITION
from tests.matrix.precedence import SIGNS
from tests.matrix.row import Fate, Row, Whose

_INTRODUCTION = """\
# Creation rules: what a booking does to your records

Every line of these tables is tried out as it stands: in an org whose assignment rules for Leads and Cases are active,
a booking is made, the records and their owners are compared with the line, and the API calls are counted. This page is
printed from the same table (`make docs`), so it cannot say anything else.

The words:

- **updated**: what the booking says replaces what the record had (`update = "override"`, the default).
- **empty fields filled**: what the record had stays; only empty fields, and fields that hold nothing but a placeholder
  such as "Unspecified", get a value (`update = "fill_empty"`). What the booking itself says, such as its subject or
  its status, is written in both modes.
- **as before**: whoever owned the record still does, although assignment rules are active (`assign = "keep"`, the
  default for records that are there).
- **booking owner**: the Salesforce user of the person with whom the booking is made.
- **assignment rules**: the active rule of the org decides, once, when the booking is made.
- **calls**: API calls for this booking alone. A later event of it, such as a cancellation, costs 1, and changes neither
  the owners nor what the customer said. The same delivery once more costs nothing. 200 such bookings together take at
  most 4 calls, and where a record was merged more than once, 5.

The Event always belongs to the booking owner. Contacts cannot be assigned by rules, because Salesforce has none for
them: with `assignment_rules` for Leads and Cases, Contacts that are there keep their owner. An option that a table does
not show is as shipped, or makes no difference.
"""

_OF_DUPLICATES = """\
## Duplicate rules of the org

Here the org has duplicate rules of its own, for Leads and for Contacts: who has the same phone number is the same. A
rule **alerts**, and lets itself be overruled, or **blocks**. Asking once more costs two calls. Where nothing can be
done the booking is parked with the rule's answer, and a person looks.
"""

_FATES: Mapping[Fate, str] = {
    "created": "created",
    "overridden": "updated",
    "filled": "empty fields filled",
    "left": "left as it is",
}
_OWNERS: Mapping[Whose, str] = {"Ada": "booking owner", "Ben": "as before", "queue": "assignment rules"}
_WORDS = {
    "lead": "Leads",
    "contact": "Contacts",
    "case": "Cases",
    "none": "none",
    "override": "override",
    "fill_empty": "fill_empty",
    "keep": "keep",
    "booking_owner": "booking_owner",
    "assignment_rules": "assignment_rules",
    "alert": "alerts",
    "block": "blocks",
}
_COLUMNS = ("Page", "update", "assign", "The rule", "Other options")
_SUBJECTS = {"Existing Cases": "The Case", "New Cases": "The Case", "Accounts": "The Account"}
_OUTCOME = ("What happens", "Owner then", "The Event is with", "Calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Cells that differ in nothing but choices that make no difference; `cell` is one of them.

    `choices` are those for which it holds, by the name of the column.
    """

    cell: Row
    choices: Mapping[str, tuple[str, ...]]


def document() -> str:
    """The whole page, in Markdown."""
    parts = [
        _INTRODUCTION,
        "## Leads, Contacts, Cases and Accounts\n",
        *_sections(CREATION),
        "## Who is the customer?\n",
        _precedence(),
        *_sections(RECOGNITION),
        _OF_DUPLICATES,
        *_sections(DUPLICATES),
    ]
    return "\n".join(parts)


def _precedence() -> str:
    rows = [(str(number), sign.sign, sign.leads_to) for number, sign in enumerate(SIGNS, start=1)]
    return f"The first of these that leads to a record counts.\n\n{_table(('', 'Sign', 'Leads to'), rows)}\n"


def _sections(rows: Sequence[Row]) -> Iterator[str]:
    for name in dict.fromkeys(row.section for row in rows):
        lines = _merged([_line(row) for row in rows if row.section == name])
        yield f"### {name}\n\n{_section(lines)}\n"


def _section(lines: Sequence[_Line]) -> str:
    every = {name: {value for line in lines for value in line.choices[name]} for name in _COLUMNS}
    shown = [name for name in _COLUMNS if len(every[name]) > 1]
    head = (_SUBJECTS.get(lines[0].cell.section, "The customer"), *shown)
    body = [
        (
            line.cell.situation,
            *(_chosen(line.choices[name], every[name]) for name in shown),
            _listed(f"{end.record}: {_FATES[end.fate]}" for end in line.cell.ends),
            _listed(f"{end.record}: {_OWNERS[end.owner]}" for end in line.cell.ends),
            _event(line.cell),
            str(line.cell.calls),
        )
        for line in lines
    ]
    return _table((*head, *_OUTCOME), body)


def _line(row: Row) -> _Line:
    options = ", ".join(f"{name} = {str(value).lower()}" for name, value in row.choice.matching.items())
    chosen = (row.page, row.choice.update, row.choice.assign, row.rule, options)
    return _Line(cell=row, choices={name: (value,) for name, value in zip(_COLUMNS, chosen, strict=True)})


def _merged(lines: Sequence[_Line]) -> Sequence[_Line]:
    """Lines that differ in one choice alone, as one: first pages, then update modes, then assignments."""
    for name in _COLUMNS[:-1]:
        found: dict[object, _Line] = {}
        for line in lines:
            others = tuple(line.choices[other] for other in _COLUMNS if other != name)
            key = (line.cell.situation, _outcome(line.cell), others)
            before = found[key].choices[name] if key in found else ()
            found[key] = replace(line, choices={**line.choices, name: (*before, *line.choices[name])})
        lines = list(found.values())
    return lines


def _outcome(row: Row) -> tuple[object, ...]:
    ends = tuple((end.record, end.fate, end.owner, end.parent) for end in row.ends)
    return ends, row.who, row.what, row.calls


def _chosen(values: tuple[str, ...], every: set[str]) -> str:
    if set(values) == every and len(every) > 1:
        return "any"
    return ", ".join(_WORDS.get(value, value) or "as shipped" for value in values)


def _event(row: Row) -> str:
    return " and ".join(name for name in (row.who, row.what) if name) or "no Event"


def _listed(texts: Iterable[str]) -> str:
    return "<br>".join(texts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
