"""Salesforce ids that a personalized link carried, wherever a booking system or a relay puts them."""

from collections.abc import Mapping

from pydantic import ValidationError

from .contract import SalesforceIds

# The vendor's articles spell the parameters of its links in several ways.
_NAMES = {
    "lead": ("sosfleadid", "sfleadid", "salesforce_lead_id"),
    "contact": ("sosfcontactid", "sfcontactid", "salesforce_contact_id"),
    "case": ("sosfcaseid", "sfcaseid", "salesforce_case_id"),
}

# https://help.salesforce.com/s/articleView?id=000385008
_PREFIXES = {"00Q": "lead", "003": "contact", "500": "case"}


def find_ids(*places: Mapping[str, str]) -> SalesforceIds:
    """The first id for each object; the names in a place are compared without case.

    What is no id (blank, an unresolved merge field) counts as absent, because visitors can change a link.
    """
    spelled = [{name.casefold(): value for name, value in place.items()} for place in places]
    found: dict[str, str] = {}
    for target, names in _NAMES.items():
        values = (place[name] for place in spelled for name in names if name in place)
        if value := next(filter(_is_id, values), None):
            found[target] = value
    return SalesforceIds(**found)


def named_by_prefix(record_id: str | None) -> dict[str, str]:
    """An id of which nothing says what it is, under a name for it; empty if it is none that we can use."""
    text = (record_id or "").strip()
    target = _PREFIXES.get(text[:3])
    return {_NAMES[target][0]: text} if target and _is_id(text) else {}


def _is_id(value: str) -> bool:
    try:
        SalesforceIds(lead=value)
    except ValidationError:
        return False
    return True
