"""Access tokens: whose they are and how long they live."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_SESSIONS = 1000  # memory stays flat however often a client asks for a token


@dataclass(slots=True)
class Session:
    user_id: str
    expires_at: datetime


class Sessions:
    """Live tokens; a session slides, as Salesforce's does, with every use."""

    def __init__(self) -> None:
        self._live: dict[str, Session] = {}
        self._issued = 0

    def issue(self, org_id: str, user_id: str, now: datetime, lifetime: timedelta) -> str:
        self._issued += 1
        digest = hashlib.sha256(f"{org_id}{user_id}{self._issued}".encode()).hexdigest()
        token = f"{org_id[:15]}!AQ4AQ{digest}"
        self._live[token] = Session(user_id, now + lifetime)
        if len(self._live) > MOST_SESSIONS:
            del self._live[next(iter(self._live))]
        return token

    def use(self, token: str, now: datetime, lifetime: timedelta) -> str | None:
        """Return the user of a live token and prolong it."""
        session = self._live.get(token)
        if session is None or session.expires_at <= now:
            self._live.pop(token, None)
            return None
        session.expires_at = now + lifetime
        return session.user_id

    def find(self, token: str, now: datetime) -> Session | None:
        """Return a live session without prolonging it."""
        session = self._live.get(token)
        return session if session is not None and session.expires_at > now else None

    def end(self, token: str) -> bool:
        return self._live.pop(token, None) is not None

    def expire_all(self) -> None:
        self._live.clear()
