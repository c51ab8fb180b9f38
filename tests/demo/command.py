"""The bookforce command, as people run it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BOOKFORCE = Path(sys.executable).with_name("bookforce")


class CommandFailed(RuntimeError):
    """The command ended with another exit code than 0; says what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What `bookforce publish` made of a file: events new, delivered before, about no booking, refused."""

    accepted: int
    known: int
    ignored: int
    refused: int


def publish(file: Path) -> Tally:
    """`bookforce publish FILE`. Raises CommandFailed."""
    done = subprocess.run(  # noqa: S603 - our own command
        [str(BOOKFORCE), "publish", str(file), "--json"],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is for the demo alone, which then ends this, too
    )
    if done.returncode:
        raise CommandFailed(f"bookforce publish {file.name} ended with {done.returncode}: {done.stderr.strip()}")
    return Tally(**json.loads(done.stdout))
