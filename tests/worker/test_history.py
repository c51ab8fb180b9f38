"""What happened to a booking, as its hash tells it."""

import json
from typing import Any

from tests.builders import an_event
from tests.worker.test_jobs import MS, a_hash
from worker.history import History, read_history

CAUSE = {"code": "C", "message": "m", "object": "Lead", "field": "Email"}


def tries(*facts: dict[str, Any], before: int = 0) -> dict[str, str]:
    """These tries in a hash, behind so many that are not kept."""
    numbered = {f"try:{n}": json.dumps(fact) for n, fact in enumerate(facts, start=before + 1)}
    return {**numbered, "tried": str(before + len(facts))}


def told(history: History) -> list[tuple[str, str | None, str | None]]:
    return [(moment.what, moment.event_id, moment.code) for moment in history.moments]


def test_the_timeline_goes_from_accepted_over_the_tries_to_the_end() -> None:
    fields = a_hash(an_event(event_id="1"), ends={"1": {"state": "synced", "at": MS + 9000, "because": ["a", "b"]}})
    fields |= tries(
        {"at": MS + 1000, "kind": "put_back", **CAUSE},
        {"at": MS + 2000, "kind": "held_back", **CAUSE},
        {"at": MS + 3000, "kind": "lapsed", "code": "LEASE_LAPSED"},
        {"at": MS + 4000, "kind": "parked", **CAUSE},
        {"at": MS + 5000, "kind": "replayed", "event": "1"},
    )
    history = read_history(fields)
    assert told(history) == [
        ("accepted", "1", None),
        ("put back", None, "C"),
        ("held back", None, "C"),
        ("lapsed lease", None, "LEASE_LAPSED"),
        ("parked", None, "C"),
        ("replayed", "1", None),
        ("synced", "1", None),
    ]
    assert history.forgotten == 0
    assert (history.moments[1].place, history.moments[1].message) == ("Lead.Email", "m")
    assert history.moments[-1].message == "a; b"


def test_why_a_person_discarded_it_is_told_whoever_wrote_it() -> None:
    for because in (["discarded by a person"], ["discarded by a person: a test"]):  # the latter of older versions
        end = {"state": "skipped", "at": MS, "because": because, "discarded": {"why": "a test"}}
        fields = a_hash(an_event(event_id="1"), ends={"1": end})
        assert read_history(fields).moments[-1].message == "discarded by a person: a test"


def test_of_an_erased_event_it_is_told_when_it_was_accepted_and_that_it_ended() -> None:
    fields = {"accepted:1": str(MS), "state:1": json.dumps({"at": MS + 1, "state": "skipped", "because": ["erased"]})}
    assert told(read_history(fields)) == [("accepted", "1", None), ("skipped", "1", None)]


def test_what_a_try_parked_is_said_once() -> None:
    fields = a_hash(an_event(event_id="1"), ends={"1": {"state": "parked", "at": MS + 1, "cause": CAUSE}})
    assert told(read_history(fields)) == [("accepted", "1", None), ("parked", "1", "C")]
    fields |= tries({"at": MS + 1, "kind": "parked", **CAUSE})
    assert told(read_history(fields)) == [("accepted", "1", None), ("parked", None, "C")]


def test_tries_are_in_the_order_of_their_numbers_and_those_not_kept_are_counted() -> None:
    facts = [{"at": MS, "kind": "put_back", "code": str(n)} for n in range(12)]
    history = read_history(tries(*facts, before=30))
    assert [moment.code for moment in history.moments] == [str(n) for n in range(12)]
    assert history.forgotten == 30


def test_what_an_older_version_journalled_has_no_times() -> None:
    fields = {"body:1": an_event(event_id="1").model_dump_json(), "state:1": '{"state": "synced"}'}
    assert told(read_history(fields)) == [("accepted", "1", None), ("synced", "1", None)]
    assert {moment.at for moment in read_history(fields).moments} == {None}
