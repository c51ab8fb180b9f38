"""All cells."""

from collections.abc import Mapping, Sequence

from tests.matrix.creation import creation_rows
from tests.matrix.duplicates import duplicate_rows
from tests.matrix.recognition import recognition_rows
from tests.matrix.row import Choice, Row

CREATION: Sequence[Row] = creation_rows()
RECOGNITION: Sequence[Row] = recognition_rows()
ROWS: Sequence[Row] = (*CREATION, *RECOGNITION)
DUPLICATES: Sequence[Row] = duplicate_rows()
"""Cells of an org with duplicate rules, which nothing but an org can show."""


def setups() -> Sequence[Choice]:
    """The different choices, in order of appearance."""
    found: list[Choice] = []
    for row in ROWS:
        if row.choice not in found:
            found.append(row.choice)
    return found


def tables(choice: Choice) -> Mapping[str, Mapping[str, object]]:
    """The choice as tables of a setup file, but for the mapping rows. Pages are called by what they create."""
    existing = {"update": choice.update, "assign": choice.assign}
    new = {"assign": "booking_owner" if choice.assign == "keep" else choice.assign}
    contact = {"update": choice.update, "assign": "keep" if choice.assign == "assignment_rules" else choice.assign}
    return {
        "creation_rules": {
            "lead": {"existing": existing, "new": new},
            "contact": {"existing": contact},
            "case": {"existing": existing, "new": new},
        },
        "pages": {
            name: {"object": name, "create_event": True, "record_types": {}}
            for name in ("lead", "contact", "case", "none")
        },
        "matching": choice.matching,
    }


def mapping_rows(choice: Choice) -> Sequence[Mapping[str, str]]:
    """The admin's own mapping rows."""
    if not choice.account_rows:
        return ()
    return (
        {"booking": "customer_phone", "object": "Account", "field": "Phone"},
        {"booking": "customer_note", "object": "Account", "field": "Description"},
    )
