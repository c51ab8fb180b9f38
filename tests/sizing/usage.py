"""What processes and Redis have taken so far, as the kernel and Redis say."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from redis import Redis

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisUsage:
    """Bytes of memory and of the append-only file, seconds of CPU, bytes over the network in both directions."""

    memory: int
    file: int
    cpu: float
    network: int


def redis_usage(redis: Redis) -> RedisUsage:
    """As INFO says. The Redis client must decode responses."""
    facts = cast("Mapping[str, float]", redis.info("everything"))
    return RedisUsage(
        memory=int(facts["used_memory"]),
        file=int(facts["aof_current_size"]),
        cpu=facts["used_cpu_user"] + facts["used_cpu_sys"],
        network=int(facts["total_net_input_bytes"] + facts["total_net_output_bytes"]),
    )


def find_child(word: str) -> int:
    """The child of this process that was started with the word among its arguments."""
    for pid in _children(os.getpid()):
        if word in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            return pid
    raise LookupError(f"no process was started with {word!r}")


def family(pid: int) -> Iterator[int]:
    """The process, its children and theirs."""
    yield pid
    for child in _children(pid):
        yield from family(child)


def resident_bytes(pid: int) -> int:
    """All that is in memory of it, pages that it shares too."""
    return _of_rollup(pid, "Rss")


def proportional_bytes(pid: int) -> int:
    """The same, but of a page that n processes share the n-th part: these may be added up."""
    return _of_rollup(pid, "Pss")


def cpu_seconds(pid: int) -> float:
    """User and system time since its start."""
    # The name in brackets may hold blanks; utime and stime are the 14th and 15th word, the 12th and 13th behind it.
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICKS


def _children(pid: int) -> list[int]:
    """Those of all threads: Celery starts its pool in one of them."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _of_rollup(pid: int, name: str) -> int:
    found = re.search(rf"^{name}: +(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    if not found:
        raise LookupError(f"the kernel does not say {name} of process {pid}: this needs Linux 4.14 or newer")
    return int(found[1]) * 1024
