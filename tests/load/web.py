"""The HTTP intake as the Procfile starts it."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.servers import DidNotStart, free_port, running

_START_SECONDS = 30.0

_PROCFILE = Path(__file__).parents[2] / "Procfile"


@contextmanager
def running_web(folder: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """The intake, ready to journal; gives its port. Raises DidNotStart."""
    port, log = free_port(), folder / "web.log"
    lines = dict(line.split(":", 1) for line in _PROCFILE.read_text(encoding="utf-8").splitlines() if ":" in line)
    paths = {"WEB_PORT": str(port), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = ["/bin/sh", "-c", f"exec {lines['web'].strip()}"]
    with running(command, log=log, environment={**environment, **paths}) as process:
        deadline = time.monotonic() + _START_SECONDS
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart(f"the intake did not start; its output is in {log}:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield port


def _is_ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=1).ok
    except requests.RequestException:
        return False
