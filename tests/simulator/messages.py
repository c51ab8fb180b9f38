"""What goes into the org and what comes out of it: whole HTTP messages, and the parts they consist of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are case-insensitive and kept in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", {name.lower(): value for name, value in self.headers.items()})

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; `delay` and `fate` tell the server how to send it, if at all."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    delay: timedelta = timedelta()
    fate: Literal["send", "drop", "truncate"] = "send"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one resource answers, before it is turned into bytes."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One call of a data resource: an HTTP request of its own, or a subrequest of a composite."""

    method: str
    version: str
    path: tuple[str, ...]
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None
    user_id: str = ""

    @property
    def root(self) -> str:
        return f"/services/data/v{self.version}"


@dataclass(frozen=True, slots=True)
class Location:
    """A target taken apart: its decoded path segments and query parameters."""

    segments: tuple[str, ...]
    params: Mapping[str, str] = field(default_factory=dict)


def locate(target: str) -> Location:
    path, _, query = target.partition("?")
    segments = tuple(unquote(segment) for segment in path.split("/") if segment)
    return Location(segments, dict(parse_qsl(query, keep_blank_values=True)) if query else {})
