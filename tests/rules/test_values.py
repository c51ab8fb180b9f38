from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.converted import Converted
from rules.describe import EXTENDED_TYPES, SUPPORTED_TYPES
from rules.lengths import units
from rules.plan import Scalar
from rules.values import Raw, convert, day_in, utc_text
from tests.builders import a_field

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PARIS = timezone(timedelta(hours=1))

_TYPES = sorted(SUPPORTED_TYPES | EXTENDED_TYPES)
_TEXTS = st.text() | st.text("@{}9.,-+ €:T2026e", max_size=60) | st.from_regex(r"[0-9]{1,40}", fullmatch=True)
_RAW: st.SearchStrategy[Raw] = st.none() | st.integers() | _TEXTS | st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize("type_", _TYPES)
@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_stays_nothing(type_: str, nothing: Raw) -> None:
    assert convert(nothing, a_field("X__c", type_)) == Converted(None)


@pytest.mark.parametrize(
    ("value", "type_", "converted"),
    [
        pytest.param("Lea", "string", "Lea", id="text"),
        pytest.param(30, "string", "30", id="number in a text field"),
        pytest.param(NOON, "textarea", "2026-11-23T12:00:00Z", id="time in a text field"),
        pytest.param("@{r1.id}", "string", "@ {r1.id}", id="text that reads as a reference"),
        pytest.param("lea@acme.example", "email", "lea@acme.example", id="e-mail"),
        pytest.param("+33 1", "phone", "+33 1", id="phone"),
        pytest.param("https://acme.example", "url", "https://acme.example", id="link"),
        pytest.param(30, "int", 30, id="whole number"),
        pytest.param(30, "double", 30.0, id="number"),
        pytest.param("-1.5", "percent", -1.5, id="negative number"),
        pytest.param("12 %", "percent", 12.0, id="percent sign"),
        pytest.param("$1,234,567.50", "currency", 1234567.5, id="currency sign and thousands"),
        pytest.param("1\N{NO-BREAK SPACE}234 €", "currency", 1234.0, id="thousands by spaces"),
        pytest.param("1'234", "currency", 1234.0, id="thousands the Swiss way"),
        pytest.param("2026-11-23", "date", "2026-11-23", id="date"),
        pytest.param("2026-11-23T23:30:00-05:00", "date", "2026-11-23", id="date where the time was told"),
        pytest.param(NOON, "date", "2026-11-23", id="time in a date field"),
        pytest.param(NOON, "datetime", "2026-11-23T12:00:00Z", id="time"),
        pytest.param("2026-11-23T12:00", "datetime", "2026-11-23T12:00:00Z", id="a time without a zone is UTC"),
        pytest.param("48.85, -2.35", "location", "48.85, -2.35", id="coordinates"),
        pytest.param(" 0;0 ", "location", "0, 0", id="coordinates with a semicolon"),
        pytest.param("Yes", "boolean", True, id="yes"),
        pytest.param("off", "boolean", False, id="no"),
        pytest.param("2026-11-23T12:00+01:00", "datetime", "2026-11-23T11:00:00Z", id="time in another zone"),
    ],
)
def test_value_as_its_field_takes_it(value: Raw, type_: str, converted: Scalar) -> None:
    assert convert(value, a_field("X__c", type_)) == Converted(converted)


@pytest.mark.parametrize(
    ("value", "type_", "why"),
    [
        pytest.param("a@b", "email", "not an e-mail address", id="no e-mail"),
        pytest.param(f"{'a' * 80}@acme.example", "email", "93 characters, the field takes 80", id="long e-mail"),
        pytest.param("1" * 81, "phone", "81 characters, the field takes 80", id="long phone"),
        pytest.param("https://" + "a" * 80, "url", "88 characters, the field takes 80", id="long link"),
        pytest.param(
            "https://" + "a" * 80, "string", "88 characters, the field takes 80", id="long link in a text field"
        ),
        pytest.param(
            f"{'a' * 80}@acme.example", "string", "93 characters, the field takes 80", id="long e-mail in a text field"
        ),
        pytest.param("about 10 to 20", "double", "not a number", id="words"),
        pytest.param("1e5", "double", "not a number", id="exponent"),
        pytest.param("12,50", "currency", "not a number", id="decimal comma"),
        pytest.param("1.234,56", "currency", "not a number", id="decimal comma after thousands"),
        pytest.param("-", "int", "not a number", id="sign alone"),
        pytest.param("9" * 19, "double", "more than 18 digits", id="too many digits"),
        pytest.param(NOON, "double", "a time is not a number", id="time"),
        pytest.param("tomorrow", "date", "not a date", id="no date"),
        pytest.param(30, "datetime", "not a datetime", id="number"),
        pytest.param("0001-01-01T00:00+05:00", "datetime", "not a datetime", id="before all calendars"),
        pytest.param("9999-12-31T23:00-05:00", "datetime", "not a datetime", id="after all calendars"),
        pytest.param("91, 0", "location", "not a latitude and a longitude", id="beyond the pole"),
        pytest.param("0, 181", "location", "not a latitude and a longitude", id="beyond the date line"),
        pytest.param("Paris", "location", "not a latitude and a longitude", id="no coordinates"),
        pytest.param("perhaps", "boolean", "neither yes nor no", id="neither yes nor no"),
        pytest.param("1699-12-31", "date", "not a date", id="a year that Salesforce does not store"),
    ],
)
def test_value_that_the_field_cannot_take_is_left_out_and_told(value: Raw, type_: str, why: str) -> None:
    assert convert(value, a_field("X__c", type_, length=80)) == Converted(None, f"left out: {why}")


