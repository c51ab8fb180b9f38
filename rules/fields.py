"""Stages 3 and 4: required fields and mapping rows against the org's describes → compiled parts and findings."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rules.addresses import code_field
from rules.choices import find_choice
from rules.describe import EXTENDED_TYPES, SUPPORTED_TYPES, FieldSpec, ObjectSpec
from rules.findings import Filling, Finding, Objects, OfType, Writing
from rules.installation import resolve_installation
from rules.lifecycle import status_labels
from rules.mapping import EVENT_STATUS, is_customer_data
from rules.pairs import LOOKUP, fits, fitting_types
from rules.plan import SObject
from rules.ready import CompiledRow, ObjectMapping, RequiredField
from rules.ruleset import Installation, InstallationNames, MappingRow, RuleSet, ValidationRow
from rules.validation import default_by_type
from rules.values import convert

_WRITTEN_BY_US = {"OwnerId", "RecordTypeId", "StartDateTime", "EndDateTime", "DurationInMinutes", "WhoId", "WhatId"}

_ANY_TIME = "2000-01-01T00:00:00Z"


def compile_required(
    rows: Sequence[ValidationRow], objects: Objects, installation: InstallationNames
) -> tuple[dict[SObject, tuple[RequiredField, ...]], list[Finding]]:
    """Stage 3: every universally required field with what supplies it; an error for those that nothing can supply.

    What is said of one record type alone comes after what is said of all.
    """
    own = _own_fields(installation)
    problems = {row: _validation_problem(row, own, objects) for row in rows}
    findings = [
        replace(problem, concerns=Writing(object=row.object, creates=True))
        for row, problem in problems.items()
        if problem
    ]
    compiled: dict[SObject, tuple[RequiredField, ...]] = {}
    for obj, spec in objects.items():
        needs = [field for field in spec.fields.values() if field.required and field.name not in own]
        good = [row for row, problem in problems.items() if row.object is obj and not problem]
        chosen = {row.field: row for row in good if row.record_type is None}
        extra = [spec.fields[name] for name in chosen if not spec.fields[name].required]
        typed = [_required(spec.fields[row.field], row) for row in good if row.record_type is not None]
        compiled[obj] = (*(_required(field, chosen.get(field.name)) for field in (*needs, *extra)), *typed)
        findings += [finding for need in compiled[obj] if (finding := _supply_finding(obj, need))]
    return compiled, findings


def compile_mapping(ruleset: RuleSet, objects: Objects) -> tuple[dict[SObject, ObjectMapping], list[Finding]]:
    """Stage 4: the mapping rows with the fields that they fill; an error for each row that cannot work."""
    rows = [*_enabled(ruleset.field_mapping), *_installed(resolve_installation(ruleset.installation, objects), objects)]
    findings = _doubles(rows)
    compiled: dict[SObject, list[CompiledRow]] = {obj: [] for obj in SObject}
    own = _own_fields(ruleset.installation)
    for row in rows:
        problem = _row_problem(row, own, objects, ruleset)
        if problem:
            findings.append(replace(problem, concerns=Filling(object=row.object, booking=row.booking)))
        else:
            compiled[row.object].append(_compiled(row, objects))
            findings += _status_findings(row, compiled[row.object][-1].field, ruleset)
    return {obj: _split(own_rows) for obj, own_rows in compiled.items()}, findings


def lookup_targets(ruleset: RuleSet, objects: Objects) -> dict[str, str]:
    """The objects that mapped lookups lead to, by API name, each with the external id that finds its records."""
    rows = (row for row in _enabled(ruleset.field_mapping) if row.lookup_key)
    fields = ((row, objects[row.object].fields.get(row.field)) for row in rows)
    return {field.reference_to[0]: str(row.lookup_key) for row, field in fields if field and field.reference_to}


def check_lookups(targets: Mapping[str, str], described: Mapping[str, ObjectSpec]) -> list[Finding]:
    """Stage 4: the external ids by which lookups are filled are there."""
    missing = [
        f"{name}.{key}"
        for name, key in targets.items()
        if key not in described[name].fields or not described[name].fields[key].is_key
    ]
    return [
        _error(f"lookup_key {where} is no external id of that object", "name a field that is, or make it one")
        for where in missing
    ]


def _required(field: FieldSpec, row: ValidationRow | None) -> RequiredField:
    if row is None:
        return RequiredField(field=field)
    source = "booking" if row.source == "booking" else "static"
    return RequiredField(field=field, record_type=row.record_type, **{source: row.value})


def _supply_finding(obj: SObject, need: RequiredField) -> Finding | None:
    field = need.field
    where = f"{obj}.{field.name}" + (f" of the record type {need.record_type}" if need.record_type else "")
    if need.static is not None and convert(need.static, field).value is None:
        message = f"{where}: the {field.type} field cannot take the value that field_validation names"
        typed = OfType(object=obj, record_type=need.record_type) if need.record_type else None
        concerns = typed or Writing(object=obj, creates=True)
        return Finding(level="error", message=message, advice="change the value in the setup file", concerns=concerns)
    if need.booking or need.static is not None or default_by_type(field, _ANY_TIME) is not None:
        return None
    message = f"{where} is required and nothing can supply a {field.type}"
    advice = "give it a default value in Salesforce, or make it optional"
    return Finding(level="error", message=message, advice=advice, concerns=Writing(object=obj, creates=True))


def _enabled(rows: Iterable[MappingRow]) -> list[MappingRow]:
    return [row for row in rows if row.enabled]


def _installed(installation: Installation, objects: Objects) -> list[MappingRow]:
    """Status and reason are mapped by the connector where the org has the fields."""
    rows = (
        MappingRow(booking=EVENT_STATUS, object=SObject.EVENT, field=installation.event_status),
        MappingRow(
            booking="cancel_reschedule_reason", object=SObject.EVENT, field=installation.cancel_reschedule_reason
        ),
    )
    return [row for row in rows if row.field in objects[SObject.EVENT].fields]


def _own_fields(installation: InstallationNames) -> set[str]:
    """Fields that the connector writes itself: they can neither be mapped nor supplied."""
    return _WRITTEN_BY_US | {installation.booking_key, installation.account_key}


def _doubles(rows: Sequence[MappingRow]) -> list[Finding]:
    """One field can hold one value: of two rows that fill it, nobody can say which counts."""
    counted = Counter((row.object, row.field) for row in rows)
    advice = "remove all but one of its rows; a shipped one goes with enabled = false"
    return [
        Finding(level="error", message=f"{obj}.{name} is filled by {count} rows", advice=advice)
        for (obj, name), count in counted.items()
        if count > 1
    ]


def _row_problem(row: MappingRow, own: set[str], objects: Objects, ruleset: RuleSet) -> Finding | None:
    where = f"{row.booking} → {row.object}.{row.field}"
    problem = _field_problem(where, row, own, objects)
    if problem:
        return problem
    field = objects[row.object].fields[row.field]
    if (field.type == LOOKUP) is not bool(row.lookup_key):
        return _error(f"{where}: {_lookup_problem(field)}", "see lookup_key in the shipped setup")
    if field.type in EXTENDED_TYPES and not ruleset.values.extended_types:
        return _error(f"{where}: a {field.type} field is mapped only with values.extended_types", "set it to true")
    if not fits(row.booking, field.type):
        allowed = ", ".join(fitting_types(row.booking))
        return _error(f"{where}: this value does not go into a {field.type} field", f"map it to one of: {allowed}")
    return None


def _lookup_problem(field: FieldSpec) -> str:
    if field.type == LOOKUP:
        return "a lookup is filled by an external id of the record that it leads to, which lookup_key names"
    return f"lookup_key is for lookups, and this is a {field.type} field"


def _compiled(row: MappingRow, objects: Objects) -> CompiledRow:
    """The row with its field; where the org keeps states and countries as picklists, with the field of the code."""
    fields = objects[row.object].fields
    field = fields[row.field]
    code = code_field(field, fields)
    if code is None:
        return CompiledRow(booking=row.booking, field=field, lookup_key=row.lookup_key)
    return CompiledRow(booking=row.booking, field=code, country=code.controller)


def _status_findings(row: MappingRow, field: FieldSpec, ruleset: RuleSet) -> list[Finding]:
    """Statuses that the picklist does not have, which bookings would leave out."""
    if row.booking != EVENT_STATUS or not field.restricted:
        return []
    texts = [ruleset.labels.texts.get(label, label) for label in status_labels(ruleset.labels.mode)]
    missing = [text for text in texts if not find_choice(text, field)]
    if not missing:
        return []
    message = f"{row.object}.{field.name}: the restricted picklist lacks {', '.join(map(repr, missing))}"
    concerns = Filling(object=row.object, booking=EVENT_STATUS, texts=tuple(missing))
    advice = "add these values in Salesforce, or map to a text field"
    return [Finding(level="warning", message=message, advice=advice, concerns=concerns)]


def _validation_problem(row: ValidationRow, own: set[str], objects: Objects) -> Finding | None:
    where, types = f"field_validation of {row.object}.{row.field}", objects[row.object].record_types
    if row.record_type is not None and row.record_type not in types:
        message = f"{where}: {row.object} has no record type {row.record_type!r} that the API user may use"
        return _error(message, f"name one of: {', '.join(types) or '(the org has none)'}")
    return _field_problem(where, row, own, objects)


def _field_problem(where: str, row: MappingRow | ValidationRow, own: set[str], objects: Objects) -> Finding | None:
    fields = objects[row.object].fields
    field = fields.get(row.field)
    if field is None:
        near = difflib.get_close_matches(row.field, fields, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        message = f"{row.object}.{row.field} does not exist or is hidden from the API user{hint}"
        return _error(message, "correct the name, or give the API user access to the field")
    if row.field in own:
        return _error(f"{where}: the connector owns this field", "remove the row")
    lookups = {LOOKUP} if isinstance(row, MappingRow) else set()
    if field.type not in SUPPORTED_TYPES | EXTENDED_TYPES | lookups:
        message = f"{where}: a {field.type} field cannot be mapped"
        return _error(message, "map to a field of another type, or remove the row")
    if not field.createable:
        return _error(
            f"{where}: the field is read-only for the API user", "let the API user edit it, or remove the row"
        )
    return None


def _error(message: str, advice: str) -> Finding:
    return Finding(level="error", message=message, advice=advice)


def _split(rows: Sequence[CompiledRow]) -> ObjectMapping:
    """Countries come before states, whose codes depend on them."""
    ordered = sorted(rows, key=lambda row: row.country is not None)
    return ObjectMapping(
        customer=tuple(row for row in ordered if is_customer_data(row.booking)),
        booking=tuple(row for row in ordered if not is_customer_data(row.booking)),
    )
