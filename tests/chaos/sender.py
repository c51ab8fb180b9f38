"""Producers in processes of their own: what one that was killed had not confirmed goes to its successor."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from producers.contract import BookingEvent


class Sender:
    """One producer, started again when it dies. Counts what it was told is accepted."""

    def __init__(self, folder: Path, name: str, redis_url: str, broker_url: str) -> None:
        self._command = [sys.executable, "-m", "tests.chaos.producer", redis_url, broker_url]
        self._log = folder / f"{name}.log"
        self._lock = threading.RLock()
        self._open: dict[int, str] = {}
        self._number = 0
        self._process = self._start()

    @property
    def unconfirmed(self) -> int:
        """Parcels of which nobody knows yet whether they are accepted."""
        return len(self._open)

    def send(self, events: Sequence[BookingEvent]) -> None:
        """Hand over a parcel; it will be accepted, whatever happens to the producer."""
        with self._lock:
            self._number += 1
            text = ",".join(event.model_dump_json(exclude_none=True) for event in events)
            self._open[self._number] = f"{self._number}\t[{text}]\n"
            self._write(self._process, self._open[self._number])

    def kill(self) -> None:
        """SIGKILL, and a new producer that takes over what is not confirmed."""
        with self._lock:
            self._process.kill()
            self._process.wait()
            self._process = self._start()
            for line in self._open.copy().values():
                self._write(self._process, line)

    def close(self) -> None:
        """End it."""
        with self._lock:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[str]:
        with self._log.open("ab") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own program
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        if process.stdout:
            for line in process.stdout:
                self._open.pop(int(line), None)

    def _write(self, process: subprocess.Popen[str], line: str) -> None:
        if process.stdin:
            process.stdin.write(line)
            process.stdin.flush()
