"""A Redis that is killed and comes back on the same port with the same append-only file."""

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, cast

from redis import Redis

from tests.servers import free_port, running_redis

Fsync = Literal["always", "everysec"]


class RestartableRedis:
    """The journal and the broker of a run."""

    def __init__(self, folder: Path, fsync: Fsync) -> None:
        self._folder = folder
        self._fsync = fsync
        self._port = free_port()
        self._stack = ExitStack()
        self.url = self._start()

    def restart(self, down_seconds: float) -> None:
        """SIGKILL, and after a while the same again."""
        with Redis.from_url(self.url, decode_responses=True) as client:
            pid = cast("dict[str, int]", client.info("server"))["process_id"]
        os.kill(pid, signal.SIGKILL)
        self._stack.close()
        time.sleep(down_seconds)
        self._start()

    def close(self) -> None:
        """End it."""
        self._stack.close()

    def _start(self) -> str:
        self._stack = ExitStack()
        return self._stack.enter_context(running_redis(self._folder, self._port, fsync=self._fsync))
