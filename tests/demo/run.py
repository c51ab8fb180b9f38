"""The demo's run with an exit code: 0 as expected, 1 with differences or with one sentence on what did not work."""

from pathlib import Path

import requests
from redis.exceptions import RedisError
from rich.console import Console

from tests.demo.command import CommandFailed
from tests.demo.stage import InUse
from tests.demo.story import tell
from tests.demo.waiting import NotDone
from tests.servers import DidNotStart

_FAILURES = (DidNotStart, InUse, CommandFailed, NotDone, requests.RequestException, RedisError)


def run(folder: Path, *, keep: bool) -> int:
    """Tell the story; everything it started has ended when this returns."""
    try:
        return 1 if tell(folder, Console(), keep=keep) else 0
    except _FAILURES as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"demo: {error}", markup=False)
        return 1