@pytest.mark.parametrize(
    ("length", "kept"), [(21, "abcdefghijklmnopqrst…"), (20, "abcdefghijklmnopqrst"), (5, "abcde")]
)
def test_long_text_is_cut_and_says_so_where_there_is_room(length: int, kept: str) -> None:
    text = "abcdefghijklmnopqrstuvwxyz"
    cut = convert(text, a_field("X__c", length=length))
    assert cut == Converted(kept, f"cut from 26 to {length} characters")
    assert convert(text, a_field("X__c", length=26)) == Converted(text)


def test_a_fraction_that_a_whole_number_loses_is_told() -> None:
    assert convert("30.9", a_field("X__c", "int")) == Converted(30, "cut to a whole number")
    assert convert("30.0", a_field("X__c", "int")) == Converted(30)


def test_an_emoji_counts_as_the_two_characters_that_it_is_to_salesforce() -> None:
    field = a_field("X__c", length=40)
    assert convert("😀" * 20, field) == Converted("😀" * 20)
    assert convert("😀" * 21, field) == Converted("😀" * 19 + "…", "cut from 42 to 40 characters")
    rich = a_field("X__c", "textarea", rich=True, length=8)
    assert convert("😀😀<x", rich) == Converted("😀😀&lt;", "cut from 6 to 5 characters")


@pytest.mark.parametrize(
    ("digits", "value", "converted"),
    [
        pytest.param(3, "999", Converted(999.0), id="as many digits as it takes"),
        pytest.param(3, "1000", Converted(None, "left out: more than 3 digits"), id="one more"),
        pytest.param(3, "0.0001", Converted(0.0001), id="digits behind the point"),
        pytest.param(3, "0", Converted(0.0), id="nothing but zero"),
    ],
)
def test_numbers_beyond_the_field_are_left_out(digits: int, value: str, converted: Converted) -> None:
    assert convert(value, a_field("X__c", "double", whole_digits=digits)) == converted


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (NOON, "UTC", "2026-11-23"),
        (NOON.replace(hour=23), "Europe/Paris", "2026-11-24"),
        (NOON.replace(hour=1), "America/New_York", "2026-11-22"),
        (NOON, "Mars/Olympus", "2026-11-23"),
        (NOON, "../etc/passwd", "2026-11-23"),
    ],
)
def test_a_moment_falls_on_the_day_that_it_is_for_the_owner(moment: datetime, zone: str, day: str) -> None:
    assert convert(moment, a_field("X__c", "date"), zone) == Converted(day)
    assert day_in(moment, zone) == day


def test_a_date_that_somebody_wrote_stays_that_date() -> None:
    assert convert("2026-11-23T23:30Z", a_field("X__c", "date"), "Asia/Tokyo") == Converted("2026-11-23")


@pytest.mark.parametrize(
    ("length", "converted"),
    [
        (60, Converted("a &lt;b&gt;<br>&amp; c")),
        (22, Converted("a &lt;b&gt;<br>&amp; c")),
        (21, Converted("a &lt;b&gt;<br>&amp; ", "cut from 9 to 8 characters")),
        (10, Converted("a &lt;b", "cut from 9 to 4 characters")),
        (1, Converted("a", "cut from 9 to 1 characters")),
    ],
)
def test_rich_text_is_escaped_and_no_entity_is_cut_in_two(length: int, converted: Converted) -> None:
    assert convert("a <b>\n& c", a_field("X__c", "textarea", rich=True, length=length)) == converted


@given(_RAW, st.sampled_from(_TYPES), st.integers(1, 60))
def test_every_text_fits_its_field_and_reads_as_no_reference(value: Raw, type_: str, length: int) -> None:
    converted = convert(value, a_field("X__c", type_, length=length)).value
    if isinstance(converted, str):
        assert "@{" not in converted
        assert units(converted) <= length or type_ in {"date", "datetime"}


@given(_RAW, st.sampled_from(_TYPES), st.integers(1, 60))
def test_nothing_is_left_out_without_a_warning(value: Raw, type_: str, length: int) -> None:
    converted = convert(value, a_field("X__c", type_, length=length))
    if converted.value is None:
        assert bool(converted.warning) is (value not in {None, ""})


def test_times_are_told_in_utc() -> None:
    assert utc_text(datetime(2026, 11, 23, 12, 0, tzinfo=PARIS)) == "2026-11-23T11:00:00Z"
