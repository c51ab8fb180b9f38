"""Writing the records of a batch: one call for few, collections for many; every record with its own result."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rules.plan import Write
from rules.ruleset import Installation
from rules.snapshot import identity
from worker.errors import SyncError
from worker.salesforce import collections, composite
from worker.salesforce.results import Failed, Results, any_failed, failed_parent, follow_culprits
from worker.salesforce.session import SalesforceSession

Note = Callable[[Results], None]
"""Told the results so far after each call but the last, so that what succeeded is kept if the worker dies."""


def write_records(
    session: SalesforceSession, writes: Sequence[Write], installation: Installation, note: Note
) -> Results:
    """Write these records (one write a record, parents first). A call that fails is the failure of its records."""
    if not writes:
        return {}
    if len(writes) <= composite.MAX_SUBREQUESTS:
        return _write_few(session, writes, installation)
    return _write_many(session, writes, installation, note)


def count_calls(writes: Sequence[Write]) -> int:
    """How many API calls writing these records (one write a record, parents first) takes."""
    if len(writes) <= composite.MAX_SUBREQUESTS:
        return 1 if writes else 0
    return len(collections.to_calls(writes))


def _write_few(session: SalesforceSession, writes: Sequence[Write], installation: Installation) -> Results:
    try:
        answer = session.post("composite", composite.to_composite(writes, session.base_path, installation))
        results = composite.read_composite(answer, writes)
    except SyncError as error:
        return {identity(write.record): Failed(error) for write in writes}
    follow_culprits(writes, results)
    return results


def _write_many(session: SalesforceSession, writes: Sequence[Write], installation: Installation, note: Note) -> Results:
    results: Results = {}
    for call in collections.to_calls(writes):
        if results:
            note(results)
        _write_call(session, call, installation, results)
    follow_culprits(writes, results)
    return results


def _write_call(
    session: SalesforceSession, call: Sequence[collections.Collection], installation: Installation, results: Results
) -> None:
    possible = list(call)
    if any_failed(results):
        possible = [part for collection in call if (part := _without_orphans(collection, results))]
    if not possible:
        return
    try:
        request = collections.to_composite(possible, results, session.base_path, installation)
        results.update(collections.read_composite(session.post("composite", request), possible))
    except SyncError as error:
        results.update((identity(write.record), Failed(error)) for part in possible for write in part.writes)


def _without_orphans(collection: collections.Collection, results: Results) -> collections.Collection | None:
    """The collection without records whose parents failed in an earlier call; these fail with their parents."""
    kept = []
    for write in collection.writes:
        cause = failed_parent(write, results)
        if cause:
            results[identity(write.record)] = cause
        else:
            kept.append(write)
    return replace(collection, writes=tuple(kept)) if kept else None
