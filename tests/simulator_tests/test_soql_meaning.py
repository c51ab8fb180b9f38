"""Statements from a grammar, evaluated by the org and once more by a naive reading of the same conditions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator_tests.api import Api, a_lead, an_api, select

Row = Mapping[str, Any]
Verdict = bool | None  # None: nobody knows, as null is compared
TEXTS = ("Ada", "ada", "Bob's", "x_y", "100%", "a\\b", "Zoë", "Ada Lovelace", "[x]*?")
KEYS = ("b-1", "B-1", "b-2")
NUMBERS = (0, 5, 50, -3)
MOMENTS = ("2026-11-22T08:00:00Z", "2026-11-21T23:59:59Z", "2026-10-31T12:00:00Z", "2025-01-01T00:00:00Z")
DAYS = ("2026-11-22", "2026-11-15", "2026-12-01")
SPANS = {
    "TODAY": (date(2026, 11, 22), date(2026, 11, 23)),
    "YESTERDAY": (date(2026, 11, 21), date(2026, 11, 22)),
    "THIS_WEEK": (date(2026, 11, 22), date(2026, 11, 29)),
    "LAST_WEEK": (date(2026, 11, 15), date(2026, 11, 22)),
    "THIS_MONTH": (date(2026, 11, 1), date(2026, 12, 1)),
    "LAST_MONTH": (date(2026, 10, 1), date(2026, 11, 1)),
    "THIS_QUARTER": (date(2026, 10, 1), date(2027, 1, 1)),
    "LAST_YEAR": (date(2025, 1, 1), date(2026, 1, 1)),
    "LAST_90_DAYS": (date(2026, 8, 24), date(2026, 11, 23)),
    "LAST_N_DAYS:7": (date(2026, 11, 15), date(2026, 11, 23)),
    "NEXT_N_DAYS:9": (date(2026, 11, 23), date(2026, 12, 2)),
    "LAST_N_MONTHS:1": (date(2026, 10, 1), date(2026, 11, 1)),
    "N_DAYS_AGO:1": (date(2026, 11, 21), date(2026, 11, 22)),
}


def lead(number: int, text: str | None, key: str | None, amount: int | None, moment: str) -> dict[str, Any]:
    fields = {
        "FirstName": text,
        "Bookforce_Booking_Id__c": key and f"{key}-{number}",
        "NumberOfEmployees": amount,
        "CreatedDate": moment,
        "ConvertedDate": DAYS[number % 3] if number % 4 else None,
        "IsUnreadByOwner": number % 2 == 0,
    }
    return a_lead(**{name: value for name, value in fields.items() if value is not None})


def an_org() -> Api:
    api = an_api()
    owners = [api.user("ada.rep@vendor.example"), api.queue("Lead_Queue")]
    choices = list(product((None, *TEXTS), (None, *KEYS[:2]), (None, *NUMBERS)))[::3]
    rows = [lead(n, text, key, amount, MOMENTS[n % 4]) for n, (text, key, amount) in enumerate(choices)]
    api.org.seed("Lead", [row | {"OwnerId": owners[n % 2]} for n, row in enumerate(rows)])
    return api


API = an_org()
OWNERS = {row["Id"]: row for name in ("User", "Group") for row in API.org.records(name)}
ROWS: list[Row] = [row | {"Owner.Name": OWNERS[row["OwnerId"]]["Name"]} for row in API.org.records("Lead")]


@dataclass(frozen=True)
class Sentence:
    """A condition: as SOQL, and as what it says of a row."""

    soql: str
    holds: Callable[[Row], Verdict]


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def compares(value: Any, operator: str, wanted: Any) -> Verdict:
    """Compare as documented: null equals null alone, and is neither less nor greater than anything."""
    if operator == "=":
        return bool(value == wanted) if value is not None or wanted is None else None
    if operator == "!=":
        return bool(value != wanted)
    if value is None or wanted is None:
        return None
    return bool({"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}[operator])


def like(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "%":
        return like(text, pattern[1:]) or (bool(text) and like(text[1:], pattern))
    if pattern[0] == "\\":
        return bool(text) and text[0] == pattern[1] and like(text[1:], pattern[2:])
    return bool(text) and pattern[0] in {"_", text[0]} and like(text[1:], pattern[1:])


OPERATORS = st.sampled_from(["=", "!=", "<>", "<", "<=", ">", ">="])
TEXT_FIELDS = st.sampled_from(["FirstName", "Owner.Name", "Bookforce_Booking_Id__c"])
KEY_VALUES = [f"{key}-{number}" for key in KEYS for number in (3, 5, 7)]
TEXT_VALUES = st.sampled_from([*TEXTS, *KEY_VALUES, "Lead Queue", "ADA REP", "zz"])
PIECES = ("%", "_", "\\%", "\\_", "a", "A", "b", "-", "[", "*", "?", "d")
CASES = st.sampled_from([str.upper, str.lower, str.title])


def seen(field: str, row: Row) -> Any:
    value = row.get(field)
    return value if field.endswith("__c") else folded(value)


def wanted_as(field: str, value: str | None) -> str | None:
    return value if field.endswith("__c") or value is None else value.lower()


@st.composite
def texts(draw: st.DrawFn) -> Sentence:
    field, operator, value = draw(TEXT_FIELDS), draw(OPERATORS), draw(st.none() | TEXT_VALUES)
    shown = "null" if value is None else quoted(value)
    plain = "!=" if operator == "<>" else operator
    return Sentence(f"{field} {operator} {shown}", lambda r: compares(seen(field, r), plain, wanted_as(field, value)))


@st.composite
def lists(draw: st.DrawFn) -> Sentence:
    field, word = draw(TEXT_FIELDS), draw(st.sampled_from(["IN", "NOT IN"]))
    values = draw(st.lists(st.none() | TEXT_VALUES, min_size=1, max_size=4))
    shown = ", ".join("null" if value is None else quoted(value) for value in values)
    wanted = {wanted_as(field, value) for value in values}

    def holds(row: Row) -> Verdict:
        value = seen(field, row)
        if value is None and None not in wanted and word == "IN":
            return None
        return (value in wanted) == (word == "IN")

    return Sentence(f"{field} {draw(CASES)(word)} ({shown})", holds)


@st.composite
def likes(draw: st.DrawFn) -> Sentence:
    field = draw(TEXT_FIELDS)
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5))
    pattern = "".join(pieces)

    def holds(row: Row) -> Verdict:
        value = seen(field, row)
        return like(value, str(wanted_as(field, pattern))) if value is not None else None

    return Sentence(f"{field} {draw(CASES)('LIKE')} '{pattern}'", holds)


@st.composite
def numbers(draw: st.DrawFn) -> Sentence:
    operator, value = draw(OPERATORS), draw(st.none() | st.sampled_from([*NUMBERS, 4.5]))
    plain = "!=" if operator == "<>" else operator
    shown = "null" if value is None else value
    return Sentence(
        f"NumberOfEmployees {operator} {shown}", lambda r: compares(r.get("NumberOfEmployees"), plain, value)
    )


@st.composite
def boxes(draw: st.DrawFn) -> Sentence:
    operator, value = draw(st.sampled_from(["=", "!="])), draw(st.sampled_from([True, False, None]))
    shown = draw(CASES)("null" if value is None else str(value))
    return Sentence(
        f"IsUnreadByOwner {operator} {shown}", lambda r: compares(r["IsUnreadByOwner"], operator, bool(value))
    )


@st.composite
def moments(draw: st.DrawFn) -> Sentence:
    operator, hours = draw(OPERATORS), draw(st.integers(-12, 12))
    moment = datetime.fromisoformat(draw(st.sampled_from(MOMENTS)))
    plain = "!=" if operator == "<>" else operator
    local = moment + timedelta(hours=hours)
    shown = f"{local:%Y-%m-%dT%H:%M:%S}{'-' if hours < 0 else '+'}{abs(hours):02}:00"

    def holds(row: Row) -> Verdict:
        return compares(datetime.fromisoformat(row["CreatedDate"]), plain, moment)

    return Sentence(f"CreatedDate {operator} {shown}", holds)


@st.composite
def spans(draw: st.DrawFn) -> Sentence:
    field = draw(st.sampled_from(["CreatedDate", "ConvertedDate"]))
    operator, word = draw(OPERATORS), draw(st.sampled_from(sorted(SPANS)))
    low, high = SPANS[word]

    def holds(row: Row) -> Verdict:
        if row.get(field) is None:
            return True if operator in {"!=", "<>"} else None
        day = datetime.fromisoformat(row[field]).replace(tzinfo=UTC).date()
        return {
            "=": low <= day < high, "!=": not low <= day < high, "<>": not low <= day < high, "<": day < low,
            "<=": day < high, ">": day >= high, ">=": day >= low,
        }[operator]  # fmt: skip

    return Sentence(f"{field} {operator} {draw(CASES)(word)}", holds)


def both(parts: list[Verdict]) -> Verdict:
    return False if False in parts else None if None in parts else True


def either(parts: list[Verdict]) -> Verdict:
    return True if True in parts else None if None in parts else False


def negated(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def nested(inner: st.SearchStrategy[Sentence]) -> st.SearchStrategy[Sentence]:
    def joined(word: str, parts: list[Sentence], fold: Callable[[list[Verdict]], Verdict]) -> Sentence:
        soql = f" {word} ".join(f"({part.soql})" for part in parts)
        return Sentence(soql, lambda row: fold([part.holds(row) for part in parts]))

    several = st.lists(inner, min_size=2, max_size=3)
    return (
        st.tuples(several, CASES).map(lambda drawn: joined(drawn[1]("and"), drawn[0], both))
        | st.tuples(several, CASES).map(lambda drawn: joined(drawn[1]("or"), drawn[0], either))
        | st.tuples(inner, CASES).map(
            lambda drawn: Sentence(f"{drawn[1]('not')} ({drawn[0].soql})", lambda row: negated(drawn[0].holds(row)))
        )
    )


SIMPLE = texts() | lists() | likes() | numbers() | boxes() | moments() | spans()
CONDITIONS = st.recursive(SIMPLE, nested, max_leaves=6)
SORTED_BY = ("FirstName", "NumberOfEmployees", "Owner.Name", "CreatedDate", "IsUnreadByOwner", "Id", "OwnerId")
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(SORTED_BY),
        st.sampled_from(["", " ASC", " DESC"]),
        st.sampled_from(["", " NULLS FIRST", " NULLS LAST"]),
    ),
    max_size=3,
    unique_by=lambda drawn: drawn[0],
)


def answered(soql: str) -> list[str]:
    reply = API.query(soql)
    assert reply.status == 200, reply.body
    return [row["Id"] for row in reply.body["records"]]


@settings(deadline=None)
@given(condition=CONDITIONS)
def test_conditions_mean_what_a_naive_reading_says(condition: Sentence) -> None:
    API.org.change(negation_includes_nulls=False)
    assert answered(select("Id", "Lead", condition.soql)) == [row["Id"] for row in ROWS if condition.holds(row) is True]


@settings(deadline=None)
@given(condition=SIMPLE)
def test_not_means_the_opposite_where_null_is_included(condition: Sentence) -> None:
    API.org.change(negation_includes_nulls=True)
    assert answered(select("Id", "Lead", f"NOT {condition.soql}")) == [
        row["Id"] for row in ROWS if condition.holds(row) is not True
    ]


def naively_sorted(rows: list[Row], field: str, *, descending: bool, nulls_last: bool) -> list[Row]:
    filled = [row for row in rows if row.get(field) is not None]
    by_id = field in {"Id", "OwnerId"}
    filled.sort(key=lambda row: row[field] if by_id else folded(row[field]), reverse=descending)
    empty = [row for row in rows if row.get(field) is None]
    return filled + empty if nulls_last else empty + filled


@settings(deadline=None)
@given(orders=ORDERS, limit=st.none() | st.integers(0, 60), offset=st.none() | st.integers(0, 60))
def test_statements_cut_out_what_a_naive_sort_does(orders: list[Any], limit: int | None, offset: int | None) -> None:
    soql = "SELECT Id FROM Lead"
    rows = list(ROWS)
    for field, direction, nulls in reversed(orders):
        rows = naively_sorted(rows, field, descending="DESC" in direction, nulls_last="LAST" in nulls)
    soql += " ORDER BY " + ", ".join("".join(order) for order in orders) if orders else ""
    soql += f" LIMIT {limit}" if limit is not None else ""
    soql += f" OFFSET {offset}" if offset is not None else ""
    start = offset or 0
    assert answered(soql) == [row["Id"] for row in rows[start : None if limit is None else start + limit]]
