"""What the atomicity machine draws: good and bad records, how they are written, and what befalls a request."""

import operator
from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import strategies as st

from tests.simulator_tests.writes import KEYS, Verb

OBJECTS = ("Lead", "Contact", "Account")
MAILS = ("a@example.com", "b@example.com")
BOOKINGS = ("k-1", "k-2", "k-3", "k-4", "k-5", "K-1")
UNKNOWN_IDS = {"Lead": "00Q5e00000000ZzEAI", "Contact": "0035e00000000ZzAAI", "Account": "0015e00000000ZzAAA"}

STOCK: dict[str, list[dict[str, Any]]] = {
    "Account": [{"Name": "Navy", KEYS["Account"]: "k-1"}, {"Name": "Analytical"}],
    "Lead": [{"LastName": "Hopper", "Company": "Navy", KEYS["Lead"]: "k-1"}, {"LastName": "Byron", "Company": "Navy"}],
    "Contact": [{"LastName": "Lovelace", KEYS["Contact"]: "k-2"}, {"LastName": "Babbage"}],
}

Parent = tuple[Literal["key", "id", "reference"], Any]
KEY = st.sampled_from(BOOKINGS)
PICK = st.integers(0, 20)
MAIL = st.sampled_from(MAILS)
# Most drafts are good; what makes one bad strikes one in four.
GOOD: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "Lead": {"LastName": st.sampled_from(["Hopper", "Lovelace"]), "Company": st.just("Navy"), "Email": MAIL},
    "Contact": {"LastName": st.sampled_from(["Hopper", "Lovelace"]), "Email": MAIL},
    "Account": {"Name": st.sampled_from(["Navy", "Analytical"])},
}
FLAWS: dict[str, list[dict[str, Any]]] = {
    "Lead": [{"LastName": ""}, {"LastName": "x" * 81}, {"Company": ""}, {"LastName": 5}, {"Email": "none"}],
    "Contact": [{"LastName": ""}, {"LastName": "x" * 81}, {"Email": "none"}],
    "Account": [{"Name": ""}, {"Name": "x" * 256}, {"Name": 5}],
}
PARENT: st.SearchStrategy[Parent | None] = st.one_of(
    st.none(),
    st.tuples(st.just("key"), KEY),
    st.tuples(st.just("id"), PICK),
    st.tuples(st.just("reference"), st.integers(0, 2)),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is drawn for a write, before it is known which records there are."""

    object: str
    fields: dict[str, Any]
    pick: int
    key: str
    parent: Parent | None


def drafts(object_name: str) -> st.SearchStrategy[Draft]:
    good, own_key = GOOD[object_name], {KEYS[object_name]: KEY}
    fields = st.fixed_dictionaries(good, optional=own_key) | st.fixed_dictionaries({}, optional=good | own_key)
    flaws = FLAWS[object_name]
    flaw = st.sampled_from([*[{}] * (3 * len(flaws)), *flaws])
    parent = PARENT if object_name == "Contact" else st.none()
    key = st.sampled_from([*BOOKINGS, *BOOKINGS, ""])
    return st.builds(Draft, st.just(object_name), st.builds(operator.or_, fields, flaw), PICK, key, parent)


DRAFT = st.sampled_from(OBJECTS).flatmap(drafts)
DRAFTS = st.lists(DRAFT, min_size=1, max_size=5) | st.sampled_from(OBJECTS).flatmap(
    lambda name: st.lists(drafts(name), min_size=1, max_size=6)
)
VERB: st.SearchStrategy[Verb] = st.sampled_from(["create", "update", "delete", "upsert"])
SKETCH = st.tuples(VERB, DRAFTS, st.booleans(), st.booleans())
Sketch = tuple[Verb, list[Draft], bool, bool]
PERFORMED = (None, "latency", "drop_after", "truncate")
REFUSED = ("drop_before", "html_503", "expire_session", "error", "daily_limit", "no_session")
FATES = {"drop_before": "drop", "drop_after": "drop", "truncate": "truncate"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls one request: an effect on the whole of it, a lock on the n-th record of an object, or both."""

    effect: str | None = None
    locked: tuple[str, int] | None = None


EFFECT = st.sampled_from([*[None] * 8, *PERFORMED, *REFUSED])
LOCKS = st.tuples(st.sampled_from(OBJECTS), st.integers(1, 4))
TROUBLE = st.builds(Trouble, EFFECT, st.none() | st.none() | LOCKS)
