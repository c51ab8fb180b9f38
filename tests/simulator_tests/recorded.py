"""The recorded describes and their digest: `python -m tests.simulator_tests.recorded` writes the digest anew.

The recordings are not part of this project; they lie in a folder beside or above it, or nowhere. The digest is: one
line for each standard field, with a hash of what the recordings say of it, so that they are held against even where
they are absent. What a hash is taken of stands in `COMPARED`, less what `EXCUSED` gives a reason for.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

Described = dict[str, dict[str, Any]]

DIGEST = Path(__file__).with_name("recorded.txt")
OBJECTS = ("Lead", "Contact", "Account", "Case", "Event", "Account_PersonAccount")
COMPARED = (
    "type",
    "length",
    "createable",
    "updateable",
    "nillable",
    "defaultedOnCreate",
    "restrictedPicklist",
    "idLookup",
    "referenceTo",
)
# What else is compared where the recordings are at hand.
COMPARED_TOO = (
    "relationshipName",
    "label",
    "byteLength",
    "digits",
    "precision",
    "scale",
    "soapType",
    "autoNumber",
    "nameField",
    "compoundFieldName",
    "defaultValue",
    "polymorphicForeignKey",
    "queryByDistance",
    "permissionable",
)
_GREW = "recorded eleven versions after describe_Account, where the values of this picklist had 40 characters"
# What differs on purpose, with the reason.
EXCUSED = {
    ("Account", "Name", "compoundFieldName"): "recorded with Name as its own compound: a person account switch",
    ("Case", "Comments", "byteLength"): "the one text field that is stored in single bytes",
} | {
    ("Account_PersonAccount", field, key): _GREW
    for field in ("Type", "Industry", "Ownership", "Rating", "AccountSource")
    for key in ("length", "byteLength")
}
# Custom fields that a recorded Account without the mark of custom fields happened to have.
FOREIGN = frozenset({"Primary_Contact__c", "ns__Description__c", "History__c", "ns__LinkedAccount__c"})


def recorded(name: str) -> Described:
    """Return the standard fields of one recorded describe; none where the recordings are absent."""
    for above in Path(__file__).parents:
        path = above / "shared" / "recorded" / f"describe_{name}.json"
        if path.exists():
            fields = json.loads(path.read_text(encoding="utf-8"))["fields"]
            return {field["name"]: field for field in fields if not field["custom"] and field["name"] not in FOREIGN}
    return {}


def digest_of(name: str, field: dict[str, Any]) -> str:
    """Hash what is compared of one field."""
    facts = {key: field[key] for key in COMPARED if (name, field["name"], key) not in EXCUSED}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]


def read_digest() -> dict[str, dict[str, str]]:
    """Return the hashes of the recorded fields by object and field."""
    read: dict[str, dict[str, str]] = {}
    for line in DIGEST.read_text(encoding="utf-8").splitlines():
        name, field, digest = line.split()
        read.setdefault(name, {})[field] = digest
    return read


def write_digest() -> int:
    """Write the digest of the recordings; 1 when there are none."""
    known = {name: recorded(name) for name in OBJECTS}
    lines = [f"{name} {field} {digest_of(name, known[name][field])}\n" for name in OBJECTS for field in known[name]]
    if not all(known.values()):
        sys.stderr.write("no recordings to take the digest of\n")
        return 1
    DIGEST.write_text("".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(write_digest())
