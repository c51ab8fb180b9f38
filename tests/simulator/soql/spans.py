"""Date literals: the span of whole days that TODAY, LAST_WEEK or NEXT_N_MONTHS:3 stands for."""

import re
from datetime import date, datetime, time, tzinfo

from tests.simulator.data.values import FIRST_YEAR, LAST_YEAR

# Fiscal periods are those of the calendar: this org has no fiscal year of its own.
LITERAL = re.compile(
    r"""(?P<day>TODAY|YESTERDAY|TOMORROW)
      | (?P<ninety>LAST|NEXT)_90_DAYS
      | (?P<which>LAST|THIS|NEXT)_(?P<one>WEEK|MONTH|(?:FISCAL_)?(?:QUARTER|YEAR))
      | (?P<span>LAST|NEXT)_N_(?P<many>DAYS|WEEKS|MONTHS|(?:FISCAL_)?(?:QUARTERS|YEARS)):(?P<count>\d{1,5})
      | N_(?P<unit>DAYS|WEEKS|MONTHS|(?:FISCAL_)?(?:QUARTERS|YEARS))_AGO:(?P<ago>\d{1,5})""",
    re.VERBOSE,
)
NAMED_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
WHICH = {"LAST": -1, "THIS": 0, "NEXT": 1}
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


def is_literal(word: str) -> bool:
    return LITERAL.fullmatch(word) is not None


def span(literal: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the moments between which a literal lies, as a user in that time zone sees the day."""
    first, end = days(literal, now.astimezone(zone).date())
    return _midnight(first, zone), _midnight(end, zone)


def days(literal: str, today: date) -> tuple[date, date]:
    """Return the first day of a literal and the day after its last."""
    found = LITERAL.fullmatch(literal)
    assert found, literal
    if found["day"]:
        return _shifted("DAY", today, NAMED_DAYS[found["day"]], 1)
    if found["ninety"]:
        return _many("DAY", today, found["ninety"], 90)
    if found["which"]:
        return _shifted(_unit(found["one"]), today, WHICH[found["which"]], 1)
    if found["span"]:
        return _many(_unit(found["many"]), today, found["span"], int(found["count"]))
    return _shifted(_unit(found["unit"]), today, -int(found["ago"]), 1)


def _unit(written: str) -> str:
    return written.removeprefix("FISCAL_").removesuffix("S")


def _many(unit: str, today: date, side: str, count: int) -> tuple[date, date]:
    """Span the n units before or after the one of today; only LAST_N_DAYS takes in the day itself, as documented."""
    if side == "NEXT":
        return _shifted(unit, today, 1, count)
    return _shifted(unit, today, -count, count + (unit == "DAY"))


def _shifted(unit: str, today: date, by: int, count: int) -> tuple[date, date]:
    return _start(unit, today, by), _start(unit, today, by + count)


def _start(unit: str, today: date, by: int) -> date:
    """Return the first day of the unit that lies so many units from that of today."""
    if unit in MONTHS:
        size = MONTHS[unit]
        year, month = divmod((today.year * 12 + today.month - 1) // size * size + by * size, 12)
        return date(min(max(year, FIRST_YEAR), LAST_YEAR), month + 1, 1)
    # A week of this org starts on Sunday, as that of a user whose locale is en_US.
    back = (today.weekday() + 1) % 7 if unit == "WEEK" else 0
    number = today.toordinal() - back + by * (7 if unit == "WEEK" else 1)
    least, most = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 1, 1).toordinal()
    return date.fromordinal(min(max(number, least), most))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
