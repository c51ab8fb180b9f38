"""Query results of more than one page, kept until they are fetched."""

from collections import OrderedDict
from typing import Any

MOST_CURSORS = 50


class Cursors:
    """Pages still to come; the oldest results are forgotten, as Salesforce forgets them."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()

    def keep(self, locator: str, records: list[dict[str, Any]]) -> None:
        self._results[locator] = records
        while len(self._results) > MOST_CURSORS:
            self._results.popitem(last=False)

    def find(self, locator: str) -> list[dict[str, Any]] | None:
        return self._results.get(locator)
