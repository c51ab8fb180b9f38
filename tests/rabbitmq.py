"""A RabbitMQ of our own, on this machine's loopback alone; it can be killed and comes back with what it had."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from kombu import Connection

from tests.servers import DidNotStart, free_port, running

# Erlang takes its time to start: 7 s on two slow cores, more while they are busy.
_START_SECONDS = 90.0

# Debian's command on the PATH changes the user and the folder; the one that it calls takes the environment as it is.
_SCRIPTS = Path("/usr/lib/rabbitmq/bin")
_SEARCH = f"{_SCRIPTS}{os.pathsep}{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"

MISSING = (
    "RabbitMQ as broker needs rabbitmq-server, which is not installed here: "
    "apt-get install rabbitmq-server (Debian, Ubuntu) or brew install rabbitmq (macOS); it need not be started"
)


def is_installed() -> bool:
    """Whether there is a RabbitMQ to start."""
    return shutil.which("rabbitmq-server", path=_SEARCH) is not None


class RabbitMQ:
    """One node with a port mapper of its own, no plugins, and everything that it keeps in the folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._port = free_port()
        self._environment = _environment(folder, self._port)
        self._stack = ExitStack()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._port}//"

    def start(self) -> Self:
        """Up, and answering. Raises DidNotStart."""
        if not is_installed():
            raise DidNotStart(MISSING)
        mapper = ["epmd", "-port", self._environment["ERL_EPMD_PORT"], "-address", "127.0.0.1"]
        self._stack.enter_context(running(mapper, log=self._folder / "epmd.log"))
        self._process = self._stack.enter_context(
            running([_script("rabbitmq-server")], log=self._log, environment=self._environment)
        )
        self._await()
        self.control("trace_on")  # so that tests can hear what is published
        return self

    def kill(self) -> None:
        """SIGKILL for the node."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self.stop()

    def freeze(self) -> None:
        """SIGSTOP: its connections stay open, and nothing comes."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        os.killpg(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it."""
        self._stack.close()

    def control(self, *arguments: str) -> str:
        """What rabbitmqctl says to this."""
        done = subprocess.run(  # noqa: S603 - our own arguments
            [_script("rabbitmqctl"), *arguments],
            env=os.environ | self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    @property
    def _log(self) -> Path:
        return self._folder / "rabbitmq.log"

    def _await(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DidNotStart(f"RabbitMQ did not start; its output is in {self._log}:\n{self._log.read_text()}")
            time.sleep(0.1)


@contextmanager
def running_rabbitmq(folder: Path) -> Iterator[RabbitMQ]:
    """A node that is up until the block is left."""
    node = RabbitMQ(folder).start()
    try:
        yield node
    finally:
        node.stop()


def _script(name: str) -> str:
    return shutil.which(name, path=_SEARCH) or name


def _answers(url: str) -> bool:
    with Connection(url, connect_timeout=5) as connection:
        try:
            connection.connect()
        except connection.connection_errors:
            return False
        return True


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        "HOME": str(folder),  # the cookie is there
        "RABBITMQ_NODENAME": "bookforce@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "no-rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(folder / "no-rabbitmq"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "no-advanced"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "no-plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
