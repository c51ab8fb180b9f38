"""However many requests there were, the org keeps no more of them than of some."""

import gc
import tracemalloc

from tests.simulator.api.cursors import MOST_CURSORS
from tests.simulator.api.sessions import MOST_SESSIONS
from tests.simulator.endurance import MIX, Act, Client, ask_limits, get_lost, refuse, run, sign_in_again, suffer
from tests.simulator.org import Org

OFTEN: dict[Act, int] = {suffer: 7, sign_in_again: 6, refuse: 6, get_lost: 6, ask_limits: 6}
MORE = 4_000
# 30 bytes a request, less than anything kept of each; dicts that change are so much larger or smaller.
MOST_KEPT = 120_000


def test_memory_does_not_grow_with_the_number_of_requests() -> None:
    short = tuple((act, OFTEN.get(act, 1)) for act, _ in MIX)
    client = Client(Org())
    tracemalloc.start()
    try:
        for _ in range(MOST_SESSIONS):
            client.sign_in()
        run(client, (MOST_CURSORS + 5) * sum(often for _, often in short), mix=short)  # now all that is bounded is full
        before = held()
        run(client, MORE, mix=short)
        assert held() - before < MOST_KEPT
    finally:
        tracemalloc.stop()


def held() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
