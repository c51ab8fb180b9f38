"""All that is shown of one booking, for a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from worker.claims import state_of
from worker.commands.preview_view import printable
from worker.commands.show_facts import event_facts, explanations, plan_facts, record_ids
from worker.commands.times import say_time
from worker.explained.catalogue import Explained
from worker.history import Moment, read_history
from worker.job_search import Standing
from worker.jobs import place_of

_STYLES = {"synced": "green", "parked": "bold red", "superseded": "dim", "skipped": "dim", "replayed": "cyan"}


def show_view(booking_id: str, fields: Mapping[str, str], standing: Standing | None) -> Iterable[RenderableType]:
    """What is to be printed of a booking's hash, part by part."""
    events = event_facts(fields)
    yield Text(f"Booking {printable(booking_id)}", style="bold")
    yield _timeline(fields)
    if standing:
        until = f" until {say_time(standing.until)}" if standing.until else ""
        yield Text(f"pending   {standing.queue}{until}; it is tried again by itself")
        yield from _plan("the last try", _last_plan(fields))
    if ids := record_ids(fields):
        yield Text(f"records   {', '.join(f'{name} {record_id}' for name, record_id in ids.items())}")
    for event_id, end in events.items():
        yield from _event(event_id, end)
    for place, said in explanations(fields):
        yield _explained(place, said)
    if any(state_of(text) == "parked" for name, text in fields.items() if name.startswith("state:")):
        yield Text(f"when it is mended: bookforce replay {printable(booking_id)}", style="bold")
        yield Text(f"if it is not to be: bookforce discard {printable(booking_id)} --why …", style="bold")


def _timeline(fields: Mapping[str, str]) -> Table:
    history = read_history(fields)
    table = Table("when", "what", "event", "why", expand=True)
    if history.forgotten:
        table.add_row("", "", "", Text(f"({history.forgotten} older tries are not kept)", style="dim"))
    for moment in history.moments:
        table.add_row(
            say_time(moment.at),
            Text(printable(moment.what), style=_STYLES.get(moment.what, "")),
            Text(printable(moment.event_id or "")),
            Text(_why(moment)),
        )
    return table


def _why(moment: Moment) -> str:
    said = f"{moment.code} {moment.place}".strip() if moment.code else ""
    return printable(": ".join(part for part in (said, moment.message) if part))


def _event(event_id: str, end: Mapping[str, Any]) -> Iterable[RenderableType]:
    """What the decision on the event was, where it says more than the timeline."""
    if end["state"] == "parked" and end.get("because"):
        yield Text(printable(f"decided   {event_id}: {'; '.join(end['because'])}"))
    yield from _plan(event_id, end.get("plan", ()))
    for warning in end.get("warnings", ()):
        place = place_of(warning["object"], warning["field"])
        yield Text(printable(f"warning   {warning['code']} {place}: {warning['message']}"), style="yellow")


def _plan(whose: str, writes: Iterable[Mapping[str, Any]]) -> Iterable[Text]:
    """What was to be written, a line a write: no values, which the journal does not keep."""
    for write in writes:
        what = " ".join((write["action"], write["object"], *([write["id"]] if write["id"] else [])))
        rules = f"{'' if write['assignment_rules'] else 'no '}assignment rules"
        yield Text(printable(f"plan      {whose}: {what}: {', '.join(write['fields'])}; {rules}"))


def _last_plan(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    moments = read_history(fields).moments
    return plan_facts(moments[-1].plan) if moments else []


def _explained(place: Mapping[str, str | None], said: Explained) -> Panel:
    where = place_of(place["object"], place["field"])
    rows = Table.grid(padding=(0, 2, 0, 0))
    for heading, text in (("what happened", said.what), ("whose side", said.side.words), ("what to do", said.do)):
        rows.add_row(Text(heading, style="bold"), Text(printable(text)))
    title = Text(printable(f"{place['code']} {where}".strip()))
    return Panel(Group(rows), title=title, title_align="left")
