"""The HTTP intake in this process, on a real Redis, with keys and secrets of its own."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from redis import Redis

from producers.cipher import PLAIN, Cipher
from producers.intake import Seen, create_intake
from producers.intake_desk import Desk
from producers.intake_gate import Gate
from producers.publish import Publisher
from producers.refused import RefusedEvents
from producers.signatures import MAX_AGE, Source
from tests.producers.webhooks import raw, signed

KEY, OTHER_KEY = "key-of-the-first-service", "key-of-the-other-service"
SECRET, NEXT_SECRET = "b1946ac92492d2347c6235b4d2611184", "591785b794601e212b260e25925636fd"


class AnIntake:
    """What a test needs of it: requests, and what it told of them."""

    def __init__(
        self,
        redis_url: str,
        connection: str = "default",
        *,
        connections: Iterable[str] = (),
        max_bytes: int = 100_000,
        cipher: Cipher = PLAIN,
    ) -> None:
        self.connection = connection
        self.seen: list[Seen] = []
        self.redis = Redis.from_url(redis_url, decode_responses=True, socket_connect_timeout=1)
        secrets = {(source, connection): (SECRET, NEXT_SECRET) for source in Source}
        self.refused = RefusedEvents(self.redis, cipher)
        self.app = create_intake(
            Gate(
                keys=(KEY, OTHER_KEY),
                secrets=secrets,
                connections=tuple(connections),
                max_bytes=max_bytes,
                max_ages=MAX_AGE,
            ),
            Desk(self.redis, Publisher.connect(redis_url, cipher=cipher), self.refused, cipher),
            self.seen.append,
        )
        self.client = TestClient(self.app)

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()
        self.redis.close()

    def post(self, body: object, *, key: str = KEY, **headers: str) -> Response:
        """To /bookings."""
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {key}", **headers}
        return self.client.post("/bookings", content=body if isinstance(body, bytes) else raw(body), headers=sent)

    def deliver(
        self,
        source: Source,
        body: object,
        *,
        secret: str = SECRET,
        at: datetime | None = None,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Response:
        """To /webhooks, signed; a Cal.com body that tells when it was sent was sent now."""
        content = body if isinstance(body, bytes) else raw(sent_now(source, body))
        url = f"/webhooks/{source}/{self.connection}{query}"
        return self.client.post(url, content=content, headers=headers or signed(source, content, secret, at=at))


def sent_now(source: Source, body: object) -> object:
    """The same body, sent now, in the minutes of this hour that it says."""
    if source is not Source.CALCOM or not isinstance(body, dict) or "payload" not in body:
        return body
    minute = str(body.get("createdAt", ""))[13:19]
    now = datetime.now(UTC)
    changes: dict[str, Any] = {"createdAt": f"{now:%Y-%m-%dT%H}{minute or ':00:00'}Z"}
    return body | changes
