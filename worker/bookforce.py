"""The console script `bookforce`: imports the commands, which takes a second, where Ctrl-C is expected."""

import sys

INTERRUPTED = 130
"""The exit code of a command that the terminal's Ctrl-C ended."""


def main() -> None:
    """Run the command; Ctrl-C ends it without a traceback, also before it has begun."""
    try:
        from worker.cli import main as run  # noqa: PLC0415 - the import is what may be interrupted

        run()
    except KeyboardInterrupt:
        sys.stderr.write("bookforce: interrupted; what was done so far stays done\n")
        raise SystemExit(INTERRUPTED) from None
