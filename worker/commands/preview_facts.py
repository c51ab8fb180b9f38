"""A preview for machines: the keys are part of the command's interface."""

from collections.abc import Mapping
from typing import Any, assert_never

from rules.plan import ByKey, FieldValue, Impossible, New, Nothing, Plan, Record
from rules.preview import DecisionShown, FieldChange, WriteShown
from worker.previewing import BookingPreview, Calls, Preview

Facts = dict[str, Any]


def preview_facts(preview: Preview, lines: Mapping[str, list[int]]) -> Facts:
    """The whole preview as JSON can hold it. `lines` are where an event stands in the file, by its id.

    An event that comes from no file has none.
    """
    return {
        "ready": True,
        "connection": preview.connection,
        "at": preview.at,
        "setup": preview.setup,
        "bookings": [_booking(booking, preview.users, lines) for booking in preview.bookings],
        "calls": {**_calls(preview.together), "batches": [_calls(calls) for calls in preview.batches]},
    }


def kind_of(shown: DecisionShown) -> str:
    """The decision in one word."""
    match shown.decision:
        case Plan():
            return "plan"
        case Nothing():
            return "nothing"
        case Impossible():
            return "impossible"
        case _:
            assert_never(shown.decision)


def _booking(booking: BookingPreview, users: Mapping[str, str], lines: Mapping[str, list[int]]) -> Facts:
    shown = booking.shown
    return {
        "booking": booking.booking_id,
        "events": [
            {
                "event": asked.event.event_id,
                "kind": asked.event.kind.value,
                "lines": lines.get(asked.event.event_id, []),
                "known": asked.is_known,
            }
            for asked in booking.events
        ],
        "decision": kind_of(shown),
        "because": list(shown.because),
        "problem": _problem(shown),
        "matched": [{**_record(reason.record), "why": reason.found} for reason in shown.found],
        "writes": [_write(write, users) for write in shown.writes],
        "warnings": [
            {"code": each.code, "object": each.object.value, "field": each.field, "message": each.message}
            for each in shown.warnings
        ],
        "calls": _calls(booking.alone),
    }


def _problem(shown: DecisionShown) -> Facts | None:
    decision = shown.decision
    if not isinstance(decision, Impossible):
        return None
    return {"code": decision.code, "object": decision.object and decision.object.value, "field": decision.field}


def _record(record: Record) -> Facts:
    if isinstance(record, New):
        return {"object": record.object.value, "id": None, "key": record.key}
    return {"object": record.object.value, "id": record.id, "key": None}


def _write(write: WriteShown, users: Mapping[str, str]) -> Facts:
    owner = write.owner
    return {
        **_record(write.record),
        "action": "create" if write.creates else "update",
        "gone": write.is_gone,
        "fields": [_change(change) for change in write.changes],
        "owner": {"new": _user(owner.id, users), "old": _user(owner.was, users), "why": owner.because},
        "assignment_rules": write.auto_assign,
    }


def _change(change: FieldChange) -> Facts:
    return {
        "field": change.field,
        "old": _value(change.old),
        "new": _value(change.new),
        "old_known": change.is_known,
    }


def _value(value: FieldValue) -> object:
    if isinstance(value, New):
        return {"new_record": value.object.value, "key": value.key}
    if isinstance(value, ByKey):
        return {"relationship": value.relationship, "key_field": value.key, "key": value.value}
    return value


def _user(user_id: str | None, users: Mapping[str, str]) -> Facts | None:
    return {"id": user_id, "username": users.get(user_id[:15])} if user_id else None


def _calls(calls: Calls) -> Facts:
    return {"read": calls.read, "write": calls.write, "total": calls.total}
