"""The latest changes of each object: what a record was before the last call that wrote it."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

KEPT = 25  # for each object; a bound, so that memory does not grow with the number of writes
Before = Mapping[str, str | int | float | bool | None] | None


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of one record: by which call (0: a seed), and what it was before that (None: it was not)."""

    id: str
    call: int
    before: Before


class Changes:
    """The records that were written last, newest last, for each object."""

    def __init__(self) -> None:
        self._latest: defaultdict[str, OrderedDict[str, Change]] = defaultdict(OrderedDict)

    def note(self, object_name: str, row_id: str, before: Before, call: int) -> None:
        latest = self._latest[object_name]
        known = latest.pop(row_id, None)
        # A call may write a record more than once: what it was before the first time is what it was.
        latest[row_id] = Change(row_id, call, known.before if known and known.call == call else before)
        if len(latest) > KEPT:
            latest.popitem(last=False)

    def newest(self, object_name: str, count: int) -> Iterator[Change]:
        return islice(reversed(self._latest[object_name].values()), count)
