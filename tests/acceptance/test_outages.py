"""An org that is away for a while: real workers wait, knock now and then, and go on by themselves."""

from datetime import timedelta

from redis import Redis

from tests.acceptance.test_workers import World, until, world
from tests.builders import a_booking, a_customer, an_event
from tests.servers import running_worker
from worker.standing import Standing, read_standing

__all__ = ["world"]  # a fixture


def standing(of: World) -> Standing:
    """How the connection stands."""
    with Redis.from_url(of.redis_url, decode_responses=True) as redis:
        return read_standing(redis, "default")


def test_an_outage_parks_nobody_and_ends_by_itself(world: World) -> None:
    with running_worker(world.folder, world.environment(), concurrency=1):
        world.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
        until(lambda: world.journal.counts()["synced"] == 1, world)
        world.org.control("POST", "/faults", [{"effect": "html_503", "match": {"path_contains": "/services/data"}}])
        for n in range(6):
            world.publish(an_event(booking=a_booking(f"BKNG-{n}", customer=a_customer(email=f"nr{n}@acme.example"))))
            until(lambda: world.journal.counts()["ready"] == 0 or standing(world).breaker is not None, world)
        until(lambda: standing(world).breaker is not None, world)
        seen = standing(world)
        assert seen.breaker
        assert (seen.breaker.code, seen.pending, seen.counts["parked"]) == ("HTTP_503", 6, 0)
        world.org.control("POST", "/faults", [])
        until(lambda: world.journal.counts()["synced"] == 7, world)
    assert standing(world).breaker is None
    assert "Traceback" not in world.log()


def test_credentials_that_stop_working_are_tried_seldom_and_bookings_go_on_when_they_work(world: World) -> None:
    wrong = world.environment(BOOKFORCE_SALESFORCE_CLIENT_SECRET="wrong")
    world.publish(an_event())
    with running_worker(world.folder, wrong, concurrency=1):
        until(lambda: standing(world).breaker is not None, world)
        opened = standing(world)
        until(lambda: standing(world).at - opened.at > timedelta(seconds=5), world)
        assert standing(world).breaker == opened.breaker, "five seconds of sweeps have not logged in again"
    with running_worker(world.folder, world.environment(), name="mended"):
        until(lambda: world.journal.counts()["synced"] == 1, world, "mended")
    assert standing(world).breaker is None
