"""A preview for a terminal: a panel a booking, or a line where there are many."""

from collections.abc import Iterable, Mapping
from typing import assert_never

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rules.plan import ByKey, FieldValue, Impossible, New, Nothing, Plan, Record
from rules.preview import FieldChange, OwnerShown, WriteShown
from worker.commands.preview_facts import kind_of
from worker.previewing import BookingPreview, Calls, Preview

MOST_PANELS = 20
"""More bookings than a person reads one by one."""

_GONE = "gone      nobody finds this record now: it is looked for again then, and created if need be, for more calls"

_STYLES = {"plan": "green", "nothing": "dim", "impossible": "bold red"}


def view_of(preview: Preview, lines: Mapping[str, list[int]], *, full: bool) -> Iterable[RenderableType]:
    """What is to be printed, part by part. `lines` are where an event stands in the file, by its id."""
    if full or len(preview.bookings) <= MOST_PANELS:
        yield from (_panel(booking, preview.users, lines) for booking in preview.bookings)
    else:
        yield _summary(preview.bookings)
        yield Text("--full shows each booking with its fields", style="dim")
    yield _total(preview)


def _panel(booking: BookingPreview, users: Mapping[str, str], lines: Mapping[str, list[int]]) -> Panel:
    shown = booking.shown
    parts: list[RenderableType] = [_decision(booking)]
    parts += [Text(f"found     {_named(reason.record)}: {reason.found}") for reason in shown.found]
    for write in shown.writes:
        parts += ["", *_write(write, users)]
    parts += [""] if shown.writes else []
    parts += [
        Text(f"warning   {each.object}.{each.field}: {printable(each.message)}", style="yellow")
        for each in shown.warnings
    ]
    parts.append(Text(f"costs     {_calls(booking.alone)}, synced alone"))
    style = _STYLES[kind_of(shown)]
    title = Text(f"Booking {printable(booking.booking_id)}", style=style)
    return Panel(Group(*parts), title=title, subtitle=_origin(booking, lines), border_style=style, title_align="left")


def _decision(booking: BookingPreview) -> Text:
    shown = booking.shown
    match shown.decision:
        case Plan() if not shown.writes:
            said = f"nothing   changes: {'; '.join(shown.because) or 'Salesforce says so already'}"
        case Plan():
            said = f"plan      {'; '.join(shown.because)}"
        case Nothing():
            said = f"nothing   because {shown.decision.because}"
        case Impossible():
            said = f"impossible ({shown.decision.code}): {shown.decision.because}"
        case _:
            assert_never(shown.decision)
    return Text(printable(said), style=_STYLES[kind_of(shown)])


def _origin(booking: BookingPreview, lines: Mapping[str, list[int]]) -> Text:
    if not booking.events:
        return Text("waits in the journal already")
    said = (
        f"line {', '.join(map(str, found))}: {asked.event.kind}{' (in the journal already)' if asked.is_known else ''}"
        if (found := lines.get(asked.event.event_id))
        else asked.event.kind.value
        for asked in booking.events
    )
    return Text("; ".join(said))


def _write(write: WriteShown, users: Mapping[str, str]) -> Iterable[RenderableType]:
    yield Text(f"{'create' if write.creates else 'update'}    {_named(write.record)}", style="bold")
    if write.changes:
        table = Table(show_edge=False, pad_edge=False, expand=True)
        table.add_column("field", ratio=3, overflow="fold")
        if not write.creates:
            table.add_column("old", ratio=4, overflow="fold")
        table.add_column("new", ratio=4, overflow="fold")
        for change in write.changes:
            old = [] if write.creates else [_old(change)]
            table.add_row(Text(change.field), *old, _new(change))
        yield table
    yield Text(f"owner     {_owner(write.owner, users)}")
    yield Text(f"assignment rules {'run' if write.auto_assign else 'do not run'}")
    if write.is_gone:
        yield Text(_GONE, style="yellow")


def _old(change: FieldChange) -> Text:
    return _value(change.old) if change.is_known else Text("(not read)", style="dim")


def _new(change: FieldChange) -> Text:
    is_same = change.is_known and change.old == change.new and change.new is not None
    return Text("(the same)", style="dim") if is_same else _value(change.new)


def _value(value: FieldValue) -> Text:
    match value:
        case None | "":
            return Text("(empty)", style="dim")
        case New():
            return Text(f"the {value}", style="italic")
        case ByKey():
            return Text(printable(f"the one with {value.key} {value.value}"), style="italic")
        case _:
            return Text(printable(str(value)))


def _owner(owner: OwnerShown, users: Mapping[str, str]) -> str:
    new, was = (_user(name, users) for name in (owner.id, owner.was))
    change = f"{was} → {new or '?'}" if was and was != new else new or "as the org decides"
    return f"{change} ({owner.because})" if owner.because else change


def _user(user_id: str | None, users: Mapping[str, str]) -> str:
    return users.get(user_id[:15], user_id) if user_id else ""


def _named(record: Record) -> str:
    return f"{record} of {printable(record.key)}" if isinstance(record, New) else str(record)


def _summary(bookings: Iterable[BookingPreview]) -> Table:
    table = Table("booking", "decision", "writes", "warnings", "calls alone", expand=True)
    for booking in bookings:
        kind, writes = kind_of(booking.shown), booking.shown.writes
        said = [f"{'create' if write.creates else 'update'} {write.record.object}" for write in writes]
        why = ", ".join(said) or "; ".join(booking.shown.because)
        warnings, calls = len(booking.shown.warnings), booking.alone.total
        table.add_row(
            Text(printable(booking.booking_id)),
            Text(kind, style=_STYLES[kind]),
            Text(printable(why)),
            str(warnings or ""),
            str(calls),
        )
    return table


def _total(preview: Preview) -> Text:
    kinds = [kind_of(booking.shown) for booking in preview.bookings]
    parts = [f"{kinds.count(kind)} {kind}" for kind in _STYLES if kind in kinds]
    bookings, batches = len(kinds), len(preview.batches)
    counted = f"{bookings} booking{'' if bookings == 1 else 's'}" + (f" ({', '.join(parts)})" if parts else "")
    shared = f" in {batches} batches" if batches > 1 else ""
    return Text(f"{counted}; synced together{shared}: {_calls(preview.together)}. Nothing was written.")


def _calls(calls: Calls) -> str:
    total = f"{calls.total} API call{'' if calls.total == 1 else 's'}"
    return f"{total} ({calls.read} to read, {calls.write} to write)" if calls.total else total


def printable(text: str) -> str:
    """The text without what would command the terminal: a customer typed it."""
    return "".join(sign if sign.isprintable() or sign == "\n" else f"\\x{ord(sign):02x}" for sign in text)
