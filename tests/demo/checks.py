"""The org's final records against the expected ones: one line for each difference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.demo.expected import CHANGED, RECORDS, SKIPPED, Choice, Created
from tests.demo.meetings import MEETINGS
from tests.demo.org import PEOPLE, Records, Row, object_of
from tests.demo.outcomes import Outcome


@dataclass(slots=True)
class Verdict:
    """What the comparison came to."""

    records: int = 0
    facts: int = 0
    differences: list[str] = field(default_factory=list)


def compare(org: Records, standing: Mapping[str, str]) -> Verdict:
    """Compare living records by object with what is expected; `standing` are the ids of what was there before."""
    verdict = Verdict()
    created = [*RECORDS, *_events()]
    found = _find(org, created, set(standing.values()), verdict)
    ids = {**standing, **{name: str(row["Id"]) for name, row in found.items()}}
    existing = {name: {**fields, **CHANGED.get(name, {})} for name, fields in PEOPLE.items()}
    rows = {row["Id"]: row for own in org.values() for row in own}
    for name, fields in (*existing.items(), *((each.name, each.fields) for each in created)):
        if name not in ids or ids[name] not in rows:
            verdict.differences.append(f"{_shown(name)}: expected one record, found none")
            continue
        verdict.records += 1
        verdict.facts += len(_compared(fields))
        verdict.differences += _field_differences(name, fields, rows[ids[name]], ids)
    return verdict


def compare_states(outcomes: Sequence[Outcome]) -> list[str]:
    """Every booking is synced; that of the page that wants nothing is skipped."""
    return [
        f"Booking {each.history.booking}: expected {wanted}, found {each.state}: {'; '.join(each.because)}"
        for each in outcomes
        if each.state != (wanted := _expected_state(each))
    ]


def _expected_state(outcome: Outcome) -> str:
    return "skipped" if outcome.history.booking in SKIPPED else "synced"


def _events() -> list[Created]:
    key = "Bookforce_Booking_Id__c"
    return [Created(name=f"Event:{each.booking}", found_by=key, fields=each.fields()) for each in MEETINGS]


def _find(org: Records, created: Sequence[Created], before: set[str], verdict: Verdict) -> dict[str, Row]:
    """The records that bookforce made, by the names of the expected ones; what else is there is one too many."""
    left = {str(row["Id"]): row for own in org.values() for row in own if row["Id"] not in before}
    found: dict[str, Row] = {}
    for each in created:
        wanted = str(each.fields[each.found_by]).casefold()
        own = [row for row in org[object_of(each.name)] if row["Id"] in left]
        matches = [row for row in own if str(row.get(each.found_by)).casefold() == wanted]
        if matches:
            found[each.name] = left.pop(str(matches[0]["Id"]))
    for row in left.values():
        kind = next(name for name, own in org.items() if any(row["Id"] == each["Id"] for each in own))
        what = row.get("Name") or row.get("Subject")
        verdict.differences.append(f"{kind} {row['Id']} ({what}): expected no such record, found one")
    return found


def _compared(fields: Mapping[str, Choice]) -> dict[str, Choice]:
    """Times of change are no expectation: they only tell which of two records is the newer one."""
    return {name: value for name, value in fields.items() if name != "LastModifiedDate"}


def _field_differences(name: str, fields: Mapping[str, Choice], row: Row, ids: Mapping[str, str]) -> Iterator[str]:
    names = {record_id: known for known, record_id in ids.items()}
    for field_name, expected in _compared(fields).items():
        choices = expected if isinstance(expected, tuple) else (expected,)
        # A record that is missing has been reported; what refers to it is then found to be empty or another one.
        wanted = [ids.get(str(value), value) for value in choices]
        value = row.get(field_name)
        if value not in wanted:
            right = " or ".join(_told(choice) for choice in choices)
            yield f"{_shown(name)}: {field_name}: expected {right}, found {_told(names.get(str(value), value))}"


def _shown(name: str) -> str:
    return name.replace(":", " ", 1)


def _told(value: object) -> str:
    return "nothing" if value is None else _shown(str(value)) if _names_record(value) else repr(value)


def _names_record(value: object) -> bool:
    return isinstance(value, str) and value.partition(":")[0] in {"User", "Group", "Account", "Lead", "Contact", "Case"}
