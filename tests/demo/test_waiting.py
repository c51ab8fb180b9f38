"""Waiting that ends: with what is missing, and with what the worker said last."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakeredis import FakeRedis

from tests.demo.waiting import PATIENCE_SECONDS, NotDone, Watch
from worker.journal import Journal


def _a_watch(folder: Path, program: str, *, since: float) -> Watch:
    log = folder / "worker.log"
    log.write_text("\x1b[32mstarting\x1b[0m\nno such table\n")
    return Watch(worker=subprocess.Popen([sys.executable, "-c", program]), log=log, since=since)  # noqa: S603


def _a_journal() -> Journal:
    return Journal(FakeRedis(decode_responses=True), "default")


def test_a_worker_that_ends_is_noticed_at_once(tmp_path: Path) -> None:
    watch = _a_watch(tmp_path, "raise SystemExit(3)", since=time.monotonic())
    with pytest.raises(NotDone, match=r"the worker ended with 3; 0 of 7 events ended") as failure:
        watch.until_settled(_a_journal(), accepted=7)
    assert str(failure.value).endswith("starting\nno such table")


def test_patience_has_an_end(tmp_path: Path) -> None:
    watch = _a_watch(tmp_path, "import time; time.sleep(60)", since=time.monotonic() - PATIENCE_SECONDS)
    try:
        with pytest.raises(NotDone, match="not done within 60 s"):
            watch.until_settled(_a_journal(), accepted=7)
    finally:
        watch.worker.kill()
        watch.worker.wait()


def test_nothing_accepted_is_settled(tmp_path: Path) -> None:
    watch = _a_watch(tmp_path, "", since=time.monotonic())
    watch.until_settled(_a_journal(), accepted=0)
    watch.worker.wait()
