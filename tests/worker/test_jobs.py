"""A booking's hash as jobs."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from producers.contract import BookingEvent, Kind, Named
from tests.builders import a_booking, an_event
from worker.claims import REPLACED
from worker.jobs import Job, JobState, read_jobs

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
MS = int(AT.timestamp() * 1000)


def a_hash(*events: BookingEvent, ends: dict[str, Any] | None = None, **others: str) -> dict[str, str]:
    """The fields of a booking with these events, journalled a second apart."""
    bodies = {f"body:{event.event_id}": event.model_dump_json(exclude_none=True) for event in events}
    times = {f"accepted:{event.event_id}": str(MS + n * 1000) for n, event in enumerate(events)}
    states = {f"state:{name}": json.dumps(end) for name, end in (ends or {}).items()}
    return {**bodies, **times, **states, **others}


def only(fields: dict[str, str], pending: JobState = JobState.READY) -> Job:
    (job,) = read_jobs("BKNG-1", fields, pending)
    return job


def test_a_pending_event_stands_where_its_customer_does() -> None:
    cause = {"code": "UNABLE_TO_LOCK_ROW", "message": "secret@x.example", "object": "Lead", "field": None}
    fields = a_hash(an_event(event_id="1"), cause=json.dumps(cause), tried="3", replays="1")
    assert only(fields, JobState.WAITING) == Job(
        event_id="1",
        booking_id="BKNG-1",
        kind="scheduled",
        pages=(),
        state=JobState.WAITING,
        codes=("UNABLE_TO_LOCK_ROW",),
        place="Lead",
        accepted=AT,
        since=AT,
        tries=2,
    )


def test_an_event_that_ended_tells_since_when_and_why() -> None:
    cause = {"code": "C", "message": "m", "object": "Lead", "field": "Email"}
    pending = json.dumps({"code": "OTHER", "message": "", "object": None, "field": None})
    job = only(
        a_hash(an_event(event_id="1"), ends={"1": {"state": "parked", "at": MS + 5, "cause": cause}}, cause=pending)
    )
    assert (job.state, job.codes, job.place) == (JobState.PARKED, ("C",), "Lead.Email")
    assert job.since
    assert (job.since - AT).total_seconds() == 0.005


def test_what_went_through_with_warnings_has_their_codes_once() -> None:
    warnings = [{"code": "A", "object": "Lead", "field": "X", "message": ""}] * 2
    job = only(a_hash(an_event(event_id="1"), ends={"1": {"state": "synced", "warnings": warnings}}))
    assert (job.codes, job.place, job.since) == (("A",), "", None)


def test_events_come_in_the_order_in_which_they_were_accepted() -> None:
    later, earlier = an_event(event_id="1", minute=1), an_event(Kind.RESCHEDULED, event_id="2")
    assert [job.event_id for job in read_jobs("B", a_hash(earlier, later), JobState.READY)] == ["2", "1"]


@pytest.mark.parametrize(
    ("end", "listed"),
    [(None, ["1"]), ('{"state": "synced"}', ["1"]), ('{"state": "parked"}', [REPLACED, "1"])],
    ids=["pending", "synced", "parked"],
)
def test_that_a_booking_was_replaced_is_a_job_where_it_is_parked(end: str | None, listed: list[str]) -> None:
    fields = {**a_hash(an_event(event_id="1")), f"body:{REPLACED}": "{}"} | ({f"state:{REPLACED}": end} if end else {})
    assert [job.event_id for job in read_jobs("BKNG-1", fields, JobState.READY)] == listed


@pytest.mark.parametrize("end", ["broken", "[]", '{"state": "lost"}', "{}"])
def test_an_end_that_cannot_be_read_is_for_a_person(end: str) -> None:
    assert only({**a_hash(an_event(event_id="1")), "state:1": end}).state is JobState.PARKED


def test_what_is_no_event_has_no_kind() -> None:
    job = only({"body:1": "broken"})
    assert (job.kind, job.pages, job.accepted, job.since) == (None, (), None, None)


@pytest.mark.parametrize(
    ("changes", "pages"),
    [
        ({"page": Named(id="BP-1", url="u", label="l", name="n")}, ("BP-1", "u", "l", "n")),
        ({"event_type": Named(name="Demo"), "master_page": Named(id="M")}, ("Demo",)),
        ({"master_page": Named(id="M")}, ("M",)),
        ({}, ()),
    ],
)
def test_the_page_is_what_the_page_rules_go_by(changes: dict[str, Any], pages: tuple[str, ...]) -> None:
    assert only(a_hash(an_event(event_id="1", booking=a_booking(**changes)))).pages == pages
