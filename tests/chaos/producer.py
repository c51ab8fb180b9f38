"""`python -m tests.chaos.producer REDIS BROKER`: publishes what it reads until it is accepted, and says so."""

import sys
import time

from pydantic import TypeAdapter
from redis.exceptions import RedisError

from producers.contract import BookingEvent
from producers.publish import Publisher

_PAUSE_SECONDS = 0.1
_EVENTS = TypeAdapter(list[BookingEvent])


def main() -> int:
    """Each line in is a number, a tab and a JSON list of events; each line out the number of one that is accepted."""
    publisher = Publisher.connect(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        number, _, events = line.partition("\t")
        _publish(publisher, _EVENTS.validate_json(events))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    return 0


def _publish(publisher: Publisher, events: list[BookingEvent]) -> None:
    """As the contract says: an error means that nothing was promised, and the same again is safe."""
    while True:
        try:
            publisher.publish_many(events)
        except RedisError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
