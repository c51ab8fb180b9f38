"""Layouts as the REST guide shows them: nothing is laid out, but the mappings say what record types offer.

Source: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-sobject-layouts-get.html
"""

from collections.abc import Mapping
from typing import Any

from tests.simulator.ids import with_checksum
from tests.simulator.settings import RecordType
from tests.simulator.setup.objects import Choice, Field, SObject
from tests.simulator.setup.record_types import describe_record_types

PICKLISTS = frozenset({"picklist", "multipicklist"})


def describe_layouts(
    sobject: SObject, root: str, types: Mapping[str, RecordType], *, tells: bool = True
) -> dict[str, Any]:
    """Render the mappings of all record types and, where there is but one, the layout."""
    return {
        "layouts": None if len(types) > 1 else [a_layout(sobject)],
        "recordTypeMappings": [
            {**info, "layoutId": _layout_id(sobject), "picklistsForRecordType": offered if tells else None}
            for info in describe_record_types(types, sobject, root)
            for offered in [_picklists(sobject, types.get(info["recordTypeId"]))]
        ],
        "recordTypeSelectorRequired": [len(types) > 1],
    }


def a_layout(sobject: SObject) -> dict[str, Any]:
    none = ("detailLayoutSections", "editLayoutSections", "multirowEditLayoutSections", "offlineLinks", "relatedLists")
    return {
        "id": _layout_id(sobject),
        "buttonLayoutSection": {"detailButtons": []},
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "saveOptions": [],
        **{name: [] for name in none},
    }


def _layout_id(sobject: SObject) -> str:
    return with_checksum(f"00h5e0000000{sobject.prefix}")


def _picklists(sobject: SObject, record_type: RecordType | None) -> list[dict[str, Any]]:
    """What a record type offers of every picklist: all values of those that it does not narrow, as Master does."""
    offers = {offer.field: offer for offer in record_type.picklists} if record_type else {}
    shown = []
    for field in sobject.fields.values():
        if field.type in PICKLISTS:
            offer = offers.get(field.name)
            values = offer.values if offer else tuple(choice.value for choice in field.choices)
            default = (offer.default if offer else None) or field.default
            shown.append({"picklistName": field.name, "picklistValues": _values(field, values, default)})
    return shown


def _values(field: Field, values: tuple[str, ...], default: str | None) -> list[dict[str, Any]]:
    return [_value(choice, is_default=choice.value == default) for choice in field.choices if choice.value in values]


def _value(choice: Choice, *, is_default: bool) -> dict[str, Any]:
    return {
        "active": True,
        "defaultValue": is_default,
        "label": choice.label,
        "validFor": None,
        "value": choice.value,
    }
