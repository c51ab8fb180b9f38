"""`bookforce publish`: what goes through, what is refused, and what is said, in a real Redis."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from typer.testing import CliRunner, Result

from tests.producers.bodies import a_form, a_webhook, a_wire_event
from tests.producers.webhooks import a_calcom, a_calendly, a_scheduled_event, invitee
from tests.servers import free_port
from worker.cli import cli

BOOKFORCE = str(Path(sys.executable).with_name("bookforce"))

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Runs the command against a connection of its own."""

    redis_url: str
    connection: str
    folder: Path

    def run(self, *arguments: str, text: str | None = None, **environment: str) -> Result:
        """`bookforce publish` in this process."""
        variables = {"BOOKFORCE_REDIS_URL": self.redis_url, "BOOKFORCE_BROKER_URL": "memory://"} | environment
        return CliRunner().invoke(cli, ["publish", "-c", self.connection, *arguments], input=text, env=variables)

    def publish(self, text: str, *arguments: str) -> Result:
        """Publish this text as the file `bookings`."""
        return self.run(str(self.file(text)), *arguments)

    def file(self, text: str) -> Path:
        path = self.folder / "bookings"
        path.write_text(text, encoding="utf-8")
        return path

    def journalled(self) -> list[str]:
        """Ids of the bookings that are to be worked on."""
        with Redis.from_url(self.redis_url, decode_responses=True) as redis:
            names = redis.scan_iter(f"bookforce:{{{self.connection}}}:booking:*")
            return sorted(name.rpartition(":")[2] for name in names)


@pytest.fixture
def terminal(redis_url: str, tmp_path: Path) -> Terminal:
    return Terminal(redis_url=redis_url, connection=f"cli{next(_numbers)}", folder=tmp_path)


def a_delivery(number: int, **data: Any) -> dict[str, Any]:
    """A webhook about a booking of its own."""
    return a_webhook(**{"id": f"BKNG-{number}"} | data) | {"id": f"EVNT-{number}"}


def lines(*bodies: object) -> str:
    """The bodies as JSON lines; texts as they are."""
    return "\n".join(body if isinstance(body, str) else json.dumps(body) for body in bodies)


def test_good_bookings_go_through(terminal: Terminal) -> None:
    result = terminal.publish(lines(a_delivery(1), a_delivery(2), a_wire_event()))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "3 of 3 accepted\n", "")
    assert terminal.journalled() == ["BKNG-1", "BKNG-2"]


def test_the_same_file_twice_is_known(terminal: Terminal) -> None:
    text = lines(a_delivery(1), a_delivery(2))
    terminal.publish(text)
    result = terminal.publish(text)
    assert (result.exit_code, result.stdout) == (0, "0 of 2 accepted, 2 known before\n")


def test_what_is_about_no_booking_is_counted_apart(terminal: Terminal) -> None:
    result = terminal.publish(
        lines(a_delivery(1), a_webhook("conversation.started"), a_delivery(2, status="requested"))
    )
    assert (result.exit_code, result.stdout) == (0, "1 of 3 accepted, 2 that change nothing\n")


