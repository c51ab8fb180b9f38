"""The org and the journal held against the oracle: what is lost, doubled or different, one line each."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from producers.contract import BookingEvent
from tests.chaos.oracle import Meeting, Person, World
from tests.servers import SimulatedOrg
from worker.journal import Journal

Row = Mapping[str, Any]

_BOOKING = "Bookforce_Booking_Id__c"
_STATUS, _REASON = "ScheduleOnce__Event_status__c", "ScheduleOnce__Cancel_reschedule_reason__c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Accepted events without an end, records beyond the one that there may be, everything else that is not right."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What the org holds, deleted records apart."""

    events: Sequence[Row]
    leads: Sequence[Row]
    contacts: Sequence[Row]
    accounts: Sequence[Row]
    cases: Sequence[Row]
    users: Mapping[str, str]


def read_records(org: SimulatedOrg) -> Records:
    """All records, past the API and its faults."""

    def rows(name: str) -> list[Row]:
        return [row for row in cast("list[Row]", org.control("GET", f"/records/{name}")) if not row.get("IsDeleted")]

    users = {str(row["Id"]): str(row.get("Email")) for row in rows("User")}
    return Records(
        events=rows("Event"),
        leads=rows("Lead"),
        contacts=rows("Contact"),
        accounts=rows("Account"),
        cases=rows("Case"),
        users=users,
    )


def judge(events: Sequence[BookingEvent], world: World, records: Records, journal: Journal) -> Verdict:
    """Everything that is not as the oracle says."""
    ends = _ends(events, journal)
    wanted = {
        "Event": (records.events, _BOOKING, set(world.meetings)),
        "Lead": (records.leads, "Email", {email for email, each in world.people.items() if each.object == "Lead"}),
        "Contact": (
            records.contacts,
            "Email",
            {email for email, each in world.people.items() if each.object == "Contact"},
        ),
        "Account": (records.accounts, "Name", set(world.companies)),
        "Case": (records.cases, _BOOKING, set(world.cases)),
    }
    doubled = [line for name, (rows, key, _) in wanted.items() for line in _doubled(name, rows, key)]
    amiss = [line for name, (rows, key, keys) in wanted.items() for line in _amiss(name, rows, key, keys)]
    return Verdict(
        lost=tuple(event_id for event_id, state in ends.items() if state is None),
        doubled=tuple(doubled),
        differences=(
            *amiss,
            *_states(ends, journal.counts()),
            *_meetings(world, records),
            *_people(world, records),
        ),
    )


def _ends(events: Iterable[BookingEvent], journal: Journal) -> dict[str, str | None]:
    """How each event ended; None if it has not, or if nobody knows it."""
    ends: dict[str, str | None] = {}
    own: dict[str, list[str]] = defaultdict(list)
    for event in events:
        own[event.booking.id].append(event.event_id)
    for booking_id, event_ids in own.items():
        found = journal.read_ends(booking_id)
        ends |= {event_id: found[event_id]["state"] if event_id in found else None for event_id in event_ids}
    return ends


def _states(ends: Mapping[str, str | None], counts: Mapping[str, int]) -> Iterator[str]:
    """Each event ends once, as synced or superseded: nothing here is for a person to look at."""
    for event_id, state in ends.items():
        if state in {"parked", "skipped"}:
            yield f"{event_id}: ended {state}"
    for state, number in Counter(filter(None, ends.values())).items():
        if counts[state] != number:
            yield f"the journal counts {counts[state]} events {state}, and holds {number}"
    for place in ("ready", "claimed", "waiting"):
        if counts[place]:
            yield f"{counts[place]} customers are still {place}"


def _doubled(name: str, rows: Sequence[Row], key: str) -> Iterator[str]:
    for value, number in Counter(str(row[key]) for row in rows).items():
        if number > 1:
            yield f"{number} {name}s with {key} {value}"


def _amiss(name: str, rows: Sequence[Row], key: str, wanted: set[str]) -> Iterator[str]:
    found = {str(row[key]) for row in rows}
    yield from (f"no {name} with {key} {value}" for value in sorted(wanted - found))
    yield from (f"a {name} with {key} {value} that nobody booked" for value in sorted(found - wanted))


def _meetings(world: World, records: Records) -> Iterator[str]:
    emails = {row["Id"]: row.get("Email") for row in (*records.leads, *records.contacts)}
    objects = {
        row["Id"]: name for name, rows in (("Lead", records.leads), ("Contact", records.contacts)) for row in rows
    }
    cases = {row["Id"]: row.get(_BOOKING) for row in records.cases}
    for row in records.events:
        meeting = world.meetings.get(str(row.get(_BOOKING)))
        if meeting is None:
            continue
        found = {
            "Subject": row.get("Subject"),
            "Location": row.get("Location"),
            "StartDateTime": str(row.get("StartDateTime"))[:16],
            "DurationInMinutes": row.get("DurationInMinutes"),
            "ShowAs": row.get("ShowAs"),
            "owner": records.users.get(str(row.get("OwnerId"))),
            "status": row.get(_STATUS),
            "reason": row.get(_REASON),
            "with": (objects.get(row.get("WhoId")), emails.get(row.get("WhoId"))),
            "about": cases.get(row.get("WhatId")),
        }
        yield from _unlike(f"Event {row.get(_BOOKING)}", found, _wanted_meeting(str(row.get(_BOOKING)), meeting, world))


def _wanted_meeting(booking: str, meeting: Meeting, world: World) -> dict[str, object]:
    return {
        "Subject": meeting.subject,
        "Location": meeting.location,
        "StartDateTime": f"{meeting.starts_at:%Y-%m-%dT%H:%M}",
        "DurationInMinutes": meeting.minutes,
        "ShowAs": "Free" if meeting.is_canceled else "Busy",
        "owner": meeting.owner,
        "status": meeting.status,
        "reason": meeting.reason,
        "with": (world.people[meeting.customer].object, meeting.customer),
        "about": booking if booking in world.cases else None,
    }


def _people(world: World, records: Records) -> Iterator[str]:
    companies = {row["Id"]: row.get("Name") for row in records.accounts}
    company_of: dict[str, Callable[[Row], object]] = {
        "Lead": lambda row: row.get("Company"),
        "Contact": lambda row: companies.get(row.get("AccountId")),
    }
    for name, rows in (("Lead", records.leads), ("Contact", records.contacts)):
        for row in rows:
            person = world.people.get(str(row.get("Email")))
            if person is None:
                continue
            found = {
                "FirstName": row.get("FirstName"),
                "LastName": row.get("LastName"),
                "Phone": "".join(digit for digit in str(row.get("Phone")) if digit.isdigit()),
                "company": company_of[name](row),
            }
            yield from _unlike(f"{name} {row['Email']}", found, _wanted_person(person))
            yield from _origin(f"{name} {row['Email']}", row, person, records)


def _wanted_person(person: Person) -> dict[str, object]:
    return {
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Phone": person.phone,
        "company": person.company,
    }


def _origin(what: str, row: Row, person: Person, records: Records) -> Iterator[str]:
    owner = records.users.get(str(row.get("OwnerId")))
    if owner not in person.owners:
        yield f"{what}: owner is {owner}, expected one of {sorted(person.owners)}"
    if row.get(_BOOKING) not in person.bookings:
        yield f"{what}: made by booking {row.get(_BOOKING)}, which is not the customer's"


def _unlike(what: str, found: Mapping[str, object], wanted: Mapping[str, object]) -> Iterator[str]:
    for name, value in wanted.items():
        if found[name] != value:
            yield f"{what}: {name} is {found[name]!r}, expected {value!r}"
