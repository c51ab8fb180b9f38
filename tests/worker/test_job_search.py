"""Finding jobs in a journal that is larger than one step."""

from datetime import UTC, datetime, timedelta

from tests.producers.test_publish_script import Desk
from tests.worker.test_replaying import CAUSE, SYNCED, booked, parked, settle
from worker.job_search import JobSearch, Wanted
from worker.jobs import Job, JobState
from worker.outcome import Park

MANY = 450


def find(desk: Desk, wanted: Wanted) -> list[Job]:
    return list(JobSearch(desk.redis, desk.name).find(wanted))


def fill(desk: Desk) -> None:
    desk.publish(*(booked(n) for n in range(MANY)))


def names(start: int, stop: int) -> list[str]:
    return [f"E-{n}" for n in range(start, stop)]


def test_every_ended_event_is_found_once(desk: Desk) -> None:
    fill(desk)
    while (claim := desk.claim()).customers:
        settle(desk, claim, SYNCED)
    found = [job.event_id for job in find(desk, Wanted(state=JobState.SYNCED))]
    assert sorted(found) == sorted(names(0, MANY))


def test_pending_events_are_found_in_the_order_of_their_customers(desk: Desk) -> None:
    fill(desk)
    desk.claim()
    claimed = [job.event_id for job in find(desk, Wanted(state=JobState.CLAIMED))]
    assert sorted(claimed) == sorted(names(0, 200))
    assert [job.event_id for job in find(desk, Wanted(state=JobState.READY))] == names(200, MANY)


def test_parked_events_are_found_the_oldest_first(desk: Desk) -> None:
    fill(desk)
    while (claim := desk.claim()).customers:
        settle(desk, claim, Park(cause=CAUSE))
    found = find(desk, Wanted())
    assert sorted(job.event_id for job in found) == sorted(names(0, MANY))
    times = [job.since for job in found]
    assert times == sorted(each for each in times if each)


def test_only_what_was_parked_since_is_found(desk: Desk) -> None:
    parked(desk, booked(1))
    now = datetime.now(UTC)
    assert len(find(desk, Wanted(since=now - timedelta(minutes=5)))) == 1
    assert find(desk, Wanted(since=now + timedelta(minutes=5))) == []


def test_an_event_whose_booking_is_gone_is_no_job(desk: Desk) -> None:
    parked(desk, booked(1), booked(2))
    desk.redis.delete(desk.key("event:E-1"), desk.key("booking:B-2"))
    assert find(desk, Wanted()) == []
