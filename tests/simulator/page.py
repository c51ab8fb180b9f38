"""The page for people: what is in the org, what changed last, and what each call cost."""

from collections.abc import Iterable, Iterator
from heapq import nlargest
from html import escape

from tests.simulator.calls import CallSeen
from tests.simulator.records import Row
from tests.simulator.state import State

SHOWN_RECORDS, SHOWN_CALLS, SHOWN_PARTS = 15, 60, 30
SHOWN_OBJECTS = ("Lead", "Contact", "Account", "Case", "Event", "Task")
HIDDEN = frozenset({"Id", "IsDeleted", "SystemModstamp", "CreatedById", "LastModifiedById", "CreatedDate"})
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #0b6e99; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 1rem; } .soft { opacity: .7; }
nav { display: flex; flex-wrap: wrap; gap: .5rem; }
nav a { border: 1px solid var(--line); border-radius: .5rem; padding: .4rem .8rem;
        color: inherit; text-decoration: none; }
nav b { color: var(--accent); font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td { overflow-wrap: anywhere; } code { font-size: .82rem; }
tr.refused td:first-child { border-left: 3px solid #c33; } .number { text-align: right; }
details summary { cursor: pointer; }
"""


def render(state: State) -> str:
    """Write the page."""
    used, most = state.usage.at(state.clock()), state.settings.daily_limit
    calls = state.calls
    seen = f"{used} of {most} API calls used in 24 hours · {calls.requests} requests since the last reset"
    head = f"<p class=soft>{seen}</p>"
    body = "".join([f"<h1>Simulated Salesforce org</h1>{head}", _counts(state), *_tables(state), _calls(state)])
    meta = '<meta charset=utf-8><meta name=viewport content="width=device-width">'
    return f"<!doctype html><html lang=en><head>{meta}<title>Simulated org</title><style>{STYLE}</style></head><body>{body}</body></html>"  # noqa: E501  markup


def _counts(state: State) -> str:
    links = (f'<a href="#{name}">{name} <b>{count}</b></a>' for name, count in state.records.counts().items())
    return f'<nav>{"".join(links)}<a href="#calls">Calls <b>{state.calls.cost}</b></a></nav>'


def _tables(state: State) -> Iterator[str]:
    for name in SHOWN_OBJECTS:
        rows = state.records.tables[name].rows
        latest = nlargest(SHOWN_RECORDS, rows.values(), key=lambda row: (str(row["LastModifiedDate"]), str(row["Id"])))
        more = f" <span class=soft>latest {len(latest)} of {len(rows)}</span>" if len(latest) < len(rows) else ""
        table = _table(("Id", "Last change", "Owner", "Fields"), (_record(state, row) for row in latest))
        yield f'<h2 id="{name}">{name}{more}</h2>{table if latest else "<p class=soft>none</p>"}'


def _record(state: State, row: Row) -> str:
    owner = state.records.find(str(row.get("OwnerId"))) or {}
    shown = [(n, v) for n, v in row.items() if v not in {None, False} and n not in HIDDEN and n != "LastModifiedDate"]
    fields = " · ".join(
        f"<span class=soft>{_text(name)}</span> {_text(value)}" for name, value in shown if name != "OwnerId"
    )
    deleted = " (deleted)" if row.get("IsDeleted") else ""
    cells = (
        f"<code>{_text(row['Id'])}</code>{deleted}",
        _text(row["LastModifiedDate"]),
        _text(owner.get("Name")),
        fields,
    )
    return _row(cells)


def _calls(state: State) -> str:
    heads = ("#", "Time", "Call", "Parts", "Status", "Cost")
    table = _table(heads, (_call(call) for call in state.calls.latest(SHOWN_CALLS)))
    return f"<h2 id=calls>Calls <span class=soft>newest first</span></h2>{table}"


def _call(call: CallSeen) -> str:
    fault = f" <b>{_text(call.fault)}</b>" if call.fault else ""
    lines = "".join(
        f"<li><code>{_text(p.method)} {_text(p.url)}</code> → {p.status}</li>" for p in call.parts[:SHOWN_PARTS]
    )
    parts = f"<details><summary>{len(call.parts)}</summary><ul>{lines}</ul></details>" if len(call.parts) > 1 else ""
    name = f"<code>{_text(call.method)} {_text(call.path)}</code>{fault}"
    refused = call.status >= 300
    cells = str(call.number), _text(call.at), name, parts, str(call.status), str(call.cost)
    return _row(cells, "refused" if refused else "")


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{''.join(rows)}</table>"


def _row(cells: Iterable[str], kind: str = "") -> str:
    return f'<tr class="{kind}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _text(value: object) -> str:
    return escape(str(value if value is not None else ""))
