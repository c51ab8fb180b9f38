"""What the intake's OpenAPI page says of each address beyond its types: bodies, keys, signatures, answers."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel

from .contract import BookingEvent


class Problem(BaseModel):
    """Why it was not accepted."""

    detail: str


class RefusedItem(BaseModel):
    """One item of a list that is no booking event: its place in the list from 0, and what is wrong."""

    index: int
    field: str
    problem: str


class Taken(BaseModel):
    """How many events were journalled, how many had been before, and which are refused."""

    accepted: int
    known: int
    refused: list[RefusedItem]


class Delivered(BaseModel):
    """accepted: journalled; known: this delivery was before; ignored, refused: `because` says why."""

    outcome: str
    because: str


class Status(BaseModel):
    """It answers."""

    status: str


def _problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    meanings = {
        401: "the key or signature is missing, wrong or too old",
        404: "there is no such source or connection",
        413: "the body is too large, or the list too long",
        415: "the body is not JSON by its Content-Type",
        503: "the journal cannot be reached: send it again, it counts once",
    }
    return {code: {"model": Problem, "description": meanings[code]} for code in codes}


def _event_schemas() -> dict[str, Any]:
    schema = BookingEvent.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = schema.pop("$defs")
    return {**parts, "BookingEvent": schema}


EVENT_SCHEMAS = _event_schemas()
"""For the components of the page, which FastAPI fills by itself with what it reads; we read raw bodies."""

_EVENT = {"$ref": "#/components/schemas/BookingEvent"}

MOST_EVENTS = 10_000
"""In one list: a megabyte holds fewer that are any. Half a million zeros held up everybody else for 12 s."""

_BODY = {"oneOf": [_EVENT, {"type": "array", "items": _EVENT, "maxItems": MOST_EVENTS}]}

BOOKINGS: dict[str, Any] = {
    "response_model": Taken,
    "responses": {400: {"model": Taken | Problem, "description": "no JSON, or some of it is refused"}}
    | _problems(401, 413, 415, 503),
    "openapi_extra": {
        "requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}},
        "security": [{"key": []}],
    },
}


_IDS = [
    {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": "a record id"}
    for name in ("sosfLeadId", "sosfContactId", "sosfCaseId")
]

WEBHOOK: dict[str, Any] = {
    "response_model": Delivered,
    "responses": {
        400: {"model": Delivered, "description": "no JSON, or refused"},
        **_problems(401, 404, 413, 415, 503),
    },
    "openapi_extra": {
        "parameters": _IDS,
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        "security": [{"oncehub": []}, {"calendly": []}, {"calcom": []}],
    },
}

METRICS: dict[str, Any] = {
    "response_class": Response,  # of no type of its own, else FastAPI documents the problems as text too
    "responses": {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **_problems(401)},
    "openapi_extra": {"security": [{"metrics": []}]},
}

HEALTH: dict[str, Any] = {"response_model": Status}
READINESS: dict[str, Any] = {"response_model": Status, "responses": _problems(503)}

SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "one of BOOKFORCE_INTAKE_KEYS"},
    "metrics": {"type": "http", "scheme": "bearer", "description": "one of BOOKFORCE_METRICS_KEYS, or of those"},
    "oncehub": {"type": "apiKey", "in": "header", "name": "Oncehub-Signature"},
    "calendly": {"type": "apiKey", "in": "header", "name": "Calendly-Webhook-Signature"},
    "calcom": {"type": "apiKey", "in": "header", "name": "X-Cal-Signature-256"},
}


def complete(page: dict[str, Any]) -> dict[str, Any]:
    """The page that FastAPI made, with what it could not know."""
    components = page.setdefault("components", {})
    components.setdefault("schemas", {}).update(EVENT_SCHEMAS)
    components["securitySchemes"] = SECURITY
    for path in page["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)  # FastAPI's own, for what it reads: here it reads nothing
    return page
