"""The query resources: first page, further pages, deleted rows included or not."""

import re
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulator.errors import malformed
from tests.simulator.messages import Answer, Part
from tests.simulator.soql.evaluate import Query, run
from tests.simulator.state import State
from tests.simulator.texts import say

BATCH = re.compile(r"batchSize=(\d{1,6})", re.IGNORECASE)
PLACE = re.compile("[0-9]{1,9}")
SMALLEST_BATCH, LARGEST_BATCH = 200, 2000
OPTIONS = "sforce-query-options"


def query(state: State, part: Part) -> Answer:
    return _query(state, part, include_deleted=False)


def query_all(state: State, part: Part) -> Answer:
    return _query(state, part, include_deleted=True)


def _query(state: State, part: Part, *, include_deleted: bool) -> Answer:
    text = part.params.get("q")
    if text is None:
        raise malformed("MALFORMED_QUERY", say("SOQL_MISSING"))
    user = state.records.get("User", part.user_id) or {}
    asked = Query(
        text,
        part.root,
        state.clock(),
        include_deleted=include_deleted,
        zone=_zone(str(user.get("TimeZoneSidKey"))),
        user_id=part.user_id,
        negation_includes_nulls=state.settings.negation_includes_nulls,
    )
    result = run(state.visible, state.records, asked)
    size = batch_size(part)
    if len(result.records) <= size:
        return Answer(200, {"totalSize": result.total, "done": True, "records": result.records})
    if result.one_page:  # documented: with OFFSET only the first batch is returned
        return Answer(200, {"totalSize": size, "done": True, "records": result.records[:size]})
    locator = state.ids.next("01g")
    state.cursors.keep(locator, result.records, state.clock())
    return Answer(200, _page(part, locator, result.records, 0, size))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):  # a user that a test has seeded without a time zone
        return UTC


def query_more(state: State, part: Part) -> Answer:
    """Answer the page that a nextRecordsUrl names."""
    locator, _, start = part.path[1].partition("-")
    records = state.cursors.find(locator, state.clock())
    if records is None or not PLACE.fullmatch(start) or int(start) >= len(records):
        raise malformed("INVALID_QUERY_LOCATOR", "invalid query locator")
    return Answer(200, _page(part, locator, records, int(start), batch_size(part)))


def batch_size(part: Part) -> int:
    asked = BATCH.search(part.headers.get(OPTIONS, ""))
    return min(max(int(asked[1]), SMALLEST_BATCH), LARGEST_BATCH) if asked else LARGEST_BATCH


def _page(part: Part, locator: str, records: list[dict[str, Any]], start: int, size: int) -> dict[str, Any]:
    end = start + size
    page: dict[str, Any] = {"totalSize": len(records), "done": end >= len(records)}
    if end < len(records):
        page["nextRecordsUrl"] = f"{part.root}/query/{locator}-{end}"
    return page | {"records": records[start:end]}
