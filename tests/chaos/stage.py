"""Everything that runs: servers, the org, two supervised workers, two producers; all of it ended with the block."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from config.settings import load_connection
from tests.chaos.redis_server import Fsync, RestartableRedis
from tests.chaos.sender import Sender
from tests.chaos.story import SETUP
from tests.chaos.supervisor import Supervised
from tests.demo.stage import forget_settings
from tests.rabbitmq import RabbitMQ, running_rabbitmq
from tests.servers import SimulatedOrg, running_org
from worker.journal import Journal
from worker.salesforce.session import SalesforceSession
from worker.setup import Setup

WORKERS = 2
SENDERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The processes of a run, and a look into the journal."""

    folder: Path
    redis: RestartableRedis
    rabbitmq: RabbitMQ | None
    org: SimulatedOrg
    workers: tuple[Supervised, ...]
    senders: tuple[Sender, ...]
    client: Redis
    journal: Journal
    setup: Setup

    @property
    def broker_url(self) -> str:
        return self.rabbitmq.url if self.rabbitmq else self.redis.url


@contextmanager
def running_stage(folder: Path, fsync: Fsync, *, rabbitmq: bool = False) -> Iterator[Stage]:
    """All of it, up but for the setup, which the workers make ready."""
    with ExitStack() as stack:
        org = stack.enter_context(running_org(folder))
        redis = RestartableRedis(folder, fsync)
        stack.callback(redis.close)
        node = stack.enter_context(running_rabbitmq(folder / "rabbitmq")) if rabbitmq else None
        broker_url = node.url if node else redis.url
        environment = _environment(folder, redis.url, broker_url, org)
        forget_settings()
        os.environ.update(environment)
        client = Redis.from_url(redis.url, decode_responses=True)
        stack.callback(client.close)
        connection = load_connection("default")
        session = SalesforceSession(client, "default", connection)
        stack.callback(session.close)
        senders = tuple(Sender(folder, f"producer{n}", redis.url, broker_url) for n in range(1, SENDERS + 1))
        for sender in senders:
            stack.callback(sender.close)
        workers = tuple(Supervised(folder, f"worker{n}", environment) for n in range(1, WORKERS + 1))
        for worker in workers:
            stack.callback(worker.let_go)
        yield Stage(
            folder=folder,
            redis=redis,
            rabbitmq=node,
            org=org,
            workers=workers,
            senders=senders,
            client=client,
            journal=Journal(client, "default"),
            setup=Setup(client, "default", connection, session),
        )


def _environment(folder: Path, redis_url: str, broker_url: str, org: SimulatedOrg) -> dict[str, str]:
    setup = folder / "bookforce.toml"
    setup.write_text(SETUP)
    return {
        **org.environment(),
        "BOOKFORCE_REDIS_URL": redis_url,
        "BOOKFORCE_BROKER_URL": broker_url,
        "BOOKFORCE_SETUP": str(setup),
        "BOOKFORCE_LOG_FORMAT": "json",
        # A proxy that the machine may need is none of ours.
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }
