"""`python -m tests.demo`: 0 when the org's final records are the expected ones, 1 when not, 130 after Ctrl-C."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

FOLDER = Path(__file__).parents[2] / ".demo"

_BY_SIGNAL = 128
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Run the demo and end whatever it started, however it ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description="The main job, on servers of its own.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it keeps its files; emptied first")
    options = parser.parse_args()
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        # Here, because it takes a second in which Ctrl-C must not print a traceback either.
        from tests.demo.run import run  # noqa: PLC0415

        return run(options.folder.resolve(), keep=os.environ.get("KEEP", "0") not in {"", "0"})
    except KeyboardInterrupt as interrupt:
        sys.stderr.write("demo: interrupted; everything it started has ended\n")
        return _BY_SIGNAL + int(interrupt.args[0])


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    """The first signal ends the demo; further ones must not keep it from ending its servers."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    sys.exit(main())
