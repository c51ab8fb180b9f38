"""The numbers of `bookforce status` are those of one moment."""

import itertools
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.client import Pipeline

from tests.builders import a_booking, a_customer, an_event
from tests.producers.test_publish_script import Desk
from worker.standing import read_standing


class BusyRedis(Redis):
    """Something happens before each round trip."""

    happens: Callable[[], object]

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:
        self.happens()
        return super().pipeline(transaction, shard_hint)


def test_what_is_settled_while_somebody_looks_does_not_make_the_numbers_contradict_each_other(desk: Desk) -> None:
    waiting, *coming = (
        an_event(event_id=f"E-{n}", booking=a_booking(f"B-{n}", customer=a_customer(email=f"c{n}@acme.example")))
        for n in range(30)
    )
    desk.publish(waiting)
    desk.claim()
    following = itertools.count()

    def happens() -> None:
        desk.publish(coming[next(following)])
        desk.settle(desk.claim())

    kwargs = desk.redis.connection_pool.connection_kwargs
    with BusyRedis(**{name: kwargs[name] for name in ("host", "port", "db", "decode_responses")}) as busy:
        busy.happens = happens
        assert read_standing(busy, desk.name).pending == 1
