"""The HTTP intake on a real Redis: what it lets in, what it answers, and what becomes of it in Salesforce."""

import asyncio
import json
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.cipher import Cipher, new_key
from producers.last_known import last_known
from producers.signatures import Source
from tests.intake import KEY, NEXT_SECRET, OTHER_KEY, SECRET, AnIntake
from tests.producers.bodies import a_webhook, a_wire_event, json_values, spoiled
from tests.producers.webhooks import a_calcom, a_calendly, a_scheduled_event, invitee, raw, signed
from tests.rig import Rig
from tests.servers import free_port

LEAD = "00Q5g00000AbCdEEAV"
BODIES: dict[Source, dict[str, Any]] = {
    Source.ONCEHUB: a_webhook(),
    Source.CALENDLY: a_calendly(),
    Source.CALCOM: a_calcom(),
}


@pytest.fixture
def intake(make_intake: Callable[..., AnIntake]) -> AnIntake:
    return make_intake()


def an_event_of(rig: Rig, n: int = 1, **changes: Any) -> dict[str, Any]:
    event = a_wire_event(id=f"BKNG-{n}", customer={"name": "Lea Marin", "email": f"nr{n}@acme.example"})
    return event | {"event_id": f"EVNT-{n}", "connection": rig.connection} | changes


def test_one_event_or_many_are_accepted_and_known_the_second_time(intake: AnIntake, rig: Rig) -> None:
    one = intake.post(an_event_of(rig))
    assert (one.status_code, one.json()) == (202, {"accepted": 1, "known": 0, "refused": []})
    many = intake.post([an_event_of(rig, n) for n in (1, 2, 3)], key=OTHER_KEY)
    assert (many.status_code, many.json()) == (202, {"accepted": 2, "known": 1, "refused": []})
    assert rig.journal.counts()["ready"] == 3


def test_bad_ones_of_many_are_named_and_good_ones_go_through(intake: AnIntake, rig: Rig) -> None:
    answer = intake.post([an_event_of(rig, 1), an_event_of(rig, 2, kind="postponed"), "x", an_event_of(rig, 3)])
    assert (answer.status_code, answer.json()["accepted"]) == (400, 2)
    first, second = answer.json()["refused"]
    assert (first["index"], first["field"]) == (1, "kind")
    assert second == {"index": 2, "field": "", "problem": "expected an object, got text of 1 characters"}


@pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], f"{KEY} "[1:], "\u00e9"])
def test_without_a_key_nothing_is_looked_at(intake: AnIntake, rig: Rig, key: str) -> None:
    answer = intake.client.post("/bookings", content=b"{", headers={b"Authorization": f"Bearer {key}".encode()})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert rig.journal.counts()["ready"] == 0


def test_a_connection_that_nobody_serves_is_refused(make_intake: Callable[..., AnIntake], rig: Rig) -> None:
    intake = make_intake(connections=["elsewhere"])
    answer = intake.post(an_event_of(rig))
    assert answer.status_code == 400
    assert answer.json()["refused"][0]["field"] == "connection"
    assert intake.client.post("/webhooks/oncehub/nowhere", json={}).status_code == 404


NO_JSON = [b"", b"{", b"\xff", b"[" * 100_000, b"nan", b'{"a": NaN}', b"1" * 5000, b'"\\ud800"', b"{}{}"]


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_what_is_no_json_is_said_to_be_none(make_intake: Callable[..., AnIntake], body: bytes) -> None:
    intake = make_intake(max_bytes=200_000)
    answers = intake.post(body), intake.deliver(Source.ONCEHUB, body)
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json()["detail"].startswith("expected JSON")
    assert answers[1].json()["because"].startswith("expected JSON")


def test_a_signed_body_that_is_no_json_is_kept_with_its_connection(intake: AnIntake) -> None:
    intake.refused.forget()
    for _ in range(2):
        intake.deliver(Source.CALCOM, b'{"triggerEvent": "BOOKING_CREATED", "name": "Lea "Marin""}')
    (kept,) = intake.refused.list()
    sender = f"calcom/{intake.connection}"
    assert (kept.source, kept.body) == (sender, '{"triggerEvent": "BOOKING_CREATED", "name": "Lea "Marin""}')
    assert [seen.outcome for seen in intake.seen] == ["refused", "refused"]


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "jsonapplication/json"]
)
def test_other_types_than_json_are_refused(intake: AnIntake, rig: Rig, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert intake.post(an_event_of(rig), **headers).status_code == 415
    body = raw(a_calcom())
    assert intake.deliver(Source.CALCOM, body, headers=signed(Source.CALCOM, body, SECRET) | headers).status_code == 415


def test_a_body_that_is_too_large_is_not_read_to_its_end(make_intake: Callable[..., AnIntake], rig: Rig) -> None:
    intake = make_intake(max_bytes=2_000)
    assert intake.post([an_event_of(rig, n) for n in range(20)]).status_code == 413
    chunks = (b" " * 500 for _ in range(1000))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    assert intake.client.post("/bookings", content=chunks, headers=headers).status_code == 413
    assert intake.deliver(Source.ONCEHUB, a_webhook(subject="x" * 3_000)).status_code == 413


def test_a_sender_who_hangs_up_within_the_body_is_turned_away(intake: AnIntake) -> None:
    """As the server tells it: the beginning of a body, and then that the sender is gone."""
    told: list[dict[str, Any]] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b'{"a', "more_body": True},
    ]

    async def receive() -> MutableMapping[str, Any]:
        return told.pop()

    async def send(_: MutableMapping[str, Any]) -> None:
        return

    headers = [(b"content-type", b"application/json")]
    path = f"/webhooks/calcom/{intake.connection}"
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    asyncio.run(intake.app(scope, receive, send))
    assert [(seen.source, seen.outcome) for seen in intake.seen] == [("calcom", "400")]