LATER = a_scheduled_event(start_time="2026-03-09T10:00:00Z", end_time="2026-03-09T10:30:00Z")
NO_SHOW = {"bookingUid": "uid-b", "attendees": [{"email": "lea@acme.example", "noShow": True}]}
CALENDLY = [
    a_calendly(),
    a_calendly("invitee.canceled", minute=1, rescheduled=True, new_invitee=invitee("BBBB")),
    a_calendly(name="BBBB", minute=1, old_invitee=invitee("AAAA"), scheduled_event=LATER),
    a_calendly("invitee_no_show.created", "BBBB", minute=2, scheduled_event=LATER),
]
CALCOM = [
    a_calcom(),
    a_calcom("BOOKING_REQUESTED", "uid-z"),
    a_calcom("BOOKING_RESCHEDULED", "uid-b", minute=1, rescheduleUid="uid-a"),
    {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": "2026-03-10T11:03:00Z", "payload": NO_SHOW},
]


@pytest.mark.parametrize(("bodies", "booking"), [(CALENDLY, "AAAA"), (CALCOM, "uid-a")], ids=["calendly", "calcom"])
def test_a_booking_that_its_webhooks_move_is_one(terminal: Terminal, bodies: list[object], booking: str) -> None:
    result = terminal.publish(lines(*bodies))
    assert (result.exit_code, result.stdout) == (0, "3 of 4 accepted, 1 that change nothing\n")
    assert terminal.journalled() == [booking]


def test_a_webhook_that_names_a_booking_of_another_file_finds_it_in_the_journal(terminal: Terminal) -> None:
    terminal.publish(lines(*CALCOM[:3]))
    assert terminal.publish(lines(CALCOM[3])).stdout == "1 of 1 accepted\n"
    assert terminal.journalled() == ["uid-a"]


BAD: list[tuple[object, str, str]] = [
    ("not json", "expected JSON, but at column 1: Expecting value, got text of 8 characters", "not JSON"),
    ('{"id": ', "expected JSON, but at column 8: Expecting value, got text of 7 characters", "half a document"),
    ("[]", "expected a JSON object, got a list of 0", "no object"),
    ({}, "event_id: this field is required, got nothing", "nothing in it"),
    (a_delivery(9, id=None), "data.id: input should be a valid string, got null", "no id"),
    (a_delivery(9, id=""), "data.id: string should have at least 1 character, got empty text", "empty id"),
    (
        a_delivery(9, starting_time="2026-02-30T10:00:00Z"),
        "data.starting_time: input should be a valid datetime or date, day value is outside expected range, got ",
        "impossible day",
    ),
    (
        a_delivery(9, starting_time="4500-01-01T10:00:00Z"),
        "data.starting_time: expected a time between the years 1700 and 3999, got text of 20 characters",
        "impossible year",
    ),
    (
        a_delivery(9, form_submission=a_form(email="lea at acme")),
        "data.form_submission.email: expected an e-mail address such as name@example.com, got text of 11 characters",
        "no e-mail",
    ),
    (
        a_wire_event(customer={"email": "lea"}),
        "booking.customer.email: expected an e-mail address such as name@example.com, got text of 3 characters",
        "no e-mail in a canonical event",
    ),
    (
        a_delivery(9) | {"type": "booking.moved"},
        "type: expected one of booking.scheduled, booking.rescheduled, booking.canceled_then_rescheduled, ",
        "unknown type",
    ),
    (
        a_calendly(email="lea at acme"),
        "payload.email: expected an e-mail address such as name@example.com, got text of 11 characters",
        "no e-mail in a Calendly webhook",
    ),
    (
        a_calcom(startTime="soon"),
        "payload.startTime: expected a time such as 2026-03-04T15:30:00Z, got text of 4 characters",
        "no time in a Cal.com webhook",
    ),
    ({"event": "invitee.moved", "payload": {}}, "event: expected one of invitee.created, ", "unknown to Calendly"),
    ({"triggerEvent": "BOOKING_EATEN"}, "triggerEvent: expected one of BOOKING_CREATED, ", "unknown to Cal.com"),
    (
        a_wire_event(**{"\x1b[2J": 1}),
        "booking.<a key of 4 characters>: extra inputs are not permitted, got a number",
        "key",
    ),
]


@pytest.mark.parametrize(("body", "said"), [row[:2] for row in BAD], ids=[row[2] for row in BAD])
def test_a_bad_booking_is_one_line_and_the_good_ones_around_it_go_through(
    terminal: Terminal, body: object, said: str
) -> None:
    result = terminal.publish(lines(a_delivery(1), body, a_delivery(2)))
    assert (result.exit_code, result.stdout) == (2, "2 of 3 accepted, 1 refused\n")
    assert result.stderr.startswith(f"{terminal.folder / 'bookings'}:2: {said}")
    assert len(result.stderr.splitlines()) == 1
    assert terminal.journalled() == ["BKNG-1", "BKNG-2"]


def test_a_text_that_cannot_be_printed_is_refused_like_any_other(terminal: Terminal) -> None:
    result = terminal.publish(lines(a_delivery(1), a_wire_event(**{"\ud800": 1}), a_delivery(2, subject="\ud800")))
    assert (result.exit_code, result.stdout) == (2, "1 of 3 accepted, 2 refused\n")
    assert len(result.stderr.splitlines()) == 2


def test_every_bad_booking_has_a_line_with_its_line(terminal: Terminal) -> None:
    bodies = [a_delivery(n, duration_minutes=0) if n in {2, 100, 1234} else a_delivery(n) for n in range(1, 1301)]
    result = terminal.publish(lines(*bodies))
    said = "data.duration_minutes: input should be greater than or equal to 1, got a number"
    file = terminal.folder / "bookings"
    assert result.stderr.splitlines() == [f"{file}:{line}: {said}" for line in (2, 100, 1234)]
    assert (result.exit_code, result.stdout) == (2, "1297 of 1300 accepted, 3 refused\n")


def test_elements_of_an_array_have_the_lines_where_they_start(terminal: Terminal) -> None:
    text = json.dumps([a_delivery(1), a_delivery(2, duration_minutes=0)], indent=1)
    result = terminal.publish(text)
    line = text[: text.index('"EVNT-2"')].count("\n")
    assert result.stderr.startswith(f"{terminal.folder / 'bookings'}:{line}: data.duration_minutes: ")
    assert terminal.journalled() == ["BKNG-1"]


def test_an_array_that_breaks_off_is_one_refusal(terminal: Terminal) -> None:
    result = terminal.publish(json.dumps([a_delivery(1), a_delivery(2)], indent=1)[:-20])
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "1 of 2 accepted, 1 refused\n", 1)


def test_what_a_customer_typed_is_not_said(terminal: Terminal) -> None:
    result = terminal.publish(lines(a_delivery(1, form_submission=a_form(email="lea marin at acme"))))
    assert "marin" not in result.stdout + result.stderr


