"""Describe: what clients are told about objects and their fields."""

from collections.abc import Mapping
from typing import Any

from tests.simulator.settings import RecordType
from tests.simulator.setup.objects import Choice, Field, SObject
from tests.simulator.setup.permissionable import SETUP
from tests.simulator.setup.record_types import describe_record_types
from tests.simulator.setup.schema import Schema

LONG_TEXT = 256  # text areas beyond 255 characters can be neither filtered nor sorted
SOAP_TYPES = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "double": "xsd:double", "currency": "xsd:double",
    "int": "xsd:int", "date": "xsd:date", "datetime": "xsd:dateTime", "address": "urn:address",
}  # fmt: skip
TEXTUAL = frozenset({"string", "textarea", "phone", "url", "combobox", "picklist", "multipicklist", "email"})
UNGROUPED = frozenset({"double", "currency", "datetime", "address"})
READ_ONLY_OBJECTS = frozenset({"RecordType", "Organization", "AssignmentRule", "Profile"})
NO_RECORD_DATA: dict[str, Any] = {
    "associateEntityType": None, "associateParentEntity": None, "defaultImplementation": None, "extendedBy": None,
    "extendsInterfaces": None, "implementedBy": None, "implementsInterfaces": None, "listviewable": None,
    "lookupLayoutable": None, "networkScopeFieldName": None, "actionOverrides": [], "childRelationships": [],
    "namedLayoutInfos": [],
}  # fmt: skip


def describe_global(schema: Schema, root: str) -> dict[str, Any]:
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [summary(o, root) for o in schema.objects.values()]}


def describe(sobject: SObject, root: str, record_types: Mapping[str, RecordType]) -> dict[str, Any]:
    """Render the full describe of one object."""
    return summary(sobject, root) | NO_RECORD_DATA | {
        "fields": [describe_field(field) for field in sobject.fields.values()],
        "recordTypeInfos": describe_record_types(record_types, sobject, root),
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {sobject.plural.lower()}", "name": "everything"}],
    }  # fmt: skip


def summary(sobject: SObject, root: str) -> dict[str, Any]:
    """Render what the global describe says about an object."""
    url, is_data = f"{root}/sobjects/{sobject.name}", sobject.name not in READ_ONLY_OBJECTS and not sobject.read_only
    flags = dict.fromkeys(("createable", "updateable", "deletable", "triggerable", "undeletable"), is_data)
    yes = dict.fromkeys(("layoutable", "mruEnabled", "queryable", "replicateable", "retrieveable", "searchable"), True)
    no = dict.fromkeys(
        ("activateable", "custom", "customSetting", "deepCloneable", "deprecatedAndHidden", "hasSubtypes",
         "isInterface", "isSubtype"), False,
    )  # fmt: skip
    flags |= {"undeletable": flags["undeletable"] and sobject.name not in SETUP}
    return yes | no | flags | {
        "compactLayoutable": is_data,
        "feedEnabled": sobject.name in {"Account", "Case", "Contact", "Lead"},
        "keyPrefix": sobject.prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "mergeable": sobject.name in {"Account", "Case", "Contact", "Lead"},
        "name": sobject.name,
        "searchLayoutable": is_data,
        "urls": {"sobject": url, "describe": f"{url}/describe", "rowTemplate": f"{url}/{{ID}}"},
    }  # fmt: skip


def describe_field(field: Field) -> dict[str, Any]:
    """Render one field: the facts kept about it, and what follows from its type."""
    polymorphic = len(field.reference_to) > 1
    unsearchable = not is_filterable(field)
    number = field.type in {"double", "currency"}
    return {
        "aggregatable": field.type not in {"boolean", "address"} and not unsearchable,
        "aiPredictionField": False,
        "autoNumber": field.auto_number,
        "byteLength": field.length * 3 if field.type in TEXTUAL else field.length,
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "controllerName": None,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": field.checked if field.type == "boolean" else field.default,
        "defaultValueFormula": None,
        "defaultedOnCreate": field.defaulted,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": field.digits,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.external_id,
        "extraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "filterable": not unsearchable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.type not in UNGROUPED and not unsearchable,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.id_lookup,
        "inlineHelpText": None,
        "label": field.label,
        "length": field.length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": polymorphic,
        "nillable": field.nillable,
        "permissionable": field.permissionable,
        "picklistValues": [_choice(choice) for choice in field.choices],
        "polymorphicForeignKey": polymorphic,
        "precision": (18 if field.precision is None else field.precision) if number else 0,
        "queryByDistance": field.type == "address",
        "referenceTargetField": None,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": field.restricted,
        "scale": (15 if field.scale is None else field.scale) if field.type == "double" else 0,
        "searchPrefilterable": field.type == "reference" and field.createable,
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
        "sortable": field.type != "address" and not unsearchable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
        "writeRequiresMasterRead": False,
    }


def is_filterable(field: Field) -> bool:
    return field.type != "textarea" or field.length < LONG_TEXT


def _choice(choice: Choice) -> dict[str, Any]:
    default = {"active": True, "defaultValue": choice.default}
    return default | {"label": choice.label, "validFor": None, "value": choice.value}
