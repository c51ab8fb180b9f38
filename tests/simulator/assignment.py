"""Assignment rules: absent, the header means TRUE, and then they overrule whatever owner was sent."""

from tests.simulator.records import Records
from tests.simulator.state import State, Writing

HEADER = "sforce-auto-assign"
RULE_PREFIX = "01Q"


def imposed_owner(writing: Writing, object_name: str) -> str | None:
    """Return the owner that a created or updated Lead or Case gets from its rule, None if it keeps its own."""
    if object_name not in writing.owners:
        writing.owners[object_name] = _imposed(writing.state, object_name, writing.headers.get(HEADER, "TRUE"))
    return writing.owners[object_name]


def _imposed(state: State, object_name: str, asked: str) -> str | None:
    settings = state.settings
    if object_name not in {"Lead", "Case"} or asked.upper() == "FALSE":
        return None
    by_id = asked.startswith(RULE_PREFIX)
    if object_name == "Lead":
        return find_owner(state.records, settings.lead_rule_owner) if by_id or settings.lead_rule_active else None
    # Help article 000395506: a case written over REST goes to the default owner even when no rule is active.
    by_rule = by_id or settings.case_rule_active
    return find_owner(state.records, settings.case_rule_owner if by_rule else settings.default_case_owner)


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
