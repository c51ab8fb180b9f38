"""Duplicate rules: which records a new one would double, and how the org says so."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from tests.simulator.data.records import Row
from tests.simulator.errors import Error, Refused
from tests.simulator.rules.org_rules import STANDARD_MATCHING, DuplicateRule, standard_duplicate_rules
from tests.simulator.settings import Settings
from tests.simulator.setup.access import schema_for
from tests.simulator.setup.objects import SObject
from tests.simulator.state import State, Writing

HEADER = "sforce-duplicate-rule-header"
HEADER_SINCE = 52.0
# Seen in public code: duplicateResut in answers of v51, v54 and v56, duplicateResult in one of v62.
SPELLED_WELL_FROM = 62.0
MOST_MATCHES = 100
Found = list[tuple[SObject, list[Row]]]


def check_duplicate_rules(writing: Writing, sobject: SObject, before: Row, row: Row) -> None:
    """Refuse a record that a rule takes for a duplicate, unless the rule only alerts and the caller allows it."""
    rules = rules_for(writing.state.settings, sobject.name)
    asked = options(writing) if rules else set()
    for rule in rules:
        if not (_is_of_kind(rule, sobject, row) and _runs(rule, before, row)) or (
            rule.mode == "alert" and "allowsave" in asked
        ):
            continue
        found = matches(writing, rule, row)
        if found:
            # The first rule that finds something is the last that runs.
            details = _result(writing, rule, found, whole="includerecorddetails" in asked)
            raise Refused(400, Error("DUPLICATES_DETECTED", rule.message, None, {_spelling(writing): details}))


def rules_for(settings: Settings, object_name: str) -> list[DuplicateRule]:
    """The active rules of an object, the admin's own before the standard one."""
    rules = settings.duplicate_rules + standard_duplicate_rules(settings.duplicate_rule_mode)
    return [rule for rule in rules if rule.object == object_name]


def options(writing: Writing) -> set[str]:
    """Names of the header's options that are true, in lower case; older versions do not know the header."""
    if writing.version < HEADER_SINCE:
        return set()
    parts = writing.headers.get(HEADER, "").lower().replace(",", ";").split(";")
    pairs = (part.partition("=") for part in parts)
    return {name.strip() for name, _, value in pairs if value.strip() == "true"}


def _runs(rule: DuplicateRule, before: Row, row: Row) -> bool:
    if not before:
        return rule.on_create
    # An edit triggers a rule only if it changes one of the fields that the rule compares.
    return rule.on_update and any(before.get(name) != row.get(name) for name in rule.fields)


def _is_of_kind(rule: DuplicateRule, sobject: SObject, row: Row) -> bool:
    """Tell whether the rule is about this record: in Account, people and companies have rules of their own."""
    return sobject.name != "Account" or bool(row.get("IsPersonAccount")) is rule.person_accounts


def matches(writing: Writing, rule: DuplicateRule, row: Row) -> Found:
    """The undeleted records that a rule takes for the same, by object; a blank field matches nothing."""
    values = {name: str(row[name]).lower() for name in rule.fields if row.get(name) is not None}
    if len(values) < len(rule.fields):
        return []
    found: Found = []
    for name in rule.match_objects or (rule.object,):
        sobject = writing.state.schema.objects[name]
        others = (each for each in _same(writing, sobject, values, row.get("Id")) if _is_of_kind(rule, sobject, each))
        same = list(islice(others, MOST_MATCHES))
        if same:
            found.append((sobject, sorted(same, key=lambda each: str(each["Id"]))))
    return found


def _same(writing: Writing, sobject: SObject, values: dict[str, str], own_id: object) -> Iterator[Row]:
    state = writing.state
    rows = state.records.tables[sobject.name].rows
    # Help, Things to Know About Duplicate Rules: records within the same save are not compared with each other.
    unseen = set() if state.settings.duplicates_within_request else writing.created
    for row_id in _candidates(state, sobject, values):
        row = rows[row_id]
        if row_id == own_id or row_id in unseen or row.get("IsDeleted"):
            continue
        if all(str(row.get(name) or "").lower() == value for name, value in values.items()):
            yield row


def _candidates(state: State, sobject: SObject, values: dict[str, str]) -> Collection[str]:
    """Ask the index that leaves the fewest; a field without one gets it at the first record that its rule meets."""
    table = state.records.tables[sobject.name]
    for name in values:
        if name not in table.indexes:
            table.index(sobject.fields[name])
    held = [table.indexes[name].ids(value) for name, value in values.items()]
    return min(held, key=len)


def _spelling(writing: Writing) -> str:
    chosen = writing.state.settings.duplicate_key_spelling
    if chosen != "by_version":
        return chosen
    return "duplicateResult" if writing.version >= SPELLED_WELL_FROM else "duplicateResut"


def _result(writing: Writing, rule: DuplicateRule, found: Found, *, whole: bool) -> dict[str, Any]:
    return {
        "allowSave": rule.mode == "alert",
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.object,
        "errorMessage": rule.message,
        "matchResults": [_match_result(writing, rule, sobject, rows, whole=whole) for sobject, rows in found],
    }


def _match_result(
    writing: Writing, rule: DuplicateRule, sobject: SObject, rows: list[Row], *, whole: bool
) -> dict[str, Any]:
    own = sobject.name == rule.object or sobject.name not in STANDARD_MATCHING
    return {
        "entityType": sobject.name,
        "errors": [],
        "matchEngine": rule.match_engine,
        "matchRecords": [_match_record(writing, sobject, row, whole=whole) for row in rows],
        "rule": rule.matching_rule if own else STANDARD_MATCHING[sobject.name],
        "size": len(rows),
        "success": True,
    }


def _match_record(writing: Writing, sobject: SObject, row: Row, *, whole: bool) -> dict[str, Any]:
    url = f"/services/data/v{writing.version}/sobjects/{sobject.name}/{row['Id']}"
    seen = schema_for(writing.state, writing.user_id).find(sobject.name)
    names = [name for name in seen.fields if row.get(name) is not None] if whole and seen else ["Id"]
    record = {"attributes": {"type": sobject.name, "url": url}} | {name: row[name] for name in names}
    return {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": record}
