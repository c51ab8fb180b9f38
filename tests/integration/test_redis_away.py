"""A worker that lives outlasts a restart of Redis, and one that died in the middle of a log-in keeps nobody waiting."""

import threading
import time
from pathlib import Path

from config.settings import Settings
from producers.publish import Publisher
from tests.builders import an_event
from tests.chaos.redis_server import RestartableRedis
from tests.rig import Rig
from worker.claims import ClaimedBooking
from worker.connections import PATIENCE, connect_redis
from worker.holding import LEASE
from worker.journal import EventEnd, Journal, Settlement


def test_a_claim_is_settled_though_redis_restarts_meanwhile(tmp_path: Path) -> None:
    server = RestartableRedis(tmp_path, "always")
    client = connect_redis(Settings(redis_url=server.url), patience=PATIENCE)
    try:
        Publisher.connect(server.url).publish(an_event())
        journal = Journal(client, "default")
        claim = journal.claim(LEASE)
        restart = threading.Thread(target=server.restart, args=(1.0,))
        restart.start()
        time.sleep(0.3)
        settled = journal.settle(claim, {booking.id: _synced(booking) for booking in claim.bookings})
        restart.join()
        assert settled.lost == ()
        assert journal.counts() | {"synced": 1, "claimed": 0} == journal.counts()
    finally:
        client.close()
        server.close()


def test_who_dies_while_logging_in_keeps_others_waiting_for_seconds_alone(rig: Rig) -> None:
    tokens = rig.here.tools.session.tokens
    tokens.lock().acquire()
    start = time.monotonic()
    assert tokens.current().access_token
    assert time.monotonic() - start < 8


def _synced(booking: ClaimedBooking) -> Settlement:
    ended = tuple(EventEnd(event_id=event.event_id, state="synced", facts={}) for event in booking.pending)
    return Settlement(booking_id=booking.id, ended=ended)