def test_a_dash_reads_standard_input(terminal: Terminal) -> None:
    result = terminal.run("-", text=lines(a_delivery(1), "x"))
    assert (result.exit_code, result.stdout) == (2, "1 of 2 accepted, 1 refused\n")
    assert result.stderr.startswith("-:2: expected JSON")


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        pytest.param("", "0 of 0 accepted\n", id="empty"),
        pytest.param("[]", "0 of 0 accepted\n", id="empty array"),
        pytest.param("\ufeff" + lines(a_delivery(1)), "1 of 1 accepted\n", id="byte order mark"),
        pytest.param(lines(a_delivery(1), "", a_delivery(2)).replace("\n", "\r\n"), "2 of 2 accepted\n", id="Windows"),
    ],
)
def test_odd_files_are_read(terminal: Terminal, text: str, accepted: str) -> None:
    result = terminal.publish(text)
    assert (result.exit_code, result.stdout) == (0, accepted)


def test_for_machines_the_numbers_are_json(terminal: Terminal) -> None:
    result = terminal.publish(lines(a_delivery(1), a_delivery(1), a_webhook("conversation.closed"), "x"), "--json")
    assert json.loads(result.stdout) == {"accepted": 1, "known": 1, "ignored": 1, "refused": 1}
    assert result.exit_code == 2


def test_a_missing_file_is_wrong_usage_in_one_sentence(terminal: Terminal) -> None:
    result = terminal.run(str(terminal.folder / "none"))
    said = f"bookforce: {terminal.folder / 'none'} cannot be read: No such file or directory\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", said)


def test_a_file_that_is_no_text_is_wrong_usage_in_one_sentence(terminal: Terminal) -> None:
    path = terminal.folder / "bookings"
    path.write_bytes(b'{"name": "L\xe9a"}')
    result = terminal.run(str(path))
    assert (result.exit_code, result.stderr) == (2, f"bookforce: {path} is not UTF-8 text (byte 11)\n")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BOOKFORCE_REDIS_URL", "localhost:6379"),
        ("BOOKFORCE_REDIS_URL", "redis://localhost:port/0"),
        ("BOOKFORCE_BROKER_URL", "rabbit://localhost"),
        ("BOOKFORCE_LOG_FORMAT", "xml"),
    ],
)
def test_bad_settings_are_wrong_usage_in_one_sentence(terminal: Terminal, variable: str, value: str) -> None:
    result = terminal.run(str(terminal.file(lines(a_delivery(1)))), **{variable: value})
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert result.stderr.startswith(f"bookforce: {variable}: ")


def test_a_broker_that_is_away_changes_nothing(terminal: Terminal) -> None:
    path = str(terminal.file(lines(a_delivery(1))))
    result = terminal.run(path, BOOKFORCE_BROKER_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 of 1 accepted\n", "")


def test_without_redis_it_says_one_sentence(terminal: Terminal) -> None:
    port = free_port()
    path = str(terminal.file(lines(a_delivery(1))))
    result = run_alone("publish", path, BOOKFORCE_REDIS_URL=f"redis://ann:hunter2@127.0.0.1:{port}/0?password=hunter2")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f'bookforce: Redis at "redis://127.0.0.1:{port}/0" does not answer (connection refused). '
        "Nothing was published. "
        "Start it, or let BOOKFORCE_REDIS_URL name another.\n"
    )


def test_a_redis_that_wants_a_password_is_one_sentence_too(terminal: Terminal, redis_url: str) -> None:
    with_password = redis_url.replace("redis://", "redis://nobody:hunter2@")
    result = run_alone("publish", str(terminal.file(lines(a_delivery(1)))), BOOKFORCE_REDIS_URL=with_password)
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert "hunter2" not in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_ends_it_with_one_sentence(terminal: Terminal) -> None:
    pipe = terminal.folder / "pipe"
    os.mkfifo(pipe)
    with started("publish", str(pipe), BOOKFORCE_REDIS_URL=terminal.redis_url) as process:
        writer = open_for_writing(pipe)
        time.sleep(0.5)  # a signal between the opening and the reading of a pipe ends neither
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
        os.close(writer)
    assert (process.returncode, stdout) == (130, "")
    assert stderr == "bookforce: interrupted; what was done so far stays done\n"


def test_standard_input_of_a_real_process_is_read(terminal: Terminal) -> None:
    with started("publish", "-", "-c", terminal.connection, BOOKFORCE_REDIS_URL=terminal.redis_url) as process:
        stdout, stderr = process.communicate(lines(a_delivery(1)), timeout=30)
    assert (process.returncode, stdout, stderr) == (0, "1 of 1 accepted\n", "")


def run_alone(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    with started(*arguments, **environment) as process:
        stdout, stderr = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)


def started(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The command, running."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [BOOKFORCE, *arguments],
        env={**os.environ, "BOOKFORCE_BROKER_URL": "memory://", **environment},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A test run started in the background passes an ignored SIGINT on, and then nothing could interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )


def open_for_writing(pipe: Path) -> int:
    """The pipe, as soon as somebody reads it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < deadline, "nobody reads"
            time.sleep(0.02)
