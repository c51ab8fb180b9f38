"""What an Event must be, and what Salesforce derives from it."""

from datetime import UTC, date, datetime, timedelta

from tests.simulator.data.person_accounts import check_what
from tests.simulator.data.records import Row
from tests.simulator.data.values import parse_time, wire_time
from tests.simulator.errors import refuse
from tests.simulator.settings import Settings
from tests.simulator.state import State
from tests.simulator.texts import say

LONGEST = timedelta(days=14)
ONE_DAY = timedelta(days=1)
WHEN = frozenset(
    {"StartDateTime", "ActivityDateTime", "ActivityDate", "EndDateTime", "DurationInMinutes", "IsAllDayEvent"}
)
WHOM = frozenset({"WhoId", "WhatId", "IsPrivate"})


def shape_event(state: State, before: Row, changes: Row) -> None:
    """Check an Event as it is about to be, and complete its times and its account."""
    if not before or not WHEN.isdisjoint(changes):
        _shape_times(state.settings, before, changes)
    if not before or not WHOM.isdisjoint(changes):
        _shape_relations(state, before | changes, changes)


def _shape_times(settings: Settings, before: Row, changes: Row) -> None:
    all_day = bool(changes.get("IsAllDayEvent", before.get("IsAllDayEvent")))
    start = _start(before, changes, all_day=all_day)
    _check_activity_dates(changes, start)
    end = _end(settings, before, changes, start, all_day=all_day)
    _check_length(settings, changes, start, end)
    starts_at = wire_time(start)
    changes |= {
        "StartDateTime": starts_at,
        "EndDateTime": wire_time(end),
        "DurationInMinutes": (end - start) // timedelta(minutes=1),
        "ActivityDateTime": None if all_day else starts_at,
        "ActivityDate": start.date().isoformat(),
        "EndDate": end.date().isoformat(),
    }


def _start(before: Row, changes: Row, *, all_day: bool) -> datetime:
    sent = changes.get("StartDateTime") or changes.get("ActivityDateTime")
    if sent:
        return parse_time(str(sent))
    day = changes.get("ActivityDate")
    if all_day and day:
        return datetime.combine(date.fromisoformat(str(day)), datetime.min.time(), UTC)
    kept = None if "StartDateTime" in changes else before.get("StartDateTime")
    if kept is None:
        raise refuse("REQUIRED_FIELD_MISSING", "Required fields are missing: [ActivityDateTime]", "ActivityDateTime")
    return parse_time(str(kept))


def _check_activity_dates(changes: Row, start: datetime) -> None:
    moment, day = changes.get("ActivityDateTime"), changes.get("ActivityDate")
    if moment is not None and moment != wire_time(start):
        raise refuse("FIELD_INTEGRITY_EXCEPTION", "Due Date Time must equal Start Date Time", "ActivityDateTime")
    if day is not None and day != start.date().isoformat():
        raise refuse("FIELD_INTEGRITY_EXCEPTION", "Due Date Only must equal Start Date Time", "ActivityDate")


def _end(settings: Settings, before: Row, changes: Row, start: datetime, *, all_day: bool) -> datetime:
    sent_end, minutes = changes.get("EndDateTime"), changes.get("DurationInMinutes")
    by_length = start + timedelta(minutes=int(minutes)) if minutes is not None else None
    by_end = parse_time(str(sent_end)) if sent_end is not None else None
    if by_end is not None and by_length is not None and by_end != by_length:
        message = say("EVENT_TIMES_DISAGREE")
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "DurationInMinutes")
    return by_end or by_length or _kept_end(settings, before, start, all_day=all_day)


def _kept_end(settings: Settings, before: Row, start: datetime, *, all_day: bool) -> datetime:
    length, end = before.get("DurationInMinutes"), before.get("EndDateTime")
    if end is not None and settings.event_move_keeps_duration:
        return start + timedelta(minutes=int(length or 0))
    if end is not None:
        return parse_time(str(end))
    if all_day:
        return start + ONE_DAY
    raise refuse("REQUIRED_FIELD_MISSING", "Required fields are missing: [EndDateTime]", "EndDateTime")


def _check_length(settings: Settings, changes: Row, start: datetime, end: datetime) -> None:
    blamed = "DurationInMinutes" if changes.get("DurationInMinutes") is not None else "EndDateTime"
    if end < start:
        raise refuse("FIELD_INTEGRITY_EXCEPTION", say("EVENT_ENDS_BEFORE_IT_STARTS"), blamed)
    if end - start > LONGEST:
        raise refuse("FIELD_INTEGRITY_EXCEPTION", say("EVENT_TOO_LONG", length="14 days"), blamed)
    if end - start > ONE_DAY and not settings.multiday_events:
        raise refuse("FIELD_INTEGRITY_EXCEPTION", say("EVENT_TOO_LONG", length="one day"), blamed)


def _shape_relations(state: State, event: Row, changes: Row) -> None:
    who, what = event.get("WhoId"), event.get("WhatId")
    if what and str(who).startswith("00Q"):
        message = say("LEAD_WITH_WHAT")
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "WhatId")
    if event.get("IsPrivate") and (who or what):
        raise refuse("FIELD_INTEGRITY_EXCEPTION", say("PRIVATE_EVENT"), "IsPrivate")
    check_what(state, who, what)
    changes["AccountId"] = derived_account(state, event)


def derived_account(state: State, activity: Row) -> str | None:
    """Return the account of an event or task: the one it is about, else that of its contact."""
    who, what = activity.get("WhoId"), activity.get("WhatId")
    if str(what).startswith("001"):
        return str(what)
    contact = state.records.get("Contact", str(who))
    account = contact.get("AccountId") if contact else None
    return str(account) if account else None
