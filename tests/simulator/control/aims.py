"""Which objects a request is about, its subrequests and its records included: what faults are aimed at."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from tests.simulator.messages import Request, locate
from tests.simulator.setup.schema import Schema

Aim = tuple[str, str]  # method, object in lower case
FROM = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)


def aims_of(schema: Schema, request: Request) -> frozenset[Aim]:
    """Return every verb and object that a request holds; a body that is no JSON holds none."""
    try:
        body = orjson.loads(request.body) if request.body else None
    except orjson.JSONDecodeError:
        body = None
    return frozenset(_aims(schema, request.method, request.target, body))


def _aims(schema: Schema, method: str, url: str, body: Any) -> Iterator[Aim]:
    found = locate(url)
    for name in objects_named(schema, found.segments, found.params):
        yield method, name
    if not isinstance(body, dict):
        return
    for record in _dicts(body.get("records")):
        for attributes in _dicts([record.get("attributes")]):
            yield method, str(attributes.get("type")).lower()
    for graph in (body, *_dicts(body.get("graphs"))):
        for part in _dicts(graph.get("compositeRequest")):
            yield from _aims(schema, str(part.get("method")).upper(), str(part.get("url")), part.get("body"))


def _dicts(listed: Any) -> list[dict[str, Any]]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def objects_named(schema: Schema, segments: tuple[str, ...], params: Mapping[str, str]) -> Iterator[str]:
    """Yield the objects that a url names: after /sobjects, after FROM in a query, by the ids of a collection."""
    if "sobjects" in segments[:-1]:
        yield segments[segments.index("sobjects") + 1].lower()
    for name in FROM.findall(params.get("q", "")):
        yield name.lower()
    for row_id in filter(None, params.get("ids", "").split(",")):
        sobject = schema.by_prefix.get(row_id[:3])
        if sobject is not None:
            yield sobject.name.lower()
