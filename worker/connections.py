"""What a process holds for each Salesforce org: made on first use, after the worker has forked."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from config.settings import Settings, load_connection, load_settings
from rules.ready import ReadySetup
from worker.journal import Journal
from worker.salesforce.session import SalesforceSession
from worker.setup import Setup
from worker.tools import Tools

# A worker waits longer for Redis than a producer: it has nobody to answer.
_TIMEOUTS = {"socket_connect_timeout": 5.0, "socket_timeout": 15.0}

# About 7 s: as long as a restart takes. A worker that gave up at once could not settle what it holds, and all of it
# would wait for its lease to end. Every script may be run twice: what was settled is not held any more.
PATIENCE = Retry(ExponentialBackoff(cap=1.0, base=0.05), 10, supported_errors=(RedisConnectionError, ConnectionError))


@dataclass(slots=True)
class Org:
    """One connection's tools and setup. Keeps the compiled ReadySetup until another version is ready.

    What the setup stages found is looked at again when it is older than `recheck_after`.
    """

    redis: Redis
    tools: Tools
    setup: Setup
    recheck_after: timedelta = timedelta(hours=1)
    _ready: ReadySetup | None = None

    def ready(self) -> ReadySetup | None:
        """The current ReadySetup, None while a setup stage is not ready."""
        version = self.setup.ready_version()
        if version is None:
            self._ready = None
        elif self._ready is None or self._ready.version != version:
            self._ready = self.setup.ready()
        return self._ready

    def is_setup_old(self, now: datetime, after: timedelta | None = None) -> bool:
        """Whether the setup stages looked at the org longer ago than that, or than `recheck_after`. `now` is UTC."""
        looked_at = self.setup.looked_at()
        return looked_at is None or now - looked_at > (after or self.recheck_after)


def connect_redis(settings: Settings, *, patience: Retry | None = None) -> Redis:
    """A client of the journal's Redis, which connects on first use."""
    return Redis.from_url(settings.redis_url, decode_responses=True, retry=patience, **_TIMEOUTS)


@cache
def org(name: str) -> Org:
    """The org of this connection. Raises BadSettings if the environment does not describe it."""
    return _connect(name)


def org_to_look_at(name: str) -> Org:
    """The same for who only looks: its session keeps nothing in Redis. Raises BadSettings."""
    return _connect(name, leaves_no_trace=True)


def _connect(name: str, *, leaves_no_trace: bool = False) -> Org:
    settings, connection = load_settings(), load_connection(name)
    redis = connect_redis(settings, patience=None if leaves_no_trace else PATIENCE)
    cipher = settings.cipher
    session = SalesforceSession(redis, name, connection, leaves_no_trace=leaves_no_trace, cipher=cipher)
    tools = Tools(
        journal=Journal(redis, name, cipher),
        session=session,
        keep=timedelta(days=settings.keep_finished_days),
        jitter=random.random,
    )
    recheck_after = timedelta(hours=settings.setup_recheck_hours)
    return Org(redis, tools, Setup(redis, name, connection, session, cipher), recheck_after)
