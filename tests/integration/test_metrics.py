"""What Prometheus reads: the journal's counts, whatever process asks."""

import re
from collections.abc import Mapping

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from producers.contract import Kind
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.faults import Fault, Match
from worker.metrics import metrics_registry
from worker.replaying import Replaying

Samples = Mapping[tuple[str, ...], float]


def read(rig: Rig) -> Samples:
    """The samples by name and label values, without the connection."""
    text = generate_latest(metrics_registry(rig.redis, lambda: [rig.connection])).decode()
    assert "zqmark" not in text
    return {
        (sample.name, *(value for name, value in sample.labels.items() if name != "connection")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def refuse(rig: Rig, nth: int = 1) -> None:
    fault = Fault(
        effect="error", match=Match(object="Lead", nth=nth), status=400, code="FIELD_CUSTOM_VALIDATION_EXCEPTION"
    )
    rig.org.set_faults(fault)


def test_an_empty_journal_has_zeroes_and_no_gaps(rig: Rig) -> None:
    found = read(rig)
    assert found["bookforce_journal_up",] == 1
    assert found["bookforce_events_accepted_total",] == 0
    assert found["bookforce_events_settled_total", "synced"] == 0
    assert found["bookforce_stage_duration_seconds_count", "write"] == 0
    assert found["bookforce_setup_ready",] == 0


def test_what_was_accepted_settled_and_spent_is_counted(rig: Rig) -> None:
    rig.make_ready()
    before = read(rig)
    rig.publish(*(an_event(booking=a_booking(f"B{n}", customer=a_customer(email=f"{n}@x.example"))) for n in range(3)))
    waiting = read(rig)
    assert (waiting["bookforce_events_waiting",], waiting["bookforce_customers", "ready"]) == (3, 3)
    calls = rig.sync()
    found = read(rig)
    assert found["bookforce_events_accepted_total",] == found["bookforce_events_settled_total", "synced"] == 3
    assert found["bookforce_api_calls_total",] - before["bookforce_api_calls_total",] == calls
    assert found["bookforce_batch_api_calls_total",] == calls
    assert (found["bookforce_batch_bookings_count",], found["bookforce_batch_bookings_sum",]) == (1, 3)
    assert (found["bookforce_batch_bookings_bucket", "2.0"], found["bookforce_batch_bookings_bucket", "5.0"]) == (0, 1)
    assert found["bookforce_time_to_salesforce_seconds_count",] == 3
    assert found["bookforce_time_to_salesforce_seconds_bucket", "+Inf"] == 3
    assert 0 < found["bookforce_time_to_salesforce_seconds_sum",] < 60
    assert found["bookforce_stage_duration_seconds_count", "write"] == 1
    assert (found["bookforce_events_waiting",], found["bookforce_oldest_waiting_seconds",]) == (0, 0)
    assert found["bookforce_setup_ready",] == 1
    assert found["bookforce_api_calls_spent",] <= found["bookforce_api_calls_share",]


def test_parked_events_are_counted_by_code_now_and_ever(rig: Rig) -> None:
    rig.make_ready()
    refuse(rig)
    rig.publish(an_event(booking=a_booking("B1", customer=a_customer(name="zqmark zqmark"))))
    rig.sync()
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert read(rig)["bookforce_parked", code] == read(rig)["bookforce_events_parked_total", code] == 1
    rig.org.set_faults()
    replaying = Replaying(rig.redis, rig.connection)
    replaying.replay(replaying.find_targets("B1"))
    rig.sync()
    found = read(rig)
    assert ("bookforce_parked", code) not in found
    assert found["bookforce_events_parked_total", code] == 1
    assert found["bookforce_events_settled_total", "synced"] == 1
    assert found["bookforce_time_to_salesforce_seconds_count",] == 0, "a replay says nothing of how fast we are"


def test_tries_that_went_back_are_counted_by_kind_and_code(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(Fault(effect="html_503", match=Match(path_contains="composite", nth=1)))
    rig.publish(an_event())
    rig.sync(retries=1)
    found = read(rig)
    assert found["bookforce_tries_failed_total", "HTTP_503", "put_back"] == 1
    assert found["bookforce_events_settled_total", "synced"] == 1


def test_counts_never_go_back_whatever_is_replayed(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(an_event(), an_event(Kind.CANCELED, minute=1))
    rig.sync()
    before = read(rig)
    rig.publish(an_event(Kind.SCHEDULED, event_id="late"))
    rig.sync()
    after = read(rig)
    assert sum(value for key, value in after.items() if key[0] == "bookforce_events_settled_total") == 3
    counters = [key for key in before if re.search("_(total|count|sum|bucket)$", key[0])]
    assert all(after[key] >= before[key] for key in counters)
    assert (
        after["bookforce_events_settled_total", "superseded"] > before["bookforce_events_settled_total", "superseded"]
    )


def test_a_journal_that_is_away_is_told_and_is_no_error() -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0", decode_responses=True)
    assert b"\nbookforce_journal_up 0.0\n" in generate_latest(metrics_registry(away, lambda: ["default"]))


def test_an_event_that_ended_is_counted_once_whatever_a_later_one_makes_of_it(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(an_event(Kind.CANCELED, minute=1))
    rig.sync()
    assert read(rig)["bookforce_events_settled_total", "skipped"] == 1
    rig.publish(an_event(Kind.RESCHEDULED, minute=2), an_event(minute=0))
    rig.sync()
    found = read(rig)
    ended = [value for key, value in found.items() if key[0] == "bookforce_events_settled_total"]
    assert sum(ended) == found["bookforce_events_accepted_total",] == 3
