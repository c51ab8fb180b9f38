"""The records of the org: rows by id, hash indexes over them, and an undo log that makes every write revocable."""

from collections import Counter
from collections.abc import Collection, Iterator

from tests.simulator.data.changes import Changes
from tests.simulator.setup.objects import Field, SObject
from tests.simulator.setup.schema import Schema

Value = str | int | float | bool | None
Row = dict[str, Value]
Undo = tuple[str, str, Row | None, str]


class Index:
    """From a field's value to the ids of the records that hold it."""

    def __init__(self, field: Field) -> None:
        self.name = field.name
        self._exact = field.case_sensitive or field.type == "reference"
        self._ids: dict[str, str | set[str]] = {}

    def ids(self, value: str) -> Collection[str]:
        held = self._ids.get(value if self._exact else value.lower())
        if held is None:
            return ()
        return (held,) if isinstance(held, str) else held

    def add(self, value: str, row_id: str) -> None:
        key = value if self._exact else value.lower()
        held = self._ids.get(key)
        if held is None:
            self._ids[key] = row_id  # nearly all values are held once; a set for each would cost 216 bytes
        elif isinstance(held, set):
            held.add(row_id)
        else:
            self._ids[key] = {held, row_id}

    def remove(self, value: str, row_id: str) -> None:
        key = value if self._exact else value.lower()
        held = self._ids.get(key)
        if isinstance(held, set):
            held.discard(row_id)
            if held:
                return
        del self._ids[key]


class Table:
    """The records of one object, deleted ones included."""

    def __init__(self, sobject: SObject) -> None:
        self.rows: dict[str, Row] = {}
        self.living = 0
        self.changes = 0
        self.indexes = {field.name: Index(field) for field in sobject.indexed}
        self.pairs = tuple(self.indexes.items())

    def index(self, field: Field) -> None:
        """Start to keep an index over a field that came later."""
        self.indexes[field.name] = made = Index(field)
        self.pairs = tuple(self.indexes.items())
        for row_id, row in self.rows.items():
            value = row.get(field.name)
            if value is not None:
                made.add(str(value), row_id)

    def forget(self, name: str) -> None:
        """Keep no index any more over a field that is gone."""
        if self.indexes.pop(name, None) is not None:
            self.pairs = tuple(self.indexes.items())

    def replace(self, row_id: str, new: Row | None) -> Row | None:
        """Put a row in place of the one with this id, or none; return the old one."""
        old = self.rows.get(row_id)
        for name, index in self.pairs:
            before = old.get(name) if old is not None else None
            after = new.get(name) if new is not None else None
            if before == after:
                continue
            if before is not None:
                index.remove(str(before), row_id)
            if after is not None:
                index.add(str(after), row_id)
        self.living += _lives(new) - _lives(old)
        self.changes += 1
        if new is None:
            self.rows.pop(row_id, None)
        else:
            self.rows[row_id] = new
        return old


class Records:
    """All tables and the undo log of the transaction that is open."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables = {name: Table(sobject) for name, sobject in schema.objects.items()}
        self.changes = Changes()
        self._undo: list[Undo] = []

    def get(self, object_name: str, row_id: str) -> Row | None:
        return self.tables[object_name].rows.get(row_id)

    def find(self, row_id: str) -> Row | None:
        """Return a record of whatever object its id belongs to."""
        sobject = self.schema.by_prefix.get(row_id[:3])
        return self.tables[sobject.name].rows.get(row_id) if sobject else None

    def put(self, object_name: str, row_id: str, row: Row | None) -> None:
        old = self.tables[object_name].replace(row_id, row)
        what = "created" if old is None else "updated" if _lives(row) or not _lives(old) else "deleted"
        self._undo.append((object_name, row_id, old, what))

    def savepoint(self) -> int:
        return len(self._undo)

    def rollback(self, savepoint: int) -> None:
        while len(self._undo) > savepoint:
            object_name, row_id, old, _ = self._undo.pop()
            self.tables[object_name].replace(row_id, old)

    def written_at(self, place: int) -> str | None:
        """Name the object of the write at this place of the transaction, if it has come that far."""
        return self._undo[place][0] if place < len(self._undo) else None

    def commit(self, call: int = 0) -> Counter[tuple[str, str]]:
        """Make the writes of a call final; return how many records of each object it has created, updated, deleted."""
        if self._undo:
            self.changes.note(call, ((object_name, row_id, before) for object_name, row_id, before, _ in self._undo))
        written = Counter((object_name, what) for object_name, _, _, what in self._undo)
        self._undo.clear()
        return written

    def living(self, object_name: str, field: Field, value: str) -> Iterator[str]:
        """Ids of undeleted records whose indexed field holds the value."""
        table = self.tables[object_name]
        for row_id in table.indexes[field.name].ids(value):
            if not table.rows[row_id].get("IsDeleted"):
                yield row_id

    def counts(self) -> dict[str, int]:
        """Undeleted records of each object."""
        return {name: table.living for name, table in self.tables.items()}


def _lives(row: Row | None) -> bool:
    return row is not None and not row.get("IsDeleted")
