"""Locked rows, in the words of a live org."""

from typing import Any, Literal

import pytest

from tests.simulator.faults import Fault, Match
from tests.simulator_tests.api import Api, a_lead, a_part, an_api

LOCKED = "unable to obtain exclusive access to this record"


def an_api_with_a_lead(**settings: Any) -> tuple[Api, str]:
    api = an_api(**settings)
    return api, api.create("Lead", **a_lead())


def lock(api: Api, **match: Any) -> None:
    api.org.set_faults(Fault(effect="row_lock", match=Match(**match)))


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_lock_names_the_record_by_its_short_id(method: str) -> None:
    api, lead = an_api_with_a_lead()
    lock(api)
    reply = api.call(method, f"/sobjects/Lead/{lead}", {})
    message = f"{LOCKED} or 1 records: {lead[:15]}"
    assert (reply.status, reply.body) == (400, [{"message": message, "errorCode": "UNABLE_TO_LOCK_ROW", "fields": []}])


def test_a_new_record_has_no_id_to_name() -> None:
    api = an_api()
    lock(api)
    assert api.post("/sobjects/Lead", a_lead()).body[0]["message"] == LOCKED


@pytest.mark.parametrize("status", [400, 500])
def test_the_status_of_a_lock_is_a_switch(status: Literal[400, 500]) -> None:
    api, lead = an_api_with_a_lead(lock_error_status=status)
    lock(api)
    assert api.delete(f"/sobjects/Lead/{lead}").error == (status, "UNABLE_TO_LOCK_ROW")


def test_locks_strike_the_records_of_collections_and_subrequests() -> None:
    api, lead = an_api_with_a_lead()
    lock(api, object="Lead", nth=2)
    records = [{"attributes": {"type": "Contact"}, "LastName": "Byron"}, {"attributes": {"type": "Lead"}, **a_lead()}]
    done = [each["success"] for each in api.post("/composite/sobjects", {"records": [*records, records[1]]}).body]
    assert done == [True, True, False]
    lock(api, object="lead", method="patch")
    parts = a_part("PATCH", f"/sobjects/Lead/{lead}", "a", {}), a_part("POST", "/sobjects/Lead", "b", a_lead())
    answers = api.composite(*parts).body["compositeResponse"]
    assert [each["httpStatusCode"] for each in answers] == [400, 201]


def test_locks_can_strike_by_chance() -> None:
    def struck(seed: int) -> list[int]:
        api = an_api()
        lock(api, probability=0.5, seed=seed)
        return [api.post("/sobjects/Lead", a_lead()).status for _ in range(40)]

    assert struck(1) == struck(1) != struck(2)
    assert set(struck(1)) == {201, 400}
