"""Assignment rules: absent, the header means TRUE, and then they overrule whatever owner was sent."""

from collections.abc import Callable

from tests.simulator.data.records import Records, Row
from tests.simulator.errors import refuse
from tests.simulator.ids import full_id
from tests.simulator.rules.conditions import compile_condition
from tests.simulator.state import State, Writing

HEADER = "sforce-auto-assign"
ACTIVE, NONE = "TRUE", "FALSE"
Route = Callable[[Row], str | None]


def imposed_owner(writing: Writing, object_name: str, row: Row, *, created: bool) -> Row:
    """Return the change of owner that a rule imposes on a Lead or Case as it would be; empty if it keeps its own.

    Accounts have territory rules alone, and this org has no territories.
    """
    if object_name not in {"Lead", "Case"}:
        return {}
    route = writing.owners.get((object_name, created))
    if route is None:
        route = writing.owners[object_name, created] = _route(writing, object_name, created=created)
    owner = route(row)
    return {} if owner is None else {"OwnerId": owner}


def _route(writing: Writing, object_name: str, *, created: bool) -> Route:
    state = writing.state
    asked = writing.headers.get(HEADER, "").strip() or ACTIVE
    if asked.upper() == NONE:
        return _keep
    by_id = asked.upper() != ACTIVE and _is_rule(state, object_name, asked)
    if by_id and not created and not state.settings.rule_id_applies_to_updates:
        return _keep  # REST guide: "the given AssignmentRule is applied for created Accounts, Cases, or Leads"
    return _lead_route(state, by_id=by_id) if object_name == "Lead" else _case_route(state, by_id=by_id)


def _is_rule(state: State, object_name: str, asked: str) -> bool:
    """Tell whether the id is that of a rule for this object, active or not."""
    row_id = full_id(asked)
    rule = state.records.get("AssignmentRule", row_id) if row_id else None
    if rule is not None and rule["SobjectType"] == object_name:
        return True
    if state.settings.unknown_rule_id == "ignored":
        return False
    if row_id is None:
        raise refuse("MALFORMED_ID", f"Assignment Rule ID: id value of incorrect type: {asked}")
    raise refuse("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _lead_route(state: State, *, by_id: bool) -> Route:
    settings = state.settings
    if not (by_id or settings.lead_rule_active):
        return _keep
    return _matching(state, "Lead", settings.lead_rule_criteria, settings.lead_rule_owner, settings.default_lead_owner)


def _case_route(state: State, *, by_id: bool) -> Route:
    settings = state.settings
    # Help article 000395506: a case written over REST goes to the default owner even when no rule is active.
    if not (by_id or settings.case_rule_active):
        return _always(find_owner(state.records, settings.default_case_owner))
    return _matching(state, "Case", settings.case_rule_criteria, settings.case_rule_owner, settings.default_case_owner)


def _matching(state: State, object_name: str, criteria: str, owner: str, otherwise: str) -> Route:
    """Send the records that the rule's only entry matches to its owner, all others to the org's default owner."""
    chosen = find_owner(state.records, owner)
    if not criteria:
        return _always(chosen)
    default = find_owner(state.records, otherwise)
    meets = compile_condition(state, object_name, criteria)
    return lambda row: chosen if meets(row) else default


def _always(owner: str) -> Route:
    return lambda _row: owner


def _keep(_row: Row) -> None:
    return None


def find_owner(records: Records, named: str) -> str:
    """Find a user by username, a queue by developer name, or either by id."""
    if records.find(named) is not None:
        return named
    for user_id in records.tables["User"].indexes["Username"].ids(named):
        return user_id
    for group_id, row in records.tables["Group"].rows.items():
        if row["DeveloperName"] == named:
            return group_id
    raise ValueError(f"no user or queue named {named}")
