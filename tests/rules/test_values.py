from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.describe import SUPPORTED_TYPES
from rules.plan import Scalar
from rules.values import Converted, Raw, convert, utc_text
from tests.builders import a_field

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PARIS = timezone(timedelta(hours=1))

_TEXTS = st.text() | st.text("@{}9.,-+ €:T2026e", max_size=60) | st.from_regex(r"[0-9]{1,40}", fullmatch=True)
_RAW: st.SearchStrategy[Raw] = st.none() | st.integers() | _TEXTS | st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize("type_", sorted(SUPPORTED_TYPES))
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
        pytest.param("30.9", "int", 30, id="fraction in a whole-number field"),
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
        pytest.param("1699-12-31", "date", "not a date", id="a year that Salesforce does not store"),
    ],
)
def test_value_that_the_field_cannot_take_is_left_out_and_told(value: Raw, type_: str, why: str) -> None:
    assert convert(value, a_field("X__c", type_)) == Converted(None, f"left out: {why}")


@pytest.mark.parametrize(
    ("length", "kept"), [(21, "abcdefghijklmnopqrst…"), (20, "abcdefghijklmnopqrst"), (5, "abcde")]
)
def test_long_text_is_cut_and_says_so_where_there_is_room(length: int, kept: str) -> None:
    text = "abcdefghijklmnopqrstuvwxyz"
    cut = convert(text, a_field("X__c", length=length))
    assert cut == Converted(kept, f"cut from 26 to {length} characters")
    assert convert(text, a_field("X__c", length=26)) == Converted(text)


@pytest.mark.parametrize(
    ("text", "restricted", "converted"),
    [
        pytest.param("Hot", True, Converted("Hot"), id="one of the values"),
        pytest.param("hOT", True, Converted("Hot"), id="in the field's own spelling"),
        pytest.param("Warm", False, Converted("Warm"), id="unknown where values may be added"),
        pytest.param(
            "Warm", True, Converted(None, "left out: not a value of the restricted picklist"), id="unknown where not"
        ),
        pytest.param(
            "x" * 256, False, Converted(None, "left out: 256 characters, the field takes 255"), id="never cut"
        ),
    ],
)
def test_picklist_takes_its_own_values(text: str, restricted: bool, converted: Converted) -> None:
    assert convert(text, a_field("X__c", "picklist", choices=("Cold", "Hot"), restricted=restricted)) == converted


@given(_RAW, st.sampled_from(sorted(SUPPORTED_TYPES)), st.integers(1, 60))
def test_every_text_fits_its_field_and_reads_as_no_reference(value: Raw, type_: str, length: int) -> None:
    converted = convert(value, a_field("X__c", type_, length=length)).value
    if isinstance(converted, str):
        assert "@{" not in converted
        assert len(converted) <= length or type_ in {"date", "datetime"}


@given(_RAW, st.sampled_from(sorted(SUPPORTED_TYPES)), st.integers(1, 60))
def test_nothing_is_left_out_without_a_warning(value: Raw, type_: str, length: int) -> None:
    converted = convert(value, a_field("X__c", type_, length=length))
    if converted.value is None:
        assert bool(converted.warning) is (value not in {None, ""})


def test_times_are_told_in_utc() -> None:
    assert utc_text(datetime(2026, 11, 23, 12, 0, tzinfo=PARIS)) == "2026-11-23T11:00:00Z"
