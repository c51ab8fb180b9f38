"""The console script before the command has begun."""

import signal
import subprocess
import sys
from typing import IO, cast

from worker.bookforce import INTERRUPTED


def test_an_interrupt_while_the_commands_are_imported_shows_no_traceback() -> None:
    command = [sys.executable, "-X", "importtime", "-c", "from worker.bookforce import main; main()", "status"]
    with subprocess.Popen(  # noqa: S603 - a command of ours
        command,
        stderr=subprocess.PIPE,
        text=True,
        # A test run started in the background passes an ignored SIGINT on, and then nothing could interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    ) as process:
        stderr = cast("IO[str]", process.stderr)
        next(line for line in stderr if "typer" in line)
        process.send_signal(signal.SIGINT)
        said = [line for line in stderr if not line.startswith("import time:")]
    assert said == ["bookforce: interrupted; what was done so far stays done\n"]
    assert process.returncode == INTERRUPTED
