"""The latest changes of each object: what a record was before the last call that wrote it."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

KEPT = 25  # for each object; a bound, so that memory does not grow with the number of writes
Before = Mapping[str, str | int | float | bool | None] | None


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of one record: by which call (0: by control), and what it was before that (None: it was not)."""

    id: str
    call: int
    before: Before


class Changes:
    """The records that were written last, newest last, for each object."""

    def __init__(self) -> None:
        self._latest: defaultdict[str, OrderedDict[str, Change]] = defaultdict(OrderedDict)

    def note(self, call: int, written: Iterable[tuple[str, str, Before]]) -> None:
        """Note what a call has written: object, id and the row before; more than are kept cost next to nothing."""
        firsts: defaultdict[str, dict[str, Before]] = defaultdict(dict)
        for object_name, row_id, before in written:
            # A call may write a record more than once: what it was before the first time is what it was.
            firsts[object_name].setdefault(row_id, before)
        for object_name, rows in firsts.items():
            latest = self._latest[object_name]
            for row_id in list(rows)[-KEPT:]:
                latest.pop(row_id, None)
                latest[row_id] = Change(row_id, call, rows[row_id])
            while len(latest) > KEPT:
                latest.popitem(last=False)

    def newest(self, object_name: str, count: int) -> Iterator[Change]:
        return islice(reversed(self._latest[object_name].values()), count)
