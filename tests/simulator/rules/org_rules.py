"""The rules an admin may set up for the records of an org, as its settings hold them."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

DuplicateMode = Literal["alert", "block"]
STANDARD_MATCHING = {
    "Lead": "Standard_Lead_Match_Rule_v1_0",
    "Contact": "Standard_Contact_Match_Rule_v1_1",
    "Account": "Standard_Account_Match_Rule_v1_0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """Records of `object` are held against those of `match_objects` by fields that must all agree and be filled.

    Without `match_objects` it is the object itself; a match in another object goes by the name of that object's
    standard matching rule. A rule of Account is about business accounts, or about person accounts alone.
    """

    object: str
    name: str
    matching_rule: str
    fields: tuple[str, ...]
    mode: DuplicateMode = "alert"
    message: str = "Use one of these records?"
    on_create: bool = True
    on_update: bool = True
    match_objects: tuple[str, ...] = ()
    person_accounts: bool = False
    match_engine: Literal["ExactMatchEngine", "FuzzyMatchEngine"] = "ExactMatchEngine"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule:
    """A record of `object` that would meet the SOQL condition `when` is refused with the admin's message."""

    object: str
    name: str
    when: str
    message: str
    field: str = ""


@cache
def standard_duplicate_rules(mode: Literal["off", "alert", "block"]) -> tuple[DuplicateRule, ...]:
    """The rules that Salesforce ships, with an exact match in place of their fuzzy one.

    As in their help pages: since Summer '17 leads and contacts are held against each other, and editing a record
    only reports. "Block" stands for the admin who turned both actions round.
    """
    if mode == "off":
        return ()
    people = ("FirstName", "LastName", "Email")
    return (
        _standard("Lead", people, ("Lead", "Contact"), mode),
        _standard("Contact", people, ("Contact", "Lead"), mode),
        _standard("Account", ("Name",), ("Account",), mode),
    )


def _standard(
    object_name: str, fields: tuple[str, ...], match_objects: tuple[str, ...], mode: DuplicateMode
) -> DuplicateRule:
    return DuplicateRule(
        object=object_name,
        name=f"Standard_{object_name}_Duplicate_Rule",
        matching_rule=STANDARD_MATCHING[object_name],
        fields=fields,
        mode=mode,
        on_update=mode == "block",
        match_objects=match_objects,
        match_engine="FuzzyMatchEngine",
    )
