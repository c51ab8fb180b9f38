"""The real pipeline in this process: a connection of its own in a real Redis, and the simulated org over TLS."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from redis import Redis

from config.settings import Connection
from producers.cipher import PLAIN, Cipher
from producers.contract import BookingEvent
from producers.publish import Publisher
from tests.simulator.org import Org
from tests.simulator.server import RunningOrg
from worker.connections import Org as ConnectedOrg
from worker.journal import Journal
from worker.pipeline import sync_batch
from worker.salesforce.session import SalesforceSession
from worker.setup import Setup
from worker.tools import Tools

_MOST_BATCHES = 100

_numbers = itertools.count(1)

# Differ from run to run and say nothing of what a booking came to.
_INCIDENTAL = {"CreatedDate", "LastModifiedDate", "SystemModstamp", "CreatedById", "LastModifiedById", "CaseNumber"}


def _wake_nobody() -> None:
    """The rig goes on until nothing is ready."""


class Rig:
    """One connection, ready to take bookings. The setup is written to a file of its own."""

    def __init__(
        self,
        redis_url: str,
        running: RunningOrg,
        folder: Path,
        setup: str = "",
        *,
        cipher: Cipher = PLAIN,
        **settings: Any,
    ) -> None:
        self.connection = f"rig{next(_numbers)}"
        self.redis = Redis.from_url(redis_url, decode_responses=True)
        self.org: Org = running.org
        self._publisher = Publisher.connect(redis_url, cipher=cipher)
        file = folder / f"{self.connection}.toml"
        file.write_text(setup)
        facts: dict[str, Any] = {
            "salesforce_login_url": running.url,
            "salesforce_client_id": running.client_id,
            "salesforce_client_secret": running.client_secret,
            "setup": file,
        }
        connection = Connection(**facts | settings)
        session = SalesforceSession(self.redis, self.connection, connection, cipher=cipher)
        self.journal = Journal(self.redis, self.connection, cipher)
        tools = Tools(journal=self.journal, session=session, keep=timedelta(days=1), jitter=lambda: 0.5)
        self.here = ConnectedOrg(self.redis, tools, Setup(self.redis, self.connection, connection, session, cipher))

    def close(self) -> None:
        """Give the connections back."""
        self.here.tools.session.close()
        self.redis.close()

    def publish(self, *events: BookingEvent, bulk: bool = False) -> list[bool]:
        """Journal the events for this rig's connection."""
        return self._publisher.publish_many([self._own(event) for event in events], bulk=bulk)

    def sync(self, *, retries: int = 0) -> int:
        """Work until nothing is ready; how many API calls it took. Then let waits be over and go on, as often."""
        self.make_ready()
        before = self.calls
        self._drain()
        for _ in range(retries):
            self._end_waits()
            self._drain()
        return self.calls - before

    def make_ready(self) -> None:
        """Run the setup stages, unless they are ready."""
        if self.here.ready() is None:
            last = self.here.setup.run_all()[-1]
            assert last.state == "ready", last.findings

    @property
    def calls(self) -> int:
        """API calls as the org counts them."""
        return self.org.state.calls.cost

    def start_over(self) -> None:
        """An empty org and an empty journal; the setup stays ready."""
        self.org.reset()
        prefix = f"bookforce:{{{self.connection}}}:"
        kept = (f"{prefix}setup:", f"{prefix}token")
        stale = [key for key in self.redis.scan_iter(f"{prefix}*") if not key.startswith(kept)]
        if stale:
            self.redis.delete(*stale)

    def move_window(self) -> None:
        """What a day does: the calls that were made so far no longer count, here and in the org."""
        self.redis.delete(f"bookforce:{{{self.connection}}}:calls")
        self.org.set_usage(0)

    def records(self, obj: str) -> list[dict[str, Any]]:
        """The records of an object that are not deleted."""
        return [row for row in self.org.records(obj) if not row["IsDeleted"]]

    def change_record(self, obj: str, record_id: str, **values: Any) -> None:
        """What somebody in the org does to a record behind our back."""
        stored = self.org.state.records
        stored.put(obj, record_id, (stored.get(obj, record_id) or {}) | values)
        stored.commit()

    def user(self, email: str) -> str:
        """The id of the org's user with this e-mail."""
        return str(next(row["Id"] for row in self.org.records("User") if row["Email"] == email))

    def ends(self, booking_id: str) -> dict[str, Mapping[str, Any]]:
        """How the booking's events ended, by event id."""
        return dict(self.journal.read_ends(booking_id))

    def states(self, booking_id: str) -> dict[str, str]:
        """The states of the booking's settled events."""
        return {event_id: end["state"] for event_id, end in self.ends(booking_id).items()}

    def _own(self, event: BookingEvent) -> BookingEvent:
        return event.model_copy(update={"connection": self.connection})

    def _drain(self) -> None:
        for _ in range(_MOST_BATCHES):
            ready = self.here.ready()
            if ready is None or not sync_batch(self.here.tools, ready, _wake_nobody).bookings:
                return
        raise AssertionError(f"still not settled after {_MOST_BATCHES} batches: {self.journal.counts()}")

    def _end_waits(self) -> None:
        """What time does: every wait is over, every pause too."""
        prefix = f"bookforce:{{{self.connection}}}:"
        self.redis.delete(f"{prefix}paused")
        self.redis.hdel(f"{prefix}usage", "at")
        for customer in cast("list[str]", self.redis.zrange(f"{prefix}waiting", 0, -1)):
            self.redis.zadd(f"{prefix}waiting", {customer: 0})
        self.journal.sweep()


def essence(records: Sequence[Mapping[str, Any]], names: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Records without what differs from run to run, ids replaced by names where given, in a stable order."""
    known = names or {}
    facts = [
        {
            name: known.get(value, value) if isinstance(value, str) else value
            for name, value in record.items()
            if name not in _INCIDENTAL and name != "Id"
        }
        for record in records
    ]
    return sorted(facts, key=repr)
