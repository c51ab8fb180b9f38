"""Who may send what to the HTTP intake: keys, signatures, sizes and forms. What is refused here was not looked at."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request, status
from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from . import calcom
from .signatures import Mismatch, Source, check_age, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What opens it. Without `connections` an event may be for any."""

    keys: tuple[str, ...] = ()
    secrets: Mapping[tuple[Source, str], tuple[str, ...]]
    connections: tuple[str, ...] = ()
    max_bytes: int
    max_ages: Mapping[Source, timedelta]

    def check_key(self, request: Request) -> None:
        """Raises HTTPException unless one of the keys is given."""
        check_bearer(request, self.keys)

    def check_connection(self, source: Source, connection: str) -> None:
        """Raises HTTPException for a connection that nobody serves."""
        if self.connections and connection not in self.connections and (source, connection) not in self.secrets:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "there is no such connection")

    def check_signature(self, source: Source, connection: str, request: Request, body: bytes) -> None:
        """Raises HTTPException unless the body is signed with one of the secrets, in time."""
        secrets = self.secrets.get((source, connection), ())
        now = datetime.now(UTC)
        mismatch = verify(source, request.headers, body, secrets, now=now, max_age=self.max_ages[source])
        if mismatch:
            raise _unauthorized(mismatch)

    def check_age(self, source: Source, document: Mapping[str, Any]) -> None:
        """The same of a source that signs no time: by the one that the signed body tells."""
        sent_at = calcom.sent_at(document) if source is Source.CALCOM else None
        if sent_at and (mismatch := check_age(sent_at, datetime.now(UTC), self.max_ages[source])):
            raise _unauthorized(mismatch)

    async def read(self, request: Request) -> bytes:
        """The raw body. Raises HTTPException for one that is too large or no JSON by its type."""
        if not _is_json(request.headers.get("content-type", "")):
            raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, "expected Content-Type: application/json")
        declared = request.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:18]) > self.max_bytes:
            raise self._too_large()
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self.max_bytes:
                    raise self._too_large()
        except ClientDisconnect:
            # Nobody hears it, but it is counted, and no traceback of the server's stands in the log.
            raise HTTPException(status.HTTP_400_BAD_REQUEST, "the sender hung up within the body") from None
        return bytes(body)

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"expected at most {self.max_bytes} bytes; send less at once")


def check_bearer(request: Request, keys: Iterable[str]) -> None:
    """Raises HTTPException unless one of these keys is given."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    fits = sum(hmac.compare_digest(key.encode(), given.strip().encode()) for key in keys)
    if scheme.lower() != "bearer" or not fits:
        expected = "expected the header `Authorization: Bearer` with a key of this intake"
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, expected, {"WWW-Authenticate": "Bearer"})


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """The JSON in a body. Raises HTTPException."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise HTTPException(status.HTTP_400_BAD_REQUEST, f"expected JSON, but: {error}") from None


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _unauthorized(mismatch: Mismatch) -> HTTPException:
    return HTTPException(status.HTTP_401_UNAUTHORIZED, mismatch.value)