def test_a_list_that_is_too_long_is_not_looked_at(intake: AnIntake) -> None:
    assert intake.post([0] * 10_000).status_code == 400
    answer = intake.post([0] * 10_001)
    assert answer.status_code == 413
    assert "10000 events" in answer.json()["detail"]
    assert intake.seen[-1].outcome == "413"


@pytest.mark.parametrize("source", Source)
def test_a_signed_webhook_is_accepted_once(intake: AnIntake, rig: Rig, source: Source) -> None:
    now = datetime.now(UTC)
    answers = [intake.deliver(source, BODIES[source], at=now) for _ in range(2)]
    assert [(answer.status_code, answer.json()["outcome"]) for answer in answers] == [(200, "accepted"), (200, "known")]
    assert rig.journal.counts()["ready"] == 1
    assert [(seen.source, seen.outcome) for seen in intake.seen] == [(source, "accepted"), (source, "known")]


@pytest.mark.parametrize("source", Source)
def test_a_webhook_signed_with_the_next_secret_is_accepted(intake: AnIntake, source: Source) -> None:
    assert intake.deliver(source, BODIES[source], secret=NEXT_SECRET).status_code == 200


@pytest.mark.parametrize("source", Source)
def test_a_webhook_that_is_not_signed_rightly_is_turned_away(intake: AnIntake, rig: Rig, source: Source) -> None:
    body = raw(BODIES[source])
    wrong = [
        intake.deliver(source, body, secret="another"),
        intake.deliver(source, body + b" ", headers=signed(source, body, SECRET)),
        intake.deliver(source, body, headers={"Content-Type": "application/json"}),
        intake.client.post(f"/webhooks/{source}", content=body, headers=signed(source, body, SECRET)),
    ]
    assert [answer.status_code for answer in wrong] == [401] * 4
    assert wrong[-1].json()["detail"] == "no secret is set for this source and connection"
    assert rig.journal.counts()["ready"] == 0


def test_an_old_delivery_is_turned_away(intake: AnIntake) -> None:
    day = datetime.now(UTC) - timedelta(days=5)
    for source in (Source.ONCEHUB, Source.CALENDLY):
        assert intake.deliver(source, BODIES[source], at=day).status_code == 401
    assert intake.deliver(Source.CALCOM, raw(a_calcom())).status_code == 401


def test_a_webhook_that_cannot_be_read_is_kept_for_a_person(make_intake: Callable[..., AnIntake]) -> None:
    intake = make_intake(cipher=Cipher.of(new_key()))
    intake.refused.forget()
    body = a_webhook(duration_minutes=0)
    for _ in range(2):
        answer = intake.deliver(Source.ONCEHUB, body)
        assert (answer.status_code, answer.json()["outcome"]) == (400, "refused")
    (kept,) = intake.refused.list()
    assert kept.problem.startswith("data.duration_minutes: ")
    assert json.loads(kept.body or "") == body
    assert not any("lea@acme" in text for text in intake.redis.hvals("bookforce:refused"))  # type: ignore[union-attr]  # not async
    assert "lea@acme" not in answer.text


def test_kinds_that_change_nothing_are_acknowledged(intake: AnIntake, rig: Rig) -> None:
    ignored = [
        (Source.ONCEHUB, a_webhook("conversation.started")),
        (Source.CALENDLY, a_calendly("invitee_no_show.deleted")),
        (Source.CALCOM, a_calcom("BOOKING_REQUESTED")),
    ]
    for source, body in ignored:
        answer = intake.deliver(source, body)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "ignored")
        assert answer.json()["because"]
    assert rig.journal.counts()["ready"] == 0


def test_no_such_source_or_address_is_said_in_json(intake: AnIntake) -> None:
    assert intake.client.post("/webhooks/zoom", json={}).status_code == 404
    assert intake.client.get("/nowhere").json() == {"detail": "Not Found"}
    assert intake.client.put("/bookings").status_code == 405
    assert {seen.source for seen in intake.seen} == {"elsewhere", "bookings"}


