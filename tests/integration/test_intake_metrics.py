"""GET /metrics of the HTTP intake: who may read it, what it counts, and that nobody is in it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from producers.signatures import Source
from tests.intake import KEY, METRICS_KEY, OTHER_KEY, AnIntake
from tests.producers.bodies import a_webhook, a_wire_event
from tests.producers.webhooks import a_calcom, raw
from tests.rig import Rig
from tests.servers import free_port

MARK = "zqmark"

Samples = Mapping[tuple[str, ...], float]


def text_of(intake: AnIntake) -> str:
    answer = intake.client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_KEY}"})
    assert answer.status_code == 200
    return answer.text


def read(intake: AnIntake) -> Samples:
    """The samples by name and label values, these by the label, without the rig's connection."""
    return {
        (
            sample.name,
            *(value for value in sample.labels.values() if value not in {"", intake.connection}),
        ): sample.value
        for family in text_string_to_metric_families(text_of(intake))
        for sample in family.samples
    }


def an_event_of(rig: Rig, n: int = 1, **changes: Any) -> dict[str, Any]:
    event = a_wire_event(id=f"BKNG-{n}", customer={"name": f"Lea {MARK}", "email": f"{MARK}{n}@acme.example"})
    return event | {"event_id": f"EVNT-{n}", "connection": rig.connection} | changes


@pytest.mark.parametrize(("key", "status"), [(METRICS_KEY, 200), (KEY, 200), (OTHER_KEY, 401), ("", 401)])
def test_metrics_are_shown_to_whoever_has_a_key(make_intake: Callable[..., AnIntake], key: str, status: int) -> None:
    answer = make_intake().client.get("/metrics", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == status


def test_a_key_for_metrics_opens_nothing_else(make_intake: Callable[..., AnIntake], rig: Rig) -> None:
    assert make_intake().post(an_event_of(rig), key=METRICS_KEY).status_code == 401


def test_what_came_in_is_counted_by_source_connection_and_outcome(
    make_intake: Callable[..., AnIntake], rig: Rig
) -> None:
    intake = make_intake()
    intake.post([an_event_of(rig, 1), an_event_of(rig, 2), an_event_of(rig, 1), an_event_of(rig, 3, kind=MARK)])
    intake.post(an_event_of(rig), key=MARK)
    intake.deliver(Source.ONCEHUB, a_webhook("conversation.started"))
    intake.deliver(Source.CALCOM, a_calcom(), secret=MARK)
    intake.client.get(f"/{MARK}/{MARK}")
    found = read(intake)
    came = {key[1:]: value for key, value in found.items() if key[0] == "bookforce_intake_events_total"}
    assert came == {
        ("accepted", "bookings"): 2,
        ("known", "bookings"): 1,
        ("refused", "bookings"): 1,
        ("401", "bookings"): 1,
        ("ignored", "oncehub"): 1,
        ("401", "calcom"): 1,
        ("404", "elsewhere"): 1,
    }
    took = "bookforce_intake_request_duration_seconds_count"
    assert (found[took, "bookings"], found[took, "oncehub"], found[took, "calcom"]) == (2, 1, 1)
    assert found["bookforce_events_accepted_total",] == 2


def test_no_label_takes_a_value_that_a_sender_makes_up(make_intake: Callable[..., AnIntake], rig: Rig) -> None:
    intake = make_intake()
    for n in range(3):
        intake.post(an_event_of(rig, n, connection=f"{MARK}{n}"))
        intake.client.post(f"/webhooks/{MARK}{n}", content=b"{}")
        intake.deliver(Source.ONCEHUB, raw({MARK: n}), query=f"?sosfLeadId={MARK}")
    assert MARK not in text_of(intake)
    assert read(intake)["bookforce_intake_events_total", "other", "accepted", "bookings"] == 3


def test_refused_events_are_counted_now_and_ever(make_intake: Callable[..., AnIntake]) -> None:
    intake = make_intake()
    intake.refused.forget()
    before = read(intake)
    intake.deliver(Source.ONCEHUB, a_webhook(duration_minutes=0))
    intake.deliver(Source.ONCEHUB, a_webhook(duration_minutes=0))
    after = read(intake)
    assert after["bookforce_refused",] == 1
    assert after["bookforce_events_refused_total",] - before["bookforce_events_refused_total",] == 2


def test_without_the_journal_the_intake_still_says_what_it_counted(rig: Rig) -> None:
    intake = AnIntake(f"redis://127.0.0.1:{free_port()}/0", rig.connection)
    intake.post(an_event_of(rig))
    found = read(intake)
    assert (found["bookforce_journal_up",], found["bookforce_intake_events_total", "503", "bookings"]) == (0, 1)
    intake.close()
