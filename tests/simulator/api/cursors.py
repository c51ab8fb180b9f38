"""Query results of more than one page, kept until they are fetched."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

MOST_CURSORS = 50
LIFETIME = timedelta(days=2)


class Cursors:
    """Pages still to come; the oldest results are forgotten, as Salesforce forgets them."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, tuple[datetime, list[dict[str, Any]]]] = OrderedDict()

    def keep(self, locator: str, records: list[dict[str, Any]], now: datetime) -> None:
        self._results[locator] = now, records
        while len(self._results) > MOST_CURSORS:
            self._results.popitem(last=False)

    def find(self, locator: str, now: datetime) -> list[dict[str, Any]] | None:
        kept_at, records = self._results.get(locator, (now, None))
        return records if now - kept_at < LIFETIME else None