def test_without_the_journal_senders_are_asked_to_come_back(rig: Rig) -> None:
    intake = AnIntake(f"redis://127.0.0.1:{free_port()}/0", rig.connection)
    assert intake.client.get("/healthz").status_code == 200
    answers = [
        intake.post(an_event_of(rig)),
        *(intake.deliver(source, BODIES[source]) for source in Source),
        intake.deliver(Source.ONCEHUB, a_webhook(duration_minutes=0)),
        intake.client.get("/readyz"),
    ]
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(503, "5")] * 6
    intake.close()


def test_a_journal_that_answers_makes_it_ready(intake: AnIntake) -> None:
    assert intake.client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.parametrize("source", Source)
def test_ids_in_the_webhooks_address_are_those_of_a_personalized_link(
    intake: AnIntake, rig: Rig, source: Source
) -> None:
    assert intake.deliver(source, BODIES[source], query=f"?SOSFLeadID={LEAD}&sosfCaseId=").status_code == 200
    booking_id = {Source.ONCEHUB: "BKNG-1", Source.CALENDLY: "AAAA", Source.CALCOM: "uid-a"}[source]
    booking = last_known(rig.redis, rig.connection, booking_id)
    assert booking
    assert (booking.salesforce.lead, booking.salesforce.case) == (LEAD, None)


def test_a_moved_calendly_booking_is_one_event_in_salesforce(intake: AnIntake, rig: Rig) -> None:
    later = a_scheduled_event(start_time="2026-03-09T10:00:00Z", end_time="2026-03-09T10:30:00Z")
    deliveries = [
        a_calendly("invitee.canceled", minute=1, rescheduled=True, new_invitee=invitee("BBBB")),
        a_calendly(name="BBBB", minute=1, old_invitee=invitee("AAAA"), scheduled_event=later),
        a_calendly(),
        a_calendly("invitee_no_show.created", "BBBB", minute=2, scheduled_event=later),
    ]
    for body in deliveries:
        assert intake.deliver(Source.CALENDLY, body).status_code == 200
        rig.sync()
    (event,) = rig.records("Event")
    assert event["StartDateTime"].startswith("2026-03-09T10:00:00")
    assert event["ScheduleOnce__Event_status__c"] == "No-show"


def test_a_moved_calcom_booking_is_one_event_in_salesforce(intake: AnIntake, rig: Rig) -> None:
    no_show = {"bookingUid": "uid-c", "attendees": [{"email": "lea@acme.example", "noShow": True}]}
    bodies = [
        a_calcom(),
        a_calcom(
            "BOOKING_RESCHEDULED",
            "uid-b",
            minute=1,
            rescheduleUid="uid-a",
            startTime="2026-03-09T10:00:00Z",
            endTime="2026-03-09T10:30:00Z",
        ),
        a_calcom(
            "BOOKING_RESCHEDULED",
            "uid-c",
            minute=2,
            rescheduleUid="uid-b",
            startTime="2026-03-10T10:00:00Z",
            endTime="2026-03-10T10:30:00Z",
        ),
        {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": "2026-03-10T11:03:00Z", "payload": no_show},
    ]
    for body in bodies:
        assert intake.deliver(Source.CALCOM, body).json()["outcome"] == "accepted"
        rig.sync()
    (event,) = rig.records("Event")
    assert event["StartDateTime"].startswith("2026-03-10T10:00:00")
    assert event["ScheduleOnce__Event_status__c"] == "No-show"


def test_a_no_show_of_a_booking_that_nobody_knows_is_acknowledged(intake: AnIntake) -> None:
    payload = {"bookingUid": "uid-unknown", "attendees": [{"noShow": True}]}
    body = {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": "2026-03-10T11:03:00Z", "payload": payload}
    assert intake.deliver(Source.CALCOM, body).json()["outcome"] == "ignored"


ANY_BODY = st.binary(max_size=200) | json_values().map(lambda value: json.dumps(value).encode())


@settings(max_examples=150, deadline=None)
@given(
    body=ANY_BODY
    | st.sampled_from([*BODIES.values(), a_wire_event()]).flatmap(spoiled).map(lambda v: json.dumps(v).encode())
)
def test_no_body_makes_the_intake_fail(fuzzed: AnIntake, body: bytes) -> None:
    answers = [fuzzed.post(body), *(fuzzed.deliver(source, body) for source in Source)]
    assert {answer.status_code for answer in answers} <= {200, 202, 400, 401}


@pytest.fixture(scope="module")
def fuzzed(redis_url: str) -> Iterator[AnIntake]:
    intake = AnIntake(redis_url, "fuzzed")
    yield intake
    intake.refused.forget()
    intake.close()
