"""`python -m tests.chaos`: 0 when the org is as the oracle says, 1 on any difference; table or JSON."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from tests.broker import CHOICES
from tests.chaos.report import print_table, to_json
from tests.chaos.run import NotDone, Options, run
from tests.demo.stage import InUse, fresh_folder
from tests.servers import DidNotStart

FOLDER = Path(__file__).parents[2] / ".chaos"

# Slow enough for many calls of few bookings each, among which the org's faults find their share.
_PACE, _PACE_OF_LARGE = 50.0, 150.0
_LARGE = 20_000


def main() -> int:
    """Run it once and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed is the same run")
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--pace", type=float, help="deliveries a second; 50 for small runs, 150 for large ones")
    parser.add_argument("--fsync", choices=("always", "everysec"), default="always", help="of Redis's append-only file")
    parser.add_argument("--broker", choices=CHOICES, default=CHOICES[0], help="rabbitmq needs rabbitmq-server")
    parser.add_argument("--no-recovery", action="store_true", help="do not measure the death of the only worker")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where logs and data go; emptied first")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _end)
    options = Options(
        seed=given.seed,
        events=given.events,
        pace=given.pace or (_PACE if given.events <= _LARGE else _PACE_OF_LARGE),
        fsync=given.fsync,
        recovery=not given.no_recovery,
        broker=given.broker,
    )
    try:
        with fresh_folder(given.folder.resolve()) as folder:
            result = run(folder, options)
    except (DidNotStart, InUse, NotDone) as error:
        sys.stderr.write(f"chaos: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("chaos: interrupted; everything it started has ended\n")
        return 130
    if given.json:
        sys.stdout.write(f"{to_json(result)}\n")
    else:
        print_table(result, Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 110))
    return 0 if result.is_clean else 1


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM too must end every process that was started."""
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    sys.exit(main())
