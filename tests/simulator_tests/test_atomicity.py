"""Whatever is sent and whatever fault strikes: what failed left no trace, and what reported success is there."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.faults import Fault, Match
from tests.simulator_tests.api import Api, a_part, an_api, select

KEYS = st.sampled_from(["k-1", "k-2", "k-3", ""])
NAMES = st.sampled_from(["Hopper", "Lovelace", "", "x" * 81])
MAILS = st.sampled_from(["a@example.com", "b@example.com", "none"])
RECORD = st.builds(
    lambda key, name, mail: {"Bookforce_Booking_Id__c": key, "LastName": name, "Company": "Navy", "Email": mail},
    KEYS, NAMES, MAILS,
)  # fmt: skip
BATCH = st.lists(RECORD, min_size=1, max_size=6)
LOCKS = st.none() | st.integers(1, 4)
PATH = "Lead/Bookforce_Booking_Id__c"


def content(api: Api) -> list[dict[str, Any]]:
    return api.org.records("Lead")


def index_agrees(api: Api) -> bool:
    """Tell whether look-ups by index find just what a scan finds."""
    for field in ("Email", "Bookforce_Booking_Id__c"):
        for row in content(api):
            if row.get(field):
                found = {each["Id"] for each in api.rows(select("Id", "Lead", f"{field} = '{row[field]}'"))}
                scanned = {each["Id"] for each in content(api) if each.get(field) == row[field]}
                if found != scanned:
                    return False
    return True


def lock(api: Api, nth: int | None) -> None:
    match = Match(object="Lead", nth=nth)
    api.org.set_faults(*[Fault(effect="error", match=match, status=400, code="UNABLE_TO_LOCK_ROW")] * (nth is not None))


@settings(deadline=None)
@given(batches=st.lists(BATCH, min_size=1, max_size=3), all_or_none=st.booleans(), nth=LOCKS)
def test_collections(batches: list[list[dict[str, Any]]], all_or_none: bool, nth: int | None) -> None:
    api = an_api()
    for batch in batches:
        before = content(api)
        lock(api, nth)
        records = [{"attributes": {"type": "Lead"}, **record} for record in batch]
        results = api.patch(f"/composite/sobjects/{PATH}", {"allOrNone": all_or_none, "records": records}).body
        done = [result["success"] for result in results]
        assert all(done) or not all_or_none or not any(done)
        if not any(done):
            assert content(api) == before
        for result, record in zip(results, batch, strict=True):
            if result["success"]:
                assert api.org.state.records.tables["Lead"].rows[result["id"]]["LastName"] == record["LastName"]
    assert index_agrees(api)


@settings(deadline=None)
@given(batches=st.lists(BATCH, min_size=1, max_size=3), all_or_none=st.booleans(), nth=LOCKS)
def test_composite(batches: list[list[dict[str, Any]]], all_or_none: bool, nth: int | None) -> None:
    api = an_api()
    for batch in batches:
        before = content(api)
        lock(api, nth)
        parts = [
            a_part(
                "PATCH",
                f"/sobjects/{PATH}/{record['Bookforce_Booking_Id__c'] or 'other'}",
                f"r{n}",
                without_key(record),
            )
            for n, record in enumerate(batch)
        ]
        answers = api.composite(*parts, all_or_none=all_or_none).body["compositeResponse"]
        done = [answer["httpStatusCode"] < 300 for answer in answers]
        assert all(done) or not all_or_none or not any(done)
        if not any(done):
            assert content(api) == before
    assert index_agrees(api)


def without_key(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "Bookforce_Booking_Id__c"}
