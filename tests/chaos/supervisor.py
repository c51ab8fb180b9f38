"""Workers as the Procfile starts them, each in a process group of its own, and started again whenever one ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.servers import stop

_PROCFILE = Path(__file__).parents[2] / "Procfile"

# As often as a supervisor looks; and how long it waits before it starts anew.
_LOOKS_EVERY_SECONDS = 0.1
_RESTARTS_AFTER_SECONDS = 0.5


class Supervised:
    """One worker of the Procfile under a name of its own. Not started again once it is let go."""

    def __init__(self, folder: Path, name: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.starts = 0
        self._environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            **environment,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        self._is_wanted = threading.Event()
        self._is_wanted.set()
        self._process = self._start()
        self._thread = threading.Thread(target=self._keep_running, name=f"supervisor of {name}", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """SIGKILL for the worker and all its children."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP for all of them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT for all of them."""
        self._signal(signal.SIGCONT)

    def ask_to_end(self) -> None:
        """SIGTERM for all of them, as a terminal or a supervisor does it."""
        self._signal(signal.SIGTERM)

    def kill_child(self, choice: int) -> None:
        """SIGKILL for one process of the pool, if there is one."""
        children = _children(self._process.pid)
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[choice % len(children)], signal.SIGKILL)

    def let_go(self) -> None:
        """End it for good."""
        self._is_wanted.clear()
        self._thread.join()
        self.thaw()
        stop(self._process)

    def _keep_running(self) -> None:
        pause = threading.Event()
        while self._is_wanted.is_set():
            if self._process.poll() is not None:
                pause.wait(_RESTARTS_AFTER_SECONDS)
                self._process = self._start()
            pause.wait(_LOOKS_EVERY_SECONDS)

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self.log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own Procfile
                ["/bin/sh", "-c", f"exec {_command()} -n {self.name}@%h"],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _command() -> str:
    lines = dict(line.split(":", 1) for line in _PROCFILE.read_text(encoding="utf-8").splitlines() if ":" in line)
    return lines["worker"].strip()


def _children(pid: int) -> list[int]:
    """The processes whose parent this is, as `ps` knows them."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)  # noqa: S607 - wherever it is
    pairs = (line.split() for line in listed.stdout.splitlines())
    return sorted(int(child) for child, parent in pairs if int(parent) == pid)
