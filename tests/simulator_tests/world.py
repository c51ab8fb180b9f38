"""What must be in the org by what its answers have claimed: a model that knows nothing of the simulator's code."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulator_tests.writes import KEYS, Claim, Part, Write

REQUIRED = {"Lead": ("LastName", "Company"), "Contact": ("LastName",), "Account": ("Name",)}
LONGEST = {"LastName": 80, "Company": 255, "Name": 255}
LOCKED = "UNABLE_TO_LOCK_ROW"
ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
HALTED = "PROCESSING_HALTED"
UNREADABLE = "JSON_PARSER_ERROR"
UNCHANGED = "unchanged"


class Unacceptable(Exception):
    """Salesforce must refuse this."""


@dataclass(slots=True)
class Thing:
    """One record: the values that were sent for it, and whether it is in the recycle bin."""

    object: str
    values: dict[str, Any]
    deleted: bool = False


@dataclass(slots=True)
class World:
    """All records by id, those that the last request wrote, and how many were written in all."""

    things: dict[str, Thing] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    written: Counter[tuple[str, str]] = field(default_factory=Counter)

    def after(self, part: Part, claims: Sequence[Claim], references: Mapping[str, str]) -> "World":
        """Check what a part claims and return the world as it must be afterwards."""
        if part.collection and claims[0].code == HALTED:
            assert not all(resolved(write, references) for write in part.writes), claims
            return self
        if part.collection and claims[0].code == UNREADABLE:
            assert not all(readable(write) for write in part.writes), claims
            return self
        tried, seen = copy.deepcopy(self), repeated(part)
        for write, claim in zip(part.writes, claims, strict=True):
            if claim.code == LOCKED:
                seen.add(address(write))
                continue
            claimed = claim.done or claim.code == ROLLED_BACK
            refused = tried.why_not(write, claim.id, references, seen if part.collection else None)
            assert claimed == (refused is None), (refused, write, claim)
        if part.collection and part.all_or_none and not all(claim.done for claim in claims):
            assert not any(claim.done for claim in claims), claims
            return self
        return tried

    def why_not(
        self, write: Write, claimed_id: str, references: Mapping[str, str], seen: set[str] | None = None
    ) -> str | None:
        """Do what one write asks for, or say why that must be refused.

        `seen` are the records that its collection addresses elsewhere; a write that was undone claims no id.
        """
        try:
            row_id = self._perform(write, claimed_id or f"undone {len(self.things)}", references, seen)
        except Unacceptable as why:
            return str(why)
        assert claimed_id in {"", row_id}, (write, claimed_id)
        return None

    def _perform(self, write: Write, new_id: str, references: Mapping[str, str], seen: set[str] | None) -> str:
        if seen is not None and write.verb in {"update", "upsert"}:
            if address(write) in seen:
                raise Unacceptable("twice in one collection")
            seen.add(address(write))
        if write.verb in {"create", "upsert"} and not (write.verb == "upsert" and self.holder(write.object, write.key)):
            self._create(write, new_id, references)
            return new_id
        row_id = write.id or str(self.holder(write.object, write.key))
        thing = self._living(write.object, row_id)
        if write.verb == "delete":
            self._delete(row_id, thing)
            return row_id
        changes = self._meaning(write, references, own_id=row_id)
        if any(changes.get(name, UNCHANGED) is None for name in REQUIRED[write.object]):
            raise Unacceptable("a required field would be emptied")
        thing.values |= changes
        self._note(write.object, row_id, "updated")
        return row_id

    def _delete(self, row_id: str, thing: Thing) -> None:
        """Delete a record, and with an account its contacts."""
        thing.deleted = True
        self._note(thing.object, row_id, "deleted")
        for each, child in self.things.items():
            if thing.object == "Account" and child.values.get("AccountId") == row_id and not child.deleted:
                self._delete(each, child)

    def _create(self, write: Write, new_id: str, references: Mapping[str, str]) -> None:
        if write.verb == "upsert" and not write.key:
            raise Unacceptable("no key")
        values = self._meaning(write, references, own_id=None)
        if write.verb == "upsert":
            values[KEYS[write.object]] = write.key
        if any(values.get(name) is None for name in REQUIRED[write.object]):
            raise Unacceptable("a required field is missing")
        assert new_id not in self.things, f"the id {new_id} was given twice"
        self.things[new_id] = Thing(write.object, values)
        self._note(write.object, new_id, "created")

    def _meaning(self, write: Write, references: Mapping[str, str], own_id: str | None) -> dict[str, Any]:
        if not readable(write):
            raise Unacceptable("a value of the wrong type")
        values = {name: None if value == "" else value for name, value in write.fields.items()}
        if any(len(values.get(name) or "") > longest for name, longest in LONGEST.items()):
            raise Unacceptable("too long")
        if "@" not in (values.get("Email") or "@"):
            raise Unacceptable("no e-mail address")
        holder = self.holder(write.object, values.get(KEYS[write.object]))
        if holder not in {None, own_id}:
            raise Unacceptable("the key is taken")
        return values | self._parent(values.pop("Account", None), values.get("AccountId"), references)

    def _parent(
        self, named: Mapping[str, str] | None, parent_id: str | None, references: Mapping[str, str]
    ) -> dict[str, str]:
        if named is not None:
            found = self.holder("Account", named[KEYS["Account"]])
        elif parent_id is not None:
            found = references.get(parent_id, parent_id)
        else:
            return {}
        self._living("Account", str(found))
        return {"AccountId": str(found)}

    def _living(self, object_name: str, row_id: str) -> Thing:
        thing = self.things.get(row_id)
        if thing is None or thing.deleted or thing.object != object_name:
            raise Unacceptable(f"no living {object_name} {row_id}")
        return thing

    def holder(self, object_name: str, key: str | None) -> str | None:
        """The id of the living record with this key; Account's key does not mind the case."""
        for row_id, thing in self.things.items():
            held = thing.values.get(KEYS[object_name])
            if thing.object == object_name and not thing.deleted and held and key and same_key(object_name, held, key):
                return row_id
        return None

    def _note(self, object_name: str, row_id: str, what: str) -> None:
        self.touched.add(row_id)
        self.written[object_name, what] += 1


def resolved(write: Write, references: Mapping[str, str]) -> bool:
    """Whether the part that a write refers to, if any, has an id."""
    parent = str(write.fields.get("AccountId", ""))
    return not parent.startswith("@{") or parent in references


def repeated(part: Part) -> set[str]:
    """The keys that a collection upserts by more than once: none of these records is written."""
    keys = Counter(address(write) for write in part.writes if write.verb == "upsert" and write.key)
    return {key for key, count in keys.items() if count > 1}


def readable(write: Write) -> bool:
    return not any(isinstance(value, int) for value in write.fields.values())


def same_key(object_name: str, one: str, other: str) -> bool:
    return one.lower() == other.lower() if object_name == "Account" else one == other


def address(write: Write) -> str:
    """What a collection may name only once: an id, or a key."""
    return write.id or (write.key.lower() if write.object == "Account" else write.key)
