"""Invitees in collections: deletions before additions, at most 1,000 a call, each with its own result."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from tests.worker.salesforce.writes import BASE, an_answer, not_saved
from worker.errors import Drifted, Transient
from worker.salesforce.invitees import Invitee, write_invitees
from worker.salesforce.session import SalesforceSession

LATE = Transient("Salesforce did not answer in time", code="READ_TIMEOUT")
DONE = {"success": True, "errors": []}
ADDED, GONE = Invitee(event_id="00U1", user_id="0051"), Invitee(event_id="00U1", user_id="0052", id="0RE2")


class Org:
    """A session that does all that it is asked to, but for calls that are told to end otherwise; notes what came."""

    base_path = BASE

    def __init__(self, **instead: Any) -> None:
        self.instead = instead
        self.calls: list[list[dict[str, Any]]] = []

    def post(self, path: str, body: dict[str, Any]) -> Any:
        assert (path, body["allOrNone"]) == ("composite", False)
        self.calls.append(body["compositeRequest"])
        other = self.instead.get(f"call_{len(self.calls)}")
        if isinstance(other, Exception):
            raise other
        return other or an_answer(*((200, [DONE] * size(part)) for part in body["compositeRequest"]))


def size(part: dict[str, Any]) -> int:
    return len(part["body"]["records"]) if part["method"] == "POST" else part["url"].count("0RE")


def written(org: Org, changes: Sequence[Invitee]) -> list[Any]:
    return write_invitees(cast("SalesforceSession", org), changes)


def many(number: int) -> list[Invitee]:
    return [Invitee(event_id=f"00U{n}", user_id="0051") for n in range(number)]


def test_nothing_to_write_is_no_call() -> None:
    org = Org()
    assert (written(org, []), org.calls) == ([], [])


def test_those_who_go_go_first_in_the_same_call() -> None:
    org = Org()
    assert written(org, [ADDED, GONE]) == [None, None]
    ((gone, added),) = org.calls
    assert (gone["method"], gone["url"]) == ("DELETE", f"{BASE}/composite/sobjects?ids=0RE2&allOrNone=false")
    assert added["body"]["records"] == [
        {"attributes": {"type": "EventRelation"}, "EventId": "00U1", "RelationId": "0051", "IsInvitee": True}
    ]
    assert {part["httpHeaders"]["Sforce-Auto-Assign"] for part in (gone, added)} == {"FALSE"}


def test_each_has_its_own_result_in_the_order_asked_for() -> None:
    org = Org(call_1=an_answer((200, [DONE]), (200, [not_saved("INSUFFICIENT_ACCESS_OR_READONLY"), DONE])))
    first, second, third = written(org, [ADDED, GONE, ADDED])
    assert isinstance(first, Drifted)
    assert (first.object, second, third) == ("EventRelation", None, None)


@pytest.mark.parametrize(("number", "sizes"), [(200, [[200]]), (1_000, [[200] * 5]), (1_001, [[200] * 5, [1]])])
def test_a_call_takes_a_thousand(number: int, sizes: list[list[int]]) -> None:
    org = Org()
    assert written(org, many(number)) == [None] * number
    assert [[size(part) for part in call] for call in org.calls] == sizes


def test_a_call_that_fails_is_the_failure_of_all_in_it_and_of_no_other() -> None:
    results = written(Org(call_1=LATE), many(1_002))
    assert (results[:1_000], results[1_000:]) == ([LATE] * 1_000, [None, None])


@pytest.mark.parametrize("body", [[{"errorCode": "UNKNOWN_EXCEPTION", "message": "no"}], "<html>", [DONE] * 3])
def test_an_answer_that_is_none_is_tried_again(body: object) -> None:
    (error,) = written(Org(call_1=an_answer((500, body))), [ADDED])
    assert isinstance(error, Transient)
