"""What each blow of the schedule does to the processes."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, assert_never, cast

from redis import Redis

from producers.keys import prefix
from producers.publish import QUEUE
from tests.broker import forget_messages
from tests.chaos.redis_server import RestartableRedis
from tests.chaos.schedule import Blow, Strike
from tests.chaos.sender import Sender
from tests.chaos.supervisor import Supervised
from tests.rabbitmq import RabbitMQ
from tests.servers import SimulatedOrg
from worker.holding import LEASE

_REDIS_AWAY_SECONDS = (0.1, 1.0, 3.0)

_FROZEN = LEASE + timedelta(seconds=8)


_OfWorkers = Literal[Blow.KILL_WORKER, Blow.KILL_CHILD, Blow.STOP_WORKER, Blow.FREEZE_WORKER]


@dataclass(slots=True, kw_only=True)
class Ring:
    """Everything that can be hit, and how often it was."""

    redis: RestartableRedis
    rabbitmq: RabbitMQ | None
    org: SimulatedOrg
    workers: Sequence[Supervised]
    senders: Sequence[Sender]
    landed: Counter[Blow] = field(default_factory=Counter)

    def strike(self, strike: Strike) -> None:
        """Do it; returns when it is done, or has begun where it takes its time."""
        self.landed[strike.blow] += 1
        match strike.blow:
            case Blow.KILL_PRODUCER:
                self.senders[strike.target % len(self.senders)].kill()
            case Blow.RESTART_REDIS:
                self.redis.restart(_REDIS_AWAY_SECONDS[strike.target % len(_REDIS_AWAY_SECONDS)])
            case Blow.RESTART_RABBITMQ:
                if self.rabbitmq:
                    self.rabbitmq.kill()
                    self.rabbitmq.start()
            case Blow.EMPTY_BROKER:
                if self.rabbitmq:
                    forget_messages(self.rabbitmq.url)
                else:
                    _empty_broker(self.redis.url)
            case Blow.EXPIRE_SESSIONS:
                self.org.control("POST", "/expire_sessions")
            case Blow.CLOCK_FORWARD:
                _shift_clock(self.redis.url, timedelta(hours=1))
            case Blow.CLOCK_BACK:
                _shift_clock(self.redis.url, timedelta(seconds=-30))
            case _:
                _strike_worker(strike.blow, self.workers[strike.target % len(self.workers)], strike.target // 2)


def _strike_worker(blow: _OfWorkers, worker: Supervised, choice: int) -> None:
    match blow:
        case Blow.KILL_WORKER:
            worker.kill()
        case Blow.KILL_CHILD:
            worker.kill_child(choice)
        case Blow.STOP_WORKER:
            worker.ask_to_end()
        case Blow.FREEZE_WORKER:
            worker.freeze()
            threading.Timer(_FROZEN.total_seconds(), worker.thaw).start()
        case _:
            assert_never(blow)


def _empty_broker(url: str) -> None:
    """All messages that wait or are not confirmed."""
    with Redis.from_url(url) as redis:
        redis.delete(QUEUE, "unacked", "unacked_index")


def _shift_clock(url: str, step: timedelta) -> None:
    """To the journal a step of the clock is the same as all its times being off by as much the other way."""
    with Redis.from_url(url, decode_responses=True) as redis:
        for name in ("claimed", "waiting"):
            key = f"{prefix('default')}{name}"
            for customer in cast("list[str]", redis.zrange(key, 0, -1)):
                redis.zadd(key, {customer: -step.total_seconds() * 1000}, xx=True, incr=True)
