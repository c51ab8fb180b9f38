"""A client for tests of the pure core: signs in, sends JSON, returns what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from tests.simulator.messages import Request
from tests.simulator.org import Org
from tests.simulator.settings import Settings

ROOT = "/services/data/v68.0"
NO_RULES = {"Sforce_Auto_Assign": "FALSE"}
START = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.body[0]["errorCode"]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


class Api:
    """One org and one live token for it."""

    def __init__(self, org: Org, clock: Clock) -> None:
        self.org, self.clock = org, clock
        self.token = self.sign_in().body["access_token"]

    def sign_in(self, **changes: str) -> Reply:
        settings = self.org.state.settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
        }
        return self.send("POST", "/services/oauth2/token", urlencode(form | changes).encode())

    def send(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        answer = self.org.handle(Request(method, target, headers or {}, body))
        is_json = "json" in answer.headers.get("Content-Type", "")
        return Reply(answer.status, answer.headers, orjson.loads(answer.body) if is_json else answer.body)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send a data call; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        payload = orjson.dumps(body) if body is not None else b""
        target = path if path.startswith(("/services/", "/id/")) else ROOT + path
        return self.send(method, target, payload, {"Authorization": f"Bearer {self.token}", **named})

    def get(self, path: str, **headers: str) -> Reply:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Reply:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path)

    def create(self, object_name: str, **fields: Any) -> str:
        reply = self.post(f"/sobjects/{object_name}", fields, **NO_RULES)
        assert reply.status == 201, reply.body
        return str(reply.body["id"])

    def read(self, object_name: str, row_id: str) -> dict[str, Any]:
        reply = self.get(f"/sobjects/{object_name}/{row_id}")
        assert reply.status == 200, reply.body
        return dict(reply.body)

    def query(self, soql: str) -> Reply:
        return self.get(f"/query?q={quote(soql)}")

    def rows(self, soql: str) -> list[dict[str, Any]]:
        reply = self.query(soql)
        assert reply.status == 200, reply.body
        return [{name: value for name, value in row.items() if name != "attributes"} for row in reply.body["records"]]

    def composite(self, *parts: dict[str, Any], all_or_none: bool = False, **headers: str) -> Reply:
        body = {"allOrNone": all_or_none, "collateSubrequests": False, "compositeRequest": list(parts)}
        return self.post("/composite", body, **headers)

    def user(self, username: str) -> str:
        return next(str(row["Id"]) for row in self.org.records("User") if row["Username"] == username)

    def queue(self, developer_name: str) -> str:
        return next(str(row["Id"]) for row in self.org.records("Group") if row["DeveloperName"] == developer_name)


def an_api(**settings: Any) -> Api:
    """Open a fresh org with these settings and sign in to it."""
    clock = Clock()
    return Api(Org(Settings(**settings), clock), clock)


def select(fields: str, object_name: str, where: str) -> str:
    return f"SELECT {fields} FROM {object_name} WHERE {where}"  # noqa: S608  SOQL of a test's own making


def a_part(method: str, path: str, reference: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """Write one subrequest of a composite."""
    part: dict[str, Any] = {"method": method, "url": ROOT + path, "referenceId": reference}
    if body is not None:
        part["body"] = body
    if headers:
        part["httpHeaders"] = {name.replace("_", "-"): value for name, value in headers.items()}
    return part


def a_lead(**fields: Any) -> dict[str, Any]:
    return {"LastName": "Hopper", "Company": "Navy", **fields}


def an_event(**fields: Any) -> dict[str, Any]:
    return {"Subject": "Demo", "StartDateTime": "2026-11-22T10:00:00Z", "DurationInMinutes": 30, **fields}
