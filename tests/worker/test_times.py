"""Times as people write and read them."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from worker.commands.times import iso_time, read_since, say_age, say_time

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOCAL = datetime(2026, 11, 22, 10).astimezone(UTC)

SINCE: list[tuple[str, datetime]] = [
    ("30s", NOW - timedelta(seconds=30)),
    ("90m", NOW - timedelta(minutes=90)),
    ("2h", NOW - timedelta(hours=2)),
    (" 3D ", NOW - timedelta(days=3)),
    ("1 w", NOW - timedelta(weeks=1)),
    ("2026-11-22T10:00", LOCAL),
    ("2026-11-22T10:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
    ("2026-11-22T10:00+02:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    ("2026-11-22", LOCAL - timedelta(hours=10)),
]


@pytest.mark.parametrize(("text", "at"), SINCE, ids=[row[0] for row in SINCE])
def test_a_time_is_so_long_ago_or_a_date_of_this_machines_zone(text: str, at: datetime) -> None:
    assert read_since(text, NOW) == at


@pytest.mark.parametrize("text", ["", "soon", "2", "h", "-2h", "1.5h", "2026-13-01", "99999999d"])
def test_what_is_no_time_is_refused_with_the_forms_expected(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="expected how long ago"):
        read_since(text, NOW)


@pytest.mark.parametrize("text", ["999999w", "0001-01-01T00:00+23:59"])
def test_what_is_before_all_time_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="expected how long ago"):
        read_since(text, NOW)


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=-1), "0 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 m"),
        (timedelta(minutes=119), "119 m"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=400), "400 d"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(age: timedelta, said: str) -> None:
    assert say_age(age) == said


def test_a_time_that_is_not_known_is_said_to_be_unknown() -> None:
    assert (say_time(None), iso_time(None)) == ("unknown", None)
    assert iso_time(NOW) == "2026-11-22T12:00:00.000Z"
    assert say_time(NOW).startswith(f"{NOW.astimezone():%Y-%m-%d %H:%M:%S}")
