"""The page for people as HTML: no script, nothing loaded, every value escaped, cut and kept in its own direction."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import unquote_plus

from tests.simulator.api.calls import CallSeen, PartSeen
from tests.simulator.control.view import FaultSeen, FieldSeen, ObjectSeen, RecordSeen, Shown, View

STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
LONGEST = 160
SHOWN_PARTS = 20
REFUSED_FROM = 300
NOTHING = '<span class="soft">(empty)</span>'
CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


def write(view: View) -> str:
    """Write the page."""
    again = f'<meta http-equiv="refresh" content="{view.refresh}">' if view.refresh else ""
    # An icon of its own, or browsers would ask for one, and the log of calls would show it.
    icon = '<link rel="icon" href="data:,">'
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{icon}{again}'
    parts = [_header(view), _faults(view.faults), *map(_object, view.objects), _calls(view.calls), _footer(view)]
    return (
        f'<!doctype html><html lang="en"><head>{head}<title>Simulated Salesforce org</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _header(view: View) -> str:
    links = "".join(f'<a href="#{each.name}">{each.name} <b>{each.living:,}</b></a>' for each in view.objects)
    turn = '<a href="/">stop refreshing</a>' if view.refresh else '<a href="/?refresh=5">refresh every 5 s</a>'
    running = f" · {view.long_requests} long requests running" if view.long_requests else ""
    return (
        f"<header><h1>Simulated Salesforce org</h1><p>{view.used:,} of {view.most:,} API calls used in 24 hours"
        f" · {view.requests:,} requests since the last reset{running} · {turn}</p>"
        f'<nav>{links}<a href="#calls">API calls <b>{view.cost:,}</b></a></nav></header>'
    )


def _faults(faults: tuple[FaultSeen, ...]) -> str:
    if not faults:
        return ""
    items = "".join(
        f"<li><code>{_text(f.words)}</code> <small>has struck {f.struck:,} of {f.seen:,}</small></li>" for f in faults
    )
    return f'<section class="faults"><h2>Faults that are set</h2><ul>{items}</ul></section>'


def _object(seen: ObjectSeen) -> str:
    gone = f", {seen.deleted:,} deleted" if seen.deleted else ""
    latest = f", the latest {len(seen.records)} changes" if len(seen.records) < seen.living + seen.deleted else ""
    title = f'<h2 id="{seen.name}">{seen.name} <small>{seen.living:,}{gone}{latest}</small></h2>'
    if not seen.records:
        return f"<section>{title}<p>none</p></section>"
    return f"<section>{title}{_table(('Record', 'Last change', 'Fields'), map(_record, seen.records))}</section>"


def _record(record: RecordSeen) -> str:
    tag = '<span class="tag bad">deleted</span>' if record.deleted else ""
    name = f"<b>{_text(record.title)}</b>{tag}<br><code>{_text(record.id)}</code>"
    name += f"<br><small>owned by {_text(record.owner)}</small>" if record.owner else ""
    others = "".join(f"<li>{_field(each)}</li>" for each in record.others)
    more = f"<details><summary>{len(record.others)} more</summary><ul>{others}</ul></details>" if others else ""
    changes = "".join(f"<li>{_changed(each, record.what)}</li>" for each in record.changes)
    fields = f"<ul>{changes or '<li class=soft>nothing but the time</li>'}</ul>{more}"
    css = "gone" if record.deleted else ""
    return f'<tr id="{_text(record.id)}" class="{css}"><td>{name}</td><td>{_when(record)}</td><td>{fields}</td></tr>'


def _when(record: RecordSeen) -> str:
    number = f"call {record.call}" if record.call else "control"
    call = f'<a href="#call-{record.call}">{number}</a>' if record.call_is_here else number
    by = f" · {_text(record.by)}" if record.by else ""
    return f'<span class="tag {record.what}">{record.what}</span> by {call}<br><small>{_time(record.at)}{by}</small>'


def _changed(field: FieldSeen, what: str) -> str:
    before = f"{_before(field.before)} → " if what != "created" else ""
    return f"<i>{_text(field.name)}</i> {before}{_value(field.value) or NOTHING}"


def _before(shown: Shown) -> str:
    return f"<s>{_value(shown)}</s>" if shown.text else NOTHING


def _field(field: FieldSeen) -> str:
    return f"<i>{_text(field.name)}</i> {_value(field.value)}"


def _value(shown: Shown) -> str:
    if not shown.name:
        return _text(shown.text)
    identity = f"<code>{_text(shown.text)}</code>"
    linked = f'<a href="#{_text(shown.text)}">{identity}</a>' if shown.is_here else identity
    return f"{_text(shown.name)} {linked}"


def _calls(calls: tuple[CallSeen, ...]) -> str:
    heads = ("#", "Time", "Call", "Records", "Answer", "Cost")
    newest = '<h2 id="calls">Calls <small>newest first</small></h2>'
    return f"<section>{newest}{_table(heads, map(_call, calls)) if calls else '<p>none</p>'}</section>"


def _call(call: CallSeen) -> str:
    refused = call.status >= REFUSED_FROM or call.codes or any(part.codes for part in call.parts)
    fault = f' <span class="tag bad">fault: {_text(call.fault)}</span>' if call.fault else ""
    parts = "".join(_part(part) for part in call.parts[:SHOWN_PARTS]) if len(call.parts) > 1 else ""
    more = f"<li>and {len(call.parts) - SHOWN_PARTS} more</li>" if len(call.parts) > SHOWN_PARTS else ""
    shown = f"<details><summary>{len(call.parts)} parts</summary><ol>{parts}{more}</ol></details>" if parts else ""
    codes = call.codes or tuple(dict.fromkeys(code for part in call.parts for code in part.codes))
    records = sum(part.records for part in call.parts if part.method != "GET")
    url = call.parts[0].url if len(call.parts) == 1 else call.path
    at = _time(call.at)
    return (
        f'<tr id="call-{call.number}" class="{"refused" if refused else ""}"><td class="number">{call.number}</td>'
        f'<td title="{at}">{at[11:]}</td><td><code>{_text(call.method)} {_url(url)}</code>{fault}{shown}</td>'
        f'<td class="number">{records or ""}</td><td class="answer">{call.status} {_codes(codes)}</td>'
        f'<td class="number">{call.cost}</td></tr>'
    )


def _part(part: PartSeen) -> str:
    many = f" · {part.records} records" if part.records != 1 else ""
    line = f"<code>{_text(part.method)} {_url(part.url)}</code> → {part.status}"
    return f"<li>{line}{many} {_codes(part.codes)}</li>"


def _url(url: str) -> str:
    """A url with its query as a person would write it."""
    path, mark, query = url.partition("?")
    return _text(path + mark + unquote_plus(query))


def _codes(codes: Iterable[str]) -> str:
    return "<br>".join(f'<span class="code">{_text(code)}</span>' for code in codes)


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{''.join(rows)}</table>"


def _footer(view: View) -> str:
    counts = " · ".join(f"{count:,} {name}" for name, count in view.others.items())
    return f"<footer>{counts}</footer>"


def _time(wire: str) -> str:
    """Day and time of a moment as answers write it, without the zeros behind."""
    return _text(wire[:19].replace("T", " "))


def _text(value: str) -> str:
    """Escape a value from outside, cut it, and keep its direction from the text around it."""
    plain = value.translate(CONTROLS)
    cut = f"{plain[:LONGEST]}… ({len(value):,} characters)" if len(plain) > LONGEST else plain
    return escape(cut) if cut.isascii() else f"<bdi>{escape(cut)}</bdi>"
