"""Archiving: old events leave the sight of ordinary queries."""

from datetime import timedelta

from tests.simulator.data.dml import addressed
from tests.simulator.data.values import wire_time
from tests.simulator.setup.schema import ACTIVITY
from tests.simulator.state import Writing

KEPT_IN_SIGHT = timedelta(days=365)


def archive(writing: Writing, sent_ids: list[str]) -> list[str]:
    """Archive these activities and return their ids in full."""
    return [_archive(writing, sent_id) for sent_id in sent_ids]


def old_events(writing: Writing) -> list[str]:
    """Ids of the events that Salesforce's own archiving would take: those that ended more than a year ago."""
    last = wire_time(writing.state.clock() - KEPT_IN_SIGHT)
    rows = writing.state.records.tables["Event"].rows.items()
    return [
        row_id
        for row_id, row in rows
        if str(row.get("EndDateTime") or last) < last and not row.get("IsDeleted") and not row.get("IsArchived")
    ]


def _archive(writing: Writing, sent_id: str) -> str:
    sobject = writing.state.schema.by_prefix.get(sent_id[:3])
    if sobject is None or sobject.name not in ACTIVITY:
        raise ValueError(f"only events and tasks are archived: {sent_id}")
    row_id, row = addressed(writing, sobject, sent_id)
    writing.state.records.put(sobject.name, row_id, row | {"IsArchived": True})
    return row_id
