"""Times as people write and read them at a command line."""

import re
from datetime import UTC, datetime, timedelta

import typer

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")


def read_since(text: str, now: datetime) -> datetime:
    """A time, in UTC: so long ago (2h, 3d), or a date with or without a time, of this machine's zone if it names none.

    Raises typer.BadParameter.
    """
    ago = _AGO.fullmatch(text.strip().lower())
    try:
        if ago:
            return now - int(ago[1]) * _UNITS[ago[2]]
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        expected = "expected how long ago (90m, 2h, 3d, 1w) or a time (2026-11-22, 2026-11-22T10:00, …T10:00+01:00)"
        raise typer.BadParameter(f"--since: {expected}, got {text!r}") from error


def say_age(age: timedelta) -> str:
    """How long, in whole days, hours, minutes or seconds: the largest unit of which there are two."""
    for unit in ("d", "h", "m"):
        count = age // _UNITS[unit]
        if count >= 2:  # noqa: PLR2004
            return f"{count} {unit}"
    return f"{max(age // _UNITS['s'], 0)} s"


def say_time(at: datetime | None) -> str:
    """A time in this machine's zone, which is named."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z") if at else "unknown"


def iso_time(at: datetime | None) -> str | None:
    """A time for machines: ISO text in UTC."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
