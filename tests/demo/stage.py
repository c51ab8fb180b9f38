"""What the demo runs on: an embedded Redis and the simulated org."""

import fcntl
import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import SimulatedOrg, running_org, running_redis

SETUP = Path(__file__).with_name("bookforce.toml")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class InUse(RuntimeError):
    """Another demo runs in the same folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The servers that stand before the first booking; `environment` lets bookforce reach them."""

    folder: Path
    org: SimulatedOrg
    environment: Mapping[str, str]


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """The folder, emptied. Raises InUse while another demo holds it: its logs would be pulled from under it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(f"another demo is running in {folder}: end it with Ctrl-C first") from error
        for entry in folder.iterdir():
            if entry.name != "lock":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        yield folder


@contextmanager
def running_stage(folder: Path) -> Iterator[Stage]:
    """Redis and the org, with this process's environment pointing at them and at nothing else."""
    with running_redis(folder) as redis_url, running_org(folder) as org:
        environment = {
            **org.environment(),
            "BOOKFORCE_REDIS_URL": redis_url,
            "BOOKFORCE_SETUP": str(SETUP),
            # A proxy that the machine may need is none of ours.
            "NO_PROXY": "localhost,127.0.0.1",
            "no_proxy": "localhost,127.0.0.1",
        }
        forget_settings()
        os.environ.update(environment)
        _write_exports(folder / "environment", environment)
        yield Stage(folder=folder, org=org, environment=environment)


def forget_settings() -> None:
    """Settings of the caller's own bookforce must not reach the demo's."""
    for name in [name for name in os.environ if name.startswith("BOOKFORCE_")]:
        del os.environ[name]


@contextmanager
def uninterrupted_end() -> Iterator[None]:
    """When the block is left, however it is left, further signals must not keep the servers from being ended."""
    try:
        yield
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def _write_exports(file: Path, environment: Mapping[str, str]) -> None:
    """For a shell: the environment with which the bookforce command sees the demo."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    file.write_text("\n".join(lines) + "\n")
